"""People who had said STOP and were written to all the same, computed again: no case is tolerated."""

from __future__ import annotations

from ..buckets import filled
from ..groups import Claims
from ..rows import Rows
from ..scores import wilson
from ..system import System
from .messages import LOG
from .shares import PART_OF_MONTH, counted, of_months, part_of_month

AFTER_STOP, STOPPED, GRACE_HOURS = "written_after_stop_share", "stopped", 24


def claims(rows: Rows) -> Claims:
    """People who had said STOP, and those of them who were written to all the same: each counts once a month."""
    cases, every = counted(rows, LOG, STOPPED)
    k, n, people = sum(cases), sum(every), max(of_months(rows, LOG, STOPPED))
    found = wilson(k / n * people, people)
    return {
        "value": k / n,
        "n": n,
        "clusters": len(filled(every)),
        "interval.low": found.low,
        "interval.high": found.high,
        "params.cases": k,
        "params.hours": GRACE_HOURS,
        "params.people": people if people < n else None,
    }


def asked(rows: Rows) -> bool:
    """Whether an audit of such rows tells, or hides, the share; one of an earlier version did not ask for a STOP."""
    return part_of_month(LOG, rows) or any(part == STOPPED for part, _, _, _ in rows.logs.get(LOG, {}))


def some(system: System, rows: Rows) -> bool | None:
    """What is said of cases after a STOP where nothing else is: whether there is one."""
    few = 0 < min(of_months(rows, LOG, STOPPED), default=0) < system.limit
    return bool(sum(counted(rows, LOG, STOPPED)[0])) if few else None


def status(system: System, rows: Rows) -> tuple[str, str | None]:
    """Whether the share is told, or why it is not."""
    if part_of_month(LOG, rows):
        return "undefined", PART_OF_MONTH
    people = min(of_months(rows, LOG, STOPPED), default=0)
    if not people:
        return "undefined", "no_stop"
    return ("suppressed", "small_group") if people < system.limit else ("ok", None)
