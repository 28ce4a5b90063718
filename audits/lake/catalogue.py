"""Where the catalogue of the lake lies: with the keys, as it holds those of all data files.

Earlier versions kept it beside the data, so that a copy of that one folder opened every row. The next one who writes,
or reads while nobody writes, moves it: by one rename, or on another file system by a copy that is whole before the old
one goes. Killed at any moment, this leaves the catalogue at the old place, at the new one, or at both and the same.
"""

from __future__ import annotations

import errno
import filecmp
import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from boussole.audits import private_files
from boussole.audits.errors import LakeError
from boussole.audits.lake import folder
from boussole.audits.lake.turns import turn
from boussole.audits.workspace import Workspace


def place_of(workspace: Workspace) -> Path:
    """Where the catalogue lies now; where there is none, the place that it will have."""
    beside = beside_data(workspace)
    return beside if beside and not workspace.catalogue.exists() else workspace.catalogue


def beside_data(workspace: Workspace) -> Path | None:
    """The catalogue of an earlier version, beside the data; an empty file is what a reader made while it was moved."""
    path = workspace.lake / folder.CATALOGUE
    return path if path.is_file() and path.stat().st_size else None


def missing_data(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, *, catalogue: str = "__ducklake_metadata_lake"
) -> int:
    """How many data files of its newest state an attached catalogue names that are not there in full."""
    named = connection.execute(
        f"SELECT path, file_size_bytes FROM {catalogue}.ducklake_data_file WHERE end_snapshot IS NULL"
    ).fetchall()
    sizes = {path.name: path.stat().st_size for path in workspace.lake.glob("data*/**/*.parquet")}
    return sum(sizes.get(Path(path).name) != size for path, size in named)


def settle(workspace: Workspace, connection: duckdb.DuckDBPyConnection) -> None:
    """Moves the catalogue to the folder of keys, while nobody else writes.

    Raises LakeError where two that differ are there: nobody can tell which one fits the data.
    """
    old, new = beside_data(workspace), workspace.catalogue
    if old is None:
        return
    private_files.make_folder(new.parent)
    if new.exists():
        _remove_twin(old, new)
        return
    _end_work(connection, old)
    _move(old, new)
    private_files.to_disk(new.parent)
    private_files.to_disk(old.parent)


def settle_if_free(workspace: Workspace, connection: duckdb.DuckDBPyConnection) -> None:
    """Moves the catalogue as `settle` does, for a reader, who waits for nobody and may not be allowed to write: the
    old place is read then."""
    if beside_data(workspace) is None or not private_files.writable(workspace.lake):
        return
    with suppress(LakeError, OSError, duckdb.Error), turn(workspace, seconds=0):
        settle(workspace, connection)


def _move(old: Path, new: Path) -> None:
    try:
        old.replace(new)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        draft = new.with_name(folder.DRAFT)  # removed by the next writer when this one is killed
        private_files.make_file(draft)
        shutil.copyfile(old, draft)
        private_files.to_disk(draft)
        draft.replace(new)
        private_files.to_disk(new.parent)
        old.unlink()
    new.chmod(private_files.FILE)


def _end_work(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """SQLite undoes what a killed writer left half done: its journal is found by the name of the catalogue."""
    name = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{name}' AS moved (TYPE sqlite)")
    connection.execute("FROM sqlite_query('moved', 'PRAGMA schema_version')").fetchall()
    connection.execute("DETACH moved")
    folder.refuse_work(path)


def _remove_twin(old: Path, new: Path) -> None:
    if not filecmp.cmp(old, new, shallow=False):
        raise LakeError(
            "there are two catalogues of the lake that differ, one with the keys and one beside the data.",
            where=f"{new}, {old}",
            next_step="Move the one away that does not belong to these data (`boussole doctor` says which one fits).",
        )
    old.unlink()
