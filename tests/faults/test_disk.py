"""A disk that fills up: a clear error, nothing half written, and work goes on once there is room.

Where a small file system can be mounted (root), it really is full (ENOSPC). Everywhere, a limit on the size of files
(RLIMIT_FSIZE) makes the system refuse the write of a process (EFBIG).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from boussole.audits.lake import reading
from tests.attacks import Tries
from tests.faults.harness import Child, Nursery, World, check, mounted, unmounted

KILOBYTE = 1024
DISK = 8 * 1024 * KILOBYTE
CLEAR = ("the disk is full: nothing was written", "the disk is full or failing: nothing was written", "cannot be noted")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A file system of 8 MB; None where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    yield folder if mounted(folder, DISK) else None
    unmounted(folder)


@pytest.mark.slow
@pytest.mark.attack("the lake", "the disk fills up at any point of a sync")
def test_a_full_disk_at_any_point(
    small_disk: Path | None, tmp_path: Path, empty_store: Path, nursery: Nursery, tries: Tries
) -> None:
    """Rooms of growing size, so that the disk fills up while data, then while the catalogue is written."""
    world = World.make((small_disk or tmp_path) / "workspace", empty_store)
    world.log(1)
    nursery.start("sync", home=world.home).finish()
    world.log(1, rows=2000, late=True)
    refused = 0
    for room in range(0, 1024, 64):
        tries.add()
        limits = _leave(small_disk, room * KILOBYTE)
        failures = _failures(nursery.start("sync", home=world.home, **limits))
        _make_room(small_disk)
        if not failures:
            break
        refused += 1
        assert [told for told in failures if not any(words in told for words in CLEAR)] == []
        _nothing_half_written(world)
    assert refused
    nursery.start("sync", home=world.home).finish()
    check(world)


def _leave(disk: Path | None, room: int) -> dict[str, int]:
    """Fills the disk but for some bytes; without a disk, the limit of a process."""
    if disk is None:
        return {"largest_file": room}
    disk_now = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(max(0, disk_now.f_bavail * disk_now.f_frsize - room)))
    return {}


def _failures(child: Child) -> list[str]:
    """What a sync told of files, or of itself: in the words of Boussole, whose errors show no traceback."""
    child.wait()
    answer = json.loads(child.out.read_text())
    if "error" in answer:
        assert answer["kind"] == "LakeError"
        return [answer["error"]]
    return [text for report in answer["result"] for text in report["failures"]]


def _make_room(disk: Path | None) -> None:
    if disk is not None:
        (disk / "ballast").unlink()


def _nothing_half_written(world: World) -> None:
    """Each file is in the lake as a whole or not at all, and no data lies there that the catalogue does not know."""
    with reading(world.workspace) as lake:
        for log, before, more in (("decisions", 20, 2000), ("outcomes", 0, 2000), ("human_actions", 0, 2000)):
            (rows,) = lake.execute(f"SELECT count(*) FROM lake.trial.{log}").fetchone() or (0,)
            assert rows in (before, before + more)
        known = {
            Path(row[0]).name
            for kind in ("data_file", "delete_file", "files_scheduled_for_deletion")
            for row in lake.execute(f"SELECT path FROM __ducklake_metadata_lake.ducklake_{kind}").fetchall()
        }
    there = {path.name for path in (world.workspace.home / "lake" / "data").rglob("*.parquet")}
    assert there <= known
