"""Months counted from a day, as law and charters count them."""

from __future__ import annotations

import calendar
import datetime as dt


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last of that month.

    >>> months_later(dt.date(2026, 1, 31), 1), months_later(dt.date(2026, 11, 5), 12)
    (datetime.date(2026, 2, 28), datetime.date(2027, 11, 5))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
