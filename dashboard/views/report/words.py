"""What a report is called."""

from __future__ import annotations

from boussole.audits.errors import ReportError
from boussole.dashboard.views.report.periods import parse_period
from boussole.dashboard.words.say import Say


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
    language = say("French") if lang == "fr" else say("English")
    return say("{period}, in {language}", period=title, language=language.lower() if say.lang == "fr" else language)
