"""DuckDB with the extensions of the lake; one engine can serve many files in a row."""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from audits.errors import LakeError
from audits.workspace import Workspace

EXTENSIONS = ("duckdb-extension-httpfs", "duckdb-extension-sqlite-scanner", "duckdb-extension-ducklake")


@dataclass
class _Kept:
    home: Path
    engine: duckdb.DuckDBPyConnection
    busy: bool = False


_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


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


def scratch(**config: str) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, for rows that are looked at and not kept; what it spills is encrypted."""
    spill = Path(tempfile.gettempdir()) / f"boussole-{os.getpid()}"
    return duckdb.connect(config={"temp_directory": str(spill), "temp_file_encryption": True, **config})


@contextmanager
def kept_open(workspace: Workspace) -> Iterator[None]:
    """While it is open, all reading and writing of this workspace by this thread shares one engine.

    Checking the signatures of the extensions takes a third of a second each time they are loaded: longer than to
    bring in a small file.
    """
    engine = connect(workspace)
    token = _kept.set(_Kept(workspace.home, engine))
    try:
        yield
    finally:
        _kept.reset(token)
        engine.close()


@contextmanager
def lent(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without the lake: of the engine that is kept open, else of one of its own.

    The kept one is given back as it was lent: an open transaction is rolled back, what was attached is detached,
    temporary tables are dropped.
    """
    kept = _kept.get()
    if kept is None or kept.busy or kept.home != workspace.home:
        connection = connect(workspace)
        try:
            yield connection
        finally:
            connection.close()
        return
    kept.busy = True
    try:
        yield kept.engine
    finally:
        _clear(kept.engine)
        kept.busy = False


def _clear(engine: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.TransactionException):  # none is open
        engine.execute("ROLLBACK")
    attached = "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'"
    for (name,) in engine.execute(attached).fetchall():
        if not name.startswith("__ducklake_metadata_"):  # it goes with its lake
            engine.execute(f'DETACH "{name}"')
    for (name,) in engine.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        engine.execute(f'DROP TABLE "{name}"')
