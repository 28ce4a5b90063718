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
    """How many independent rows those of a rate are worth where few clusters weigh most and few of them have a case.

    None where six of them or more have one, or all: the jackknife sees how alike their rows are. Of fewer, chance
    decides: where none of eight people who make most decisions is selected, what varies is what others bring. So as far
    as cases are missing, rows of a cluster are taken to be alike. Formula: rows ÷ (1 + (size − 1) c), where 1 − c is
    known × (1 − the correlation found), and known is M × share ÷ 6 or, if larger, the root of the share that is seen:
    M the clusters that make the variance (`clusters_that_carry`); share, the larger of min(p, 1 − p) and of the part of
    the variance whose clusters are seen to have a case (`_seen`). `df`: that of the jackknife of the rate.
    Source: Kish (1965), Survey Sampling, 5.4; the number six by simulation (tests/audits/uncertainty/test_heavy.py).

    >>> cases, rows = np.array([0] * 8 + [1] * 32), np.array([200] * 8 + [13] * 32)
    >>> round(worth_of_few(cases, rows, df=7.0), 1), worth_of_few(cases * 5, np.full(40, 20), df=39.0)
    (18.1, None)
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
    """How many of so many clusters of mean size weigh, where they are uneven: × (df + 1) ÷ the lesser of them and the
    buckets filled."""
    return clusters * min(1.0, (df + 1) / min(clusters, float(parts.size)))


def clusters_that_carry(n: Ints) -> float:
    """How many clusters make the variance between buckets: where fifteen of 70 rows stand among 3,000 of one, fifteen.

    (Σs²)³ ÷ (Σs³)² over the sizes s of clusters: as many of `large_size` as have their Σs².

    >>> fifteen = 75 + 75 * np.array([2] * 2 + [1] * 11 + [0] * 27)
    >>> round(clusters_that_carry(fifteen), 1), round(clusters_that_carry(np.full(40, 25)))
    (22.9, 1000)
    """
    return float(n.sum()) * cluster_size(n) / large_size(n) ** 2


def large_size(n: Ints) -> float:
    """The size of the clusters that make the variance, Σs³ ÷ Σs², from rows per bucket; at least `cluster_size`.

    Clusters fall into buckets by hash, so that the cumulants of rows between buckets estimate Σs² and Σs³ ÷ buckets:
    those of a compound Poisson sum. Unbiased ones (k-statistics), and no more than the largest bucket.
    Source: Kendall & Stuart, The Advanced Theory of Statistics 1, 12.

    >>> large_size(np.full(40, 25)), round(large_size(75 + 75 * np.array([2] * 2 + [1] * 11 + [0] * 27)), 1)
    (1.0, 58.1)
    """
    size, m = cluster_size(n), n.size
    away = n - n.mean()
    second, third = float(np.square(away).sum()), float((away**3).sum())
    if m < 3 or second <= 0:
        return size
    return min(max(size, third * m / (second * (m - 2))), float(n.max()))


def _seen(rare: Ints, n: Ints) -> float:
    """Of the variance that buckets of `n` rows may carry, the share of those whose large clusters surely have a case.

    A bucket has one surely where it holds more `rare` rows than small clusters bring: `SURELY` standard deviations more
    than buckets bring on average that hold no large cluster.
    """
    carried, small = _by_large_clusters(n)
    brought = float(rare[small].sum()) / int(small.sum()) if small.any() else 0.0
    return float(carried[rare > brought + SURELY * math.sqrt(brought)].sum() / carried.sum())


def _by_large_clusters(n: Ints) -> tuple[Floats, Mask]:
    """What each bucket carries of the variance, by its rows beyond those that small clusters bring to each bucket on
    average; and which buckets have no large cluster: those that hold less than half of one beyond that average."""
    large = large_size(n)
    light = float(n.mean()) * (1 - cluster_size(n) / large)
    beyond = np.maximum(n - light, 0.0)
    return beyond * np.minimum(beyond, large), (n > 0) & (n < light + large / 2)
