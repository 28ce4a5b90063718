"""Rank tests of two windows from counts of one column: by value in ascending order, or by bin where rows are not kept.

Values of one bin count as equal and share their midrank. Counts of 10⁸ and more are held exactly, as whole numbers:
sums of squares of ranks would pass what a float holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal
from scipy.special import polygamma, psi
from scipy.stats import norm

from boussole.audits.drift.weighted_squares import beyond
from boussole.audits.measures import Floats, Interval
from boussole.audits.uncertainty.auc import auc, bin_bound, logit_interval, variance
from boussole.audits.uncertainty.quantiles import normal_quantile

FEWEST = 4
"""Values of both windows together that the variance of Anderson and Darling's statistic needs."""
FEWEST_TIED = 3
"""The same of that of Cramér and von Mises."""


@dataclass(frozen=True, kw_only=True)
class RankTest:
    """A test's statistic, and p that both windows follow one distribution."""

    statistic: float
    p: float


@dataclass(frozen=True, kw_only=True)
class Higher:
    """The chance that a value of the current window is higher than one of the reference, equal ones counted one half.

    `p`: two-sided; `p_higher`: one-sided, against the alternative that values rose; `bound`: how far the chance of the
    rows can be from that of the bins.
    """

    chance: float
    interval: Interval | None
    p: float
    p_higher: float
    bound: float


def mann_whitney(
    reference: Sequence[int], current: Sequence[int], *, design_effect: float = 1.0, level: float = 0.95
) -> Higher | None:
    """The Mann-Whitney test of two windows, with the chance that a value of the second is higher.

    Formula: U ÷ (n m) with midranks; p from the normal limit with its correction for ties and continuity. Inputs:
    counts by value or bin, ascending. `design_effect` multiplies the variances. Range [0, 1], 0.5 where neither is
    higher. Undefined (None): an empty window, or one value only. Source: Mann & Whitney (1947), Annals of Mathematical
    Statistics 18:50-60; interval: DeLong et al. (1988) on the logit scale.

    >>> found = mann_whitney([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8])
    >>> round(found.chance, 4), round(found.p_higher, 4), round(found.p, 4)
    (0.5021, 0.4814, 0.9629)
    """
    counts = _filled(reference, current)
    if counts is None:
        return None
    one, two = (np.asarray(side, dtype=np.float64) for side in counts)
    n, m = (sum(side) for side in counts)
    ties = sum((a + b) ** 3 - (a + b) for a, b in zip(*counts, strict=True))
    spread = math.sqrt(n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1))) * design_effect)
    below, doubled = 0, 0
    for a, b in zip(*counts, strict=True):
        doubled += b * (2 * below + a)
        below += a
    chance, gap = float(auc(two, one)), (doubled - n * m) / 2
    return Higher(
        chance=chance,
        interval=logit_interval(
            chance, math.sqrt(variance(two, one) * design_effect), normal_quantile(0.5 + level / 2), level, "delong"
        ),
        p=min(1.0, 2 * float(norm.sf((abs(gap) - 0.5) / spread))),
        p_higher=float(norm.sf((gap - 0.5) / spread)),
        bound=bin_bound(two, one),
    )


def anderson_darling(
    reference: Sequence[int], current: Sequence[int], *, design_effect: float = 1.0
) -> RankTest | None:
    """Anderson and Darling's test of two samples, with midranks: the ends of a distribution weigh more than elsewhere.

    The statistic is standardised, (A² − 1) ÷ σ; `design_effect` divides A². p from the limit of A², as the statistic of
    one sample has it. Undefined (None): an empty window, one value only, or fewer than four in all. Source: Scholz &
    Stephens (1987), JASA 82:918-924, equations 4 and 7; limit: Marsaglia & Marsaglia (2004), J. Statistical Software
    9(2).

    >>> found = anderson_darling([5, 20, 40, 20, 5], [20, 20, 10, 20, 20])
    >>> round(found.statistic, 2), found.p < 0.001
    (8.06, True)
    """
    counts = _filled(reference, current)
    if counts is None or sum(map(sum, counts)) < FEWEST:
        return None
    n, m = (sum(side) for side in counts)
    whole, below, under, total = n + m, 0, 0, 0.0
    for a, b in zip(*counts, strict=True):
        tied = a + b
        # all doubled, so that midranks are whole numbers: N Mᵢ − n B of the first; that of the second is its opposite
        gap = whole * (2 * under + a) - n * (2 * below + tied)
        middle = 2 * below + tied
        total += tied * gap * gap / (middle * (2 * whole - middle) - whole * tied)
        below, under = below + tied, under + a
    squared = (whole - 1) / whole * total / whole * (1 / n + 1 / m)
    standard = (squared / design_effect - 1) / math.sqrt(_spread(n, m))
    return RankTest(statistic=standard, p=_beyond_anderson(1 + standard * math.sqrt(2 * (math.pi**2 - 9) / 3)))


