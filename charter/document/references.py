"""Groups whose reference is another one than in the audit before, where that alone changed an answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import Count, DocumentPart, Texts
from boussole.charter.document.windows import WindowOfAudit


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
