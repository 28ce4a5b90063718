"""Weights that bring a sample to the known totals of everybody it was drawn from, and what is estimated with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root
from scipy.sparse import csr_array

from boussole.audits.measures import Floats
from boussole.audits.uncertainty.jackknife import Ints

CLOSE = 1e-6
"""How near each total must be met, in parts of everybody."""
MOST = 50.0
"""How many times the mean weight one may be: beyond, a few people would stand for everybody."""


@dataclass(frozen=True, kw_only=True)
class Linearised:
    """An estimate, and how much each row of a sample pulls at it beyond what the totals already fix."""

    value: float
    pulls: Floats


def calibrate(x: Floats, n: Floats, totals: Floats) -> Floats | None:
    """Weights of the rows of a sample, each standing for `n` alike, by raking: the nearest to all alike whose
    totals of `x` are the known ones.

    Formula: w = n exp(x λ), with λ so that Σ w x = totals. The columns of `x` are 0 or 1. None where there are no such
    weights, or one would be over `MOST` times the mean.
    Source: Deville & Särndal (1992), JASA 87:376-382 (the multiplicative method).

    >>> x = np.array([[1.0, 1.0], [1.0, 0.0]])
    >>> [round(float(w), 6) for w in calibrate(x, np.array([30.0, 70.0]), np.array([1000.0, 500.0]))]
    [500.0, 500.0]
    """
    size = float(totals[0])
    if size <= 0 or (totals <= 0).any():
        return None
    rows = csr_array(x)
    start = n * size / n.sum()
    needed = totals / size

    def missed(free: Floats) -> tuple[Floats, Floats]:
        weights = start * np.exp(np.clip(np.asarray(rows @ free), -50, 50)) / size
        return rows.T @ weights - needed, _squares(rows, weights)

    found = root(missed, np.zeros(x.shape[1]), jac=True)
    weights = start * np.exp(np.clip(np.asarray(rows @ found.x), -50, 50))
    met = np.abs(rows.T @ weights - totals).max() <= CLOSE * size
    spread = (weights / n).max() <= MOST * size / n.sum()
    return np.asarray(weights) if met and spread else None


def of_rates(weights: Floats, x: Floats, sides: tuple[Floats, Floats], selected: Floats, *, log: bool) -> Linearised:
    """The difference of the selection rates of two groups (with `log`, of their logarithms), weighted.

    `pulls`: weight × residual, on `x`, of what a row adds to the linearised difference.
    Source: Deville (1999), Survey Methodology 25:193-203.
    """
    rates = [float((weights * side * selected).sum() / (weights * side).sum()) for side in sides]
    scale = rates if log else [1.0, 1.0]
    own, other = (
        side * (selected - rate) / ((weights * side).sum() * each)
        for side, rate, each in zip(sides, rates, scale, strict=True)
    )
    u = own - other
    rows = csr_array(x)
    fitted = rows @ np.linalg.lstsq(_squares(rows, weights), rows.T @ (weights * u), rcond=None)[0]
    value = np.log(rates[0]) - np.log(rates[1]) if log else rates[0] - rates[1]
    return Linearised(value=float(value), pulls=weights * (u - fitted))


def _squares(rows: csr_array, weights: Floats) -> Floats:
    """Xᵀ W X: of columns that are mostly 0, faster without the zeros."""
    return np.asarray((rows.T @ rows.multiply(weights[:, None]).tocsr()).toarray(), dtype=np.float64)


def standard_error(pulls: Floats, buckets: Ints) -> tuple[float, float]:
    """Of an estimate from the pulls of rows in hash buckets of their clusters; and degrees of freedom.

    Formula: √(m ÷ (m − 1) Σ (Σ of a bucket − mean)²), m filled buckets.
    Source: Binder (1983), International Statistical Review 51:279-292.
    """
    sums = np.bincount(buckets, weights=pulls)
    sums = sums[np.bincount(buckets) > 0]
    m = len(sums)
    if m < 2:
        return float("nan"), 0.0
    return float(np.sqrt(m / (m - 1) * np.square(sums - sums.mean()).sum())), m - 1.0
