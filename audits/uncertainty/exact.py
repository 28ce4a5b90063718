"""The exact interval of a share of rows that hang together in few known clusters, such as teams."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta

from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile

FEWEST = 10
"""Of fewer cases, or fewer others, rows of one cluster are taken to be alike."""


@dataclass(frozen=True, kw_only=True)
class ClusteredShare:
    """A share between two ends, and how many independent rows it is worth."""

    low: float
    high: float
    size: float


def clustered_share(clusters: Sequence[tuple[int, int]]) -> ClusteredShare | None:
    """Compute the interval at 95 % of cases ÷ rows, from (cases, rows) of each cluster; None without rows.

    Clopper and Pearson's at p (1 − p) ÷ variance between clusters × (z ÷ t)²; of few cases or others at (Σ n)² ÷ Σ n².
    Source: Clopper & Pearson (1934), Biometrika 26:404-413; Korn & Graubard (1998), Survey Methodology 24:193-201.
    """
    rows = [n for _, n in clusters if n]
    if not rows:
        return None
    k, n, m = sum(k for k, _ in clusters), sum(rows), len(rows)
    p = k / n
    size = n**2 / math.fsum(each * each for each in rows)
    if min(k, n - k) >= FEWEST and m > 1:
        variance = m / (m - 1) * math.fsum((cases - p * each) ** 2 for cases, each in clusters) / n**2
        size = min(float(n), p * (1 - p) / variance) if variance > 0 else float(n)
    if m > 1:
        size *= (normal_quantile(0.975) / student_quantile(0.975, m - 1)) ** 2
    low, high = exact_ends(p, size)
    return ClusteredShare(low=low, high=high, size=size)


def exact_ends(share: float, size: float, *, chance: float = 0.05) -> tuple[float, float]:
    """Compute the ends of Clopper and Pearson's interval of a share of independent rows, missed with `chance`."""
    k = share * size
    low = float(beta.ppf(chance / 2, k, size - k + 1)) if share > 0 else 0.0
    high = float(beta.ppf(1 - chance / 2, k + 1, size - k)) if share < 1 else 1.0
    return low, high
