"""Area under the ROC curve from counts by bin of the score, its bound for what bins hide, and its uncertainty."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.parts import Floats, Ints
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile


class Sides(NamedTuple):
    """Decisions with positive and with negative outcome by bin and bucket: two arrays (bins, buckets)."""

    positives: Ints
    negatives: Ints

    @property
    def sums(self) -> tuple[Floats, Floats]:
        """Both by bin."""
        return self.positives.sum(axis=1).astype(np.float64), self.negatives.sum(axis=1).astype(np.float64)

    @property
    def per_bucket(self) -> Ints:
        """Decisions of both in each bucket."""
        return np.asarray((self.positives + self.negatives).sum(axis=0), dtype=np.int64)

    def without_each(self, filled: npt.NDArray[np.bool_]) -> Floats:
        """The area without each of these buckets."""
        left = [(side.sum(axis=1, keepdims=True) - side)[:, filled].T for side in self]
        return auc(left[0].astype(np.float64), left[1].astype(np.float64))


def auc(positives: Floats, negatives: Floats) -> Floats:
    """Estimate the chance that a positive has a higher score than a negative; equal scores count one half.

    Formula: Σₖ pₖ (n below k + nₖ ÷ 2) ÷ (P N), counts by bin (last axis) from the lowest score; NaN without a side.
    Source: Hanley & McNeil (1982), Radiology 143:29-36.
    """
    below = np.cumsum(negatives, axis=-1) - negatives / 2
    pairs = positives.sum(axis=-1) * negatives.sum(axis=-1)
    found = np.full(np.shape(pairs), np.nan)
    np.divide((positives * below).sum(axis=-1), pairs, out=found, where=np.asarray(pairs) > 0)
    return found


def bin_bound(positives: Floats, negatives: Floats) -> float:
    """Bound how far the area of the rows can be from that of the bins: half the share of pairs within one bin."""
    return float((positives * negatives).sum() / (positives.sum() * negatives.sum()) / 2)


def variance(positives: Floats, negatives: Floats) -> float:
    """Estimate the variance of the area for independent rows; 0 where a side is a single decision.

    Formula: S₁₀ ÷ P + S₀₁ ÷ N, the sample variances of the share of negatives below each positive, and of positives
    above each negative. Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845.
    """
    area, found = float(auc(positives, negatives)), 0.0
    for own, other in ((positives, negatives), (negatives, positives)):
        size = float(own.sum())
        place = (np.cumsum(other) - other / 2) / other.sum()
        centre = area if own is positives else 1 - area
        if size > 1:
            found += float((own * np.square(place - centre)).sum()) / (size - 1) / size
    return found


def area_interval(sides: Sides, *, clustered: bool, level: float = 0.95) -> Interval | None:
    """Compute the interval of an area on the logit scale: DeLong's variance, or at least that by jackknife of clusters.

    None at 0, at 1 or without variance. Source: Qin & Hotilovac (2008), Statistical Methods in Medical Research
    17:207-221.
    """
    area = float(auc(*sides.sums))
    scale = area * (1 - area)
    if scale <= 0:
        return None
    se, quantile, method = math.sqrt(variance(*sides.sums)) / scale, normal_quantile(0.5 + level / 2), "delong"
    if clustered:
        found = jk.jackknife(area, sides.without_each(sides.per_bucket > 0), transform="logit")
        if found is None:
            return None
        free = min(found.df, jk.freedom_of(sides.per_bucket, (found.se / se) ** 2 if se > 0 else 1.0))
        se, quantile, method = max(se, found.se), student_quantile(0.5 + level / 2, free), "jackknife"
    return logit_interval(area, se * scale, quantile, level, method)


def logit_interval(area: float, se: float, quantile: float, level: float, method: str) -> Interval | None:
    """Compute the interval of a share or an area on the logit scale; None at 0, at 1, or without error.

    >>> found = logit_interval(0.5, 0.05, 1.96, 0.95, "delong")
    >>> round(found.low, 3), round(found.high, 3)
    (0.403, 0.597)
    """
    scale = area * (1 - area)
    if scale <= 0 or se <= 0:
        return None
    centre, half = math.log(area / (1 - area)), quantile * se / scale
    low, high = (1 / (1 + math.exp(-max(centre + side * half, -700.0))) for side in (-1, 1))
    return Interval(low=low, high=high, level=level, method=method)


def wald_interval(test: dict[str, Any], *, low: float, high: float, level: float = 0.95) -> Interval:
    """Estimate ± quantile × standard error, kept within [low, high]."""
    chance = 0.5 + level / 2
    half = (student_quantile(chance, test["df"]) if "df" in test else normal_quantile(chance)) * test["se"]
    ends = max(low, test["estimate"] - half), min(high, test["estimate"] + half)
    return Interval(low=ends[0], high=ends[1], level=level, method=test["method"])
