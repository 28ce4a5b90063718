"""Connections to governance.sqlite, the database of ledger and records; writers begin with BEGIN IMMEDIATE."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from boussole.audits import private_files

WAIT_SECONDS = 60
"""How long a connection waits for another writer before it gives up."""


def writer(path: Path) -> Engine:
    """An engine that reads and writes; the file is made when it is missing, for its owner only."""
    return _writer(path.absolute())


def reader(path: Path) -> Engine:
    """An engine that only reads an existing file, at one consistent moment per transaction."""
    return _reader(path.absolute())


@lru_cache(
    maxsize=64
)  # an engine holds no open file; it keeps how statements are written, which takes most of the time
def _writer(path: Path) -> Engine:
    engine = _engine(path, mode="rwc", pragmas=("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"))

    @event.listens_for(engine, "begin")
    def take_turn(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@lru_cache(maxsize=64)
def _reader(path: Path) -> Engine:
    engine = _engine(path, mode="ro", pragmas=("query_only = ON",))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _engine(path: Path, *, mode: str, pragmas: tuple[str, ...]) -> Engine:
    address = f"{path.as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        if mode == "rwc":
            private_files.make_file(path)
        # The driver's own transactions are off: it would begin them late, without the lock.
        return sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)

    # Connections close at once: a file that nobody reads has no open handles.
    # What is written never stands in the words of an error.
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine
