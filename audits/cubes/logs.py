"""Logs that are counted by themselves, by month, part and bucket: how, and when their counts are renewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes import accounts, contacts, generations, reviews, search_controls, uses
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import cube_of, has_table, holds, literal, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs.contacts import DAYS, STOPPED
from boussole.audits.systems.model import System


@dataclass(frozen=True, kw_only=True)
class LogCounter:
    """How a log is counted.

    `counting`: SQL of the columns of its cube; `before`: days before a row that count for it; `ready`: whether a system
    file declares enough; `parts`: those that every counted month has; `history`: whether the counts rest on all that
    the log ever held; `earlier`: parts that are also read of the twelve months before a window.
    """

    counting: Callable[[duckdb.DuckDBPyConnection, System, str], str]
    source: str
    before: int = 0
    ready: Callable[[System], bool] = lambda _: True
    parts: Callable[[System], tuple[str, ...]] = lambda _: ()
    history: Callable[[System], bool] = lambda _: False
    earlier: Callable[[System], tuple[str, ...]] = lambda _: ()


COUNTERS: Mapping[LogName, LogCounter] = {
    "human_actions": LogCounter(
        counting=reviews.counting,
        source="decisions",
        ready=reviews.ready,
    ),
    "contacts": LogCounter(
        counting=contacts.counting,
        source="contacts",
        before=DAYS,
        parts=lambda system: (STOPPED, *contacts.parts(system)),
        history=contacts.ready,
    ),
    "usage": LogCounter(counting=uses.counting, source="usage", ready=uses.ready, parts=uses.parts),
    "generations": LogCounter(
        counting=generations.counting,
        source="generations",
        ready=generations.ready,
        parts=generations.parts,
        earlier=generations.earlier,
    ),
    "accounts": LogCounter(counting=accounts.counting, source="accounts", parts=accounts.parts),
    "search_controls": LogCounter(
        counting=search_controls.counting,
        source="search_controls",
        ready=search_controls.ready,
        parts=search_controls.parts,
    ),
}
"""One for each log whose descriptor has a cube."""


def counted_logs(connection: duckdb.DuckDBPyConnection, system: System) -> list[LogName]:
    """The logs of a system that are counted by themselves and whose counts the lake holds."""
    declared = [log for log, each in COUNTERS.items() if log in system.logs and each.ready(system)]
    return [log for log in declared if has_table(connection, system, cube_of(log))]


def counted_otherwise(connection: duckdb.DuckDBPyConnection, system: System, counts: str, counter: LogCounter) -> bool:
    """Whether a month of some `counts` was counted under another declaration of the system file."""
    lacking = " OR ".join(f"NOT bool_or(part = {literal(part)})" for part in counter.parts(system))
    if not lacking:
        return False
    return bool(connection.execute(f"SELECT month FROM {counts} GROUP BY month HAVING {lacking} LIMIT 1").fetchone())


def recount(
    connection: duckdb.DuckDBPyConnection, system: System, log: LogName, *, since: dt.date | None = None
) -> None:
    """Count a log anew from the month of a day on, or all of it, but for months that rest on purged rows."""
    counter, target, purged = COUNTERS[log], table(system, cube_of(log)), purged_before(connection, system.id)
    if not holds(connection, target):
        since = None
    elif purged is not None and since is None and counter.history(system):
        return
    elif purged is not None:
        since = max(purged, since or purged + dt.timedelta(days=counter.before + bool(counter.before)))
    elif counted_otherwise(connection, system, f"(FROM {target})", counter):
        since = None
    from_ = "true" if since is None else f"{{}} >= DATE '{since.replace(day=1)}'"
    connection.execute(f"DELETE FROM {target} WHERE {from_.format('month')}")
    connection.execute(f"INSERT INTO {target} {counter.counting(connection, system, from_.format('day'))}")
