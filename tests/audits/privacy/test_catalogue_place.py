"""The catalogue, which holds the keys of the lake's files, lies with the keys: a copy of the rest opens nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from boussole.audits.errors import LakeError
from boussole.audits.lake import catalogue, has_lake, reading, writing
from boussole.audits.lake.engine import EXTENSIONS, extension_path
from boussole.audits.lake.turns import turn
from boussole.audits.workspace import Workspace
from tests.attacks import Tries
from tests.audits.privacy.helpers import CANARY, found_in_clear, load, rows_of
from tests.sparing import slow_case

COUNT = "SELECT count(*) FROM lake.loans.decisions"
SECRETS = (b"P0", b"P1", CANARY, b"CANARY", b"team", b"98765.4375")

MOVER = """
import os, signal, sys
from pathlib import Path
from boussole.audits.lake import catalogue, folder, writing
from boussole.audits.workspace import Workspace

home, place, when, apart = sys.argv[1:]
real, renamed = getattr(catalogue, place, None), Path.replace

def killed(*args):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(*args)
    os.kill(os.getpid(), signal.SIGKILL)

def elsewhere(old, new):
    if old.parent != Path(new).parent:
        raise OSError(18, "Invalid cross-device link")
    return renamed(old, new)

if apart == "yes":
    Path.replace = elsewhere
if place != "nowhere":
    setattr(catalogue, place, killed)
with writing(Workspace(Path(home))):
    pass
