"""What the questions of one article come to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import LATER, Count, DocumentPart


class ArticleVerdict(DocumentPart):
    """The verdict of one article, how many questions are asked and how many have an answer."""

    article: str
    verdict: Verdict
    answered: Count
    asked: Count
    capped_by: Annotated[
        tuple[Count, ...] | None,
        LATER,
        Field(
            description="Entries of open findings of outside authorities: the article is no better than they say",
        ),
    ] = None
