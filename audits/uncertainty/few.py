"""A rate where few clusters make most of the variance: how many independent rows it is worth, as far as is seen."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from boussole.audits.uncertainty.jackknife import (
    Floats,
    Ints,
    cluster_size,
    correlation_within,
    variance_between,
    without_each,
)

Mask = npt.NDArray[np.bool_]
FEW = 6
"""Cases (or others) in the clusters that make most of the variance: with fewer, their correlation is hardly known."""
SURELY = 2.5
"""Standard deviations of a count (Poisson's) beyond what small clusters bring: what is above comes from a large one."""


def worth_of_few(k: Ints, n: Ints, df: float) -> float | None:
    """Estimate how many independent rows a rate is worth where few clusters weigh most and few of them have a case.

    None where six of them or more have one, or all. Formula: rows ÷ (1 + (size − 1) c), 1 − c = known × (1 − the
    correlation found), known the larger of M × share ÷ 6 and √(share seen), M of `clusters_that_carry`.
    Source: Kish (1965), Survey Sampling, 5.4; the number six by simulation (tests/audits/uncertainty/test_heavy.py).
    """
    size, p, rows = cluster_size(n), float(k.sum() / n.sum()), float(n.sum())
    parts = without_each(k, n, n > 0)
    if parts is None or size <= 1:
        return None
    carrying = min(_evenly(rows / size, parts, df), clusters_that_carry(n))
    seen = _seen(k if p <= 0.5 else n - k, n)
    known = max(carrying * max(min(p, 1 - p), seen) / FEW, math.sqrt(seen))
    if known >= 1:
        return None
    effect = variance_between(parts, p, "identity") * rows / (p * (1 - p))
    alike = 1 - known * (1 - correlation_within(effect - 1, size - 1))
    return rows / max(effect, 1 + (size - 1) * alike)


def _evenly(clusters: float, parts: Floats, df: float) -> float:
    """Return how many of uneven clusters weigh: × (df + 1) ÷ the lesser of them and the buckets filled."""
    return clusters * min(1.0, (df + 1) / min(clusters, float(parts.size)))


def clusters_that_carry(n: Ints) -> float:
    """Estimate how many clusters make the variance between buckets: (Σs²)³ ÷ (Σs³)² over the sizes s of clusters."""
    return float(n.sum()) * cluster_size(n) / large_size(n) ** 2


def large_size(n: Ints) -> float:
    """Estimate the size of the clusters that make the variance, Σs³ ÷ Σs², from rows per bucket.

    From unbiased cumulants (k-statistics) of a compound Poisson sum, at most the largest bucket. Source: Kendall &
    Stuart, The Advanced Theory of Statistics 1, 12.
    """
    size, m = cluster_size(n), n.size
    away = n - n.mean()
    second, third = float(np.square(away).sum()), float((away**3).sum())
    if m < 3 or second <= 0:
        return size
    return min(max(size, third * m / (second * (m - 2))), float(n.max()))


def _seen(rare: Ints, n: Ints) -> float:
    """Return the share of the variance between buckets of `n` rows whose large clusters surely have a case."""
    carried, small = _by_large_clusters(n)
    brought = float(rare[small].sum()) / int(small.sum()) if small.any() else 0.0
    return float(carried[rare > brought + SURELY * math.sqrt(brought)].sum() / carried.sum())


def _by_large_clusters(n: Ints) -> tuple[Floats, Mask]:
    """Return what each bucket carries of the variance beyond small clusters, and which have no large cluster."""
    large = large_size(n)
    light = float(n.mean()) * (1 - cluster_size(n) / large)
    beyond = np.maximum(n - light, 0.0)
    return beyond * np.minimum(beyond, large), (n > 0) & (n < light + large / 2)
