"""Groups whose reference is another one than in the audit before, where that alone changed an answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import Count, Day, DocumentPart, Texts


class WindowOfAudit(DocumentPart):
    """First and last day, both included, in the time zone of the system."""

    start: Day
    end: Day
    timezone: str

    @classmethod
    def in_zone(cls, window: Window, system: System) -> WindowOfAudit:
        """A window in the time zone of a system."""
        return cls(start=window.start, end=window.end, timezone=system.timezone)

    @property
    def days(self) -> Window:
        """The same days without their time zone."""
        return Window(self.start, self.end)


class PreviousAudit(DocumentPart):
    """The audit before."""

    entry: Count
    window: WindowOfAudit


class AnswerChange(DocumentPart):
    """One question whose answer comes from the reference of now."""

    article: str
    indicator: str
    before: Annotated[
        Verdict,
        Field(description="What the same decisions answer with the reference of then"),
    ]
    now: Verdict
    sentence: Texts


class ReferenceChanged(DocumentPart):
    """One attribute with another reference than in the audit before."""

    attribute: str
    before: Annotated[
        str | None,
        Field(description="The reference in the audit before; null: all other groups"),
    ]
    now: str | None
    since: PreviousAudit
    answers: Annotated[tuple[AnswerChange, ...], Field(min_length=1)]
