"""Series of windows split in two: the means before and after, how far they are apart, and what is a season."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from boussole.audits.drift.calibration import MONTHS
from boussole.audits.parts import Floats
from boussole.audits.windows import Window

SETTLED = 6
"""From so many windows on, how much they scatter among themselves says how much one can be trusted."""

Scale = Literal["ratio", "difference", "value"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One window of a series: cases and people of two sides (`k`, `n`), or an `estimate` with its error and size."""

    window: Window
    k: tuple[float, float] = (0.0, 0.0)
    n: tuple[float, float] = (0.0, 0.0)
    estimate: float = 0.0
    se: float = 0.0
    size: float = 0.0
    df: float = math.inf

    @property
    def usable(self) -> bool:
        """Whether the window can be compared with others at all."""
        return (self.se > 0 and self.size > 0) or min(self.n) > 0

    @property
    def cases(self) -> float:
        """The fewest cases, or others, on a side: of a mean, a half of its decisions."""
        return self.size / 2 if self.se else min(*self.k, *(n - k for k, n in zip(self.k, self.n, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Series:
    """A measure from window to window, oldest first; `alike`: its correlation with the months before."""

    id: str
    scale: Scale
    steps: Sequence[Step]
    alike: Sequence[float] = ()


def farthest(series: Series, steps: Sequence[Step]) -> tuple[int, float]:
    """Return the split that is farthest from no change, and how far, as a normal score."""
    found = scores(*moments(steps, series.scale), between(steps, series.alike))
    at = int(np.abs(found).argmax())
    return at + 1, float(found[at])


def between(steps: Sequence[Step], alike: Sequence[float]) -> Floats | None:
    """The correlations of windows with each other; None where none is known."""
    if not any(alike):
        return None
    days = [step.window.start for step in steps]
    months = np.array([12 * day.year + day.month for day in days])
    apart = np.abs(months[:, np.newaxis] - months)
    by_lag = np.array([1.0, *alike, 0.0])
    return np.asarray(by_lag[np.minimum(apart, len(alike) + 1)], dtype=np.float64)


def scores(effects: Floats, weights: Floats, df: Floats, correlations: Floats | None = None) -> Floats:
    """Return, of each split, the gap of the means after and before it, over its error, as a normal score."""
    sums = [np.cumsum(each) for each in (weights, weights * effects, weights * effects**2, weights**2 / df)]
    before = [each[:-1] for each in sums]
    after = [each[-1] - each[:-1] for each in sums]
    means = [side[1] / side[0] for side in (before, after)]
    errors = [1 / side[0] for side in (before, after)]
    scatter = sum(side[2] - side[1] ** 2 / side[0] for side in (before, after))
    wider = np.maximum(1.0, scatter / max(len(effects) - 2, 1)) if len(effects) >= SETTLED else 1.0
    z = (means[1] - means[0]) / np.sqrt(_variances(weights, correlations, errors) * wider)
    doubt = sum(error**4 * side[3] for error, side in zip(errors, (before, after), strict=True))
    return _normal(z, doubt / (errors[0] + errors[1]) ** 2)


def _variances(weights: Floats, correlations: Floats | None, errors: Sequence[Floats]) -> Floats:
    """The variance of the gap at each split; `errors` are those of its two sides, were windows independent."""
    plain = np.asarray(errors[0] + errors[1], dtype=np.float64)
    if correlations is None:
        return plain
    at, roots = np.arange(len(weights)), np.sqrt(weights)
    sides = [np.where(at <= split, -errors[0][split], errors[1][split]) * roots for split in at[:-1]]
    found = np.array([float(side @ correlations @ side) for side in sides])
    return np.asarray(np.maximum(plain, found), dtype=np.float64)


def _normal(z: Floats, doubt: Floats) -> Floats:
    """Scores of Student's t, of one over `doubt` degrees of freedom, as normal scores that are as rare."""
    if not doubt.any():
        return z
    far = np.clip(np.abs(z), 1e-9, 30)
    rare = np.clip(student.sf(far, 1 / np.maximum(doubt, 1e-12)), 1e-300, 0.5)
    return np.where(np.abs(z) < 30, np.copysign(norm.isf(rare), z), z)


def moments(steps: Sequence[Step], scale: Scale) -> tuple[Floats, Floats, Floats]:
    """Return the effect of each window, one over its variance if nothing changed, and its degrees of freedom."""
    df = np.array([step.df for step in steps])
    if steps[0].se:
        sizes = np.array([step.size for step in steps])
        spread = float((np.array([step.se**2 for step in steps]) * sizes**2).sum() / sizes.sum())
        return np.array([step.estimate for step in steps]), sizes / spread, np.full(len(steps), df.sum())
    k, n = (np.array([getattr(step, name) for step in steps]) for name in ("k", "n"))
    effects, variances = (_ratios if scale == "ratio" else _gaps)(k, n, together(steps, scale))
    return effects, 1 / variances, df


def together(steps: Sequence[Step], scale: Scale) -> float:
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
    """Return how far the group's rate is from the ratio times the other's, as a share of that, with its variance."""
    other = ((k.sum(axis=1) + 1) / (ratio * n[:, 0] + n[:, 1] + 2)).clip(1e-9, 1 - 1e-9)
    own = (ratio * other).clip(1e-9, 1 - 1e-9)
    effects = (k[:, 0] / n[:, 0] - ratio * k[:, 1] / n[:, 1]) / own
    return effects, (own * (1 - own) / n[:, 0] + ratio**2 * other * (1 - other) / n[:, 1]) / own**2


def _gaps(k: Floats, n: Floats, gap: float) -> tuple[Floats, Floats]:
    """The gap of the two rates, with its variance at the rates that have the same gap in each window."""
    other = ((k.sum(axis=1) + 1 - gap * n[:, 0]) / (n.sum(axis=1) + 2)).clip(0.5 / n.max(), 1 - 0.5 / n.max())
    own = (other + gap).clip(0.5 / n.max(), 1 - 0.5 / n.max())
    return k[:, 0] / n[:, 0] - k[:, 1] / n[:, 1], own * (1 - own) / n[:, 0] + other * (1 - other) / n[:, 1]


SEASON = 1.645
"""Standard errors from which a shift of the year before, in the same direction, counts as one: one year in twenty."""
EVIDENT = 3.1
"""Standard errors from which all series together follow the year before for sure: by chance one year in a thousand."""
YEARS = 2
"""Years before that are looked at, where they are known."""


@dataclass(frozen=True, kw_only=True)
class AsFar:
    """Standard errors for a shift to exceed last year's (`level`), and for all series to follow it (`together`)."""

    level: float
    together: float


def seasonal(series: Series, steps: Sequence[Step], seen: Sequence[Step], split: int, *, as_far: AsFar) -> bool:
    """Whether a series moved in the same way in the same months of the year before (or of two), and no further now."""
    known = {step.window.start: step for step in steps}
    pairs = [(step, _earlier(step.window.start, known)) for step in seen]
    both = [(at, now, then) for at, (now, then) in enumerate(pairs) if then is not None]
    sides = [[each for each in both if (each[0] >= split) == late] for late in (False, True)]
    if not all(sides):
        return False
    now, then, cut = [each for _, each, _ in both], [each for *_, each in both], len(sides[0]) - 1
    own, old = moments(now, series.scale), moments(then, series.scale)
    alike_months = between(now, series.alike)
    this, last = scores(*own, alike_months)[cut], scores(*old, alike_months)[cut]
    weights = 1 / (1 / own[1] + 1 / old[1])
    further = scores(own[0] - old[0], weights, np.minimum(own[2], old[2]), alike_months)[cut]
    alike = float(np.copysign(last, last * this))
    moved = max(alike, (alike + as_far.together) / math.sqrt(2)) > SEASON or as_far.together > EVIDENT
    return moved and float(np.copysign(further, further * this)) < as_far.level


def _earlier(day: dt.date, known: Mapping[dt.date, Step]) -> Step | None:
    """The same month of the years before, taken together."""
    found = []
    for _ in range(YEARS):
        day = _year_before(day)
        found += [known[day]] if day in known else []
    if len(found) < 2:
        return found[0] if found else None
    size = sum(step.size for step in found)
    weights = [step.size / size if size else 0.0 for step in found]
    return replace(
        found[0],
        k=(sum(step.k[0] for step in found), sum(step.k[1] for step in found)),
        n=(sum(step.n[0] for step in found), sum(step.n[1] for step in found)),
        estimate=sum(weight * step.estimate for weight, step in zip(weights, found, strict=True)),
        se=math.hypot(*[weight * step.se for weight, step in zip(weights, found, strict=True)]),
        size=size,
        df=sum(step.df for step in found),
    )


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def as_far(looked: Sequence[Series], *, rate: float) -> AsFar:
    """What tells a season from a move, for series that are looked at together, of which chance may accuse `rate`."""
    level = float(norm.isf(rate / max(len(looked), 1)))
    return AsFar(level=level, together=_together(looked))


def _together(looked: Sequence[Series]) -> float:
    """Return how far the series together follow the year before, as a normal score."""
    alike = [each for series in looked if (each := _again(series)) is not None]
    return sum(alike) / math.sqrt(max(len(alike), 1))


def _again(series: Series) -> float | None:
    """How far months of one series stand out in the same way in both years, in standard errors."""
    steps = {step.window.start: step for step in series.steps if step.usable}
    days = [day for day in sorted(steps)[-MONTHS:] if _year_before(day) in steps]
    if len(days) < SETTLED:
        return None
    years = [[steps[at(day)] for day in days] for at in (lambda day: day, _year_before)]
    now, then = (_standing_out(each, series.scale) for each in years)
    size = math.sqrt(float((now**2).sum()))
    return float((now * then).sum()) / size if size else None


def _standing_out(steps: Sequence[Step], scale: Scale) -> Floats:
    """How far each month is from the mean of all, in standard errors."""
    effects, weights, _ = moments(steps, scale)
    return np.asarray((effects - (weights * effects).sum() / weights.sum()) * np.sqrt(weights), dtype=np.float64)
