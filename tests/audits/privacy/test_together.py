"""Imports, readers and rotations at the same time: nothing is lost, nothing is mixed up."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from boussole.audits.errors import LakeError
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import HEADERS, rows_of

SEEN = "SELECT (SELECT count(*) FROM lake.loans.decisions), (SELECT count(*) FROM lake.loans.outcomes)"


@pytest.mark.slow
def test_readers_see_the_whole_lake_or_are_told_to_read_again(workspace: Workspace) -> None:
    right = rows_of(workspace, SEEN)
    seen: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(rows_of(workspace, SEEN))
            except LakeError as error:
                seen.append("told" if "rewritten by a purge" in str(error) else error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(3):
        rotate(Workspace(workspace.home))
    stop.set()
    for reader in readers:
        reader.join()
    assert right in seen
    assert [item for item in seen if item not in (right, "told")] == []


@pytest.mark.slow
def test_imports_and_rotations_take_turns(workspace: Workspace, tmp_path: Path) -> None:
    """The same person before, between and after rotations of another process is one person."""
    for number in range(4):
        rows = f"{HEADERS['decisions']}\nt{number},2026-10-01,yes,0.5,SAME,o,t,F,n,{1000 + number}\n"
        (tmp_path / f"t{number}.csv").write_text(rows, encoding="utf-8")
    boussole = [str(Path(sys.executable).parent / "boussole"), "--workspace", str(workspace.home)]
    imports = [[*boussole, "import", str(tmp_path / f"t{number}.csv"), "--system", "loans"] for number in range(4)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in imports]
    running += [subprocess.Popen([*boussole, "keys", "rotate"], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=500)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 6, said
    found = "count(*), count(DISTINCT person), count(DISTINCT bucket), count(DISTINCT id)"
    assert rows_of(workspace, f"SELECT {found} FROM lake.loans.decisions WHERE f_income BETWEEN 1000 AND 1003") == [
        (4, 1, 1, 4)
    ]
