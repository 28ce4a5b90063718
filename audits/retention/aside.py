"""What a purge leaves of rows set aside: that there was one, of which source and month, and why it was not counted."""

from __future__ import annotations

import datetime as dt

import duckdb

from boussole.audits.counts.left_out import unread_weight
from boussole.audits.lake.rows import QUARANTINE
from boussole.audits.lake.tables import quote, table
from boussole.audits.systems.model import System

HELD = "({old}) AND (resolved IS NOT NULL OR content IS NOT NULL)"
"""SQL: whether something of a row leaves with a purge; `old`: whether it is old enough."""
CLOSED = "({old}) AND resolved IS NOT NULL"
"""SQL: whether all of it does: its correction is counted in its place."""
PERSONAL = ("value", "content", "fingerprint", "mark")


def bare(connection: duckdb.DuckDBPyConnection, system: System, *, old: str, limit: dt.date) -> dict[str, str]:
    """Return the columns that change, each with the SQL of its new value, so that nothing of an old row stays."""
    log, mean = system.main_log, unread_weight(connection, system)
    found = {"day": f"CASE WHEN {old} THEN date_trunc('month', day) ELSE day END"}
    found["weight"] = f"CASE WHEN {old} AND log = 'decisions' THEN coalesce(weight, {mean}) ELSE weight END"
    rows = table(system, log)
    loses = f"day IS NULL AND log = '{log}' AND batch IN (SELECT batch FROM {rows} WHERE day < DATE '{limit}')"
    for name, bound, pick in (("first_month", "least", "min"), ("last_month", "greatest", "max")):
        brought = f"(SELECT date_trunc('month', {pick}(d.day)) FROM {rows} d WHERE d.batch = quarantine.batch)"
        found[name] = f"CASE WHEN {loses} THEN {bound}({name}, {brought}) ELSE {name} END"
    return emptied(old) | {name: f"CAST({value} AS {QUARANTINE[name]})" for name, value in found.items()}


def emptied(old: str, *names: str) -> dict[str, str]:
    """Columns that hold something of the row itself (all of these where none is named), without it where it is old."""
    which = names or PERSONAL
    return {name: f"CAST(CASE WHEN NOT ({old}) THEN {quote(name)} END AS {QUARANTINE[name]})" for name in which}
