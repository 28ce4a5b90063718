"""The tests behind a verdict: each comparison against the levels of its threshold, corrected over its family.

The level of error is shared between all windows together and recent ones (Bonferroni), and each part over the looks
of a year (`uncertainty.looks`), so that a recent breach does not hide behind the good months before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from boussole.audits.errors import CharterError
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.tests import decisions_needed, end_of, p_beyond, tails
from boussole.charter.document import IntervalOfTests, Levels, MeasureInShort, ThresholdOfVerdict
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.judging.families import JudgedFigures, SystemQuestion
from boussole.charter.judging.statistics.correction import (
    ComparisonPlace,
    JudgedWindow,
    PValues,
    TestedComparison,
    corrected,
    effect,
)
from boussole.charter.judging.statistics.distances import KIND, window_needed
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Charter, Threshold

DISTANCE = "distance"
Tested = tuple[SystemQuestion, JudgedFigures]
MOST_LOOKS = 60
"""Kinds of window that are looked at oftener in a year are judged by themselves."""
DAYS_A_MONTH = 365.25 / 12
MANY_MONTHS = 24
"""From so many on, years are told."""
LOOKS: dict[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1, "all": 1}
"""How often a year a system is looked at, by the window of its audits."""


def looks_of(charter: Charter, system: System) -> int:
    """Between how many looks the level is shared: those of a year at the windows that the system declares."""
    return LOOKS[system.windows.audit] if charter.looks == "year" else 1


def accumulates(measure: MeasureInShort, system: System) -> bool:
    """Whether decisions of later windows count together with those of this one."""
    return not judged(measure.metric).by_window and LOOKS[system.windows.audit] <= MOST_LOOKS


def p_values(questions: Sequence[SystemQuestion], *, alpha: float, looks: int = 1) -> dict[tuple[str, str], PValues]:
    """The p-values of every comparison that has a value, corrected over the family and the looks but for *kept*."""
    families: dict[str, list[Tested]] = {}
    for question in questions:
        for each in question.heard or [
            JudgedFigures(together=m, watch=m, breach=m, windows=(m,)) for m in question.comparisons
        ]:
            if each.watch.status == "ok":
                families.setdefault(question.family, []).append((question, each))
    return {
        (question.id, each.watch.id): tested
        for family in families.values()
        for (question, each), tested in zip(family, _corrected(family, looks, alpha), strict=True)
    }


def _corrected(family: Sequence[Tested], looks: int, alpha: float) -> list[PValues]:
    breached = [_compared(asked, each, each.breach, looks) for asked, each in family]
    watched = [
        at_breach if each.breach is each.watch else _compared(asked, each, each.watch, looks)
        for (asked, each), at_breach in zip(family, breached, strict=True)
    ]
    compared = [
        replace(each, weight=each.weight * watch_part(asked.indicator.threshold, alpha))
        for (asked, _), each in zip(family, watched, strict=True)
    ]
    found = corrected(compared, looks=looks, alpha=alpha, breached=breached)
    return [_at_one_level(tested, asked.indicator.threshold) for (asked, _), tested in zip(family, found, strict=True)]


def _at_one_level(tested: PValues, threshold: Threshold) -> PValues:
    """The p-values, where *watch* has the smaller level of error at the same level: that then decides both."""
    if tested.at_breach is None or threshold.watch_alpha is None or threshold.breach != threshold.watch:
        return tested
    return replace(tested, at_breach=min(tested.at_breach, tested.at_watch))


def watch_part(threshold: Threshold | ThresholdOfVerdict, alpha: float) -> float:
    """Which part of the charter's level of error chance alone may put a question beyond its watch level by.

    >>> round(watch_part(Threshold(watch=1, watch_alpha=0.01, status="proposed", since="2026-12-02"), 0.05), 6)
    0.2
    """
    return 1.0 if threshold.watch_alpha is None else min(1.0, threshold.watch_alpha / alpha)


def _compared(asked: SystemQuestion, heard: JudgedFigures, measure: MeasureInShort, looks: int) -> TestedComparison:
    level, together = asked.indicator.threshold, heard.together
    breach = None if level.breach is None else _tails(measure, level.breach)
    return TestedComparison(
        of=asked.id,
        watch=_tails(measure, watch_level(level)),
        breach=breach,
        correlations=measure.params.correlations or (),
        weight=measure.params.weight or 1.0,
        importance=asked.indicator.weight,
        effect=effect(
            given(together.params.test).stated,
            level=level_of(together, kept_level(level)),
            scale=given(together.params.scale),
            bad_side=given(together.params.bad_side),
            looks=looks / (len(together.params.correlations or ()) + 1),
        ),
        place=_place(asked, measure),
        windows=() if given(together.params.scale) == DISTANCE else _windows(heard, level),
    )


def _windows(heard: JudgedFigures, level: Threshold) -> tuple[JudgedWindow, ...]:
    return tuple(
        JudgedWindow(
            watch=_tails(each, watch_level(level)),
            breach=None if level.breach is None else _tails(each, level.breach),
            weight=each.params.weight or 1.0,
        )
        for each in heard.windows
        if each.status == "ok"
    )


def _place(asked: SystemQuestion, measure: MeasureInShort) -> ComparisonPlace | None:
    if not measure.group:
        return None
    group = frozenset((name, str(value)) for name, value in measure.group.items())
    with_rest = measure.params.against == "rest"
    return ComparisonPlace(asked=asked.indicator.id, group=group, stage=measure.given.get("stage"), with_rest=with_rest)


def verdict_of(tested: PValues, alpha: float, *, past_watch: bool, undecided: Verdict = Verdict.UNKNOWN) -> Verdict:
    """The verdict of one comparison, which is never kept where its figure is `past_watch`, and else `undecided`."""
    if tested.p_breach is not None and tested.p_breach <= alpha:
        return Verdict.BROKEN
    if tested.p_watch <= alpha:
        return Verdict.WATCH
    return Verdict.KEPT if tested.p_kept <= alpha and not past_watch else undecided


def lasting(decisions: int, month: float) -> tuple[Literal["days", "months", "years"], int]:
    """How long so many decisions take to come, of which so many come in a month; days are not counted.

    >>> lasting(10, 100), lasting(1_900, 1_000), lasting(50_000, 1_000)
    (('days', 0), ('months', 2), ('years', 4))
    """
    months = decisions / month
    if months < 1:
        return "days", 0
    return ("months", round(months)) if months < MANY_MONTHS else ("years", round(months / 12))


def past(value: float, level: float, *, bad_side: str) -> bool:
    """Whether a figure lies beyond a level that is on its bad side.

    >>> past(0.88, 0.95, bad_side="below"), past(0.95, 0.95, bad_side="below"), past(0.12, 0.1, bad_side="above")
    (True, False, True)
    """
    return value < level if bad_side == "below" else value > level


def more_decisions(
    measure: MeasureInShort, threshold: Threshold, *, charter: Charter, share: float, decisions: int
) -> int | None:
    """How many more decisions would settle an unknown comparison, if the truth is as measured; None: too many."""
    test, watch, kept = given(measure.params.test), watch_level(threshold), kept_level(threshold)
    part = {watch: share, kept: share if kept == watch else share / watch_part(threshold, charter.alpha)}
    watched = _beyond(measure, watch) < 0.5
    found = []
    for level in {watch, kept}:
        bad = _beyond(measure, level) < 0.5
        if bad or (level == kept and not watched):
            needed = decisions_needed(
                test.stated,
                threshold=level_of(measure, level),
                bad_side=given(measure.params.bad_side),
                n=decisions,
                alpha=charter.alpha * part[level] if bad else charter.alpha,
                power=charter.power,
            )
            found.append(needed)
    if test.kind == KIND:
        window = window_needed(test, level=watch, past=past_watch(measure, threshold), n=decisions)
        found = [None if each is None or window is None else max(each, window) for each in found]
    return min((needed for needed in found if needed), default=None)


def past_watch(measure: MeasureInShort, threshold: Threshold) -> bool:
    """Whether a figure lies beyond the watch level."""
    level = level_of(measure, watch_level(threshold))
    return past(given(measure.value), level, bad_side=given(measure.params.bad_side))


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

    >>> oriented(0.8, scale="ratio", bad_side="below"), oriented(0.8, scale="ratio", bad_side="above")
    (0.8, 1.25)
    >>> oriented(0.1, scale="difference", bad_side="below"), oriented(0.1, scale="distance", bad_side="above")
    (-0.1, 0.1)
    >>> oriented(0.01, scale="share", bad_side="below")
    0.01
    """
    if scale == "ratio" and not 0 < threshold <= 1:
        raise CharterError(
            f"a ratio cannot be held to the level {threshold}.", next_step="State it for the favourable side: 0.8."
        )
    if scale == "ratio":
        return threshold if bad_side == "below" else 1 / threshold
    if scale == "share":
        return threshold
    if scale == "effect":  # where no effect is the level, that is 0 on either side
        return 0.0 - threshold if bad_side == "below" else 0.0 + threshold
    return -threshold if bad_side == "below" else threshold


