"""Planning: how many decisions it takes until a question can be answered, and how long that lasts.

From the design of an audit: how large each group is, how often it is selected, how alike decisions about one person
are, and which part of the charter's level of error a comparison has. What is asked is a gap that is really there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.errors import CharterError
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.tests import at_truth, quantile, statistic, times_needed
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import Day, given
from boussole.charter.document.measures import by_id
from boussole.charter.judging.statistics.correction import BEYOND, beyond
from boussole.charter.judging.statistics.heard import LATELY, spans
from boussole.charter.judging.statistics.testing import DAYS_A_MONTH, accumulates, past, watch_part
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Charter

MOST = 1e9
"""More decisions are no plan."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What it takes to answer one question about one group.

    `level` is the gravest that `truth`, the gap to be found, lies beyond, both on the side where the comparison is bad.
    `found`: decisions of the system until that is found with the charter's power; `kept`: until *kept* is, if there is
    no gap at all; None: no reasonable number. `counted` were seen since `since`, and as many come in a `month`.
    `accumulates`: later windows count together with these, up to `most` decisions (None: without end); else it takes so
    many in one window.
    """

    question: str
    verdict: Verdict
    measure: MeasureDocument
    level: float
    truth: float
    found: int | None
    kept: int | None
    counted: int
    since: Day
    month: float
    accumulates: bool
    most: float | None

    @property
    def scale(self) -> str:
        """Whether it is a ratio or a difference."""
        return given(self.measure.params.scale)

    @property
    def more(self) -> int | None:
        """How many more decisions find the gap."""
        return None if self.found is None else max(0, self.found - self.counted)

    def beyond(self, needed: int) -> bool:
        """Whether so many never count together."""
        return self.most is not None and needed > max(self.most, self.counted)

    @property
    def out_of_reach(self) -> bool:
        """Whether the gap cannot be found in this way, however long one waits."""
        return self.found is None or self.beyond(self.found)


def plans(document: AuditDocument, charter: Charter, system: System, *, gap: float | None = None) -> list[Plan]:
    """What each comparison takes that the charter judges in an audit, in the order of its verdicts.

    `gap`: the ratio to be found, of a group to whom it is compared with, as the charter states levels (0.72); by
    itself, one a little beyond the gravest level. Differences are always asked a little beyond theirs. Of a gap that is
    beyond no level of a question there is no plan, nor of what is not counted in decisions: messages, people, agencies.
    """
    measures = by_id(document.judged_measures)
    found = []
    for verdict in document.verdicts:
        for comparison in verdict.comparisons:
            measure = measures.get(comparison.measure)
            if measure is None or measure.params.test is None or measure.params.scale not in BEYOND:
                continue
            if judged(measure.metric).later or judged(measure.metric).of_everybody:
                continue
            asked = _asked(comparison, measure, gap)
            if asked is not None:
                found.append(_plan(document, charter, system, (verdict, comparison, measure), asked))
    return found


def _asked(comparison: Comparison, measure: MeasureDocument, gap: float | None) -> tuple[float, float] | None:
    """The gravest level that the gap to be found lies beyond, and that gap; None where it lies beyond none."""
    scale, bad_side = given(measure.params.scale), given(measure.params.bad_side)
    levels = [each for each in (comparison.levels.breach, comparison.levels.watch) if each is not None]
    if scale == "difference" or gap is None:
        return (levels[0], beyond(levels[0], scale=scale, bad_side=bad_side)) if levels else None
    truth = gap if bad_side == "below" else 1 / gap
    return next(((level, truth) for level in levels if past(truth, level, bad_side=bad_side)), None)


def _plan(
    document: AuditDocument,
    charter: Charter,
    system: System,
    of: tuple[VerdictDocument, Comparison, MeasureDocument],
    asked: tuple[float, float],
) -> Plan:
    (verdict, comparison, measure), (level, truth) = of, asked
    test, counted = given(measure.params.test).stated, _counted(document, measure)
    month = document.decisions / _days(document) * DAYS_A_MONTH
    alpha = charter.alpha * (comparison.share or 1 / len(verdict.comparisons))
    if comparison.share and verdict.threshold and comparison.levels.breach == level != comparison.levels.watch:
        alpha /= watch_part(verdict.threshold, charter.alpha)  # as the audit was judged, whatever the charter says now
    times = _times(at_truth(test, truth), level, alpha=alpha, power=charter.power)
    together = accumulates(measure, system)
    return Plan(
        question=verdict.indicator,
        verdict=Verdict(comparison.verdict),
        measure=measure,
        level=level,
        truth=truth,
        found=_decisions(times, counted),
        kept=_decisions(_until_kept(test, comparison, given(measure.params.scale), charter), counted),
        counted=counted,
        since=measure.params.since or document.window.start,
        month=month,
        accumulates=together,
        most=12 * month if together and system.windows.audit != "all" else None,
    )


def _times(test: Mapping[str, Any] | None, level: float, *, alpha: float, power: float) -> float | None:
    return None if test is None else times_needed(test, threshold=level, alpha=alpha, power=power)


def _until_kept(test: Mapping[str, Any], comparison: Comparison, scale: str, charter: Charter) -> float | None:
    """Until parity is seen: surely on the good side of the gravest level, and the figure on that of the watch level."""
    watch = comparison.levels.watch
    level, even = comparison.levels.breach, at_truth(test, 1.0 if scale == "ratio" else 0.0)
    if even is None or watch is None:
        return None
    sure = _times(even, watch if level is None else level, alpha=charter.alpha, power=charter.power)
    if sure is None or level is None:
        return sure
    apart = statistic(even, watch)
    return max(sure, (quantile(even, charter.power) / apart) ** 2) if abs(apart) > 1e-9 else None


def _decisions(times: float | None, counted: int) -> int | None:
    return None if times is None or times * counted > MOST else math.ceil(times * counted)


def _counted(document: AuditDocument, measure: MeasureDocument) -> int:
    """How many decisions of the system the measure is about: those of the window, or of all windows that count."""
    if measure.params.since is None or document.accumulated is None:
        return document.decisions
    figures, recent = document.accumulated.figures, measure.params.recent
    everybody = (m.n for m in figures if m.id == "selection_rate" and not m.given and m.params.recent == recent)
    return next((n for n in everybody if n), document.decisions)


def _days(document: AuditDocument) -> int:
    return max(1, (document.window.end - document.window.start).days + 1)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A system that is not there yet: the `share` of a group among those decided about, the `rate` at which others are
    selected, how many decisions there are about `each` person and how `alike` these are (intraclass correlation), how
    many `looks` a year takes, and among how many `comparisons` the level of error is shared."""

    share: float
    rate: float
    each: float = 1.0
    alike: float = 0.2
    looks: int = 12
    comparisons: int = 1

    def __post_init__(self) -> None:
        places = {"share": self.share, "rate": self.rate}
        wrong = [name for name, value in places.items() if not 0 < value < 1]
        wrong += ["alike"] * (not 0 <= self.alike <= 1) + ["each"] * (self.each < 1)
        if wrong:
            raise CharterError(
                f"{wrong[0]} is out of its range.",
                next_step="A share and a rate lie between 0 and 100, likeness between 0 and 1, decisions from 1 on.",
            )


