"""How far purges of a system reached: rows of earlier days are gone, and come in no more."""

from __future__ import annotations

import datetime as dt
import json

import duckdb

from boussole.audits.lake.tables import holds


def purged_before(connection: duckdb.DuckDBPyConnection, system_id: str) -> dt.date | None:
    """The first day that the latest-reaching purge of a system left; None when it was never purged."""
    if not holds(connection, "lake.main.removals"):
        return None
    rows = connection.execute("SELECT payload FROM lake.main.removals WHERE kind = 'purge'").fetchall()
    payloads = [json.loads(row[0]) for row in rows]
    days = [dt.date.fromisoformat(item["before"]) for item in payloads if item["system"] == system_id]
    return max(days, default=None)
