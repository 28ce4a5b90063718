"""How the window of an audit is called, and where a question stands on the page of its system."""

from __future__ import annotations

from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.dashboard.words.say import Say


def anchor_of(verdict: VerdictDocument) -> str:
    """Where a question stands on its system's page."""
    return f"{verdict.article}-{verdict.indicator}"


def period(document: AuditDocument, say: Say) -> str:
    """The window of an audit in words: "September 2026", else "from 1 to …"."""
    window = document.window
    return say.period(window.start, window.end)
