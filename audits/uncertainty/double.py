"""Whether one group's mean changed by more than another's: the difference of two differences between windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from boussole.audits.measures import Interval
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.auc import wald_interval
from boussole.audits.uncertainty.means import Floats, Ints, Moments


@dataclass(frozen=True, kw_only=True)
class GroupChange:
    """A quantity of one group in the current window (`now`) and in the reference (`then`)."""

    now: Moments
    then: Moments

    @property
    def value(self) -> float:
        """The change of the mean."""
        return self.now.mean - self.then.mean

    @property
    def sides(self) -> tuple[Moments, Moments]:
        return self.now, self.then

    @property
    def variance(self) -> float:
        """The variance of the change, for independent rows."""
        return sum(side.variance / side.size for side in self.sides)

    @property
    def n(self) -> Ints:
        """Rows of both windows per bucket."""
        return np.asarray(self.now.n + self.then.n, dtype=np.int64)

    def without_each(self, filled: Any) -> Floats | None:
        """The change without each of these buckets, in both windows at once: the same people may be in both."""
        parts = [side.without_each(filled) for side in self.sides]
        if parts[0] is None or parts[1] is None:
            return None
        return np.asarray(parts[0] - parts[1], dtype=np.float64)


def rate_moments(k: Ints, n: Ints) -> Moments:
    """Return a share as the mean of ones and zeros, from cases and rows per bucket.

    Its variance is at least that with half a case and half a non-case more (Price & Bonett 2004, Computational
    Statistics & Data Analysis 45:449-456).
    """
    cases, rows = float(k.sum()), float(n.sum())
    share = (cases + 0.5) / (rows + 1)
    ones = k.astype(np.float64)
    return Moments(n=n, total=ones, squares=ones, least=share * (1 - share))


def compare_changes(
    own: GroupChange, other: GroupChange, *, clustered: bool, low: float, high: float
) -> tuple[Interval, dict[str, Any]] | None:
    """Compute interval and two-sided test of (own change − other change); None where nothing varies.

    Independent rows: Student's t with Satterthwaite's degrees of freedom over four means. Clusters: the jackknife over
    buckets, never surer than independent rows with the design effect. Source: Card & Krueger (1994), American Economic
    Review 84:772-793; Satterthwaite (1946), Biometrics 2:110-114; Kott (2001), J. Official Statistics 17:521-526.
    """
    test: dict[str, Any] = {"kind": "wald", "estimate": own.value - other.value}
    found = _of_clusters(own, other) if clustered else None
    if found is not None:
        test |= {"se": found[0], "df": found[1], "method": "jackknife"}
    else:
        test |= _of_rows([*own.sides, *other.sides], clustered=clustered)
    if not test["se"] > 0:
        return None
    test["p"] = float(2 * student.sf(abs(test["estimate"]) / test["se"], test["df"]))
    return wald_interval(test, low=low, high=high), test


def _of_rows(sides: list[Moments], *, clustered: bool) -> dict[str, Any]:
    sizes = [jk.effective_buckets(side.n) if clustered else float(side.size) for side in sides]
    parts = [side.variance / size for side, size in zip(sides, sizes, strict=True)]
    below = sum(part**2 / max(size - 1, 1) for part, size in zip(parts, sizes, strict=True))
    df = sum(parts) ** 2 / below if below > 0 else 1.0
    return {"se": math.sqrt(sum(parts)), "df": df, "method": "student_buckets" if clustered else "student"}


def _of_clusters(own: GroupChange, other: GroupChange) -> tuple[float, float] | None:
    filled = (own.n + other.n) > 0
    first, second = own.without_each(filled), other.without_each(filled)
    if first is None or second is None:
        return None
    plain = own.variance, other.variance
    found = jk.difference((own.value, other.value), (first, second), plain, (own.n, other.n))
    return None if found is None else (max(found[0], math.sqrt(sum(plain))), found[1])
