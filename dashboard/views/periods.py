"""The period of a report: a quarter, a month or a year, which audits belong to it, and what it is called."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from boussole.audits.errors import ReportError
from boussole.audits.languages import capital
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words.say import Say, language_names

# The period of a report: a quarter, a month or a year, and which audits belong to it.


_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A quarter, a month or a year: its name as typed and its days."""

    name: str
    window: Window

    def title(self, lang: str) -> str:
        """The period in words.

        >>> parse_period("2026-Q3").title("fr"), parse_period("2026-09").title("en"), parse_period("2026").title("fr")
        ('3e trimestre 2026', 'September 2026', 'Année 2026')
        """
        start = self.window.start
        if "Q" in self.name:
            return _quarter(int(self.name[-1]), start.year, lang)
        if "-" in self.name:
            return capital(format_date(start, "LLLL yyyy", locale=lang))
        return f"Année {start.year}" if lang == "fr" else f"Year {start.year}"


def _quarter(quarter: int, year: int, lang: str) -> str:
    if lang == "fr":
        return f"{quarter}{'er' if quarter == 1 else 'e'} trimestre {year}"
    return f"{('First', 'Second', 'Third', 'Fourth')[quarter - 1]} quarter of {year}"


def parse_period(text: str) -> Period:
    """The period written as 2026-Q3, 2026-09 or 2026.

    Raises ReportError for anything else.

    >>> parse_period("2026-Q3").window.end
    datetime.date(2026, 9, 30)
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ReportError(
            f"'{text}' is not a period.", next_step="Write a quarter as 2026-Q3, a month as 2026-09, a year as 2026."
        )
    year = int(match["year"])
    if match["quarter"]:
        window = period_of(dt.date(year, 3 * int(match["quarter"]), 1), "quarter")
    elif match["month"]:
        window = period_of(dt.date(year, int(match["month"]), 1), "month")
    else:
        window = period_of(dt.date(year, 1, 1), "year")
    return Period(name=text.strip(), window=window)


def in_period(documents: Sequence[AuditDocument], period: Period) -> list[AuditDocument]:
    """The audits whose last day falls in the period, the most telling last.

    An audit of exactly the period tells most; then those that lie inside it, by their last day; then those that
    began before it. Of two audits of one window, the one sealed last.
    """

    def rank(document: AuditDocument) -> tuple[bool, bool, dt.date, int]:
        window = document.window.days
        inside = window.start >= period.window.start
        return window == period.window, inside, window.end, document.evidence.entry or 0

    within = [d for d in documents if period.window.start <= d.window.end <= period.window.end]
    return sorted(within, key=rank)


# What a report is called.


def period_title(period: str, lang: str) -> str:
    """A period in words; empty for the day to which the newest audits go.

    >>> period_title("2026-Q3", "en"), period_title("2026-09-30", "en")
    ('Third quarter of 2026', '')
    """
    try:
        return parse_period(period).title(lang)
    except ReportError:
        return ""


def report_title(period: str | None, lang: str, say: Say) -> str:
    """A period and a language in words."""
    title = period_title(period, say.lang) if period else ""
    if not title:
        title = say("newest audits up to {date}", date=say.date(period)) if period else say("newest audits")
    language = language_names(say).get(lang, lang)
    return say("{period}, in {language}", period=title, language=language.lower() if say.lang == "fr" else language)
