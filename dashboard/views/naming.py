"""How the window of an audit is called, and where a question stands on the page of its system."""

from __future__ import annotations

from boussole.charter.document import AuditDocument, MeasureDocument, VerdictDocument
from boussole.dashboard.words.say import Say


def anchor_of(verdict: VerdictDocument) -> str:
    """Where a question stands on its system's page."""
    return f"{verdict.article}-{verdict.indicator}"


def period(document: AuditDocument, say: Say) -> str:
    """The window of an audit in words: "September 2026", else "from 1 to …"."""
    window = document.window
    return say.period(window.start, window.end)


def period_of(document: AuditDocument, measure: MeasureDocument | None, say: Say) -> str:
    """The days that a figure counts: those of its audit, and those of the windows before that count with them."""
    since = measure.params.since if measure is not None else None
    return say.period(since or document.window.start, document.window.end)
