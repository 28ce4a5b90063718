"""The interval that decided a comparison: its tests turned round, each at the level that it really had."""

from __future__ import annotations

from boussole.audits.uncertainty.inversion import end_of
from boussole.charter.document import IntervalOfTests, Levels, MeasureInShort
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.judging.statistics.correction import PValues
from boussole.charter.judging.statistics.testing import verdict_of


def interval_of(measure: MeasureInShort, tested: PValues, levels: Levels, *, alpha: float) -> IntervalOfTests:
    """Where a figure lies as far as its tests tell: an end lies beyond a level exactly where they reject that level.

    The end that decides *not kept* and *watch* is that of the test for *not kept* where that rejects, else that of the
    test for *watch*, at its step of Holm's procedure: yet not beyond the breach level, whose own step is stricter. The
    other end is that of the test for *kept*, at the charter's level.
    """
    test, below = given(measure.params.test).stated, measure.params.bad_side == "below"
    broken = verdict_of(tested, alpha, past_watch=False) == Verdict.BROKEN
    error = given(tested.at_breach) if broken else tested.at_watch
    bad = end_of(test, chance=error, end="high" if below else "low")
    good = end_of(test, chance=tested.at_kept, end="low" if below else "high")
    if bad is not None and not broken and levels.breach is not None:
        bad = max(bad, levels.breach) if below else min(bad, levels.breach)
    if below:
        return IntervalOfTests(low=good, high=bad, error_low=tested.at_kept, error_high=error)
    return IntervalOfTests(low=bad, high=good, error_low=error, error_high=tested.at_kept)
