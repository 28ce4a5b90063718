"""How good decisions and scores were, month by month: by outcomes once they are due, and by what scores announce."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boussole.audits.drift.by_score import ByScore
from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts, Measure, Status
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.estimated import AREA, ESTIMATED, FEWEST, chances, estimated
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.auc import Sides, area_interval, auc, bin_bound
from boussole.audits.uncertainty.curve import IsotonicCurve
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.windows import Window

FIGURES = tuple(ESTIMATED)
"""What is told of a month, in both ways."""


@dataclass(frozen=True, kw_only=True)
class Performance:
    """One month of everybody: each figure as outcomes gave it, and as scores had announced it.

    `expected` is empty for the reference window itself, and where the month shares days with it.
    """

    window: Window
    came: dict[str, Measure]
    expected: dict[str, Measure]


def performance(
    by_score: ByScore, windows: Sequence[Window], reference: Window | None, system: System, *, as_of: dt.date
) -> list[Performance]:
    """Every window that the cube can count; nothing where no score or no outcome is declared.

    Undefined: `no_decision`, `selective_labels`, `not_mature`, `no_outcomes`, `zero_denominator`; of what is expected
    `no_reference`, `few_reference_outcomes`. Suppressed: `small_group`, where fewer than `suppress_below` people are
    behind a part of a figure.
    """
    curve = None
    if (
        reference is not None
        and reference in by_score.counts
        and standing(system, reference, as_of=as_of).readable_from is None
    ):
        curve = chances(by_score.scored(reference), fewest=max(FEWEST, system.privacy.suppress_below))
    missing = "no_reference" if reference is None else "few_reference_outcomes"
    found = []
    for window in windows:
        if window not in by_score.counts:
            continue
        readable = standing(system, window, as_of=as_of).readable_from
        apart = reference is None or reference.end < window.start or window.end < reference.start
        ways = {name: _Way(name, rate, by_score, window, system) for name, rate in ESTIMATED.items()}
        found.append(
            Performance(
                window=window,
                came={name: way.came(readable) for name, way in ways.items()},
                expected={name: way.expected(curve, missing) for name, way in ways.items()} if apart else {},
            )
        )
    return found


@dataclass(frozen=True)
class _Way:
    """One figure of one window."""

    name: str
    rate: Rate
    by_score: ByScore
    window: Window
    system: System

    def came(self, readable: dt.date | None) -> Measure:
        """What outcomes say."""
        if reason := self._selective():
            return self._none(self.name, reason)
        if readable is not None:
            return self._none(self.name, "not_mature", {"readable_from": readable.isoformat()})
        counts = self.by_score.every(self.window)
        if not counts[..., :NO_OUTCOME].any():
            return self._none(self.name, "no_outcomes")
        return self._area() if self.name == AREA else self._rate(counts)

    def expected(self, curve: IsotonicCurve | None, missing: str) -> Measure:
        """What scores say, as long as they mean what they meant."""
        name, counts = f"estimated_{self.name}", self.by_score.scored(self.window)
        if reason := self._selective():
            return self._none(name, reason)
        if curve is None:
            return self._none(name, missing)
        n = counts.sum(axis=(0, 3))[:, sorted({d for d, _ in self.rate.denominator})].sum(axis=1)
        if self._few(int(n.sum())):
            return self._none(name, "small_group", status="suppressed")
        found = estimated(counts, curve, self.rate, clustered=self.by_score.clustered)
        if found is None:
            return self._none(name, "zero_denominator")
        will_be = {"will_be": [found.came.low, found.came.high]} if found.came else {}
        return Measure(metric=name, value=found.value, n=int(n.sum()), interval=found.interval, params=will_be)

    def _rate(self, counts: Counts) -> Measure:
        k, n = self.rate.counted(counts)
        cases, size = int(k.sum()), int(n.sum())
        if not size:
            return self._none(self.name, "zero_denominator")
        if self._few(cases) or self._few(size - cases):
            return self._none(self.name, "small_group", status="suppressed")
        interval = rate_interval(k, n, clustered=self.by_score.clustered)
        return Measure(metric=self.name, value=cases / size, n=size, interval=interval)

    def _area(self) -> Measure:
        scored = self.by_score.scored(self.window).sum(axis=2)
        sides = Sides(*(np.asarray(scored[..., outcome], dtype=np.int64) for outcome in (POSITIVE, NEGATIVE)))
        sizes = [int(side.sum()) for side in sides]
        if not all(sizes):
            return self._none(self.name, "zero_denominator")
        if any(map(self._few, sizes)):
            return self._none(self.name, "small_group", status="suppressed")
        interval = area_interval(sides, clustered=self.by_score.clustered)
        params = {"bin_bound": bin_bound(*sides.sums)}
        return Measure(metric=AREA, value=float(auc(*sides.sums)), n=sum(sizes), interval=interval, params=params)

    def _selective(self) -> str | None:
        outcome = self.system.log.outcome
        if self.rate.decided and not self.system.decides:
            return "no_decision"
        selective = outcome is not None and outcome.observed_for == "selected" and self.rate.needs_all
        return "selective_labels" if selective else None

    def _few(self, n: int) -> bool:
        return 0 < n < self.system.privacy.suppress_below

    def _none(
        self, name: str, reason: str, params: dict[str, Any] | None = None, *, status: Status = "undefined"
    ) -> Measure:
        return Measure(metric=name, status=status, reason=reason, params=params or {})
