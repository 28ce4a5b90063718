"""The tests behind a verdict: each comparison against the levels of its threshold, Holm over its family.

The level is shared equally between the looks of a year, so that looking every month accuses no oftener than looking
once; then between the questions of a family, and within each between its comparisons, so that a question which compares
many groups takes nothing from one that compares two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import CharterError
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.tests import decisions_needed, tails
from boussole.charter.document import MeasureInShort
from boussole.charter.document.base import given
from boussole.charter.document.verdict import Verdict
from boussole.charter.judging.families import Question
from boussole.charter.text.model import Charter, Threshold

Tested = tuple[Question, MeasureInShort]
LOOKS: dict[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1, "all": 1}
"""How often a year a system is looked at, by the window of its audits."""


@dataclass(frozen=True, kw_only=True)
class PValues:
    """One-sided p-values of a comparison; `p_breach` and `p_watch` are corrected over its family and a year's looks.

    `share`: the part of the level that the first step of the correction gives it.
    """

    p_breach: float | None
    p_watch: float
    p_kept: float
    share: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One comparison beside its levels. `of`: the question that it answers; of each level, how likely so bad a figure
    is if the truth is not beyond it, and so good a one if it is."""

    of: str
    watch: tuple[float, float]
    breach: tuple[float, float] | None


def looks_of(charter: Charter, system: System) -> int:
    """Between how many looks the level is shared: those of a year at the windows that the system declares."""
    return LOOKS[system.windows.audit] if charter.looks == "year" else 1


def p_values(questions: Sequence[Question], *, looks: int = 1) -> dict[tuple[str, str], PValues]:
    """The p-values of every comparison that has a value, by question and measure.

    Broken and watch are corrected over the family, then over the looks; kept is not: it needs every comparison, which
    is its own correction, and it says nothing of another look.
    """
    families: dict[str, list[Tested]] = {}
    for question in questions:
        for measure in question.comparisons:
            if measure.status == "ok":
                families.setdefault(question.family, []).append((question, measure))
    return {
        (question.id, measure.id): tested
        for family in families.values()
        for (question, measure), tested in zip(family, _corrected(family, looks), strict=True)
    }


def _corrected(family: Sequence[Tested], looks: int) -> list[PValues]:
    return corrected([_compared(asked, measure) for asked, measure in family], looks=looks)


def _compared(asked: Question, measure: MeasureInShort) -> Compared:
    level = asked.indicator.threshold
    breach = None if level.breach is None else _tails(measure, level.breach)
    return Compared(of=asked.id, watch=_tails(measure, watch_level(level)), breach=breach)


def corrected(family: Sequence[Compared], *, looks: float) -> list[PValues]:
    """The p-values of a family of comparisons: beyond watch or breach, corrected over the family and `looks`; and the
    one for kept as it is, at the breach level where there is one."""
    shares, breached = _shares(family), [each for each in family if each.breach is not None]
    p_watch = iter(holm([each.watch[0] for each in family], shares))
    p_breach = iter(holm([each.breach[0] for each in breached if each.breach is not None], _shares(breached)))
    return [
        PValues(
            p_breach=None if each.breach is None else min(1.0, next(p_breach) * looks),
            p_watch=min(1.0, next(p_watch) * looks),
            p_kept=(each.breach or each.watch)[1],
            share=share / looks,
        )
        for each, share in zip(family, shares, strict=True)
    ]


def _shares(family: Sequence[Compared]) -> list[float]:
    """Of each comparison: 1 ÷ (questions of the family × comparisons of its question); they add up to 1."""
    comparisons = Counter(each.of for each in family)
    return [1 / (len(comparisons) * comparisons[each.of]) for each in family]


def verdict_of(tested: PValues, alpha: float) -> Verdict:
    """The verdict of one comparison."""
    if tested.p_breach is not None and tested.p_breach <= alpha:
        return Verdict.BROKEN
    if tested.p_watch <= alpha:
        return Verdict.WATCH
    return Verdict.KEPT if tested.p_kept <= alpha else Verdict.UNKNOWN


def more_decisions(
    measure: MeasureInShort, threshold: Threshold, *, charter: Charter, share: float, decisions: int
) -> int | None:
    """How many more decisions of the system would settle an unknown comparison, whichever way comes first.

    If the truth is as measured: kept when it lies on the good side of the level for that, else broken; and
    watch when it lies beyond the watch level. None: no reasonable number would.
    """
    found = []
    for level in {watch_level(threshold), kept_level(threshold)}:
        bad = _beyond(measure, level) < 0.5
        if bad or level == kept_level(threshold):
            needed = decisions_needed(
                given(measure.params.test).stated,
                threshold=level_of(measure, level),
                bad_side=given(measure.params.bad_side),
                n=decisions,
                alpha=charter.alpha * share if bad else charter.alpha,
                power=charter.power,
            )
            found.append(needed)
    return min((needed for needed in found if needed), default=None)


def watch_level(threshold: Threshold) -> float:
    """The watch level, which every judged question has."""
    if threshold.watch is None:
        raise CharterError("a judged question has no watch level.", next_step="Add `threshold.watch`.")
    return threshold.watch


def kept_level(threshold: Threshold) -> float:
    """The level whose good side means kept: breach, or watch where no breach level is set."""
    return watch_level(threshold) if threshold.breach is None else threshold.breach


def level_of(measure: MeasureInShort, level: float) -> float:
    """A level of the charter on the side where this comparison is bad."""
    return oriented(level, scale=given(measure.params.scale), bad_side=given(measure.params.bad_side))


def oriented(threshold: float, *, scale: str, bad_side: str) -> float:
    """A level, stated in the charter for the favourable direction, on the bad side of a comparison.

    A ratio is inverted where bad is above; a difference or distance takes the sign of the bad side.

    >>> oriented(0.8, scale="ratio", bad_side="below"), oriented(0.8, scale="ratio", bad_side="above")
    (0.8, 1.25)
    >>> oriented(0.1, scale="difference", bad_side="below"), oriented(0.1, scale="distance", bad_side="above")
    (-0.1, 0.1)
    """
    if scale == "ratio" and not 0 < threshold <= 1:
        raise CharterError(
            f"a ratio cannot be held to the level {threshold}.", next_step="State it for the favourable side: 0.8."
        )
    if scale == "ratio":
        return threshold if bad_side == "below" else 1 / threshold
    return -threshold if bad_side == "below" else threshold


def _beyond(measure: MeasureInShort, level: float) -> float:
    return _tails(measure, level)[0]


def _tails(measure: MeasureInShort, level: float) -> tuple[float, float]:
    """How likely so bad a figure is if the truth is not beyond a level, and so good a one if it is."""
    params = measure.params
    return tails(given(params.test).stated, threshold=level_of(measure, level), bad_side=given(params.bad_side))
