"""The stretch of days an audit looks at, in the system's time zone, both ends included."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from audits.errors import BoussoleError
from audits.systems.kinds import AuditWindow
from audits.systems.model import System
from audits.systems.parts import parse_window


@dataclass(frozen=True, order=True)
class Window:
    """First and last day, both included."""

    start: dt.date
    end: dt.date

    def document(self, system: System) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "timezone": system.timezone}


def choose_window(
    system: System, first: dt.date, last: dt.date, *, start: dt.date | None = None, end: dt.date | None = None
) -> Window:
    """The window asked for, else the last complete one of the kind that the system file names.

    `first` and `last` are the first and last day of the log. When no window of that kind is complete, the
    newest incomplete one is taken.
    """
    if start is not None and end is not None and start > end:
        raise BoussoleError(f"the window ends ({end}) before it starts ({start}).", next_step="Swap --from and --to.")
    if start is not None or end is not None:
        return Window(start or first, end or last)
    kind = system.windows.audit
    if kind == "all":
        return Window(first, last)
    newest = period_of(last, kind)
    if newest.end <= last:
        return newest
    before = period_of(newest.start - dt.timedelta(days=1), kind)
    return before if before.start >= first else newest


def period_of(day: dt.date, kind: AuditWindow) -> Window:
    """The day, ISO week, month, quarter or year that holds a day.

    >>> period_of(dt.date(2026, 8, 15), "quarter")
    Window(start=datetime.date(2026, 7, 1), end=datetime.date(2026, 9, 30))
    """
    if kind == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Window(monday, monday + dt.timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}.get(kind)
    if months is None:
        return Window(day, day)
    first_month = (day.month - 1) // months * months + 1
    last_month = first_month + months - 1
    last_day = calendar.monthrange(day.year, last_month)[1]
    return Window(dt.date(day.year, first_month, 1), dt.date(day.year, last_month, last_day))


def windows_between(system: System, first: dt.date, last: dt.date) -> list[Window]:
    """All windows of the system's kind that lie wholly between two days, oldest first; `all` is one window."""
    if system.windows.audit == "all":
        return [Window(first, last)]
    found = []
    window = period_of(first, system.windows.audit)
    while window.end <= last:
        if window.start >= first:
            found.append(window)
        window = period_of(window.end + dt.timedelta(days=1), system.windows.audit)
    return found


def reference_window(system: System) -> Window | None:
    """The declared window that drift is measured against."""
    return Window(*parse_window(system.windows.reference)) if system.windows.reference else None
