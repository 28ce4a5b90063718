"""Opening the lake: extensions by path, encryption, and one writer at a time."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from audits.errors import LakeError
from audits.lake import folder
from audits.lake.tables import create_shared
from audits.workspace import Workspace

EXTENSIONS = ("duckdb-extension-httpfs", "duckdb-extension-sqlite-scanner", "duckdb-extension-ducklake")
LOCK_SECONDS = 600
_REMOVALS = "database_name = 'lake' AND schema_name = 'main' AND table_name = 'removals'"


@cache
def _extension(distribution: str) -> str:
    """Path of a DuckDB extension shipped as a Python package: nothing is downloaded at run time."""
    files = importlib.metadata.files(distribution) or []
    found = [file for file in files if str(file).endswith(".duckdb_extension")]
    if not found:
        raise LakeError(f"the package {distribution} holds no extension.", next_step="Install from requirements.lock.")
    return str(found[0].locate())


def connect(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """DuckDB with its extensions, without the lake."""
    settings = workspace.settings
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": settings.memory_limit.replace(" ", ""),
            "temp_directory": str(workspace.home / "lake" / "tmp"),
            "temp_file_encryption": True,
            **({"threads": settings.threads} if settings.threads else {}),
        }
    )
    for distribution in EXTENSIONS:
        connection.load_extension(_extension(distribution))
    return connection


def create(connection: duckdb.DuckDBPyConnection, catalogue: Path, *, name: str, data: Path) -> None:
    """Makes an empty catalogue and attaches it."""
    # Inlined rows and column statistics would sit in clear in the catalogue, hence no inlining.
    connection.execute(
        f"ATTACH 'ducklake:sqlite:{_text(catalogue)}' AS {name} "
        f"(DATA_PATH '{_text(data)}', ENCRYPTED, DATA_INLINING_ROW_LIMIT 0)"
    )


def attach(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Path:
    """Attaches the lake; returns the folder of its data, which its catalogue names.

    A workspace that was moved or copied keeps its data beside its catalogue, whatever path is written there.
    """
    what = f"ATTACH 'ducklake:sqlite:{_text(workspace.catalogue)}' AS lake"
    connection.execute(f"{what} (ENCRYPTED, DATA_INLINING_ROW_LIMIT 0)")
    row = connection.execute("SELECT data_path FROM ducklake_settings('lake')").fetchone()
    named = Path(row[0] if row else "")
    data = workspace.catalogue.parent / named.name
    if named != data:
        connection.execute("DETACH lake")
        options = f"DATA_PATH '{_text(data)}', OVERRIDE_DATA_PATH true, ENCRYPTED, DATA_INLINING_ROW_LIMIT 0"
        connection.execute(f"{what} ({options})")
    return data


def _text(path: object) -> str:
    return str(path).replace("'", "''")


@contextmanager
def reading(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the lake for reading; readers never wait for the writer.

    Raises LakeError when nothing has been imported yet: reading creates nothing.
    """
    if not workspace.catalogue.exists():
        raise LakeError(
            "this workspace holds no decisions yet.",
            where=str(workspace.home),
            next_step="Import a file with `boussole import FILE --system ID`, or run `boussole sync`.",
        )
    connection = connect(workspace)
    try:
        number = folder.inode(workspace.catalogue)
        sight = folder.Sight.of(workspace.catalogue, attach(connection, workspace), number)
        try:
            yield connection
        except duckdb.Error as error:
            _still_there(workspace, sight, error)
            raise
        _still_there(workspace, sight)
    finally:
        connection.close()


def _still_there(workspace: Workspace, sight: folder.Sight, cause: duckdb.Error | None = None) -> None:
    """What was read while another lake was put in this one's place may come from both: it is not to be used."""
    if sight.gone():
        raise LakeError(
            "the lake was rewritten by a purge or a rotation of keys while it was being read.",
            where=str(workspace.home),
            next_step="Run the command again.",
        ) from cause


@contextmanager
def turn(workspace: Workspace) -> Iterator[None]:
    """The workspace's writer lock: one process at a time."""
    workspace.catalogue.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(workspace.home / "lake" / "writer.lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise LakeError(
            f"another process has been writing to this workspace for {LOCK_SECONDS} seconds.",
            where=str(workspace.home),
            next_step="Wait for it to end, then run the command again.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with an open transaction, under the workspace's writer lock; commits at the end.

    DuckLake knows no unique constraint: besides the lock, every transaction updates the one-row table `turn`,
    so that two writers which passed the lock (another host, a lost lock file) certainly conflict.
    """
    with turn(workspace):
        connection = connect(workspace)
        try:
            open_lake(connection, workspace)
            connection.execute("BEGIN")
            create_shared(connection)
            connection.execute("UPDATE lake.main.turn SET n = n + 1")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # an open transaction is rolled back


def open_lake(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Path:
    """Attaches the lake for writing, in one's turn: made when missing, rid of what an interrupted rebuild left."""
    lake = workspace.catalogue.parent
    if not workspace.catalogue.exists():
        create(connection, lake / folder.DRAFT, name="lake", data=lake / "data")
        connection.execute("DETACH lake")
        folder.swap(lake)
    data = attach(connection, workspace)
    folder.sweep(lake, keep=data)
    return data


def snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the lake's newest committed state; it goes on where a rebuilt lake began anew."""
    before = 0
    if _scalar(connection, f"SELECT count(*) FROM duckdb_tables() WHERE {_REMOVALS}"):
        before = _scalar(connection, "SELECT coalesce(max(snapshot), 0) FROM lake.main.removals")
    return before + _scalar(connection, "SELECT coalesce(max(snapshot_id), 0) FROM lake.snapshots()")


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
