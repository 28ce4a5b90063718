"""When a measure moved for good: change points in a series of windows, with few false alarms over all series of a year.

At each look the windows of the year before are split in two in every way, and the means before and after are held to
each other. Looking twelve times at eleven splits of many series finds a gap by chance alone sooner or later: the
level is the one that all series of a steady system together pass in 4 % of years, by simulation (`calibration`).

Source: Page (1955), Biometrika 42:523-527; Siegmund (1985), Sequential Analysis; the level by simulation.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from audits.drift.calibration import MONTHS
from audits.measures import Floats
from audits.windows import Window

RATE = 0.04
"""The share of years in which a steady system may be accused of having moved, by any of its series."""
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
SETTLED = 6
"""From so many windows on, how much they scatter among themselves says how much one can be trusted."""
SEASON = 2.0
"""Standard errors from which a shift of the year before counts as one."""

Scale = Literal["ratio", "difference", "value"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One window of a series: cases and people of the two sides compared (`k`, `n`), or an `estimate` with its error
    and the number of decisions it rests on (`size`).

    `df`: degrees of freedom behind the error, where it rests on buckets.
    """

    window: Window
    k: tuple[float, float] = (0.0, 0.0)
    n: tuple[float, float] = (0.0, 0.0)
    estimate: float = 0.0
    se: float = 0.0
    size: float = 0.0
    df: float = math.inf

    @property
    def usable(self) -> bool:
        """Whether it can be held to others at all."""
        return (self.se > 0 and self.size > 0) or min(self.n) > 0

    @property
    def cases(self) -> float:
        """The fewest cases, or others, on a side: of a mean, a half of its decisions."""
        return self.size / 2 if self.se else min(*self.k, *(n - k for k, n in zip(self.k, self.n, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Series:
    """A measure from window to window, oldest first."""

    id: str
    scale: Scale
    steps: Sequence[Step]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """That a series moved: from `since` on it is `after`, where it was `before`; first noticed when `noticed` ended.

    `seasonal`: it moved in the same way a year before, and no further.
    """

    id: str
    since: Window
    noticed: Window
    before: float
    after: float
    z: float
    level: float
    seasonal: bool


def step_of(window: Window, measure: Mapping[str, Any]) -> Step | None:
    """A window of a series from a measure as documents write it; None where it has no value or no error."""
    test, value, interval = measure["params"].get("test"), measure["value"], measure["interval"]
    if value is None:
        return None
    if test is not None and test["kind"] in ("score_ratio", "score_difference"):
        return Step(window=window, k=tuple(test["k"]), n=tuple(test["n"]), df=test.get("df", math.inf))
    if test is not None and test["kind"] == "wald":
        error = {"se": test["se"], "df": test.get("df", math.inf)}
        return Step(window=window, estimate=test["estimate"], size=measure["n"] or 0, **error)
    if test is None and interval is not None:
        clusters = measure["clusters"]
        df = clusters - 1 if clusters and clusters > 1 else math.inf
        half = (interval["high"] - interval["low"]) / 2
        se = half / float(student.ppf((1 + interval["level"]) / 2, df))
        return Step(window=window, estimate=value, se=se, size=measure["n"] or 0, df=df)
    return None


def level_of(series: int, *, rate: float = RATE) -> float:
    """How many standard errors each of so many series has to pass, so that all together err in `rate` of years.

    >>> [round(level_of(series), 2) for series in (1, 10, 40)]
    [3.42, 4.05, 4.39]
    """
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
    return [found for each in looked if (found := _shift(each, level)) is not None]


def _enough(steps: Sequence[Step]) -> bool:
    return len(steps) > 1 and sum(step.cases for step in steps) >= FEWEST * len(steps)


def _shift(series: Series, level: float) -> Shift | None:
    steps = [step for step in series.steps if step.usable]
    fired, noticed = None, None
    for end in range(max(2, len(steps) - MONTHS + 1), len(steps) + 1):
        seen = steps[max(0, end - MONTHS) : end]
        split, z = _farthest(seen, series.scale)
        if abs(z) > level:
            fired, noticed = (seen, split, z), noticed or seen[-1].window
    if fired is None or noticed is None:
        return None
    seen, split, z = fired
    return Shift(
        id=series.id,
        since=seen[split].window,
        noticed=noticed,
        before=_together(seen[:split], series.scale),
        after=_together(seen[split:], series.scale),
        z=z,
        level=level,
        seasonal=_seasonal(steps, seen, split, series.scale),
    )


def _farthest(steps: Sequence[Step], scale: Scale) -> tuple[int, float]:
    """The split that is farthest from no change, and how far, as a normal score."""
    scores = _scores(*_moments(steps, scale))
    at = int(np.abs(scores).argmax())
    return at + 1, float(scores[at])


def _scores(effects: Floats, weights: Floats, df: Floats) -> Floats:
    """Of each split the gap of the means after and before it, over its error, as a normal score.

    Where windows scatter more than chance lets them, the error is wider.
    """
    sums = [np.cumsum(each) for each in (weights, weights * effects, weights * effects**2, weights**2 / df)]
    before = [each[:-1] for each in sums]
    after = [each[-1] - each[:-1] for each in sums]
    means = [side[1] / side[0] for side in (before, after)]
    errors = [1 / side[0] for side in (before, after)]
    scatter = sum(side[2] - side[1] ** 2 / side[0] for side in (before, after))
    wider = np.maximum(1.0, scatter / max(len(effects) - 2, 1)) if len(effects) >= SETTLED else 1.0
    z = (means[1] - means[0]) / np.sqrt((errors[0] + errors[1]) * wider)
    doubt = sum(error**4 * side[3] for error, side in zip(errors, (before, after), strict=True))
    return _normal(z, doubt / (errors[0] + errors[1]) ** 2)


def _normal(z: Floats, doubt: Floats) -> Floats:
    """Scores of Student's t, of one over `doubt` degrees of freedom, as normal scores that are as rare."""
    if not doubt.any():
        return z
    far = np.clip(np.abs(z), 1e-9, 30)
    rare = np.clip(student.sf(far, 1 / np.maximum(doubt, 1e-12)), 1e-300, 0.5)
    return np.where(np.abs(z) < 30, np.copysign(norm.isf(rare), z), z)


def _moments(steps: Sequence[Step], scale: Scale) -> tuple[Floats, Floats, Floats]:
    """The effect of each window, one over its variance if nothing changed, and the degrees of freedom behind that.

    Variances come from all windows together, so that none that is low by chance is taken for more certain.
    """
    df = np.array([step.df for step in steps])
    if steps[0].se:
        sizes = np.array([step.size for step in steps])
        spread = float((np.array([step.se**2 for step in steps]) * sizes**2).sum() / sizes.sum())
        return np.array([step.estimate for step in steps]), sizes / spread, np.full(len(steps), df.sum())
    k, n = (np.array([getattr(step, name) for step in steps]) for name in ("k", "n"))
    effects, variances = (_ratios if scale == "ratio" else _gaps)(k, n, _together(steps, scale))
    return effects, 1 / variances, df


def _together(steps: Sequence[Step], scale: Scale) -> float:
    """The measure of several windows together: after Mantel and Haenszel, so that what changes for all is no change."""
    if steps[0].se:
        sizes = sum(step.size for step in steps)
        return sum(step.estimate * step.size for step in steps) / sizes
    if scale == "ratio":
        above = sum(step.k[0] * step.n[1] / sum(step.n) for step in steps)
        below = sum(step.k[1] * step.n[0] / sum(step.n) for step in steps)
        return above / below if below else math.inf
    weights = [step.n[0] * step.n[1] / sum(step.n) for step in steps]
    gaps = [step.k[0] / step.n[0] - step.k[1] / step.n[1] for step in steps]
    return sum(weight * gap for weight, gap in zip(weights, gaps, strict=True)) / sum(weights)


def _ratios(k: Floats, n: Floats, ratio: float) -> tuple[Floats, Floats]:
    """How far the group's rate is from the ratio times the other's, as a share of that; linear in counts, as few
    cases demand. With its variance at the rates that have the ratio in each window."""
    other = ((k.sum(axis=1) + 1) / (ratio * n[:, 0] + n[:, 1] + 2)).clip(1e-9, 1 - 1e-9)
    own = (ratio * other).clip(1e-9, 1 - 1e-9)
    effects = (k[:, 0] / n[:, 0] - ratio * k[:, 1] / n[:, 1]) / own
    return effects, (own * (1 - own) / n[:, 0] + ratio**2 * other * (1 - other) / n[:, 1]) / own**2


def _gaps(k: Floats, n: Floats, gap: float) -> tuple[Floats, Floats]:
    """The gap of the two rates, with its variance at the rates that have the same gap in each window."""
    other = ((k.sum(axis=1) + 1 - gap * n[:, 0]) / (n.sum(axis=1) + 2)).clip(0.5 / n.max(), 1 - 0.5 / n.max())
    own = (other + gap).clip(0.5 / n.max(), 1 - 0.5 / n.max())
    return k[:, 0] / n[:, 0] - k[:, 1] / n[:, 1], own * (1 - own) / n[:, 0] + other * (1 - other) / n[:, 1]


def _seasonal(steps: Sequence[Step], seen: Sequence[Step], split: int, scale: Scale) -> bool:
    """Whether it moved in the same way in the same months a year before, and no further this time."""
    earlier = {step.window.start: step for step in steps}
    pairs = [(step, earlier.get(_year_before(step.window.start))) for step in seen]
    both = [(at, now, then) for at, (now, then) in enumerate(pairs) if then is not None]
    sides = [[each for each in both if (each[0] >= split) == late] for late in (False, True)]
    if not all(sides):
        return False
    now, then, cut = [each for _, each, _ in both], [each for *_, each in both], len(sides[0]) - 1
    own, old = _moments(now, scale), _moments(then, scale)
    this, last = _scores(*own)[cut], _scores(*old)[cut]
    further = _scores(own[0] - old[0], 1 / (1 / own[1] + 1 / old[1]), np.minimum(own[2], old[2]))[cut]
    return bool(abs(last) > SEASON and last * this > 0 and abs(further) < SEASON)


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
