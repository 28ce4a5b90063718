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
    """The days of a log: `first` and `last` with a row, `read`: the last on which its sources were read, and `today`,
    all in the zone of its system."""

    first: dt.date
    last: dt.date
    read: dt.date | None
    today: dt.date

    @property
    def known_until(self) -> dt.date:
        """The last day that is over and of which everything has come in, as far as anybody can know: its sources were
        read after it, or rows of a later day are there. A period that ends by then is complete."""
        return min(self.today, max(self.last, self.read or self.last)) - dt.timedelta(days=1)


def choose_window(system: System, days: LogDays, *, start: dt.date | None = None, end: dt.date | None = None) -> Window:
    """The window asked for, else the last complete period of the kind that the system file names.

    When no period of that kind is complete, the newest incomplete one is taken.
    """
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
    """All complete periods of a kind from the one of the first row to that of the last, oldest first.

    >>> day = dt.date
    >>> days = LogDays(first=day(2026, 9, 1), last=day(2026, 10, 29), read=day(2026, 11, 1), today=day(2026, 12, 2))
    >>> [window.end.isoformat() for window in complete_periods(days, "month")]
    ['2026-09-30', '2026-10-31']
    """
    return ended_periods(days.first, min(days.known_until, period_of(days.last, kind).end), kind)


def unread_period(days: LogDays, kind: AuditWindow) -> Window | None:
    """The period of the last row, where it is over and nobody knows whether its last days have come in: its sources
    were not read since it ended. None where it is complete, or goes on."""
    newest = period_of(days.last, kind)
    over = kind != "all" and newest.end < days.today
    return newest if over and newest.end > days.known_until else None


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


def label_of(window: Window, kind: AuditWindow) -> str:
    """What a period of a kind is called in short; of the whole log, its first and last day.

    >>> august = dt.date(2026, 8, 15)
    >>> [label_of(period_of(august, kind), kind) for kind in ("day", "week", "month", "quarter", "year")]
    ['2026-08-15', '2026-W33', '2026-08', '2026-Q3', '2026']
    """
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
    """All windows of a kind from the one that holds a day to the last that has ended on another, oldest first.

    >>> [window.end.isoformat() for window in ended_periods(dt.date(2026, 1, 9), dt.date(2026, 3, 30), "month")]
    ['2026-01-31', '2026-02-28']
    """
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
    """The window of a kind that ends just before another begins.

    >>> before(Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31)), "month").start.isoformat()
    '2026-02-01'
    """
    return period_of(window.start - dt.timedelta(days=1), kind)


def reference_window(system: System) -> Window | None:
    """The declared window that drift is measured against."""
    return Window(*parse_window(system.windows.reference)) if system.windows.reference else None


def overlapping(window: Window, others: Iterable[Window]) -> list[Window]:
    """The windows that share days with one, and are not of just the same days.

    >>> month = lambda number, last: Window(dt.date(2026, number, 1), dt.date(2026, number, last))
    >>> quarter = Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    >>> [str(found.end) for found in overlapping(month(2, 28), [month(1, 31), month(2, 28), quarter])]
    ['2026-03-31']
    """
    return [each for each in others if each != window and each.start <= window.end and window.start <= each.end]


def made_up(window: Window, shown: Iterable[Window]) -> bool:
    """Whether some of the windows, end to end, make up just the days of one.

    >>> month = lambda number, last: Window(dt.date(2026, number, 1), dt.date(2026, number, last))
    >>> quarter = Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    >>> made_up(quarter, [month(3, 31), month(1, 31), month(2, 28)]), made_up(quarter, [month(1, 31), month(3, 31)])
    (True, False)
    """
    day, reached = dt.timedelta(days=1), {window.start}
    for each in sorted(shown):
        if each.start in reached and window.holds(each):
            reached.add(each.end + day)
    return window.end + day in reached


def whole_months(window: Window) -> list[Window]:
    """The months that a window is made of; none where it cuts one.

    >>> [len(whole_months(Window(dt.date(2026, 1, 1), end))) for end in (dt.date(2026, 3, 31), dt.date(2026, 3, 30))]
    [3, 0]
    """
    found, day = [], window.start
    while day <= window.end:
        month = period_of(day, "month")
        if month.start != day or month.end > window.end:
            return []
        found.append(month)
        day = month.end + dt.timedelta(days=1)
    return found
