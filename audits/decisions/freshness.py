"""How late a source is against the frequency that its system file declares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from boussole.audits.systems.kinds import Every

DAYS: dict[Every, int] = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""The longest that each can be: nobody is called late because a month was long."""
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Late:
    """A source that is late, and by how much."""

    n: int
    unit: Literal["hour", "day"]


def lateness(every: Every | None, newest: dt.datetime, now: dt.datetime) -> Late | None:
    """Return by how many whole days (or hours) something newer is late; None where it is not, or none is expected."""
    if every is None:
        return None
    if every != "hour":
        days = (now.date() - newest.date()).days - DAYS[every]
        return Late(days, "day") if days > 0 else None
    hours = (now - newest) // HOUR - 1
    if hours >= 24:
        return Late(hours // 24, "day")
    return Late(hours, "hour") if hours > 0 else None
