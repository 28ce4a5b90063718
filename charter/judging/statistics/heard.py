"""Which windows decide a comparison: all that count together, or recent ones that tell of a graver gap.

What went wrong a month ago must not hide behind the good months before it. So the level of error is shared between all
windows together and recent ones, each heard by itself: the window of the audit, the last quarter and the last half of
a year. The chance that any of them errs in a year is at most the sum of
their parts (Bonferroni), each part shared over the looks of a year by what each look sees anew (`uncertainty.looks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.tests import p_beyond
from boussole.charter.document import MeasureInShort
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.judging.families import JudgedFigures, SystemQuestion
from boussole.charter.judging.statistics.correction import PValues
from boussole.charter.judging.statistics.testing import kept_level, level_of, past, verdict_of, watch_level

LATELY = 0.1
"""The part of each of the recent windows: that of the audit, the last quarter and half of a year."""


def spans(looks: int) -> tuple[int, ...]:
    """Over how many windows recent figures are told, of so many in a year: a quarter and a half of it.

    >>> spans(12), spans(52), spans(4)
    ((3, 6), (13, 26), (2,))
    """
    return tuple(each for each in (looks // 4, looks // 2) if each > 1)


def heard(
    questions: Sequence[SystemQuestion], together: Sequence[MeasureInShort], *, alpha: float, looks: float
) -> list[SystemQuestion]:
    """The questions, each with those of its comparisons that are judged, and their parts of the level.

    `together`: all figures of several windows. Where recent ones are all that count together, they have one part.
    """
    recent = len({each.params.recent for each in together} - {None})
    choose = _Choice(alpha=alpha, looks=looks, recent=recent)
    return [choose.lately(each) for each in questions]


def decided(question: SystemQuestion, tested: Mapping[tuple[str, str], PValues], *, alpha: float) -> SystemQuestion:
    """A question in which recent windows are heard, with the figures that decide each comparison: those that broke it,
    where it is *not kept*."""

    def decides(each: JudgedFigures) -> MeasureInShort:
        found = tested.get((question.id, each.watch.id))
        broken = found is not None and verdict_of(found, alpha, past_watch=True) == Verdict.BROKEN
        return each.breach if broken else each.watch

    return replace(question, comparisons=tuple(decides(each) for each in question.heard))


def at(measure: MeasureInShort, *, recent: int) -> MeasureInShort:
    """A figure with its part of the level. `recent`: over how many spans recent figures are told."""
    lately = measure.params.since is None or measure.params.recent is not None
    part = LATELY if lately else 1 - LATELY * (1 + recent)
    return measure.changed(params=measure.params.changed(weight=part))


class _Choice:
    """How windows are chosen. `recent`: over how many spans recent figures are told."""

    def __init__(self, *, alpha: float, looks: float, recent: int) -> None:
        self.alpha, self.looks, self.recent = alpha, looks, recent

    def lately(self, question: SystemQuestion) -> SystemQuestion:
        found = [
            self._heard(question, own, every, recent)
            for own, every, recent in zip(question.own, question.comparisons, question.recent, strict=True)
        ]
        return replace(question, comparisons=tuple(each.watch for each in found), heard=tuple(found))

    def _heard(
        self, question: SystemQuestion, own: MeasureInShort, every: MeasureInShort, recent: Sequence[MeasureInShort]
    ) -> JudgedFigures:
        if own is every:
            return JudgedFigures(together=own, watch=own, breach=own, windows=(own,))
        level = question.indicator.threshold
        together = at(every, recent=self.recent)
        lately = [at(each, recent=self.recent) for each in (own, *recent) if each.status == "ok"]
        return JudgedFigures(
            together=together,
            watch=self._gravest(together, lately, watch_level(level), unless_past=True),
            breach=self._gravest(together, lately, kept_level(level)),
            windows=(together, *lately),
        )

    def _gravest(
        self, together: MeasureInShort, lately: Sequence[MeasureInShort], level: float, *, unless_past: bool = False
    ) -> MeasureInShort:
        """The figure with the smallest p over its part of a year's level, of all windows together and of recent ones
        that say something by themselves. `unless_past`: of these alone where all windows together do not lie beyond the
        level, so that nothing is *kept* while recent windows speak against it."""
        if together.status != "ok":
            return together
        p = {id(each): _p(each, level) for each in (together, *lately)}
        speaking = [each for each in lately if p[id(each)] <= self.alpha]
        side, beside = given(together.params.bad_side), level_of(together, level)
        if not unless_past or not speaking or past(given(together.value), beside, bad_side=side):
            speaking.insert(0, together)
        return min(speaking, key=lambda each: p[id(each)] * self._year(each) / given(each.params.weight))

    def _year(self, measure: MeasureInShort) -> float:
        """How many times the level of a look is that of a year."""
        return self.alpha / nominal(self.alpha, measure.params.correlations or (), looks=self.looks)


def _p(measure: MeasureInShort, level: float) -> float:
    """How likely so bad a figure is if the truth is not beyond a level."""
    params = measure.params
    return p_beyond(given(params.test).stated, threshold=level_of(measure, level), bad_side=given(params.bad_side))
