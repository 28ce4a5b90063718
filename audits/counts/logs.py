"""Counts of logs that are counted by themselves, in a window: shares of what they hold, held to promises about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import SHARES, months_sql
from boussole.audits.cubes.logs import COUNTERS, LogCounter, counted_logs, uncounted
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import KEYS, cube_of, days_sql, literal, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

SIDES = ("by", *(name for name in KEYS if name != "by"), "part", "bucket")
"""What counts are told apart by, beside whether they are of cases."""


def read_logs(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
) -> dict[str, pa.Table]:
    """The rows of `SHARES` of a window by log, in a fixed order; a log of which nothing was counted is not there.

    From their cubes where these hold just what happened in the window; else, and with `exact`, from the rows. Where
    rows were purged that the counts rest on, only the cube tells: of part of a month nothing does. Groups named in
    `without` are not read, nor is any intersection that holds one of them.
    """
    found = {}
    for log in counted_logs(connection, system):
        if (source := _source(connection, system, window, log, exact=exact)) is not None:
            found[str(log)] = _rows(connection, log, source, without)
    return {log: rows for log, rows in found.items() if rows.num_rows}


def _source(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, log: LogName, *, exact: bool
) -> str | None:
    """SQL of the counts of a log by month; None where nothing tells them."""
    counter, purged = COUNTERS[log], purged_before(connection, system.id)
    held = f"(FROM {table(system, cube_of(log))} WHERE {months_sql(window)})"
    if purged is not None and purged > window.start - dt.timedelta(days=counter.before):
        if _other_days(connection, system, window, counter):
            return None
    elif exact or _other_days(connection, system, window, counter) or uncounted(connection, held, counter):
        return f"({counter.counting(connection, system, days_sql(window))})"
    return held


def _rows(connection: duckdb.DuckDBPyConnection, log: LogName, source: str, without: Collection[str]) -> pa.Table:
    held = LOG_TYPES[log].cube
    keys = ", ".join(f'"{name}"' if name in held else f'CAST(NULL AS VARCHAR) AS "{name}"' for name in SIDES)
    sides = " UNION ALL ".join(
        f"SELECT {keys}, CAST({case} AS UTINYINT) AS decision, {n} AS n FROM {source}"
        for case, n in ((0, "n - cases"), (1, "cases"))
    )
    expired = " OR ".join(f"list_contains(string_split(\"by\", '*'), {literal(name)})" for name in sorted(without))
    kept = f"NOT coalesce({expired}, false)" if expired else "true"
    names = ", ".join(f'"{name}"' for name in SIDES)
    summed = f"SELECT {names}, decision, CAST(sum(n) AS BIGINT) AS n FROM ({sides}) WHERE {kept} GROUP BY ALL"
    newest = COUNTERS[log].newest  # 0 of it: there is none, and not that nobody looked
    told = "n > 0" if newest is None else f"n > 0 OR part = {literal(newest)}"
    return connection.execute(f"FROM ({summed} ORDER BY ALL) WHERE {told}").to_arrow_table().cast(SHARES)


def _other_days(connection: duckdb.DuckDBPyConnection, system: System, window: Window, counter: LogCounter) -> bool:
    """Whether the months of a window hold rows of days that are not in it."""
    first, last = window.start.replace(day=1), f"last_day(DATE '{window.end}')"
    beside = f"day BETWEEN DATE '{first}' AND {last} AND NOT ({days_sql(window)})"
    return bool(connection.execute(f"FROM {table(system, counter.source)} WHERE {beside} LIMIT 1").fetchone())
