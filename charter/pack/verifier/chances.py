"""Distributions: normal, Student's t, noncentral chi-square; roots and quantiles by halving.

Sources: Abramowitz & Stegun (1964), 6.5, 26.4, 26.5; continued fractions by Lentz (1976), Applied Optics 15:668.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Callable

TINY = 1e-300
MANY = 10_000
"""Beyond this noncentrality the normal limit is used: the sum would lose digits."""


def normal(z: float) -> float:
    """P(Z ≤ z)."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def student(t: float, df: float) -> float:
    """P(T ≤ t), with df degrees of freedom."""
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    tail = 0.5 * beta(df / 2, 0.5, df / (df + t * t))
    return tail if t <= 0 else 1 - tail


def beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front / a / continued(1.0, _of_beta(a, b, x))


def _of_beta(a: float, b: float, x: float) -> Iterator[tuple[float, float]]:
    yield -(a + b) * x / (a + 1), 1.0
    for m in range(1, 10_000):
        yield m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1.0
        yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0


def continued(start: float, steps: Iterable[tuple[float, float]]) -> float:
    """start + a1 ÷ (b1 + a2 ÷ (b2 + …)) of steps (a, b), until nothing changes."""
    found = c = start if start else TINY
    d = 0.0
    for a, b in steps:
        d = 1 / ((b + a * d) or TINY)
        c = (b + a / c) or TINY
        found *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return found


def gamma_below(a: float, x: float) -> float:
    """The regularised incomplete gamma function P(a, x)."""
    if x <= 0:
        return 0.0
    if x >= a + 1:
        return 1 - gamma_above(a, x)
    term = total = 1 / a
    for n in range(1, 100_000):
        term *= x / (a + n)
        total += term
        if term < total * 1e-17:
            break
    return total * math.exp(a * math.log(x) - x - math.lgamma(a))


def gamma_above(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x)."""
    if x < a + 1:
        return 1 - gamma_below(a, x)
    steps = ((-n * (n - a), x - a + 1 + 2 * n) for n in range(1, 100_000))
    return math.exp(a * math.log(x) - x - math.lgamma(a)) / continued(x - a + 1, steps)


def noncentral(x: float, df: float, nc: float, *, below: bool) -> float:
    """The lower or upper tail of the noncentral chi-square distribution: a mixture of central ones by Poisson."""
    if nc > MANY:
        z = (x - df - nc) / math.sqrt(2 * df + 4 * nc)
        return normal(z if below else -z)
    tail, mean = gamma_below if below else gamma_above, nc / 2
    last = int(mean + 12 * math.sqrt(mean) + 60)
    return math.fsum(_poisson(j, mean) * tail(df / 2 + j, x / 2) for j in range(last + 1))


def _poisson(j: int, mean: float) -> float:
    if mean == 0:
        return 1.0 if j == 0 else 0.0
    return math.exp(j * math.log(mean) - mean - math.lgamma(j + 1))


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes its sign between two points, by halving to the last digit."""
    left = function(low)
    if left == 0:
        return low
    for _ in range(300):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        value = function(middle)
        if value == 0:
            return middle
        if (value > 0) == (left > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def quantile(chance: float, test: Mapping[str, object]) -> float:
    """The quantile of a test's statistic: Student's where it has degrees of freedom, else the normal one."""
    if chance > 0.5:
        return -quantile(1 - chance, test)
    df = test.get("df")
    if df is None:
        return root(lambda z: normal(z) - chance, -40.0, 0.0)
    width = 1.0
    while student(-width, float(str(df))) > chance:
        width *= 2
    return root(lambda t: student(t, float(str(df))) - chance, -width, 0.0)
