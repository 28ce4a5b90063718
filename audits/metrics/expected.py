"""What can be computed of outcomes that are only expected: a rate or an area, and how it moves with each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from boussole.audits.measures import NEGATIVE, POSITIVE, Counts, Floats, Interval
from boussole.audits.metrics.definition import Rate
from boussole.audits.uncertainty.curve import IsotonicCurve, Spread, spread
from boussole.audits.uncertainty.quantiles import student_quantile


@dataclass(frozen=True, kw_only=True)
class ExpectedValue:
    """A value of expected counts (bins, decision, outcome), and its slope in each of them (the same shape)."""

    value: float
    slope: Floats


def expected_rate(counts: Floats, rate: Rate) -> ExpectedValue | None:
    """A rate of expected counts; None where nobody is expected in its denominator."""
    above, below = (float(sum(counts[:, d, o].sum() for d, o in cells)) for cells in (rate.numerator, rate.denominator))
    if not below > 0:
        return None
    slope = np.zeros(counts.shape)
    for decision, outcome in rate.numerator:
        slope[:, decision, outcome] += 1 / below
    for decision, outcome in rate.denominator:
        slope[:, decision, outcome] -= above / below**2
    return ExpectedValue(value=above / below, slope=slope)


def expected_area(counts: Floats) -> ExpectedValue | None:
    """The area under the ROC curve of expected counts; None where no positive or no negative outcome is expected.

    >>> counts = np.array([[[3.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 3.0]]])
    >>> found = expected_area(counts)
    >>> found.value, [round(float(v), 4) for v in found.slope[:, 0, POSITIVE]]
    (0.75, [-0.0938, 0.0312])
    """
    positives, negatives = (counts[:, :, outcome].sum(axis=1) for outcome in (POSITIVE, NEGATIVE))
    p, n = float(positives.sum()), float(negatives.sum())
    if not min(p, n) > 0:
        return None
    below = (np.cumsum(negatives) - negatives / 2) / n
    above = (p - np.cumsum(positives) + positives / 2) / p
    area = float((positives * below).sum() / p)
    slope = np.zeros(counts.shape)
    slope[:, :, POSITIVE] = ((below - area) / p)[:, None]
    slope[:, :, NEGATIVE] = ((above - area) / n)[:, None]
    return ExpectedValue(value=area, slope=slope)


@dataclass(frozen=True, kw_only=True)
class ExpectedEstimate:
    """A value with two errors: `interval` for what such decisions come to, `came` for what these will turn out to be.

    The first is about the sample of decisions and that of the reference window; the second about the outcomes of these
    very decisions and the reference window. Both take for granted that scores mean what they meant.
    """

    value: float
    interval: Interval | None
    came: Interval | None


def estimate(
    decided: Counts, chances: IsotonicCurve, of: Callable[[Floats], ExpectedValue | None], *, clustered: bool
) -> ExpectedEstimate | None:
    """From counts (bins, buckets, decision) and the chances of their scores; None where the value has no denominator.

    Source: linearisation, Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 5.5.
    """
    n, chance = decided.sum(axis=1), chances.chance
    found = of(np.stack([n * (1 - chance)[:, None], n * chance[:, None]], axis=-1))
    if found is None:
        return None
    per_outcome = found.slope[..., POSITIVE] - found.slope[..., NEGATIVE]
    per_decision = found.slope[..., NEGATIVE] + chance[:, None] * per_outcome
    per_chance = (n * per_outcome).sum(axis=1)
    fixed = chances.variance(per_chance)
    sampled = float((n * np.square(per_decision)).sum())
    luck = float((n * np.square(per_outcome)).sum(axis=1) @ chances.doubt)
    if not clustered:
        spreads = [Spread(se=math.sqrt(sampled + fixed)), Spread(se=math.sqrt(luck + fixed))]
    else:
        learnt, own = chances.by_bucket(per_chance), np.einsum("bkd,bd->k", decided, per_decision)
        filled = [int(np.count_nonzero(each.sum(axis=0))) for each in (decided.sum(axis=2), chances.outcomes)]
        luck *= chances.design_effect(decided.sum(axis=(0, 2)))
        fixed *= chances.design_effect(chances.outcomes.sum(axis=0))
        of_curve = spread(fixed, (learnt,), (filled[1],))
        spreads = [
            spread(sampled + fixed, (own, learnt), (filled[0], filled[1])),
            Spread(se=math.hypot(math.sqrt(luck), of_curve.se), df=of_curve.df),
        ]
    both = [_ends(found.value, each, float(per_chance @ chances.optimism)) for each in spreads]
    return ExpectedEstimate(value=found.value, interval=both[0], came=both[1])


def _ends(value: float, error: Spread, drawn: float, level: float = 0.95) -> Interval | None:
    """Student's interval on the logit scale; None where the value is 0 or 1, or all is in a single bucket."""
    scale = value * (1 - value)
    if not (scale > 0 and error.se > 0):
        return None
    centre, se = math.log(value / (1 - value)), math.hypot(error.se, drawn)
    half = student_quantile(0.5 + level / 2, error.df) * se / scale
    low, high = (1 / (1 + math.exp(-min(max(centre + side * half, -700.0), 700.0))) for side in (-1, 1))
    return Interval(low=low, high=high, level=level, method="linearised")
