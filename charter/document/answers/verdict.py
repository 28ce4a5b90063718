"""The five verdicts, in one order of severity, and what several of them come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

RULES = {
    1: dt.date(2026, 11, 26),
    2: dt.date(2026, 11, 28),
    3: dt.date(2026, 11, 28),
    4: dt.date(2026, 11, 29),
    5: dt.date(2026, 11, 30),
    6: dt.date(2026, 11, 30),
    7: dt.date(2026, 12, 1),
    8: dt.date(2026, 12, 1),
    9: dt.date(2026, 12, 1),
    10: dt.date(2026, 12, 2),
}
"""The rules by which comparisons became verdicts, each with the day since when. By the second, a figure beyond the
watch level is never kept, a distance counted from too few decides nothing, and the interval that decided is told. Since
the third, figures are computed by the second methods (`METHOD`). Since the fourth, the level of error goes to what can
be found, and from what is found to what follows from it. Since the fifth, recent windows are judged beside all that
count together. Since the sixth, a gap that agents' corrections left is held against them only where it is
surely one to watch, and versions that decided keep nothing where too much was left out of their log. Since the
seventh, a figure that by itself shows the good side of a level leaves its part of the error to the others. Since the
eighth, a group that a window holds nobody of is judged by the windows before it, and figures are computed by the third
methods; since the ninth, by the fourth, since the tenth, by the fifth.
"""
RULE = max(RULES)
"""The rule of today; an audit keeps the one of its time."""
METHOD = {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 3, 9: 4, 10: 5}
"""By which methods figures were computed under each rule (`audits.uncertainty.methods`)."""


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
