"""What changes when another answers the same cases: differences whose sides go together, and McNemar's test."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binomtest
from scipy.stats import t as student

from boussole.audits.measures import Floats
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.means import Ints
from boussole.audits.uncertainty.mover import Gap
from boussole.audits.uncertainty.quantiles import student_quantile

FEWEST = 20
"""Buckets that must hold cases: of fewer, the jackknife's error is a guess."""


def without_each(k: Ints | Floats, n: Ints | Floats) -> Floats:
    """A share or mean without each bucket that holds something; NaN where nothing is left."""
    left = (n.sum() - n)[n > 0]
    shares = np.divide((k.sum() - k)[n > 0], left, out=np.full(left.shape, np.nan), where=left > 0)
    return np.asarray(shares, dtype=np.float64)


def paired_gap(before: float, after: float, parts: tuple[Floats, Floats], *, least: float, ratio: bool) -> Gap | None:
    """By how much a figure differs between two answers to the same cases, from the values of both and without each
    bucket; a bucket is left out of both at once. `ratio`: after ÷ before, on the log scale.

    `least`: the variance that it has at least. Formula: the delete-a-group jackknife, Student's t with buckets − 1
    degrees of freedom. None where it cannot be formed: then the sides are taken as if they were of different cases.
    Source: Kott (2001), J. Official Statistics 17:521-526.
    """
    first, second = parts
    if first.size != second.size or first.size < FEWEST or not np.isfinite([*first, *second, before, after]).all():
        return None
    if ratio and min(before, after, first.min(), second.min()) <= 0:
        return None
    move = np.log if ratio else np.asarray
    value, left = float(move(after) - move(before)), move(second) - move(first)
    found = jk.jackknife(value, np.asarray(left, dtype=np.float64), transform="identity")
    variance = max(found.se**2 if found else 0.0, least)
    if not variance > 0:
        return None
    se, df = math.sqrt(variance), first.size - 1
    half = student_quantile(0.975, df) * se
    ends = (value, value - half, value + half)
    told, low, high = (math.exp(end) for end in ends) if ratio else ends
    return Gap(value=told, low=low, high=high, p=float(2 * student.sf(abs(value) / se, df)))


def least_variance(changed: int, gap: int, n: int) -> float:
    """The variance of a difference of two shares of the same cases, at least: two changed answers more than were found.

    Formula: ((b + c + 2) ÷ (n + 2) − ((c − b) ÷ (n + 2))²) ÷ (n + 2), b and c the answers that changed either way,
    `gap` = c − b. Source: Bonett & Price (2012), J. Educational and Behavioral Statistics 37:479-488.

    >>> round(least_variance(20, 10, 100), 6)
    0.00202
    """
    size = n + 2
    return ((changed + 2) / size - (gap / size) ** 2) / size


def mcnemar(only_before: Ints, only_after: Ints, *, clustered: bool) -> float:
    """p that as many answers changed one way as the other, from counts per bucket.

    Independent cases: the exact binomial test. Clusters: the jackknife over buckets of the difference, never surer
    than the normal score of independent cases.
    Source: McNemar (1947), Psychometrika 12:153-157; Obuchowski (1998), Statistics in Medicine 17:1495-1507.

    >>> round(mcnemar(np.array([10]), np.array([25]), clustered=False), 4)
    0.0167
    """
    b, c = int(only_before.sum()), int(only_after.sum())
    if not b + c:
        return 1.0
    if not clustered:
        return float(binomtest(b, b + c).pvalue)
    gaps = (only_after - only_before).astype(np.float64)
    buckets = gaps.size
    variance = max(float(gaps.var(ddof=1) * buckets), float(b + c))
    return float(2 * student.sf(abs(c - b) / math.sqrt(variance), buckets - 1))
