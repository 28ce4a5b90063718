"""The catalogue, which holds the keys of the lake's files, lies with the keys: a copy of the rest opens nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from boussole.audits.errors import LakeError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.connection import swap, sweep, turn
from boussole.audits.lake.engine import EXTENSIONS, extension_path
from boussole.audits.workspace import Workspace
from tests.attacks import Tries
from tests.audits.privacy.helpers import found_in_clear, load, rows_of

COUNT = "SELECT count(*) FROM lake.loans.decisions"


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
    held, lowest = (
        rows_of(workspace, f"SELECT {column} FROM __ducklake_metadata_lake.ducklake_{table} WHERE length({column}) > 5")
        for column, table in (("encryption_key", "data_file"), ("min_value", "file_column_stats"))
    )
    needles = [str(value).encode() for (value,) in (*held, *lowest) if value]
    assert len(needles) > 20
    assert {name for name, _ in found_in_clear(workspace, needles)} == {"catalog.sqlite"}  # the search finds
    files = [path.read_bytes() for path in copy.joinpath("lake").rglob("*") if path.is_file()]
    everywhere = [path.read_bytes() for path in copy.rglob("*") if path.is_file()]
    tries.add(len(needles) * len(files))
    assert not any(needle in content for needle in needles for content in files)
    assert not any(str(key).encode() in content for (key,) in held for content in everywhere)


@pytest.mark.parametrize("opening", [reading, writing])
def test_keys_on_another_volume(workspace: Workspace, tmp_path: Path, opening: object) -> None:
    rows = rows_of(workspace, COUNT)
    workspace.keys.rename(tmp_path / "elsewhere")
    workspace.keys.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with opening(workspace):  # type: ignore[operator]
        pass
    assert not list(workspace.lake.glob("*.sqlite*"))
    assert rows_of(workspace, COUNT) == rows


def test_a_catalogue_without_its_data_is_an_error(workspace: Workspace) -> None:
    workspace.lake.rename(workspace.home / "away")
    with pytest.raises(LakeError, match=r"data of the lake are missing.*Restore"), writing(workspace):
        pass


@pytest.mark.costly
@pytest.mark.attack("files", "what others may read of a lake that a program of another umask wrote")
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_notebook_keeps_its_umask_and_the_lake_is_private(
    workspace: Workspace, tmp_path: Path, tries: Tries, umask: int
) -> None:
    before, own = os.umask(umask), tmp_path / "own"
    try:
        load(workspace, tmp_path, "contacts", "more", "P9,2026-10-02,mail")
        with turn(workspace):
            pass
        own.touch()
    finally:
        os.umask(before)
    assert own.stat().st_mode & 0o777 == 0o666 & ~umask
    for path in (workspace.keys, workspace.lake, *workspace.keys.rglob("*"), *workspace.lake.rglob("*")):
        tries.add()
        assert path.stat().st_mode & 0o077 == 0, path


def test_work_that_sqlite_left_beside_the_catalogue_stops_the_swap(tmp_path: Path) -> None:
    for name in ("catalog.sqlite", "next.sqlite"):
        (tmp_path / name).write_text(name)
    (tmp_path / "catalog.sqlite-journal").touch()
    with pytest.raises(LakeError, match="another process is writing to the catalogue"):
        swap(tmp_path / "catalog.sqlite")
    assert (tmp_path / "catalog.sqlite").read_text() == "catalog.sqlite"


def test_only_what_a_rebuild_leaves_is_swept(tmp_path: Path) -> None:
    for name in ("data", "data-0a1b2c3d", "data-mine", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "next.sqlite-journal").touch()
    (tmp_path / "writer.lock").touch()
    catalogue = tmp_path / "catalog.sqlite"
    sweep(tmp_path, catalogue, keep=tmp_path)  # a catalogue that names no folder of ours
    assert len(list(tmp_path.iterdir())) == 6
    sweep(tmp_path, catalogue, keep=tmp_path / "data-0a1b2c3d")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data-0a1b2c3d", "data-mine", "tmp", "writer.lock"]
