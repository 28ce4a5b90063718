"""Logs that are counted by themselves: which they are, how each is counted, and keeping their counts in step.

Counts by month, part and bucket (`cube_of` each log). They are made anew from the first month that is touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes import contacts, reviews
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import cube_of, has_table, literal, one, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs.contacts import DAYS, STOPPED
from boussole.audits.systems.logs.human_actions import PEOPLE
from boussole.audits.systems.model import System


@dataclass(frozen=True, kw_only=True)
class LogCounter:
    """How a log is counted.

    `counting`: SQL of the columns of its cube, of the rows of `source` whose days meet a condition; `before`: so many
    days before a row, what happened is part of what is counted of it. `ready`: whether a system file says enough of it.
    `newest`: a part that earlier versions did not count; each month that was counted since has a row of it, even of 0.
    """

    counting: Callable[[duckdb.DuckDBPyConnection, System, str], str]
    source: str
    before: int = 0
    ready: Callable[[System], bool] = lambda _: True
    newest: str | None = None


COUNTERS: Mapping[LogName, LogCounter] = {
    "human_actions": LogCounter(counting=reviews.counting, source="decisions", ready=reviews.ready, newest=PEOPLE),
    "contacts": LogCounter(counting=contacts.counting, source="contacts", before=DAYS, newest=STOPPED),
}
"""One for each log whose descriptor has a cube."""


def counted_logs(connection: duckdb.DuckDBPyConnection, system: System) -> list[LogName]:
    """The logs of a system that are counted by themselves and whose counts the lake holds."""
    declared = [log for log, each in COUNTERS.items() if log in system.logs and each.ready(system)]
    return [log for log in declared if has_table(connection, system, cube_of(log))]


def uncounted(connection: duckdb.DuckDBPyConnection, counts: str, counter: LogCounter) -> bool:
    """Whether an earlier version counted a month of some `counts`, without the newest part."""
    if counter.newest is None:
        return False
    without = f"SELECT month FROM {counts} GROUP BY month HAVING NOT bool_or(part = {literal(counter.newest)}) LIMIT 1"
    return bool(connection.execute(without).fetchone())


def recount(
    connection: duckdb.DuckDBPyConnection, system: System, log: LogName, *, since: dt.date | None = None
) -> None:
    """Counts a log anew from the month of the first day that something came to or left, or all.

    Months whose rows were purged stay as they were counted; so do, unless they are touched, those after them whose
    counts rest on days before the purge: what happened in these is not known.
    """
    counter, target, purged = COUNTERS[log], table(system, cube_of(log)), purged_before(connection, system.id)
    if not one(connection, f"SELECT count(*) FROM (FROM {target} LIMIT 1)"):
        since = None
    elif purged is not None:
        since = max(purged, since or purged + dt.timedelta(days=counter.before + bool(counter.before)))
    elif uncounted(connection, f"(FROM {target})", counter):
        since = None
    from_ = "true" if since is None else f"{{}} >= DATE '{since.replace(day=1)}'"
    connection.execute(f"DELETE FROM {target} WHERE {from_.format('month')}")
    connection.execute(f"INSERT INTO {target} {counter.counting(connection, system, from_.format('day'))}")
