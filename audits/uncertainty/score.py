"""Score tests of two independent rates: ratio and difference, after Miettinen and Nurminen.

Group 1 is the compared group, group 0 what it is compared with. Sizes may be fractional (effective sizes).
"""

from __future__ import annotations

import math

from scipy.optimize import brentq

from boussole.audits.measures import Interval
from boussole.audits.uncertainty.quantiles import normal_quantile


def wilson_bounds(successes: float, n: float, *, z: float) -> tuple[float, float]:
    """Lower and upper bound; exact 0 at no success and exact 1 at no failure."""
    p = successes / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if successes <= 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if successes >= n else min(1.0, (centre + half) / scale)
    return low, high


def wilson(successes: float, n: float, *, level: float = 0.95, method: str = "wilson") -> Interval:
    """Compute the interval of a proportion by inverting its score test (no continuity correction).

    Inputs: `successes` of `n` independent decisions, n > 0, maybe fractional. Coverage at 95 %, over rates: 95 % on
    average, with pits near 0 and 1 (89.6 % with 20 decisions, 93.3 % with 200).
    Source: Wilson (1927), JASA 22:209-212; Newcombe (1998), Statistics in Medicine 17:857-872, method 3.
    """
    low, high = wilson_bounds(successes, n, z=normal_quantile(0.5 + level / 2))
    return Interval(low=low, high=high, level=level, method=method)


Pair = tuple[float, float]
_EDGE = 1 - 1e-9
_RATIO_LIMIT = 60.0
"""Bound of |log ratio| in the search: e^60 is beyond any ratio of counts."""


def ratio_z(k: Pair, n: Pair, *, ratio: float) -> float:
    """Return the standardised distance of p1 from ratio × p0; about standard normal when p1 / p0 = ratio.

    Formula: (p1 − r p0) / √(N/(N−1) (q1(1−q1)/n1 + r² q0(1−q0)/n0)), q the maximum-likelihood rates under q1 = r q0.
    Source: Koopman (1984), Biometrics 40:513-517; Miettinen & Nurminen (1985), Statistics in Medicine 4:213-226.
    """
    (k1, k0), (n1, n0) = k, n
    total = n1 + n0
    ours, theirs = ratio * (n1 + k0), n0 + k1
    # b² − 4ac without its cancellation, which made rates above 1 where everybody, or nearly, is chosen.
    root = math.sqrt((ours - theirs) ** 2 + 4 * ratio * max(n1 - k1, 0.0) * max(n0 - k0, 0.0))
    # The stable form of (−b − √(b²−4ac)) / 2a: no cancellation for rare events.
    q0 = min(2 * (k1 + k0) / (ours + theirs + root), 1.0)
    q1 = min(ratio * q0, 1.0)
    variance = q1 * (1 - q1) / n1 + ratio * ratio * q0 * (1 - q0) / n0
    return _standardised(k1 / n1 - ratio * k0 / n0, variance, total)


def difference_z(k: Pair, n: Pair, *, difference: float) -> float:
    """Return the standardised distance of p1 − p0 from `difference`; about standard normal when they are equal.

    Formula: (p1 − p0 − d) / √(N/(N−1) (q1(1−q1)/n1 + q0(1−q0)/n0)), q the maximum-likelihood rates under q1 − q0 = d.
    Source: Miettinen & Nurminen (1985); Farrington & Manning (1990), Statistics in Medicine 9:1447-1454.
    """
    (k1, k0), (n1, n0) = k, n
    total, d = n1 + n0, difference
    q0 = _constrained_rate(k1 + k0, k0, n1, n0, d)
    q1 = min(max(q0 + d, 0.0), 1.0)
    return _standardised(k1 / n1 - k0 / n0 - d, q1 * (1 - q1) / n1 + q0 * (1 - q0) / n0, total)


def _constrained_rate(events: float, k0: float, n1: float, n0: float, d: float) -> float:
    total = n1 + n0
    l2 = (n1 + 2 * n0) * d - total - events
    l1 = (n0 * d - total - 2 * k0) * d + events
    l0 = k0 * d * (1 - d)
    q = (l2 / (3 * total)) ** 3 - l1 * l2 / (6 * total * total) + l0 / (2 * total)
    p = math.copysign(math.sqrt(max((l2 / (3 * total)) ** 2 - l1 / (3 * total), 0.0)), q)
    angle = 0.0 if p == 0 else (math.pi + math.acos(min(max(q / p**3, -1.0), 1.0))) / 3
    return min(max(2 * p * math.cos(angle) - l2 / (3 * total), 0.0, -d), 1.0, 1 - d)


def _standardised(distance: float, variance: float, total: float) -> float:
    variance *= total / (total - 1) if total > 1 else 1.0
    if variance > 1e-300:
        return distance / math.sqrt(variance)
    return 0.0 if abs(distance) < 1e-12 else math.copysign(math.inf, distance)


def ratio_interval(
    k: Pair, n: Pair, *, quantile: float | None = None, level: float = 0.95, method: str = "miettinen_nurminen"
) -> Interval | None:
    """Compute the interval of p1 / p0 by inverting `ratio_z`; None where it has no finite upper end (k0 = 0).

    `quantile`: that of z for `level` (default: normal). Source: Koopman (1984); Miettinen & Nurminen (1985).
    """
    (k1, k0), (n1, n0) = k, n
    if k0 <= 0:
        return None
    z = normal_quantile(0.5 + level / 2) if quantile is None else quantile
    centre = math.log(max(k1, 1e-9) / n1 * n0 / k0)
    low = 0.0 if k1 <= 0 else math.exp(_root(k, n, z, -_RATIO_LIMIT, centre))
    return Interval(low=low, high=math.exp(_root(k, n, -z, centre, _RATIO_LIMIT)), level=level, method=method)


def difference_interval(k: Pair, n: Pair, *, quantile: float, level: float, method: str) -> Interval:
    """Compute the interval of p1 − p0 by inverting `difference_z`; inside [−1, 1].

    `quantile`: that of z for `level`. Source: Miettinen & Nurminen (1985).
    """
    low, high = (_difference_root(k, n, side * quantile) for side in (1, -1))
    return Interval(low=low, high=high, level=level, method=method)


def _difference_root(k: Pair, n: Pair, z: float) -> float:
    """Where `difference_z` is z; the end of the range where it is not, which needs a rate of 0 and one of 1."""

    def distance(d: float) -> float:
        return difference_z(k, n, difference=d) - z

    if distance(-_EDGE) <= 0:
        return -1.0
    return 1.0 if distance(_EDGE) >= 0 else float(brentq(distance, -_EDGE, _EDGE))


def _root(k: Pair, n: Pair, z: float, low: float, high: float) -> float:
    return float(brentq(lambda x: ratio_z(k, n, ratio=math.exp(x)) - z, low, high, xtol=1e-12))


def newcombe(k: Pair, n: Pair, *, level: float = 0.95, method: str = "newcombe") -> Interval:
    """Compute the interval of p1 − p0 from the two Wilson intervals, inside [−1, 1].

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    """
    z = normal_quantile(0.5 + level / 2)
    (p1, low1, high1), (p0, low0, high0) = (
        (successes / size, *wilson_bounds(successes, size, z=z)) for successes, size in zip(k, n, strict=True)
    )
    low = p1 - p0 - math.hypot(p1 - low1, high0 - p0)
    high = p1 - p0 + math.hypot(high1 - p1, p0 - low0)
    return Interval(low=max(low, -1.0), high=min(high, 1.0), level=level, method=method)
