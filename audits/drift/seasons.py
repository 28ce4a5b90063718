"""A season told from a move: what moved in the same way in the same months of the year before, and no further now."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from boussole.audits.drift.calibration import MONTHS
from boussole.audits.drift.splits import SETTLED, Scale, Series, Step, between, moments, scores
from boussole.audits.measures import Floats

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
