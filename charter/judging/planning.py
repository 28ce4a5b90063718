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
from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.tests import at_truth, quantile, statistic, times_needed
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, VerdictDocument
from boussole.charter.document.base import Day, given
from boussole.charter.document.measures import by_id
from boussole.charter.judging.testing import DAYS_A_MONTH, TOGETHER
from boussole.charter.text.model import Charter

BEYOND = {"ratio": 0.9, "difference": 1.5}
"""Where no gap is named: a tenth beyond the level of a ratio, half as much again as that of a difference."""
MOST = 1e9
"""More decisions are no plan."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What it takes to answer one question about one group.

    `level` is the one whose bad side means *not kept* (*watch* where there is none), and `truth` the gap to be found
    beyond it, both on the side where the comparison is bad. `found`: decisions of the system until that is found with
    the charter's power; `kept`: until *kept* is, if there is no gap at all; None: no reasonable number. `counted` were
    seen since `since`; `month`: as many come in a month.
    """

    question: str
    measure: MeasureDocument
    level: float
    truth: float
    found: int | None
    kept: int | None
    counted: int
    since: Day
    month: float

    @property
    def scale(self) -> str:
        """Whether it is a ratio or a difference."""
        return given(self.measure.params.scale)

    @property
    def more(self) -> int | None:
        """How many more decisions find the gap."""
        return None if self.found is None else max(0, self.found - self.counted)

    @property
    def too_long(self) -> bool:
        """Whether it takes more than a year of decisions: no more than that counts together."""
        return self.found is None or self.found > 12 * self.month


def plans(document: AuditDocument, charter: Charter, *, gap: float | None = None) -> list[Plan]:
    """What each comparison takes that the charter judges in an audit, in the order of its verdicts.

    `gap`: the ratio to be found, of a group to whom it is compared with, as the charter states levels (0.72); by
    itself, one a little beyond the level. Differences are always asked a little beyond theirs.
    """
    measures = by_id(document.judged_measures)
    found = []
    for verdict in document.verdicts:
        for comparison in verdict.comparisons:
            measure = measures.get(comparison.measure)
            if measure is not None and measure.params.test is not None and measure.params.scale in BEYOND:
                plan = _plan(document, charter, verdict, comparison, measure, gap)
                found += [plan] if plan is not None else []
    return found


def _plan(  # noqa: PLR0917 (what a comparison stands in)
    document: AuditDocument,
    charter: Charter,
    verdict: VerdictDocument,
    comparison: Comparison,
    measure: MeasureDocument,
    gap: float | None,
) -> Plan | None:
    level = comparison.levels.watch if comparison.levels.breach is None else comparison.levels.breach
    if level is None:
        return None
    test, scale, below = (
        given(measure.params.test).stated,
        given(measure.params.scale),
        measure.params.bad_side == "below",
    )
    truth = _truth(level, scale, gap, below=below)
    alpha = charter.alpha * (comparison.share or 1 / len(verdict.comparisons))
    counted = _counted(document, measure)
    times = _times(at_truth(test, truth), level, alpha=alpha, power=charter.power)
    return Plan(
        question=verdict.indicator,
        measure=measure,
        level=level,
        truth=truth,
        found=_decisions(times, counted),
        kept=_decisions(_until_kept(test, comparison, scale, level, charter), counted),
        counted=counted,
        since=measure.params.since or document.window.start,
        month=document.decisions / _days(document) * DAYS_A_MONTH,
    )


def _truth(level: float, scale: str, gap: float | None, *, below: bool) -> float:
    """The gap to be found, on the bad side."""
    if scale == "difference":
        return level * BEYOND[scale]
    if gap is not None:
        return gap if below else 1 / gap
    return level * BEYOND[scale] if below else level / BEYOND[scale]


def _times(test: Mapping[str, Any] | None, level: float, *, alpha: float, power: float) -> float | None:
    return None if test is None else times_needed(test, threshold=level, alpha=alpha, power=power)


def _until_kept(
    test: Mapping[str, Any], comparison: Comparison, scale: str, level: float, charter: Charter
) -> float | None:
    """Until parity is seen: surely on the good side of the level, and the figure on that of the watch level."""
    even = at_truth(test, 1.0 if scale == "ratio" else 0.0)
    sure = _times(even, level, alpha=charter.alpha, power=charter.power)
    watch = comparison.levels.watch
    if even is None or sure is None or watch is None or watch == level:
        return sure
    apart = statistic(even, watch)
    return max(sure, (quantile(even, charter.power) / apart) ** 2) if abs(apart) > 1e-9 else None


def _decisions(times: float | None, counted: int) -> int | None:
    return None if times is None or times * counted > MOST else math.ceil(times * counted)


def _counted(document: AuditDocument, measure: MeasureDocument) -> int:
    """How many decisions of the system the measure is about: those of the window, or of all windows that count."""
    if measure.params.since is None or document.accumulated is None:
        return document.decisions
    everybody = (m.n for m in document.accumulated.measures if m.id == "selection_rate" and not m.given)
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
    part = alpha / design.comparisons * (TOGETHER if design.looks > 1 else 1.0)
    spent = nominal(part, growing, looks=design.looks)
    return _decisions(_times(test, level, alpha=spent, power=power), 10_000)


def soonest(found: Sequence[Plan]) -> Plan | None:
    """The comparison that takes the fewest more decisions, of those that cannot tell yet."""
    waiting = [plan for plan in found if plan.more]
    return min(waiting, key=lambda plan: plan.more or 0, default=None)
