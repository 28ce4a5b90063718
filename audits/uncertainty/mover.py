"""The difference of two estimates of different cases, from their intervals alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from boussole.audits.uncertainty.quantiles import normal_quantile


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value within its interval."""

    value: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A difference, or a factor, with its interval and a two-sided p that there is none."""

    value: float
    low: float
    high: float
    p: float


def gap(before: Estimate, after: Estimate, *, ratio: bool = False) -> Gap | None:
    """By how much an estimate differs from another of other cases: after − before, or after ÷ before of ratios.

    Formula (MOVER): after − before, less √((after − its low)² + (high of before − before)²), plus √((high of after −
    after)² + (before − its low)²); for ratios on the log scale. Of Wilson's intervals of two shares that is Newcombe's
    interval. `p` is that of the normal score on the side of 0 (of 1). None where a ratio or the end of its interval is
    not above 0, or nothing varies.
    Source: Zou & Donner (2008), Statistics in Medicine 27:1693-1702; Newcombe (1998), the same 17:873-890.

    >>> found = gap(Estimate(value=0.5, low=0.4, high=0.6), Estimate(value=0.3, low=0.2, high=0.4))
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3), round(found.p, 4)
    (-0.2, -0.341, -0.059, 0.0056)
    """
    sides = [[each.value, each.low, each.high] for each in (before, after)]
    if ratio:
        if min(end for side in sides for end in side) <= 0:
            return None
        sides = [[math.log(end) for end in side] for side in sides]
    (one, one_low, one_high), (two, two_low, two_high) = sides
    value = two - one
    below = math.hypot(two - two_low, one_high - one)
    above = math.hypot(two_high - two, one - one_low)
    toward = below if value > 0 else above
    if not min(below, above) > 0:
        return None
    z = abs(value) / toward * normal_quantile(0.5 + before.level / 2)
    ends = [value, value - below, value + above]
    value, low, high = (math.exp(end) for end in ends) if ratio else ends
    return Gap(value=value, low=low, high=high, p=float(2 * norm.sf(z)))
