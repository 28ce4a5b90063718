"""The last day that a log beside the decisions holds, where it ends before the window does: what came after is unknown.

Of the whole log, not of the window alone: one that goes on in later months reaches beyond. A STOP is no message: people
say it whether or not the tool that writes to them still logs what it sends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from boussole.audits.lake.tables import has_table, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

CONTACTS, HUMAN_ACTIONS, USAGE, GENERATIONS = LOGS = ("contacts", "human_actions", "usage", "generations")
"""The logs that are looked at: those from which an absence is counted."""
ENDS = "_ends"
"""After the name of a log: its row among what was left out; `column` is its last day, `n` how many days before the last
of the window that is."""


@dataclass(frozen=True, kw_only=True)
class LogEnd:
    """A log, the last day that it holds, and how many days before the end of the window that is."""

    log: str
    last: dt.date
    days: int

    def document(self) -> dict[str, Any]:
        """The end as an audit document writes it."""
        return {"log": self.log, "last": self.last.isoformat(), "days": self.days}


def ends_of(rows: Iterable[Mapping[str, Any]]) -> tuple[LogEnd, ...]:
    """What stored rows of `LEFT_OUT` say of it, in the order of the logs."""
    told = {row["part"]: row for row in rows}
    return tuple(
        LogEnd(log=log, last=dt.date.fromisoformat(row["column"]), days=row["n"])
        for log in LOGS
        if (row := told.get(log + ENDS)) is not None
    )


def without_ends(left_out: pa.Table) -> pa.Table:
    """Rows of `LEFT_OUT` but these, which earlier versions did not write."""
    return left_out.filter(
        pa.compute.invert(pa.compute.is_in(left_out["part"], pa.array([log + ENDS for log in LOGS])))
    )


def end_sql(connection: duckdb.DuckDBPyConnection, system: System, log: str, window: Window) -> str | None:
    """SQL: the row of a log that ends before the window does, with the columns of `LEFT_OUT`; none where it reaches its
    end or holds nothing any more. None of a log that is not looked at."""
    if log not in LOGS or not has_table(connection, system, log):
        return None
    last = LAST[log](system)
    return (
        f"SELECT '{log}{ENDS}', CAST(last AS VARCHAR), NULL, date_diff('day', last, DATE '{window.end}') "
        f"FROM ({last}) WHERE last < DATE '{window.end}'"
    )


def _last_message(system: System) -> str:
    section = system.contacts
    assert section is not None  # noqa: S101 (its log is declared)
    return f"SELECT max(day) AS last FROM {table(system, 'contacts')} WHERE NOT {section.stop}"


def _last_review(system: System) -> str:
    """A review whose moment is not known is of the day of its decision at least."""
    return (
        "SELECT max(greatest(CAST(a.recorded_at AS DATE), d.day)) AS last "
        f"FROM {table(system, 'human_actions')} a LEFT JOIN {table(system, 'decisions')} d USING (id)"
    )


def _last_use(system: System) -> str:
    return f"SELECT max(day) AS last FROM {table(system, 'usage')}"


def _last_text(system: System) -> str:
    return f"SELECT max(day) AS last FROM {table(system, 'generations')}"


LAST = {CONTACTS: _last_message, HUMAN_ACTIONS: _last_review, USAGE: _last_use, GENERATIONS: _last_text}
"""SQL of the last day of each log, over all that it holds."""