def planned(design: Design, *, level: float, truth: float, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """How many decisions find a ratio of `truth` below `level` at the last look of a year; None: no reasonable number.

    Raises CharterError where there is no gap beyond the level.

    >>> planned(Design(share=0.5, rate=0.3, looks=1), level=0.8, truth=0.72)
    6613
    """
    if truth >= level:
        raise CharterError(f"{100 * truth:g} is not below the level {100 * level:g}.", next_step="Give a smaller gap.")
    effect = 1 + (design.each - 1) * design.alike
    n = [share * 10_000 / effect for share in (design.share, 1 - design.share)]
    test = at_truth({"kind": "score_ratio", "k": [0.0, design.rate * n[1]], "n": n}, truth)
    growing = [math.sqrt(look / (look + 1)) for look in range(1, design.looks)]
    part = alpha / design.comparisons * (1 - LATELY * (1 + len(spans(design.looks))) if design.looks > 1 else 1.0)
    spent = nominal(part, growing, looks=design.looks)
    return _decisions(_times(test, level, alpha=spent, power=power), 10_000)


def soonest(found: Sequence[Plan]) -> Plan | None:
    """The comparison that takes the fewest more decisions, of those that cannot tell yet and one day will."""
    waiting = [each for each in found if each.verdict == Verdict.UNKNOWN and each.accumulates and not each.out_of_reach]
    return min((each for each in waiting if each.more), key=lambda each: each.more or 0, default=None)
