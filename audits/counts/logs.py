"""Counts of logs that are counted by themselves, in a window: shares of what they hold, held to promises about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import SHARES, months_sql
from boussole.audits.cubes.logs import COUNTERS, counted_logs, counted_otherwise
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import KEYS, cube_of, days_sql, literal, table
from boussole.audits.log_names import LogName
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.calls import EARLIER
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months

SIDES = ("by", *(name for name in KEYS if name != "by"), "part", "window", "bucket")
"""What counts are told apart by, beside whether they are of cases."""


def read_logs(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
) -> dict[str, pa.Table]:
    """Read the rows of `SHARES` of a window by log, in a fixed order; a log of which nothing was counted is absent.

    Part of a month gives one row that says so (`PART_OF_MONTH`). Groups named in `without` are not read, nor is any
    intersection that holds one of them.
    """
    found = {}
    for log in counted_logs(connection, system):
        held = f"(FROM {table(system, cube_of(log))} WHERE {months_sql(window)})"
        if not whole_months(window):
            found[str(log)] = _part_of_month(connection, held)
        else:
            source = _source(connection, system, window, log, held, exact=exact)
            rows = _rows(connection, system, log, source, without)
            found[str(log)] = pa.concat_tables([rows, *_earlier(connection, system, window, log)])
    return {log: rows for log, rows in found.items() if rows.num_rows}


def _part_of_month(connection: duckdb.DuckDBPyConnection, held: str) -> pa.Table:
    """The row that says of some `held` counts that they are of more than the window; none where there are none."""
    if connection.execute(f"{held[1:-1]} LIMIT 1").fetchone() is None:
        return SHARES.empty_table()
    return pa.Table.from_pylist([{"part": PART_OF_MONTH, "bucket": 0, "decision": 0, "n": 1}], SHARES)


def _earlier(connection: duckdb.DuckDBPyConnection, system: System, window: Window, log: LogName) -> Iterator[pa.Table]:
    """What was counted in the twelve months before a window, of the parts that are read of them (`EARLIER`)."""
    parts = COUNTERS[log].earlier(system)
    if not parts:
        return
    first, listed = window.start.replace(year=window.start.year - 1), ", ".join(map(literal, parts))
    months = f"month >= DATE '{first}' AND month < DATE '{window.start}' AND part IN ({listed})"
    names = ", ".join(f'"{name}"' for name in LOG_TYPES[log].cube if name != "part")
    named = f"SELECT {literal(EARLIER)} || part AS part, {names} FROM {table(system, cube_of(log))} WHERE {months}"
    yield _rows(connection, system, log, f"({named})", ())


def _source(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, log: LogName, held: str, *, exact: bool
) -> str:
    """SQL of the counts of a log by month: those that are `held`, or of its rows."""
    counter, purged = COUNTERS[log], purged_before(connection, system.id)
    if purged is not None:
        short = purged > window.start - dt.timedelta(days=counter.before)
        if short or (counter.history(system) and not counted_otherwise(connection, system, held, counter)):
            return held
    if exact or counted_otherwise(connection, system, held, counter):
        return f"({counter.counting(connection, system, days_sql(window))})"
    return held


def _rows(
    connection: duckdb.DuckDBPyConnection, system: System, log: LogName, source: str, without: Collection[str]
) -> pa.Table:
    held = {name: f'"{name}"' for name in LOG_TYPES[log].cube} | {"window": "strftime(month, '%Y-%m')"}
    keys = ", ".join(f'{held.get(name, "CAST(NULL AS VARCHAR)")} AS "{name}"' for name in SIDES)
    sides = " UNION ALL ".join(
        f"SELECT {keys}, CAST({case} AS UTINYINT) AS decision, {n} AS n FROM {source}"
        for case, n in ((0, "n - cases"), (1, "cases"))
    )
    expired = " OR ".join(f"list_contains(string_split(\"by\", '*'), {literal(name)})" for name in sorted(without))
    kept = f"NOT coalesce({expired}, false)" if expired else "true"
    names = ", ".join(f'"{name}"' for name in SIDES)
    summed = f"SELECT {names}, decision, CAST(sum(n) AS BIGINT) AS n FROM ({sides}) WHERE {kept} GROUP BY ALL"
    parts = COUNTERS[log].parts(system)  # 0 of it: there is none, and not that nobody looked
    told = " OR ".join(["n > 0", *(f"part = {literal(part)}" for part in parts)])
    return connection.execute(f"FROM ({summed} ORDER BY ALL) WHERE {told}").to_arrow_table().cast(SHARES)
