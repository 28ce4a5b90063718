"""Whether two groups' distributions moved alike between two windows: no interaction of group, window and bin."""

from __future__ import annotations

import numpy as np
import scipy.stats

from boussole.audits.measures import Floats
from boussole.audits.uncertainty.independence import ChiSquare

LEAST = 5.0
"""Expected cases that every cell has: with fewer, Pearson's statistic is not chi-square (Cochran 1954)."""
ROUNDS = 200
CLOSE = 1e-9


def interaction(counts: Floats, *, design_effect: float = 1.0) -> ChiSquare | None:
    """Pearson's test that from window to window the odds of each bin changed by the same factors in both groups.

    Input: counts of shape (2 groups, 2 windows, bins). Formula: Σ (observed − expected)² ÷ expected. What is expected
    has the sums over any one of group, window and bin and no effect of all three: a log-linear model, by iterative
    proportional fitting. Degrees of freedom: bins − 1. `design_effect`, rows a person at most, divides the statistic.
    Neighbouring bins are joined until every cell expects `LEAST` cases. None where that leaves a single bin.
    Source: Bartlett (1935), J. Royal Statistical Society Supplement 2:248-252; Bishop, Fienberg & Holland (1975),
    Discrete Multivariate Analysis, 3.5; Rao & Scott (1984), Annals of Statistics 12:46-60.

    >>> alike = np.array([[[100, 100], [50, 100]], [[60, 30], [60, 60]]], dtype=float)
    >>> round(interaction(alike).statistic, 6)
    0.0
    >>> found = interaction(np.array([[[100, 100], [50, 100]], [[60, 60], [60, 30]]], dtype=float))
    >>> round(found.statistic, 2), found.df
    (14.61, 1)
    """
    while counts.shape[2] > 1 and counts.sum(axis=2).all():
        expected = fitted(counts)
        least = expected.min(axis=(0, 1))
        if least.min() >= LEAST:
            statistic = float(((counts - expected) ** 2 / expected).sum()) / design_effect
            df = counts.shape[2] - 1
            p = float(scipy.stats.chi2.sf(statistic, df))
            return ChiSquare(statistic=statistic, df=df, p=p, least_expected=float(expected.min()))
        counts = _joined(counts, int(least.argmin()), least)
    return None


def fitted(counts: Floats) -> Floats:
    """Expected counts without an interaction of all three: the same sums over any one of group, window and bin."""
    found = np.ones_like(counts)
    for _ in range(ROUNDS):
        before = found.copy()
        for axis in range(3):
            sums = found.sum(axis=axis, keepdims=True)
            found = found * np.divide(
                counts.sum(axis=axis, keepdims=True), sums, out=np.zeros_like(sums), where=sums > 0
            )
        if np.abs(found - before).max() <= CLOSE * max(counts.max(), 1.0):
            break
    return found


def _joined(counts: Floats, at: int, least: Floats) -> Floats:
    """The counts with one bin added to its emptier neighbour."""
    sides = [i for i in (at - 1, at + 1) if 0 <= i < counts.shape[2]]
    into = min(sides, key=lambda i: float(least[i]))
    found = counts.copy()
    found[:, :, into] += found[:, :, at]
    return np.delete(found, at, axis=2)
