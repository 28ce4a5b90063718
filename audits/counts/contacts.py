"""Counts of messages to people in a window, for the promises about when and how often they are written to."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import CONTACTED, months_sql
from boussole.audits.cubes.contacts import counting
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import cube_of, days_sql, has_table, literal, table
from boussole.audits.systems.logs.contacts import DAYS, STOPPED
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def read_contacts(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, exact: bool = False
) -> pa.Table:
    """The rows of `CONTACTED` of a window, in a fixed order; none where no message was logged.

    From their cube where it holds just the messages of the window; else, and with `exact`, from the rows. Where rows
    were purged that these figures rest on, of the window or of the weeks before it, only the cube tells: of part of a
    month nothing does. People are counted month by month.
    """
    if system.contacts is None or not has_table(connection, system, cube_of("contacts")):
        return CONTACTED.empty_table()
    source = f"(FROM {table(system, cube_of('contacts'))} WHERE {months_sql(window)})"
    purged, needed = purged_before(connection, system.id), window.start - dt.timedelta(days=DAYS)
    if purged is not None and purged > needed:
        if _other_days(connection, system, window):
            return CONTACTED.empty_table()
    elif exact or _other_days(connection, system, window) or _uncounted(connection, source):
        source = f"({counting(connection, system, days_sql(window))})"
    sides = " UNION ALL ".join(
        f"SELECT part, bucket, CAST({case} AS UTINYINT) AS decision, {n} AS n FROM {source}"
        for case, n in ((0, "n - cases"), (1, "cases"))
    )
    summed = f"SELECT part, bucket, decision, CAST(sum(n) AS BIGINT) AS n FROM ({sides}) GROUP BY ALL ORDER BY ALL"
    told = f"FROM ({summed}) WHERE n > 0 OR part = {literal(STOPPED)}"  # 0: no STOP, and not that nobody looked
    return connection.execute(told).to_arrow_table().cast(CONTACTED)


def _uncounted(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    """Whether an earlier version counted a month, which did not look who had said STOP."""
    without = f"SELECT month FROM {source} GROUP BY month HAVING NOT bool_or(part = {literal(STOPPED)}) LIMIT 1"
    return bool(connection.execute(without).fetchone())


def _other_days(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> bool:
    """Whether the months of a window hold messages of days that are not in it."""
    first, last = window.start.replace(day=1), f"last_day(DATE '{window.end}')"
    beside = f"day BETWEEN DATE '{first}' AND {last} AND NOT ({days_sql(window)})"
    return bool(connection.execute(f"FROM {table(system, 'contacts')} WHERE {beside} LIMIT 1").fetchone())