"""


def moved_back(workspace: Workspace) -> Path:
    """A lake as an earlier version kept it: the catalogue beside the data."""
    old = workspace.lake / workspace.catalogue.name
    workspace.catalogue.rename(old)
    return old


def in_place(workspace: Workspace, rows: list[tuple[object, ...]]) -> None:
    """One catalogue, where it belongs, that opens every row."""
    assert rows_of(workspace, COUNT) == rows
    with writing(workspace):
        pass
    assert not list(workspace.lake.glob("*.sqlite*"))
    assert [path.name for path in workspace.keys.iterdir() if path.suffix != ".key"] == ["catalog.sqlite"]
    assert workspace.catalogue.stat().st_mode & 0o777 == 0o600
    assert rows_of(workspace, COUNT) == rows


@pytest.fixture
def copy(workspace: Workspace, tmp_path: Path) -> Path:
    """All that another user of the machine could have copied but the folder of keys."""
    to = tmp_path / "copy"
    shutil.copytree(workspace.home, to, ignore=lambda _, names: ["keys"] if "keys" in names else [])
    return to


def openings(copy: Path) -> Iterator[str]:
    """What somebody would try in DuckDB."""
    for path in copy.joinpath("lake").rglob("*.parquet"):
        yield f"FROM read_parquet('{path}')"
        yield f"FROM parquet_metadata('{path}')"
        yield f"FROM parquet_schema('{path}')"
    for path in [path for path in copy.joinpath("lake").rglob("*") if path.is_file()]:
        yield f"ATTACH 'ducklake:sqlite:{path}' AS found (CREATE_IF_NOT_EXISTS false)"
        yield f"ATTACH '{path}' AS found (TYPE sqlite, READ_ONLY); FROM found.ducklake_data_file"
    made = f"ATTACH 'ducklake:sqlite:{copy / 'made.sqlite'}' AS made (DATA_PATH '{copy / 'lake' / 'data'}', ENCRYPTED)"
    yield f"{made}; FROM made.loans.decisions"


def opened(sql: str) -> None:
    """Tries it in a DuckDB of its own."""
    with duckdb.connect(config={"allow_unsigned_extensions": True}) as connection:
        for name in EXTENSIONS:
            connection.load_extension(extension_path(name))
        for part in sql.split("; "):
            connection.execute(part).fetchall()


@pytest.mark.slow
@pytest.mark.attack("the lake", "all but keys/ is copied and opened with DuckDB and Arrow")
def test_a_copy_without_the_keys_opens_no_row(workspace: Workspace, copy: Path, tries: Tries) -> None:
    assert rows_of(workspace, COUNT) != [(0,)]
    refused = (duckdb.Error, OSError)
    for sql in openings(copy):
        tries.add()
        with pytest.raises(refused):
            opened(sql)
    for path in copy.joinpath("lake").rglob("*.parquet"):
        tries.add()
        with pytest.raises(refused):
            pq.read_table(path)


@pytest.mark.costly
@pytest.mark.attack("the lake", "all but keys/ is searched for identifiers, lowest and highest values, and keys")
def test_no_value_and_no_key_stands_in_what_lies_apart_from_the_keys(
    workspace: Workspace, copy: Path, tries: Tries
) -> None:
    with reading(workspace) as connection:
        held = connection.execute("SELECT encryption_key FROM __ducklake_metadata_lake.ducklake_data_file").fetchall()
        lowest = connection.execute(
            "SELECT min_value FROM __ducklake_metadata_lake.ducklake_file_column_stats WHERE length(min_value) > 5"
        ).fetchall()
    needles = [str(value).encode() for (value,) in (*held, *lowest) if value]
    assert len(needles) > 20
    assert {name for name, _ in found_in_clear(workspace, needles)} == {"catalog.sqlite"}  # the search finds
    files = [path.read_bytes() for path in copy.joinpath("lake").rglob("*") if path.is_file()]
    everywhere = [path.read_bytes() for path in copy.rglob("*") if path.is_file()]
    tries.add(len(needles) * len(files))
    assert not any(needle in content for needle in needles for content in files)
    assert not any(str(key).encode() in content for (key,) in held for content in everywhere)


@pytest.mark.attack("the lake", "a catalogue beside the data, of an earlier version, is left there")
@pytest.mark.parametrize("opening", [reading, writing])
def test_the_next_one_who_opens_it_moves_it(workspace: Workspace, opening: object) -> None:
    rows = rows_of(workspace, COUNT)
    old = moved_back(workspace)
    assert has_lake(workspace)
    with opening(workspace):  # type: ignore[operator]
        pass
    assert not old.exists()
    in_place(workspace, rows)


def test_a_reader_does_not_wait_for_the_writer_and_reads_at_the_old_place(workspace: Workspace) -> None:
    rows = rows_of(workspace, COUNT)
    old = moved_back(workspace)
    with turn(workspace):
        assert rows_of(workspace, COUNT) == rows
        assert old.exists()
    in_place(workspace, rows)


def test_a_reader_from_whom_it_is_moved_away_finds_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from boussole.audits.lake import connection

    rows = rows_of(workspace, COUNT)
    old, really, moved = moved_back(workspace), connection.attach, []

    def attach(*args: object, **named: object) -> Path:
        if not moved:
            moved.append(old.rename(workspace.catalogue))
            raise duckdb.IOException("unable to open database file")
        return really(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "attach", attach)
    with turn(workspace):
        assert rows_of(workspace, COUNT) == rows
    assert moved


def test_what_a_killed_writer_left_half_done_is_undone_before_it_is_moved(workspace: Workspace) -> None:
    """A hot journal is found by the name of its catalogue: moved without it, the catalogue would be half written."""
    rows = rows_of(workspace, COUNT)
    old = moved_back(workspace)
    code = (
        "import os, sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "held.execute('PRAGMA cache_size = 1'); held.execute('PRAGMA cache_spill = 1'); held.execute('BEGIN');"
        "held.execute('UPDATE ducklake_snapshot SET snapshot_id = snapshot_id + 1000');"
        "held.execute('CREATE TABLE noise AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 20000) SELECT i, hex(randomblob(50)) AS x FROM n'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(old)], check=True)
    assert old.with_name(f"{old.name}-journal").stat().st_size
    in_place(workspace, rows)


@pytest.mark.slow
def test_two_catalogues_that_differ_are_not_guessed_at(workspace: Workspace, tmp_path: Path) -> None:
    rows = rows_of(workspace, COUNT)
    old = workspace.lake / workspace.catalogue.name
    shutil.copyfile(workspace.catalogue, old)
    load(workspace, tmp_path, "contacts", "more", "P9,2026-10-02,mail")
    assert not old.exists()  # the same twice: what a move that was killed leaves
    shutil.copyfile(workspace.catalogue, tmp_path / "before")
    load(workspace, tmp_path, "contacts", "again", "P8,2026-10-02,mail")
    shutil.copyfile(tmp_path / "before", old)
    with pytest.raises(LakeError, match="two catalogues of the lake that differ"), writing(workspace):
        pass
    assert old.exists()
    assert rows_of(workspace, COUNT) == rows


def test_data_without_their_catalogue_and_a_catalogue_without_its_data_are_errors(workspace: Workspace) -> None:
    workspace.lake.rename(workspace.home / "away")
    with pytest.raises(LakeError, match=r"data of the lake are missing.*Restore"), writing(workspace):
        pass
    shutil.rmtree(workspace.lake)
    (workspace.home / "away").rename(workspace.lake)
    workspace.catalogue.unlink()
    with pytest.raises(LakeError, match=r"catalogue of the lake is missing.*Restore"), writing(workspace):
        pass


def test_keys_on_another_volume(workspace: Workspace, tmp_path: Path) -> None:
    rows = rows_of(workspace, COUNT)
    moved_back(workspace)
    workspace.keys.rename(tmp_path / "elsewhere")
    workspace.keys.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    in_place(workspace, rows)


def _start(workspace: Workspace, place: str, when: str, apart: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", MOVER, str(workspace.home), place, when, apart])


@pytest.mark.costly
@pytest.mark.attack("the lake", "the move of the catalogue is killed")
@pytest.mark.parametrize("apart", [slow_case("no"), "yes"])
@pytest.mark.parametrize(("place", "when"), [slow_case("_end_work", "before"), ("_move", "before"), ("_move", "after")])
def test_a_move_killed_at_this_point(workspace: Workspace, place: str, when: str, apart: str) -> None:
    rows = rows_of(workspace, COUNT)
    moved_back(workspace)
    with _start(workspace, place, when, apart) as child:
        assert child.wait() == -signal.SIGKILL
    in_place(workspace, rows)


@pytest.mark.slow
@pytest.mark.attack("the lake", "the move of the catalogue is killed")
@pytest.mark.parametrize("apart", ["no", "yes"])
def test_moves_killed_at_random_points(workspace: Workspace, tries: Tries, apart: str) -> None:
    rows = rows_of(workspace, COUNT)
    seed, began = random.Random(7), time.monotonic()  # noqa: S311 (not for secrets)
    moved_back(workspace)
    with _start(workspace, "nowhere", "", apart) as child:
        assert child.wait() == 0
    usual = time.monotonic() - began
    killed = 0
    for _ in range(20):
        tries.add()
        moved_back(workspace)
        with _start(workspace, "nowhere", "", apart) as child:
            try:
                assert child.wait(seed.uniform(0.5, 1.1) * usual) == 0
            except subprocess.TimeoutExpired:
                child.kill()
                killed += 1
        in_place(workspace, rows)
    assert killed > 5


@pytest.mark.costly
@pytest.mark.attack("files", "what others may read of a lake that a program of another umask wrote")
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_notebook_keeps_its_umask_and_the_lake_is_private(
    workspace: Workspace, tmp_path: Path, tries: Tries, umask: int
) -> None:
    before = os.umask(umask)
    try:
        load(workspace, tmp_path, "contacts", "more", "P9,2026-10-02,mail")
        with catalogue.turn(workspace):
            pass
        own = tmp_path / "own"
        own.touch()
        own_mode = own.stat().st_mode & 0o777
    finally:
        os.umask(before)
    assert own_mode == 0o666 & ~umask
    for path in (workspace.keys, workspace.lake, *workspace.keys.rglob("*"), *workspace.lake.rglob("*")):
        tries.add()
        assert path.stat().st_mode & 0o077 == 0, path
