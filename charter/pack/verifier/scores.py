"""Score tests and intervals of one rate and of two (Wilson; Newcombe; Miettinen & Nurminen), and Holm's correction.

Sources: Wilson (1927); Newcombe (1998), Statistics in Medicine 17:873; Miettinen & Nurminen (1985), ibid. 4:213.
The rates under the hypothesis are found by halving the likelihood equations, not by their closed forms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .chances import quantile, root

Pair = tuple[float, float]
Z = quantile(0.975, {})
EDGE = 1 - 1e-9


class Interval(NamedTuple):
    low: float
    high: float
    method: str


def wilson(k: float, n: float, method: str = "wilson", z: float = Z) -> Interval:
    """The rates p with |k/n − p| ≤ z √(p (1 − p) / n): the roots of a quadratic."""
    a, b, c = n + z * z, -(2 * k + z * z), k * k / n
    spread = math.sqrt(max(b * b - 4 * a * c, 0.0))
    low, high = max(0.0, (-b - spread) / (2 * a)), min(1.0, (-b + spread) / (2 * a))
    return Interval(0.0 if k <= 0 else low, 1.0 if k >= n else high, method)


def newcombe(k: Pair, n: Pair, method: str = "newcombe") -> Interval:
    """The difference of two rates, from their Wilson intervals."""
    (l1, u1, _), (l0, u0, _) = wilson(k[0], n[0]), wilson(k[1], n[1])
    p1, p0 = k[0] / n[0], k[1] / n[1]
    low = p1 - p0 - math.sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2)
    high = p1 - p0 + math.sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)
    return Interval(max(low, -1.0), min(high, 1.0), method)


def ratio_z(k: Pair, n: Pair, ratio: float) -> float:
    """How far p1 is from ratio × p0, in standard errors under the hypothesis that it is there."""
    if k[0] + k[1] <= 0:
        q0 = 0.0
    else:
        q0 = _likeliest(lambda q: _slope(k[0], n[0], ratio * q) * ratio + _slope(k[1], n[1], q), min(1.0, 1 / ratio))
    q1 = min(ratio * q0, 1.0)
    variance = q1 * (1 - q1) / n[0] + ratio * ratio * q0 * (1 - q0) / n[1]
    return _standardised(k[0] / n[0] - ratio * k[1] / n[1], variance, n[0] + n[1])


def difference_z(k: Pair, n: Pair, difference: float) -> float:
    """How far p1 − p0 is from a difference, in standard errors under the hypothesis that it is there."""
    low, high = max(0.0, -difference), min(1.0, 1 - difference)
    q0 = _likeliest(lambda q: _slope(k[0], n[0], q + difference) + _slope(k[1], n[1], q), high, low)
    q1 = min(max(q0 + difference, 0.0), 1.0)
    variance = q1 * (1 - q1) / n[0] + q0 * (1 - q0) / n[1]
    return _standardised(k[0] / n[0] - k[1] / n[1] - difference, variance, n[0] + n[1])


def _slope(k: float, n: float, q: float) -> float:
    """Of the log-likelihood of k of n at a rate q."""
    up = math.inf if q <= 0 and k > 0 else (k / q if k > 0 else 0.0)
    down = math.inf if q >= 1 and n > k else ((n - k) / (1 - q) if n > k else 0.0)
    return up - down


def _likeliest(slope: Callable[[float], float], high: float, low: float = 0.0) -> float:
    """The rate at which a falling slope is 0; an end where it never is."""
    at_low, at_high = slope(low), slope(high)
    if not at_low > 0:
        return low
    if not at_high < 0:
        return high
    return root(slope, low, high)


def _standardised(distance: float, variance: float, total: float) -> float:
    variance *= total / (total - 1) if total > 1 else 1.0
    if variance > 1e-300:
        return distance / math.sqrt(variance)
    return 0.0 if abs(distance) < 1e-12 else math.copysign(math.inf, distance)


def ratio_interval(k: Pair, n: Pair, method: str, z: float = Z) -> Interval | None:
    """The ratios that the score test does not refuse."""
    if k[1] <= 0:
        return None
    centre = math.log(max(k[0], 1e-9) / n[0] * n[1] / k[1])
    low = 0.0 if k[0] <= 0 else math.exp(root(lambda x: ratio_z(k, n, math.exp(x)) - z, centre - 40, centre))
    return Interval(low, math.exp(root(lambda x: ratio_z(k, n, math.exp(x)) + z, centre, centre + 60)), method)


def difference_interval(k: Pair, n: Pair, method: str, z: float) -> Interval:
    """The differences that the score test does not refuse."""
    return Interval(_crossing(k, n, z), _crossing(k, n, -z), method)


def _crossing(k: Pair, n: Pair, z: float) -> float:
    """Where the score is z; an end of the range where it never is."""
    if difference_z(k, n, -EDGE) <= z:
        return -1.0
    return 1.0 if difference_z(k, n, EDGE) >= z else root(lambda d: difference_z(k, n, d) - z, -EDGE, EDGE)


def holm(p_values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Weighted Holm (1979): by p/w ascending, each times the weights that are left over its own, never falling."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i] / weights[i])
    found, floor, left = [0.0] * len(p_values), 0.0, math.fsum(weights)
    for i in order:
        floor = max(floor, min(1.0, p_values[i] * left / weights[i]))
        found[i] = floor
        left -= weights[i]
    return found


def share_end(p: float, n: float, z: float) -> float:
    """An end of the score interval of a share: the low one for z above 0, the high one under it."""
    if (p <= 0 and z > 0) or (p >= 1 and z < 0):
        return 0.0 if p <= 0 else 1.0
    centre, half = p + z * z / (2 * n), abs(z) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    end = (centre - half if z > 0 else centre + half) / (1 + z * z / n)
    return min(1.0, max(0.0, end))


def fieller(test: dict, z: float) -> tuple[float, float] | None:
    """The shares of a whole that lie within z standard errors of a part; None where the whole may be 0."""
    part, whole, (own, both, every) = float(test["part"]), float(test["whole"]), test["variances"]
    a = whole * whole - z * z * every
    if a <= 0:
        return None
    b, c = part * whole - z * z * both, part * part - z * z * own
    root = math.sqrt(max(b * b - a * c, 0.0))
    return (b - root) / a, (b + root) / a


def of_gap(test: dict) -> dict[str, object]:
    """The value and interval that the test gives: 0 where there is surely no gap to watch, none where it may be 0."""
    z, whole = quantile(0.975, test), float(test["whole"])
    if whole - z * math.sqrt(test["variances"][2]) >= test["watched"]:
        return {"value": 0.0, "interval": None, "params.gap": "unwatched"}
    ends = fieller(test, z) if whole < 0 else None
    if ends is None:
        return {"value": None}
    return {"value": test["part"] / whole, "interval.low": ends[0], "interval.high": ends[1], "params.gap": None}
