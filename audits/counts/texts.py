"""The texts of a system that only writes, in a window: what stands where other systems have decisions."""

from __future__ import annotations

import datetime as dt

import duckdb

from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.readings import last_reading
from boussole.audits.lake.tables import cube_of, has_table, table
from boussole.audits.systems.logs.texts import TEXTS
from boussole.audits.systems.model import System
from boussole.audits.windows import EmptyWindowError, LogDays

LOG = "generations"


def days_of_texts(connection: duckdb.DuckDBPyConnection, system: System) -> LogDays:
    """Return the days of a log of texts, purged months included. Raises EmptyWindowError where there are none."""
    row = None
    if has_table(connection, system, LOG):
        row = connection.execute(f"SELECT min(day), max(day) FROM ({daily(connection, system)})").fetchone()
    if row is None or row[0] is None:
        raise EmptyWindowError(
            f"the system '{system.id}' has no texts yet.",
            next_step=f"Import some with `boussole import FILE --system {system.id} --log {LOG}`, "
            "or run `boussole sync`.",
        )
    return log_days(connection, system, row[0], row[1])


def log_days(connection: duckdb.DuckDBPyConnection, system: System, first: dt.date, last: dt.date) -> LogDays:
    """The days of a log from its first and last row, with the day on which its sources were read."""
    today = dt.datetime.now(system.zone).date()
    return LogDays(first=first, last=last, read=last_reading(connection, system), today=today)


def daily(connection: duckdb.DuckDBPyConnection, system: System) -> str:
    """Return SQL of the number of texts (`n`) by `day`; those of a purged month stand on its last day."""
    rows = f"SELECT day, count(*) AS n FROM {table(system, LOG)} GROUP BY day"
    purged = purged_before(connection, system.id)
    if purged is None:
        return rows
    counted = f"FROM {table(system, cube_of(LOG))} WHERE part = '{TEXTS}' AND month < DATE '{purged}'"
    ends = (
        f"SELECT month AS day, 0 AS n {counted}",
        f"SELECT last_day(month) AS day, sum(n) AS n {counted} GROUP BY month",
    )
    return " UNION ALL ".join([f"{rows} HAVING day >= DATE '{purged}'", *ends])