def _beyond(measure: MeasureInShort, level: float) -> float:
    return _tails(measure, level)[0]


def _tails(measure: MeasureInShort, level: float) -> tuple[float, float]:
    """How likely so bad a figure is if the truth is not beyond a level, and so good a one if it is."""
    params = measure.params
    return tails(given(params.test).stated, threshold=level_of(measure, level), bad_side=given(params.bad_side))


def interval_of(measure: MeasureInShort, tested: PValues, levels: Levels, *, alpha: float) -> IntervalOfTests:
    """Where a figure lies as far as its tests tell: an end lies beyond a level exactly where they reject that level."""
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
    """The questions, each with those of its comparisons that are judged, `together` or of recent windows."""
    recent = len({each.params.recent for each in together} - {None})
    choose = _Choice(alpha=alpha, looks=looks, recent=recent)
    return [choose.lately(each) for each in questions]


def decided(question: SystemQuestion, tested: Mapping[tuple[str, str], PValues], *, alpha: float) -> SystemQuestion:
    """A question with the figures that decide each comparison: those that broke it, where it is *not kept*."""

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
        """The figure with the smallest p over its part of a year's level, of all windows and of recent ones."""
        if together.status != "ok":
            return together
        p = {id(each): _p(each, level) for each in (together, *lately)}
        speaking = [each for each in lately if p[id(each)] <= self.alpha]
        side, beside = given(together.params.bad_side), level_of(together, level)
        if not unless_past or not speaking or past(given(together.value), beside, bad_side=side):
            speaking.insert(0, together)
        return min(speaking, key=lambda each: p[id(each)] * self._year(each) / given(each.params.weight))

    def _year(self, measure: MeasureInShort) -> float:
        return self.alpha / nominal(self.alpha, measure.params.correlations or (), looks=self.looks)


def _p(measure: MeasureInShort, level: float) -> float:
    params = measure.params
    return p_beyond(given(params.test).stated, threshold=level_of(measure, level), bad_side=given(params.bad_side))
