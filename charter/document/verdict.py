"""The five verdicts, in one order of severity, and what several of them come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum


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