def _spread(n: int, m: int) -> float:
    """The variance of A² of two samples: equation 4; its double sum in closed form, so that 10⁸ values take no time."""
    size = n + m
    ends = 1 / n + 1 / m
    harmonic, last = float(psi(size) + np.euler_gamma), 1 / size
    g = math.pi**2 / 6 - float(polygamma(1, size + 1)) - last * (2 * harmonic + last)
    a = (4 * g - 6) + (10 - 6 * g) * ends
    b = 4 * (2 * g - 4) + 16 * harmonic + (2 * g - 14 * harmonic - 4) * ends - 8 * harmonic + 4 * g - 6
    c = 4 * (6 * harmonic + 2 * g - 2) + 2 * (4 * harmonic - 4 * g + 6) + (2 * harmonic - 6) * ends + 4 * harmonic
    d = 4 * (2 * harmonic + 6) - 8 * harmonic
    return ((a + b / size + c / size**2 + d / size**3) * size**3) / ((size - 1.0) * (size - 2.0) * (size - 3.0))


def _beyond_anderson(z: float) -> float:
    """How rarely the limit of A² is beyond z; right to 2 in a million."""
    if z <= 0:
        return 1.0
    if z < 2:
        series = (2.00012, 0.247105, -0.0649821, 0.0347962, -0.011672, 0.00168691)
        return 1 - math.exp(-1.2337141 / z) / math.sqrt(z) * float(np.polynomial.Polynomial(series)(z))
    series = (1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146)
    return -math.expm1(-math.exp(float(np.polynomial.Polynomial(series)(min(z, 10.0))) - max(z - 10.0, 0.0)))


def cramer_von_mises(
    reference: Sequence[int], current: Sequence[int], *, design_effect: float = 1.0
) -> RankTest | None:
    """Cramér and von Mises's test of two samples, values of one bin tied.

    Formula: T = n m ÷ N² Σ t (D₋² + D₊²) ÷ 2 over the values, t decisions each, D₋ and D₊ how far both distributions
    are apart just under and at it: without ties Anderson's T. `design_effect` divides T. p from the limit of T among
    all ways to share the same ties out between both windows, a weighted sum of squares of normal values. Undefined
    (None): an empty window, one value only, or two decisions. Source: Anderson (1962), Annals of Mathematical
    Statistics 33:1148-1159; with ties: Choulakian, Lockhart & Stephens (1994), Canadian J. Statistics 22:125-137.

    >>> found = cramer_von_mises([5, 20, 40, 20, 5], [20, 20, 10, 20, 20])
    >>> round(found.statistic, 3), round(found.p, 3)
    (1.076, 0.002)
    """
    counts = _filled(reference, current)
    if counts is None or sum(map(sum, counts)) < FEWEST_TIED:
        return None
    n, m = (sum(side) for side in counts)
    whole, below, under = n + m, 0, 0
    gaps = []
    for a, b in zip(*counts, strict=True):
        below, under = below + a + b, under + a
        gaps.append((whole * under - n * below) / (n * m))
    tied = np.array([(a + b) / whole for a, b in zip(*counts, strict=True)])
    weights = (tied[:-1] + tied[1:]) / 2
    statistic = n * m / whole * float((weights * np.square(gaps[:-1])).sum()) / design_effect
    poles = _poles(tied, weights)
    x = (whole - 1) / whole * statistic
    if len(gaps) == whole:
        x = _as_many(x, poles, n, m)
    return RankTest(statistic=statistic, p=beyond(x, poles))


def _as_many(x: float, poles: Floats, n: int, m: int) -> float:
    """The statistic with the variance of its limit instead of that of so few: of n and m rows without ties it is known.

    Source: Anderson (1962).
    """
    whole, product = n + m, n * m
    few = (whole + 1) * (4 * product * whole - 3 * (n * n + m * m) - 2 * product) / (180 * whole**2 * product)
    few *= ((whole - 1) / whole) ** 2
    mean = float((1 / poles).sum())
    return mean + (x - mean) * math.sqrt(2 * float((1 / poles**2).sum()) / few)


def _poles(tied: Floats, weights: Floats) -> Floats:
    """One over each weight of the limit of T, ascending. Of the Brownian bridge at the ends of the values, the inverse
    covariance holds neighbours only."""
    middle = (1 / tied[:-1] + 1 / tied[1:]) / weights
    beside = -1 / tied[1:-1] / np.sqrt(weights[:-1] * weights[1:])
    found: Floats = np.asarray(eigvalsh_tridiagonal(middle, beside), dtype=np.float64)
    return found


def _filled(reference: Sequence[int], current: Sequence[int]) -> list[list[int]] | None:
    """Both sides without values that neither has; None where there is nothing to rank."""
    pairs = [(int(a), int(b)) for a, b in zip(reference, current, strict=True) if a or b]
    sides = [list(side) for side in zip(*pairs, strict=True)]
    return sides if len(pairs) > 1 and all(map(sum, sides)) else None
