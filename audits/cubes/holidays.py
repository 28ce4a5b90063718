"""French public holidays, by rule: of the whole country, and of the departments that have others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day. Source: Labour Code, L. 3133-1."""
AFTER_EASTER = (1, 39, 50)
"""Days after Easter: Easter Monday, Ascension, Whit Monday. Source: the same."""
ALSACE_MOSELLE = ("57", "67", "68")
"""Where Good Friday and 26 December are holidays too. Source: Labour Code, L. 3134-13."""
ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
"""Where the abolition of slavery is commemorated, and when. Source: Labour Code, L. 3422-2."""


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar. Source: Meeus (1991), Astronomical Algorithms, chapter 8.

    >>> easter(2026)
    datetime.date(2026, 4, 5)
    """
    century, rest = divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * (year % 19) + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    four, three = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * four - moon - three) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def national(years: Iterable[int]) -> list[dt.date]:
    """The public holidays of the whole country in some years, in order."""
    found = set()
    for year in years:
        found |= {dt.date(year, month, day) for month, day in FIXED}
        found |= {easter(year) + dt.timedelta(days=days) for days in AFTER_EASTER}
    return sorted(found)


def regional(years: Iterable[int]) -> list[tuple[str, dt.date]]:
    """The departments that have holidays of their own, each with its days in some years.

    >>> [day.isoformat() for code, day in regional([2026]) if code in ("57", "974")]
    ['2026-04-03', '2026-12-26', '2026-12-20']
    """
    found = []
    for year in years:
        good_friday = easter(year) - dt.timedelta(days=2)
        found += [(code, day) for code in ALSACE_MOSELLE for day in (good_friday, dt.date(year, 12, 26))]
        found += [(code, dt.date(year, month, day)) for code, (month, day) in ABOLITION.items()]
    return found
