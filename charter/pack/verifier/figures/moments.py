"""Means of scores by bucket: their differences, the tests that judge these, and differences of differences.

Sources: Welch (1947), Biometrika 34:28; Satterthwaite (1946), Biometrics 2:110; Kott (2001); Price & Bonett (2004).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..buckets import at_least, effective_buckets, filled, spread
from ..chances import quantile, student
from ..groups import Claims


class Moments(NamedTuple):
    """Rows, sums and sums of squares by bucket; `least`: the variance that a row has whatever was found."""

    n: list[int]
    total: list[float]
    squares: list[float]
    least: float = 0.0

    @property
    def size(self) -> int:
        return sum(self.n)

    @property
    def mean(self) -> float:
        return math.fsum(self.total) / self.size

    @property
    def variance(self) -> float:
        """The variance of one row."""
        if self.size < 2:
            return self.least
        found = math.fsum(self.squares) / self.size - self.mean**2
        return max(self.least, found * self.size / (self.size - 1) if found > 1e-15 else 0.0)

    def without_each(self, used: Sequence[int]) -> list[float] | None:
        """The mean without each of these buckets; None where one of them holds everything."""
        size, whole = self.size, math.fsum(self.total)
        if not used or any(size <= self.n[b] for b in used):
            return None
        return [(whole - self.total[b]) / (size - self.n[b]) for b in used]


class MeanChange(NamedTuple):
    """A mean now and in the window of reference; by how much it changed."""

    now: Moments
    then: Moments

    @property
    def n(self) -> list[int]:
        return [a + b for a, b in zip(self.now.n, self.then.n)]

    @property
    def mean(self) -> float:
        return self.now.mean - self.then.mean

    @property
    def plain(self) -> float:
        """The variance of the change, if every row stood alone."""
        return sum(side.variance / side.size for side in self)

    def without_each(self, used: Sequence[int]) -> list[float] | None:
        """The change without each of these buckets, in both windows at once."""
        parts = [side.without_each(used) for side in self]
        if parts[0] is None or parts[1] is None:
            return None
        return [a - b for a, b in zip(parts[0], parts[1])]


class Single(NamedTuple):
    """A mean as one side of a comparison."""

    of: Moments

    @property
    def n(self) -> list[int]:
        return self.of.n

    @property
    def mean(self) -> float:
        return self.of.mean

    @property
    def plain(self) -> float:
        """The variance of the mean, if every row stood alone."""
        return self.of.variance / self.of.size

    def without_each(self, used: Sequence[int]) -> list[float] | None:
        """The mean without each of these buckets."""
        return self.of.without_each(used)


def shares(cases: list[int], rows: list[int]) -> Moments:
    """A rate as the mean of ones and zeros; its variance at least that with half a case of each kind more."""
    share = (sum(cases) + 0.5) / (sum(rows) + 1)
    ones = [float(k) for k in cases]
    return Moments(rows, ones, ones, share * (1 - share))


def compared(one: Single | MeanChange, other: Single | MeanChange, clustered: bool, low: float, high: float) -> Claims:
    """What the difference of two means, or of two changes, must say of its interval and test."""
    sides = [side for each in (one, other) for side in each]
    test: dict = {"kind": "wald", "estimate": one.mean - other.mean}
    found = _of_clusters(one, other) if clustered else None
    if found is not None:
        test.update(se=found[0], df=found[1], method="jackknife")
    else:
        test.update(_of_rows(sides, clustered))
    if not test["se"] > 0:
        return {"interval": None}
    if isinstance(one, MeanChange):
        test["p"] = 2 * student(-abs(test["estimate"]) / test["se"], test["df"])
    half = quantile(0.975, test) * test["se"]
    return {
        "interval.low": max(low, test["estimate"] - half),
        "interval.high": min(high, test["estimate"] + half),
        "interval.method": test["method"],
        "params.test": test,
    }


def _of_rows(sides: list[Moments], clustered: bool) -> dict:
    """Standard error and Welch's degrees of freedom of independent rows, or of as many as there are buckets."""
    sizes = [effective_buckets(side.n) if clustered else float(side.size) for side in sides]
    parts = [side.variance / size for side, size in zip(sides, sizes)]
    below = sum(part * part / max(size - 1, 1) for part, size in zip(parts, sizes))
    df = sum(parts) ** 2 / below if below > 0 else 1.0
    return {"se": math.sqrt(sum(parts)), "df": df, "method": "student_buckets" if clustered else "student"}


def _of_clusters(one: Single | MeanChange, other: Single | MeanChange) -> tuple[float, float] | None:
    """Standard error and degrees of freedom by the jackknife, a bucket deleted from everything at once."""
    used = filled(one.n, other.n)
    first, second = one.without_each(used), other.without_each(used)
    many, plain = [len(filled(each.n)) for each in (one, other)], [one.plain, other.plain]
    if first is None or second is None or min(many) < 2 or min(plain) <= 0:
        return None
    m = len(used)
    whole = spread(one.mean - other.mean, [a - b for a, b in zip(first, second)], "identity")
    squares = [spread(each.mean, parts, "identity") for each, parts in ((one, first), (other, second))]
    if sum(squares) <= 0 or (m - 1) / m * whole <= 1e-24:
        return None
    welch = sum(squares) ** 2 / sum(s * s / (b - 1) for s, b in zip(squares, many))
    effects = at_least([(m - 1) / m * s / p for s, p in zip(squares, plain)], (one.n, other.n), many)
    least = whole / sum(squares) * sum(p * effect for p, effect in zip(plain, effects))
    variance = max((m - 1) / m * whole, least)
    return max(math.sqrt(variance), math.sqrt(sum(plain))), min(welch, float(m - 1))
