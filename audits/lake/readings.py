"""The days on which the sources of a log were read, also where they held nothing new: up to then, the log is known."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import duckdb

from boussole.audits.lake.tables import holds, literal
from boussole.audits.systems.model import System

TABLE = "lake.main.readings"
Way = Literal["import", "sync"]


def note_reading(connection: duckdb.DuckDBPyConnection, system: System, way: Way) -> None:
    """Note, within an open transaction, that the main log of a system was read today."""
    today = dt.datetime.now(system.zone).date()
    same = f"{TABLE} WHERE system = {literal(system.id)} AND way = '{way}' AND day = DATE '{today}'"
    if not holds(connection, same):
        connection.execute(f"INSERT INTO {TABLE} VALUES (?, ?, ?)", [system.id, way, today])


def last_reading(connection: duckdb.DuckDBPyConnection, system: System) -> dt.date | None:
    """Return the last day on which the main log of a system was read (by a complete sync where it has sources)."""
    way: Way = "sync" if system.syncs else "import"
    row = connection.execute(f"SELECT max(day) FROM {TABLE} WHERE system = ? AND way = ?", [system.id, way]).fetchone()
    found: dt.date | None = row[0] if row else None
    return found
