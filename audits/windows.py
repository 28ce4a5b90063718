"""The stretch of days an audit looks at, in the system's time zone, both ends included."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import parse_window


class EmptyWindowError(BoussoleError):
    """A window, or a log, that holds no decision: there is nothing to measure or to judge."""


@dataclass(frozen=True, order=True)
class Window:
    """First and last day, both included."""

    start: dt.date
    end: dt.date

    def holds(self, other: Window) -> bool:
        """Whether all days of another window are days of this one."""
        return self.start <= other.start and other.end <= self.end

    def document(self, system: System) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "timezone": system.timezone}


@dataclass(frozen=True, kw_only=True)
class LogDays:
    """The days of a log in its zone: `first` and `last` with a row, `read` (the last reading), and `today`."""

    first: dt.date
    last: dt.date
    read: dt.date | None
    today: dt.date

    @property
    def known_until(self) -> dt.date:
        """The last day that is over and of which everything has come in, by a later reading or a later row."""
        return min(self.today, max(self.last, self.read or self.last)) - dt.timedelta(days=1)


def choose_window(system: System, days: LogDays, *, start: dt.date | None = None, end: dt.date | None = None) -> Window:
    """Return the window asked for, else the last complete (or newest incomplete) period of the system's kind."""
    if start is not None and end is not None and start > end:
        raise BoussoleError(f"the window ends ({end}) before it starts ({start}).", next_step="Swap the two days.")
    if start is not None or end is not None:
        return Window(start or days.first, end or days.last)
    kind = system.windows.audit
    if kind == "all":
        return Window(days.first, days.last)
    complete = complete_periods(days, kind)
    return complete[-1] if complete else period_of(days.last, kind)


def complete_periods(days: LogDays, kind: AuditWindow) -> list[Window]:
    """Return all complete periods of a kind from the one of the first row to that of the last, oldest first."""
    return ended_periods(days.first, min(days.known_until, period_of(days.last, kind).end), kind)


def unread_period(days: LogDays, kind: AuditWindow) -> Window | None:
    """Return the period of the last row if it is over and its sources were not read since; else None."""
    newest = period_of(days.last, kind)
    over = kind != "all" and newest.end < days.today
    return newest if over and newest.end > days.known_until else None


def period_of(day: dt.date, kind: AuditWindow) -> Window:
    """Return the day, ISO week, month, quarter or year that holds a day."""
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


def label_of(window: Window, kind: AuditWindow) -> str:
    """Return the short label of a period of a kind; of the whole log, its first and last day."""
    start, (year, week, _) = window.start, window.start.isocalendar()
    names = {
        "day": f"{start}",
        "week": f"{year}-W{week:02}",
        "month": f"{start:%Y-%m}",
        "quarter": f"{start.year}-Q{(start.month + 2) // 3}",
        "year": f"{start.year}",
    }
    return names[kind] if kind != "all" and window == period_of(start, kind) else f"{start}/{window.end}"


def ended_periods(first: dt.date, last: dt.date, kind: AuditWindow) -> list[Window]:
    """Return all windows of a kind from the one that holds a day to the last that has ended on another."""
    found = []
    window = period_of(first, kind)
    while window.end <= last:
        found.append(window)
        window = after(window, kind)
    return found


def after(window: Window, kind: AuditWindow) -> Window:
    """The next window of a kind."""
    return period_of(window.end + dt.timedelta(days=1), kind)


def before(window: Window, kind: AuditWindow) -> Window:
    """Return the window of a kind that ends just before another begins."""
    return period_of(window.start - dt.timedelta(days=1), kind)


def reference_window(system: System) -> Window | None:
    """The declared window that drift is measured against."""
    return Window(*parse_window(system.windows.reference)) if system.windows.reference else None


def overlapping(window: Window, others: Iterable[Window]) -> list[Window]:
    """Return the windows that share days with one, and are not of just the same days."""
    return [each for each in others if each != window and each.start <= window.end and window.start <= each.end]


def made_up(window: Window, shown: Iterable[Window]) -> bool:
    """Whether some of the windows, end to end, make up just the days of one."""
    day, reached = dt.timedelta(days=1), {window.start}
    for each in sorted(shown):
        if each.start in reached and window.holds(each):
            reached.add(each.end + day)
    return window.end + day in reached


def whole_months(window: Window) -> list[Window]:
    """Return the months that a window is made of; none where it cuts one."""
    found, day = [], window.start
    while day <= window.end:
        month = period_of(day, "month")
        if month.start != day or month.end > window.end:
            return []
        found.append(month)
        day = month.end + dt.timedelta(days=1)
    return found
