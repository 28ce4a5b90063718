"""Whether a figure rises or falls from period to period by more than chance, from its intervals alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import norm

from boussole.audits.uncertainty.mover import Estimate, Gap
from boussole.audits.uncertainty.quantiles import normal_quantile

FEWEST = 3
"""Periods that a trend takes: two differ, and show no course."""


def trend(periods: Sequence[tuple[float, Estimate]]) -> Gap | None:
    """By how much a figure changes in a unit of time: the slope of the line of least squares through its periods.

    `periods`: the time of each and its estimate x, of other cases each. Formula: Σ c x, with
    c = (t − t̄) ÷ Σ (t − t̄)²; its interval (MOVER of a linear function): the slope less √Σ c² (x − end)², plus the
    same with the other ends, where the end is the low one of a period with c above 0 and the high one of the others
    (and the other way round). Range any; no trend: 0. Where the same people decide in several periods, their estimates
    rise and fall together and the interval is wider than it need be. None of fewer than three periods, of periods at
    one time, or where nothing varies.
    Source: Zou, Huang & Zhang (2009), Computational Statistics & Data Analysis 53:1080-1085.

    >>> year = [(float(at), Estimate(value=v, low=v - 0.05, high=v + 0.05)) for at, v in enumerate((0.3, 0.2, 0.1))]
    >>> found = trend(year)
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3)
    (-0.1, -0.135, -0.065)
    """
    times = [time for time, _ in periods]
    mean = math.fsum(times) / len(times) if times else 0.0
    spread = math.fsum((time - mean) ** 2 for time in times)
    if len(periods) < FEWEST or not spread > 0:
        return None
    weighed = [((time - mean) / spread, each) for time, each in periods]
    value = math.fsum(c * each.value for c, each in weighed)
    below = math.hypot(*(c * (each.value - (each.low if c > 0 else each.high)) for c, each in weighed))
    above = math.hypot(*(c * (each.value - (each.high if c > 0 else each.low)) for c, each in weighed))
    if not min(below, above) > 0:
        return None
    z = abs(value) / (below if value > 0 else above) * normal_quantile(0.5 + periods[0][1].level / 2)
    return Gap(value=value, low=value - below, high=value + above, p=float(2 * norm.sf(z)))
