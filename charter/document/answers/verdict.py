"""The five verdicts, in one order of severity, and what several of them come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from boussole.charter.document.base import MAYBE, Count, DocumentPart


class Verdict(StrEnum):
    """What a question, an article or a system is found to be; declared the worst first.

    Not examined comes before kept: what nobody has looked at is not known to be kept.
    """

    BROKEN = "broken"
    WATCH = "watch"
    UNKNOWN = "unknown"
    NOT_EXAMINED = "not_examined"
    KEPT = "kept"


WORST_FIRST = tuple(Verdict)
ANSWERED = (Verdict.BROKEN, Verdict.WATCH, Verdict.KEPT)
"""What answers a question: what we cannot tell, and what nobody has looked at, do not."""
CALLING = (Verdict.BROKEN, Verdict.WATCH)
"""What calls for somebody to act."""
URGENT = (*CALLING, Verdict.UNKNOWN)
"""What a compass points at: that, and what was looked at without an answer."""


@dataclass(frozen=True)
class QuestionCounts:
    """How many questions there are of each sort; the glossary says the same of the words.

    `asked`: all that the charter asks of a system, those about groups once for each attribute; `examined`: those that
    somebody has looked at, whatever came out; `answered`: those found kept, to be watched or not kept.
    """

    asked: int
    examined: int
    answered: int


def count(verdicts: Iterable[str]) -> QuestionCounts:
    """How many questions are asked, examined and answered, of their verdicts.

    >>> count(["kept", "watch", "unknown", "not_examined"])
    QuestionCounts(asked=4, examined=3, answered=2)
    """
    found = list(verdicts)
    examined = sum(each != Verdict.NOT_EXAMINED for each in found)
    return QuestionCounts(asked=len(found), examined=examined, answered=sum(each in ANSWERED for each in found))


def worst(verdicts: Iterable[str]) -> Verdict:
    """The one that most needs attention; none at all was not examined.

    >>> [str(worst(each)) for each in (["kept", "unknown", "not_examined"], ["kept", "not_examined"], [])]
    ['unknown', 'not_examined', 'not_examined']
    """
    return Verdict(min(verdicts, key=severity, default=Verdict.NOT_EXAMINED))


def severity(verdict: str) -> int:
    """The place of a verdict among the five, from 0, the worst."""
    return WORST_FIRST.index(Verdict(verdict))


def together(verdicts: Collection[str]) -> Verdict:
    """What the questions of one article come to: the worst that was found; kept only where all of them were examined.

    >>> [str(together(each)) for each in (["watch", "not_examined"], ["kept", "not_examined"], ["not_examined"])]
    ['watch', 'unknown', 'not_examined']
    """
    examined = [each for each in verdicts if each != Verdict.NOT_EXAMINED]
    found = worst(examined)
    return Verdict.UNKNOWN if found == Verdict.KEPT and len(examined) < len(verdicts) else found


class ArticleVerdict(DocumentPart):
    """The verdict of one article, how many questions are asked and how many have an answer."""

    article: str
    verdict: Verdict
    answered: Count
    asked: Count
    capped_by: Annotated[
        tuple[Count, ...] | None,
        MAYBE,
        Field(
            description="Entries of open findings of outside authorities: the article is no better than they say",
        ),
    ] = None
