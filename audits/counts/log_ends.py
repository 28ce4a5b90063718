"""The last day up to which a log is known, where it stops before the end of the window or has a hole in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import has_table, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

LOGS = ("contacts", "human_actions", "usage", "generations", "search_controls", "decisions")
CONTACTS, HUMAN_ACTIONS, USAGE, GENERATIONS, SEARCH_CONTROLS, DECISIONS = LOGS
"""The logs that are looked at, in the order in which they are told: those from which an absence is counted, and that of
decisions."""
ENDS = "_ends"
"""After the name of a log: its row among what was left out; `column` is its last day, `n` how many days before the last
of the window that is, `reason` the day on which it goes on."""
HOLE_DAYS = {SEARCH_CONTROLS: 3}
"""So many days in a row may a log hold nothing without anything missing: those that nobody works on, of controls, which
are made on all others."""
BEGIN = {CONTACTS, USAGE}
"""The logs that should begin with the decisions; reviews follow them, and controls count from their first day alone."""
QUIET_DAYS = 7
"""The same for the other logs: a week that everybody has off."""
EXPECTED = 7
"""Where so many rows should have come in the days that hold none, it is a hole: by chance, less than once in 1,000."""
USUAL = 0.9
"""A log that is written by campaigns has gaps by nature: a hole is more than twice as long as nine of ten gaps are."""


@dataclass(frozen=True, kw_only=True)
class LogEnd:
    """A log, the last day up to which it is known, the days missing until the window ends, and when it resumes."""

    log: str
    last: dt.date
    days: int
    again: dt.date | None = None

    def document(self) -> dict[str, Any]:
        """The end as an audit document writes it."""
        again = {"again": self.again.isoformat()} if self.again else {}
        return {"log": self.log, "last": self.last.isoformat(), "days": self.days, **again}


def ends_of(rows: Iterable[Mapping[str, Any]]) -> tuple[LogEnd, ...]:
    """What stored rows of `LEFT_OUT` say of it, in the order of the logs."""
    told = {row["part"]: row for row in rows}
    return tuple(
        LogEnd(log=log, last=dt.date.fromisoformat(row["column"]), days=row["n"], again=_day(row["reason"]))
        for log in LOGS
        if (row := told.get(log + ENDS)) is not None
    )


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def end_sql(connection: duckdb.DuckDBPyConnection, system: System, log: str, window: Window) -> str | None:
    """Return SQL of the row of `LEFT_OUT` of a log that is not known up to the end of the window; None where it is."""
    if log not in LOGS or not has_table(connection, system, log):
        return None
    since = _began(connection, system, window) if log in BEGIN else None
    holes = " AND again IS NOT NULL" if log == system.main_log else ""
    return (
        f"SELECT '{log}{ENDS}', CAST(last AS VARCHAR), CAST(again AS VARCHAR), "
        f"date_diff('day', last, DATE '{window.end}') "
        f"FROM ({known_until(system, log, window, since=since)}) "
        f"WHERE last < DATE '{window.end}'{holes}"
    )


def _began(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> str | None:
    """Return SQL of the first day of a window with decisions; None where rows were purged or nothing is decided."""
    purged = purged_before(connection, system.id)
    if system.only_writes or (purged is not None and purged > window.start):
        return None
    within = f"day BETWEEN DATE '{window.start}' AND DATE '{window.end}'"
    return f"""SELECT min(day) FROM {table(system, "daily")} WHERE "by" = '' AND {within}"""


def known_until(system: System, log: str, window: Window, *, since: str | None = None) -> str:
    """Return SQL of `last`, the day before the first hole of a log in a window, and `again`, when it goes on."""
    days: str = f"SELECT day, CAST(sum(n) AS BIGINT) AS n FROM ({DAYS[log](system)}) GROUP BY day"
    begun = f" UNION ALL SELECT ({since}) - 1, 0 WHERE ({since}) <= (SELECT min(day) FROM ({days}))" if since else ""
    gaps = (
        "SELECT day, lead(day) OVER (ORDER BY day) AS next, "
        "sum(n) OVER () / (max(day) FILTER (n > 0) OVER () - min(day) FILTER (n > 0) OVER () + 1) AS daily, n "
        f"FROM ({days}{begun})"
    )
    usual = f"SELECT *, quantile_disc(next - day, {USUAL}) FILTER (n > 0) OVER () AS usual FROM ({gaps})"
    quiet = HOLE_DAYS.get(log, QUIET_DAYS)
    unusual = "true" if log in HOLE_DAYS else "next - day > 2 * coalesce(usual, 0)"
    hole = (
        f"next - day > {quiet + 1} AND (next - day - 1) * daily >= {EXPECTED} AND {unusual} "
        f"AND next > DATE '{window.start}' AND day < DATE '{window.end}'"
    )
    last = f"coalesce(min(day) FILTER ({hole}), max(day) FILTER (n > 0))"
    return f"SELECT {last} AS last, min(next) FILTER ({hole}) AS again FROM ({usual})"


def _decided(system: System) -> str:
    """Return SQL of the days of decisions as they are counted, which stay when rows are purged."""
    return f"""SELECT day, n FROM {table(system, "daily")} WHERE "by" = ''"""


def _messages(system: System) -> str:
    section = system.contacts
    assert section is not None  # noqa: S101 (its log is declared)
    return f"SELECT day, 1 AS n FROM {table(system, 'contacts')} WHERE NOT {section.stop}"


def _reviews(system: System) -> str:
    """Return SQL of the days of reviews; one whose moment is not known is of the day of its decision."""
    held = table(system, "human_actions")
    undated = f"SELECT id FROM {held} WHERE recorded_at IS NULL"
    return (
        f"SELECT CAST(recorded_at AS DATE) AS day, 1 AS n FROM {held} WHERE recorded_at IS NOT NULL UNION ALL "
        f"SELECT day, 1 AS n FROM {table(system, 'decisions')} JOIN ({undated}) USING (id)"
    )


def _rows(log: str, system: System) -> str:
    return f"SELECT day, 1 AS n FROM {table(system, log)}"


DAYS: dict[str, Callable[[System], str]] = {
    CONTACTS: _messages,
    DECISIONS: _decided,
    HUMAN_ACTIONS: _reviews,
    **{log: partial(_rows, log) for log in (USAGE, GENERATIONS, SEARCH_CONTROLS)},
}
"""SQL of the days of each log and how many rows of it have each."""
