"""Delete-a-group jackknife over hash buckets of the cluster id.

All rows of a person fall in one bucket, so deleting a bucket from every group at once shows how much the
result depends on a few people, and keeps the covariance of two groups that share people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from boussole.audits.measures import Interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Transform = Literal["log", "identity", "logit"]


@dataclass(frozen=True, kw_only=True)
class Jackknife:
    """An estimate on its natural scale, its standard error on the scale of `transform`, degrees of freedom."""

    estimate: float
    se: float
    df: float
    transform: Transform

    def interval(self, *, low: float, high: float, level: float = 0.95) -> Interval:
        """Student interval on the transformed scale, brought back and kept within [low, high]."""
        centre = _forward(np.array(self.estimate), self.transform)
        half = float(student.ppf(0.5 + level / 2, self.df)) * self.se
        ends = [_back(float(centre) + side * half, self.transform) for side in (-1, 1)]
        return Interval(low=max(low, ends[0]), high=min(high, ends[1]), level=level, method="jackknife")


def _forward(values: Floats, transform: Transform) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        if transform == "log":
            return np.log(values)
        return np.log(values / (1 - values)) if transform == "logit" else values


def _back(value: float, transform: Transform) -> float:
    if transform == "log":
        return math.exp(min(value, 700.0))
    return 1 / (1 + math.exp(-max(value, -700.0))) if transform == "logit" else value


def jackknife(estimate: float, left_out: Floats, *, transform: Transform, df: float | None = None) -> Jackknife | None:
    """Jackknife of any statistic: its value on all buckets, and without each non-empty bucket.

    Formula: se² = (m − 1)/m Σ (f(θ₍ᵦ₎) − f(θ))², m the number of values left out; Student's t with m − 1
    degrees of freedom (or `df`, if smaller). None (degenerate) with under two buckets, a value that cannot be
    transformed, or no variance at all: the caller falls back on a conservative score method.
    Source: Kott (2001), "The delete-a-group jackknife", J. Official Statistics 17:521-526.

    >>> result = jackknife(0.5, np.array([0.4, 0.5, 0.6]), transform="identity")
    >>> round(result.se, 4), result.df
    (0.1155, 2.0)
    """
    m = left_out.size
    if m < 2:
        return None
    deviations = _forward(left_out, transform) - _forward(np.array(estimate), transform)
    variance = float((m - 1) / m * np.square(deviations).sum())
    if not math.isfinite(variance) or variance <= 1e-24:
        return None
    free = float(m - 1) if df is None else min(float(m - 1), df)
    return Jackknife(estimate=estimate, se=math.sqrt(variance), df=free, transform=transform)


def rate(k: Ints, n: Ints) -> Jackknife | None:
    """Jackknife of one rate on the logit scale; `k`, `n` are counts per bucket. None at 0 or n of n."""
    parts = _without_each(k, n, n > 0)
    return None if parts is None else jackknife(float(k.sum() / n.sum()), parts, transform="logit")


def compare_parts(
    estimates: tuple[float, float],
    parts: tuple[Floats, Floats],
    buckets: tuple[int, int],
    *,
    transform: Literal["log", "identity"],
) -> Jackknife | None:
    """Jackknife of θ1 / θ0 (`log`) or θ1 − θ0 (`identity`), from the estimates on all buckets and without each.

    A bucket is deleted from both groups together. Degrees of freedom: Welch's from the `buckets` that each group really
    fills, never above m − 1: five people compared with five hundred do not get 39.
    None when an estimate has no logarithm, or all of a group sits in one bucket.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        free = _welch(estimates, parts, buckets, transform)
        if free is None:
            return None
        if transform == "log":
            return jackknife(estimates[0] / estimates[1], parts[0] / parts[1], transform="log", df=free)
        return jackknife(estimates[0] - estimates[1], parts[0] - parts[1], transform="identity", df=free)


def effective_sizes(
    k: tuple[Ints, Ints], n: tuple[Ints, Ints], *, transform: Literal["log", "identity"]
) -> tuple[tuple[float, float], float] | None:
    """How many independent rows each of two groups is worth when they are compared, and degrees of freedom.

    Formula: nᵢ ÷ (design effect × c), where the design effect is the jackknife variance of rate i over p(1−p)/nᵢ, and c
    what people in both groups take from (or add to) the variance of the difference (`identity`) or log ratio (`log`).
    In a few clusters chance makes a rate and its variance small together, so that a test is sure too often on one side:
    a design effect is at least that of the correlation within clusters found in both groups together,
    1 + (cluster size − 1) × correlation.
    None when a rate is 0 or 1, also without any one bucket, or all of a group sits in one bucket.
    Source: Rao & Scott (1992), Biometrics 48:577-585; Kish (1965), Survey Sampling, 5.4.

    >>> k, n = (np.array([3, 5, 4, 6]), np.array([2, 9, 5, 8])), (np.full(4, 10), np.full(4, 10))
    >>> sizes, df = effective_sizes(k, n, transform="identity")
    >>> [round(size, 1) for size in sizes], round(df, 2)
    ([107.7, 25.8], 3.0)
    """
    filled = (n[0] > 0) | (n[1] > 0)
    first, second = (_without_each(k[i], n[i], filled) for i in (0, 1))
    if first is None or second is None:
        return None
    rows, cases = (float(n[0].sum()), float(n[1].sum())), (float(k[0].sum()), float(k[1].sum()))
    return worth((cases[0] / rows[0], cases[1] / rows[1]), (first, second), rows, n, transform=transform)


