"""Opening the lake: extensions by path, encryption, and one writer at a time."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
from filelock import FileLock, Timeout

from audits.errors import LakeError
from audits.lake.tables import create_shared
from audits.workspace import Workspace

EXTENSIONS = ("duckdb-extension-httpfs", "duckdb-extension-sqlite-scanner", "duckdb-extension-ducklake")
LOCK_SECONDS = 600


@cache
def _extension(distribution: str) -> str:
    """Path of a DuckDB extension shipped as a Python package: nothing is downloaded at run time."""
    files = importlib.metadata.files(distribution) or []
    found = [file for file in files if str(file).endswith(".duckdb_extension")]
    if not found:
        raise LakeError(f"the package {distribution} holds no extension.", next_step="Install from requirements.lock.")
    return str(found[0].locate())


def _attach(workspace: Workspace) -> duckdb.DuckDBPyConnection:
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
    data = workspace.home / "lake" / "data"
    # Inlined rows and column statistics would sit in clear in the catalogue, hence no inlining.
    connection.execute(
        f"ATTACH 'ducklake:sqlite:{_text(workspace.catalogue)}' AS lake "
        f"(DATA_PATH '{_text(data)}', ENCRYPTED, DATA_INLINING_ROW_LIMIT 0)"
    )
    return connection


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
    connection = _attach(workspace)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def writing(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with an open transaction, under the workspace's writer lock; commits at the end.

    DuckLake knows no unique constraint: besides the lock, every transaction updates the one-row table `turn`,
    so that two writers which passed the lock (another host, a lost lock file) certainly conflict.
    """
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
        connection = _attach(workspace)
        try:
            connection.execute("BEGIN")
            create_shared(connection)
            connection.execute("UPDATE lake.main.turn SET n = n + 1")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # an open transaction is rolled back
    finally:
        lock.release()


def snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest committed snapshot of the lake."""
    row = connection.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchone()
    return int(row[0]) if row else 0
