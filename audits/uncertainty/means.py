"""Means of a bounded quantity, and their differences, from counts, sums and sums of squares per bucket."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.auc import wald_interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Decisions, sum and sum of squares of a quantity by bucket; `least`: the smallest variance of one decision."""

    n: Ints
    total: Floats
    squares: Floats
    least: float = 0.0

    @property
    def size(self) -> int:
        return int(self.n.sum())

    @property
    def mean(self) -> float:
        return float(self.total.sum() / self.size)

    @property
    def variance(self) -> float:
        """The sample variance of one decision, at least `least`."""
        if self.size < 2:
            return self.least
        found = float(self.squares.sum() / self.size) - self.mean**2
        return max(self.least, found * self.size / (self.size - 1) if found > 1e-15 else 0.0)

    def without_each(self, filled: npt.NDArray[np.bool_]) -> Floats | None:
        """The mean without each of these buckets; None where one of them holds everything."""
        left = (self.size - self.n)[filled]
        if not left.size or left.min() <= 0:
            return None
        return np.asarray((self.total.sum() - self.total)[filled] / left, dtype=np.float64)


def mean_interval(moments: Moments, *, clustered: bool, low: float, high: float) -> Interval | None:
    """Compute Student's interval of a mean; None where nothing varies.

    Clusters: the jackknife over buckets, never surer than independent rows; in one bucket, at Kish's effective buckets.
    """
    size = float(moments.size)
    test: dict[str, Any] = {"estimate": moments.mean, "method": "student", "df": max(size - 1, 1.0)}
    test["se"] = math.sqrt(moments.variance / size)
    if clustered:
        parts = moments.without_each(moments.n > 0)
        found = None if parts is None else jk.jackknife(moments.mean, parts, transform="identity")
        if found is not None:
            free = jk.freedom_of(moments.n, (found.se / test["se"]) ** 2 if test["se"] > 0 else 1.0)
            test |= {"method": "jackknife", "df": min(found.df, free), "se": max(test["se"], found.se)}
        else:
            test |= _few(moments.variance, moments.n)
    return wald_interval(test, low=low, high=high) if test["se"] > 0 else None


def compare_means(
    one: Moments, two: Moments, *, clustered: bool, low: float, high: float
) -> tuple[Interval, dict[str, Any]] | None:
    """Compute the interval of the difference of two means, and its JSON test; None where nothing varies.

    Student's with Welch's degrees of freedom; clusters as in `mean_interval`. Source: Welch (1947), Biometrika
    34:28-35; Kott (2001), J. Official Statistics 17:521-526.
    """
    parts = [_few(each.variance, each.n) for each in (one, two)]
    test: dict[str, Any] = {"kind": "wald", "estimate": one.mean - two.mean}
    own = [each.variance / each.size for each in (one, two)]
    if not clustered:
        test |= _welch(own, [each.size for each in (one, two)]) | {"method": "student"}
    else:
        found = _of_clusters(one, two, (own[0], own[1]))
        if found is None:
            test |= _welch([part["se"] ** 2 for part in parts], [part["df"] + 1 for part in parts])
            test["method"] = "student_buckets"
        else:
            test |= {"se": max(found[0], math.sqrt(sum(own))), "df": found[1], "method": "jackknife"}
    return (wald_interval(test, low=low, high=high), test) if test["se"] > 0 else None


def _of_clusters(one: Moments, two: Moments, plain: tuple[float, float]) -> tuple[float, float] | None:
    filled = (one.n + two.n) > 0
    first, second = one.without_each(filled), two.without_each(filled)
    if first is None or second is None:
        return None
    return jk.difference((one.mean, two.mean), (first, second), plain, (one.n, two.n))


def _few(variance: float, n: Ints) -> dict[str, Any]:
    size = jk.effective_buckets(n)
    return {"method": "student_buckets", "df": max(size - 1, 1.0), "se": math.sqrt(variance / size)}


def _welch(squares: list[float], sizes: list[float] | list[int]) -> dict[str, float]:
    below = sum(square**2 / max(size - 1, 1) for square, size in zip(squares, sizes, strict=True))
    return {"se": math.sqrt(sum(squares)), "df": sum(squares) ** 2 / below if below > 0 else 1.0}