def worth(
    rates: tuple[float, float],
    parts: tuple[Floats, Floats],
    rows: tuple[float, float],
    n: tuple[Ints, Ints],
    *,
    transform: Literal["log", "identity"],
) -> tuple[tuple[float, float], float] | None:
    """The same from two rates of any kind (standardised ones, say), on all buckets and without each.

    `rows`: how many rows of a simple sample each would be worth without clusters; `n`: rows per bucket.
    """
    result = compare_parts(rates, parts, _filled(n), transform=transform)
    if result is None or not all(0 < p < 1 for p in rates):
        return None
    own = [_variance(part, rate, transform) for part, rate in zip(parts, rates, strict=True)]
    plain = [_variance(part, rate, "identity") for part, rate in zip(parts, rates, strict=True)]
    effects = _design_effects([v * size / (p * (1 - p)) for v, size, p in zip(plain, rows, rates, strict=True)], n)
    together = result.se**2 / sum(own)
    one, two = (size / (effect * together) for size, effect in zip(rows, effects, strict=True))
    return (one, two), result.df


def difference(
    estimates: tuple[float, float],
    parts: tuple[Floats, Floats],
    plain: tuple[float, float],
    n: tuple[Ints, Ints],
) -> tuple[float, float] | None:
    """Standard error and degrees of freedom of θ1 − θ0, never surer than `plain` times the design effects.

    `plain`: the variance each estimate would have with independent rows; `n`: rows per bucket. In a few clusters chance
    makes the jackknife variance small together with the estimate, as in `effective_sizes`.
    None when all of a group sits in one bucket, or nothing varies.
    """
    result = compare_parts(estimates, parts, _filled(n), transform="identity")
    if result is None or min(plain) <= 0:
        return None
    own = [_variance(part, estimate, "identity") for part, estimate in zip(parts, estimates, strict=True)]
    effects = _design_effects([v / p for v, p in zip(own, plain, strict=True)], n)
    least = result.se**2 / sum(own) * sum(p * effect for p, effect in zip(plain, effects, strict=True))
    return math.sqrt(max(result.se**2, least)), result.df


def _filled(n: tuple[Ints, Ints]) -> tuple[int, int]:
    return int((n[0] > 0).sum()), int((n[1] > 0).sum())


def _design_effects(effects: list[float], n: tuple[Ints, Ints]) -> list[float]:
    """The design effects found, at least those of the correlation within clusters in both groups together."""
    more, weights = [cluster_size(group) - 1 for group in n], [filled - 1 for filled in _filled(n)]
    room = sum(w * g for w, g in zip(weights, more, strict=True))
    found = sum(w * (effect - 1) for w, effect in zip(weights, effects, strict=True))
    correlation = min(max(found / room, 0.0), 1.0) if room > 0 else 0.0
    return [max(effect, 1 + g * correlation) for effect, g in zip(effects, more, strict=True)]


def _variance(left_out: Floats, estimate: float, transform: Transform) -> float:
    deviations = _forward(left_out, transform) - _forward(np.array(estimate), transform)
    return float((left_out.size - 1) / left_out.size * np.square(deviations).sum())


def _without_each(k: Ints, n: Ints, filled: npt.NDArray[np.bool_]) -> Floats | None:
    """The rate without each filled bucket, or None where one of them is 0, 1 or empty."""
    left_k, left_n = (k.sum() - k)[filled], (n.sum() - n)[filled]
    if not left_n.size or left_n.min() <= 0 or left_k.min() <= 0 or (left_n - left_k).min() <= 0:
        return None
    return np.asarray(left_k / left_n, dtype=np.float64)


def _welch(
    estimates: tuple[float, float], parts: tuple[Floats, Floats], buckets: tuple[int, int], transform: Transform
) -> float | None:
    squares = [
        float(np.square(_forward(part, transform) - _forward(np.array(p), transform)).sum())
        for p, part in zip(estimates, parts, strict=True)
    ]
    if min(buckets) < 2 or not math.isfinite(sum(squares)) or sum(squares) <= 0:
        return None
    return sum(squares) ** 2 / sum(s * s / (m - 1) for s, m in zip(squares, buckets, strict=True))


def effective_buckets(n: Ints | Floats) -> float:
    """Kish's effective number of buckets, (Σn)² / Σn²: the most cautious count of independent units.

    >>> effective_buckets(np.array([10, 10, 0, 10])), round(effective_buckets(np.array([98, 1, 1])), 2)
    (3.0, 1.04)
    """
    sizes = n.astype(np.float64)
    return float(sizes.sum() ** 2 / np.square(sizes).sum())


def cluster_size(n: Ints) -> float:
    """The mean size of clusters, weighted by size (Σn² ÷ Σn), from rows per bucket; at least 1.

    Clusters fall into buckets by hash, so the variance between buckets estimates Σn² ÷ buckets.

    >>> cluster_size(np.array([10, 10, 10])), round(cluster_size(np.array([0, 30, 0, 30])), 6)
    (1.0, 20.0)
    """
    return max(1.0, float(n.var(ddof=1) * n.size / n.sum()))
