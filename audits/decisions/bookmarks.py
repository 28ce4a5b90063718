"""Where a source that only grows was left: kept in the lake, in the transaction that brings its rows in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from boussole.audits.decisions.databases import PREFIX, DatabaseAddress
from boussole.audits.log_names import LogName
from boussole.audits.systems.model import System


def resume(connection: duckdb.DuckDBPyConnection, system: System, source: str | Path, *, log: LogName) -> str | Path:
    """The source from its mark on, where it has a column that only grows and was read before."""
    address = _growing(source)
    if address is None:
        return source
    row = connection.execute(
        "SELECT mark FROM lake.main.marks WHERE system = ? AND source = ?", [system.id, _key(address, log)]
    ).fetchone()
    return replace(address, since=row[0] if row else None).uri()


def leave(
    connection: duckdb.DuckDBPyConnection, system: System, source: str | Path, *, log: LogName, mark: str | None
) -> None:
    """Stores up to where a source has been read."""
    address = _growing(source)
    if address is None or mark is None or mark == address.since:
        return
    key = [system.id, _key(address, log)]
    connection.execute("DELETE FROM lake.main.marks WHERE system = ? AND source = ?", key)
    connection.execute("INSERT INTO lake.main.marks VALUES (?, ?, ?)", [*key, mark])


def _growing(source: str | Path) -> DatabaseAddress | None:
    if not str(source).startswith(PREFIX):
        return None
    address = DatabaseAddress.parse(str(source))
    return address if address.after is not None else None


def _key(address: DatabaseAddress, log: LogName) -> str:
    return f"{log} {replace(address, since=None).uri()}"
