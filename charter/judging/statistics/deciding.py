"""The interval that decided a comparison: its tests turned round, each at the level that it really had."""

from __future__ import annotations

from collections.abc import Mapping

from boussole.audits.uncertainty.inversion import end_of
from boussole.charter.document import AuditDocument, IntervalOfTests, Levels, MeasureInShort, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id
from boussole.charter.judging.families import SystemQuestion
from boussole.charter.judging.statistics.correction import PValues
from boussole.charter.judging.statistics.testing import p_values, verdict_of
from boussole.charter.text.left_out import REASON
from boussole.charter.text.model import Charter


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


def with_intervals(document: AuditDocument, charter: Charter) -> AuditDocument:
    """An audit of the first rule, which tells no intervals, with those that decided, by the charter that judged it."""
    ways = {way.id: (article, way) for article in charter.articles for each in article.indicators for way in each.ways}
    judged = [verdict for verdict in document.verdicts if verdict.comparisons]
    if document.rule is not None or any(verdict.template not in ways for verdict in judged):
        return document
    measures = by_id(document.measures)
    questions = [
        SystemQuestion(
            article=ways[given(verdict.template)][0],
            indicator=ways[given(verdict.template)][1],
            id=verdict.indicator,
            by=verdict.by,
            comparisons=tuple(measures[each.measure] for each in verdict.comparisons),
        )
        for verdict in judged
    ]
    looks = max((verdict.looks or 1 for verdict in judged), default=1)
    tested = p_values(questions, alpha=charter.alpha, looks=looks, rule=1)
    told = {verdict.indicator: _told(verdict, measures, tested, charter.alpha) for verdict in judged}
    return document.changed(verdicts=tuple(told.get(each.indicator, each) for each in document.verdicts))


def _told(
    verdict: VerdictDocument,
    measures: Mapping[str, MeasureInShort],
    tested: Mapping[tuple[str, str], PValues],
    alpha: float,
) -> VerdictDocument:
    """A verdict whose comparisons tell the interval that decided them; none did where too much was left out."""
    comparisons = []
    for each in verdict.comparisons:
        found = tested.get((verdict.indicator, each.measure))
        if found is not None and each.reason != REASON:
            decided = interval_of(measures[each.measure], found, each.levels, alpha=alpha)
            comparisons.append(each.changed(interval=decided))
        else:
            comparisons.append(each)
    return verdict.changed(comparisons=tuple(comparisons))
