"""When a measure moved for good: change points in a series of windows, with few false alarms over all series of a year.

The windows of a year are split in two in every way; all series of a steady system pass the level in 3 % of years.
Source: Page (1955), Biometrika 42:523-527; Siegmund (1985), Sequential Analysis; the level by simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from boussole.audits.document_part import given
from boussole.audits.drift.calibration import MONTHS
from boussole.audits.drift.splits import AsFar, Scale, Series, Step, as_far, farthest, seasonal, together
from boussole.audits.measure_params import StoredTest
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.windows import Window

__all__ = ["RATE", "TABLE", "Scale", "Series", "Shift", "Step", "level_of", "shifts", "step_of"]

RATE = 0.03
"""The share of years in which a steady system may be accused of having moved for good, by any of its series. With what
months tell beside their reference it is 4 %."""
TABLE = (
    (0.2, 2.856),
    (0.1, 3.121),
    (0.05, 3.354),
    (0.02, 3.629),
    (0.01, 3.822),
    (0.005, 4.000),
    (0.002, 4.227),
    (0.001, 4.390),
    (0.0005, 4.544),
    (0.0002, 4.742),
    (0.0001, 4.874),
)
"""How many standard errors a steady series passes in what share of years (`python -m audits.drift.calibration`)."""
FEWEST = 10
"""Cases, and others, that a series needs on each side of its windows on average: of fewer, chance is no bell curve."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A lasting move of a series from `before` to `after`; `seasonal`: it moved in the same way a year before."""

    id: str
    since: Window
    noticed: Window
    before: float
    after: float
    z: float
    level: float
    seasonal: bool


class Ends(Protocol):
    """The two ends of an interval, as measures and documents have them."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def level(self) -> float: ...


class SeriesFigure(Protocol):
    """What a series is made of: a measure, or what a document says of one."""

    @property
    def value(self) -> float | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def clusters(self) -> int | None: ...
    @property
    def interval(self) -> Ends | None: ...


def step_of(window: Window, measure: SeriesFigure, test: StoredTest | None) -> Step | None:
    """A window of a series from a measure and its test; None where it has no value or no error."""
    value, interval, clusters = measure.value, measure.interval, measure.clusters
    if value is None:
        return None
    if test is not None and test.kind in ("score_ratio", "score_difference"):
        return Step(window=window, k=given(test.k), n=given(test.n), df=_freedom(test))
    if test is not None and test.kind == "wald":
        size, se = measure.n or 0, given(test.se)
        return Step(window=window, estimate=given(test.estimate), size=size, se=se, df=_freedom(test))
    if test is None and interval is not None:
        df = clusters - 1 if clusters and clusters > 1 else math.inf
        half = (interval.high - interval.low) / 2
        se = half / student_quantile((1 + interval.level) / 2, df)
        return Step(window=window, estimate=value, se=se, size=measure.n or 0, df=df)
    return None


def _freedom(test: StoredTest) -> float:
    return math.inf if test.df is None else test.df


def level_of(series: int, *, rate: float = RATE) -> float:
    """Return how many standard errors each series has to pass, so that all together err in `rate` of years."""
    chance = 1 - (1 - rate) ** (1 / max(series, 1))
    known = [-math.log(chance) for chance, _ in TABLE]
    squares = [level**2 for _, level in TABLE]
    at = -math.log(chance)
    if at <= known[-1]:
        return math.sqrt(float(np.interp(at, known, squares)))
    slope = (squares[-1] - squares[-3]) / (known[-1] - known[-3])
    return math.sqrt(squares[-1] + slope * (at - known[-1]))


def shifts(family: Sequence[Series], *, rate: float = RATE) -> list[Shift]:
    """The series that moved within the last year, all being looked at together, in the order given."""
    looked = [each for each in family if _enough([step for step in each.steps if step.usable])]
    level = level_of(len(looked), rate=rate)
    far = as_far(looked, rate=rate)
    return [found for each in looked if (found := _shift(each, level, far)) is not None]


def _enough(steps: Sequence[Step]) -> bool:
    return len(steps) > 1 and sum(step.cases for step in steps) >= FEWEST * len(steps)


def _shift(series: Series, level: float, far: AsFar) -> Shift | None:
    steps = [step for step in series.steps if step.usable]
    fired, noticed = None, None
    for end in range(max(2, len(steps) - MONTHS + 1), len(steps) + 1):
        seen = steps[max(0, end - MONTHS) : end]
        split, z = farthest(series, seen)
        if abs(z) > level:
            fired, noticed = (seen, split, z), noticed or seen[-1].window
    if fired is None or noticed is None:
        return None
    seen, split, z = fired
    return Shift(
        id=series.id,
        since=seen[split].window,
        noticed=noticed,
        before=together(seen[:split], series.scale),
        after=together(seen[split:], series.scale),
        z=z,
        level=level,
        seasonal=seasonal(series, steps, seen, split, as_far=far),
    )
