"""Shares of messages and of people written to: what is told beside them, and when nothing is."""

from __future__ import annotations

from ..groups import Claims
from ..rows import Rows
from ..system import System
from .shares import MOST_UNTIMED, Share, counted, of_months

LOG = "contacts"
MOST, DAYS = 4, 30


def _apart(rows: Rows) -> Claims:
    """Messages that could not be placed, or had no time of day."""
    placed, timed = (sum(counted(rows, LOG, part)[0]) for part in ("placed", "timed"))
    return {"params.in_zone_of_system": placed, "params.without_time": timed}


def _often(_: Rows) -> Claims:
    return {"params.most": MOST, "params.days": DAYS}


def _few_people(system: System, rows: Rows) -> tuple[str, str] | None:
    people = min(of_months(rows, LOG, "often"), default=0)
    return ("suppressed", "small_group") if people < system.limit else None


def _untimed(system: System, rows: Rows) -> tuple[str, str] | None:
    if (few := _few_people(system, rows)) is not None:
        return few
    untimed = [sum(side) for side in counted(rows, LOG, "timed")]
    messages = sum(counted(rows, LOG, "hours")[1])
    return ("undefined", "no_times") if not messages or untimed[0] > MOST_UNTIMED * untimed[1] else None


SHARES = {
    "outside_hours_share": Share(LOG, "hours", "above", _apart, _untimed),
    "written_too_often_share": Share(LOG, "often", "above", _often, _few_people),
}
