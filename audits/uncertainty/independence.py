"""Whether groups differ at all: chi-square over any number of groups, Fisher's exact test of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.stats


@dataclass(frozen=True, kw_only=True)
class ChiSquare:
    """The statistic, its degrees of freedom and p, and the smallest expected count (Cochran's rule: 5 or more)."""

    statistic: float
    df: int
    p: float
    least_expected: float


def chi_square(k: Sequence[int], n: Sequence[int]) -> ChiSquare | None:
    """Pearson's test that all groups have one rate, without continuity correction; independent rows only.

    Inputs: cases and sizes of each group; empty groups are left out. None with fewer than two groups, or with nobody or
    everybody a case. Source: Pearson (1900), Philosophical Magazine 50:157-175; Cochran (1954), Biometrics 10:417-451.
    """
    table = np.array([(cases, size - cases) for cases, size in zip(k, n, strict=True) if size], dtype=np.int64)
    if len(table) < 2 or not table.sum(axis=0).all():
        return None
    found = scipy.stats.chi2_contingency(table, correction=False)
    return ChiSquare(
        statistic=float(found.statistic),
        df=int(found.dof),
        p=float(found.pvalue),
        least_expected=float(found.expected_freq.min()),
    )


def fisher_exact(k: tuple[int, int], n: tuple[int, int]) -> float:
    """Return the two-sided p that two groups have one rate, exact given the margins; independent rows only.

    1 where a group is empty, or nobody or everybody a case. Source: Fisher (1922), J. Royal Stat. Society 85:87-94.
    """
    table = np.array([(cases, size - cases) for cases, size in zip(k, n, strict=True)], dtype=np.int64)
    return float(scipy.stats.fisher_exact(table).pvalue)
