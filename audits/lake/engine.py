"""DuckDB with the extensions of the lake; one engine serves many in a row."""

from __future__ import annotations

import importlib.metadata
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from boussole.audits.errors import LakeError
from boussole.audits.workspace import Workspace

CRYPTOGRAPHY = "duckdb-extension-httpfs"
EXTENSIONS = (CRYPTOGRAPHY, "duckdb-extension-sqlite-scanner", "duckdb-extension-ducklake")
CONFIG: dict[str, bool | int] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""What every engine of a lake has in common: it loads nothing by itself, and only extensions that DuckDB signed."""


@dataclass
class _Idle:
    """The engine that was given back last, for the next one who needs one for the same workspace."""

    home: Path
    settings: tuple[str, int | None]
    engine: duckdb.DuckDBPyConnection


_idle: list[_Idle] = []
_turn = threading.Lock()


@cache
def extension_path(distribution: str) -> str:
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
            **CONFIG,
            "memory_limit": settings.memory_limit.replace(" ", ""),
            "temp_directory": str(workspace.lake / "tmp"),
            "temp_file_encryption": True,
            **({"threads": settings.threads} if settings.threads else {}),
        }
    )
    for distribution in EXTENSIONS:
        connection.load_extension(extension_path(distribution))
    return connection


def scratch(**config: str) -> duckdb.DuckDBPyConnection:
    """Open DuckDB in memory, for rows that are looked at and not kept; what it spills is encrypted."""
    spill = Path(tempfile.gettempdir()) / f"boussole-{secrets.token_hex(8)}"
    connection = duckdb.connect(config={**CONFIG, "temp_directory": str(spill), "temp_file_encryption": True, **config})
    connection.load_extension(extension_path(CRYPTOGRAPHY))
    return connection


@contextmanager
def lent(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection without the lake, of the engine that this workspace gave back last or else of a new one.

    An engine in which something failed is closed: a transaction that is rolled back takes SQL functions with it.
    """
    connection = _taken(workspace) or connect(workspace)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    _given_back(workspace, connection)


def _settings(workspace: Workspace) -> tuple[str, int | None]:
    return workspace.settings.memory_limit, workspace.settings.threads


def _taken(workspace: Workspace) -> duckdb.DuckDBPyConnection | None:
    """The idle engine, if it is one of this workspace; nobody else has it then."""
    with _turn:
        idle = _idle.pop() if _idle else None
    if idle is None:
        return None
    if (idle.home, idle.settings) == (workspace.home, _settings(workspace)) and idle.home.exists():
        return idle.engine
    idle.engine.close()
    return None


def _given_back(workspace: Workspace, engine: duckdb.DuckDBPyConnection) -> None:
    """The engine is idle now, in the place of the one that was."""
    try:
        _clear(engine)
    except duckdb.Error:
        engine.close()
        return
    with _turn:
        before, _idle[:] = list(_idle), [_Idle(workspace.home, _settings(workspace), engine)]
    for idle in before:
        idle.engine.close()


def _before_fork() -> None:
    """A child that inherits an engine has none of its threads, and dies when it lets go of it: it inherits none."""
    _turn.acquire()
    while _idle:
        _idle.pop().engine.close()


os.register_at_fork(before=_before_fork, after_in_parent=_turn.release, after_in_child=_turn.release)


def _clear(engine: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.TransactionException):  # none is open
        engine.execute("ROLLBACK")
    engine.execute("RESET disabled_optimizers")
    attached = "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'"
    for (name,) in engine.execute(attached).fetchall():
        if not name.startswith("__ducklake_metadata_"):  # it goes with its lake
            engine.execute(f'DETACH "{name}"')
    for (name,) in engine.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        engine.execute(f'DROP TABLE "{name}"')
    for (name,) in engine.execute("SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal").fetchall():
        engine.execute(f'DROP VIEW "{name}"')
