"""Distances between two count vectors over the same bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.stats
from scipy.spatial.distance import jensenshannon

from boussole.audits.uncertainty.independence import ChiSquare

SMOOTHING = 0.5
"""Added to every bin that either window fills, so that an empty bin does not make the index infinite."""

Floats = npt.NDArray[np.float64]


def filled_bins(reference: Sequence[int], current: Sequence[int]) -> Floats:
    """Both windows, shape (2, bins), without the bins that neither fills."""
    counts = np.array([reference, current], dtype=np.float64)
    return counts[:, counts.sum(axis=0) > 0]


def psi(reference: Sequence[int], current: Sequence[int], *, smoothing: float = SMOOTHING) -> float | None:
    """Population stability index: a symmetric divergence between two windows.

    Formula: Σ (q − p) ln(q / p), p and q the shares of a bin in the reference and current window after
    `smoothing` is added to its counts. Range [0, ∞), ideal 0. Undefined (None): an empty window, or an empty
    bin without smoothing. Source: Siddiqi (2006), Credit Risk Scorecards, 136-137; Yurdakul (2018).

    >>> round(psi([50, 50], [30, 70], smoothing=0), 4)
    0.1695
    >>> psi([0, 0], [1, 2]) is None
    True
    """
    counts = filled_bins(reference, current)
    if not counts.size or not counts.sum(axis=1).all():
        return None
    counts += smoothing
    if not counts.all():
        return None
    p, q = counts / counts.sum(axis=1, keepdims=True)
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(reference: Sequence[int], current: Sequence[int]) -> float | None:
    """Jensen-Shannon distance: the square root of the divergence, in base 2; needs no smoothing.

    Formula: √(½ Σ p log₂(p/m) + ½ Σ q log₂(q/m)), m = (p + q) / 2. Range [0, 1], ideal 0, 1 when the windows
    share no bin. Undefined (None): an empty window. Source: Endres & Schindelin (2003), IEEE Trans.
    Information Theory 49:1858-1860.

    >>> jensen_shannon([1, 0], [0, 5]), jensen_shannon([1, 1], [50, 50])
    (1.0, 0.0)
    """
    counts = filled_bins(reference, current)
    if not counts.size or not counts.sum(axis=1).all():
        return None
    return float(jensenshannon(counts[0], counts[1], base=2))


def hellinger(reference: Sequence[int], current: Sequence[int]) -> float | None:
    """Hellinger distance; needs no smoothing.

    Formula: √(1 − Σ √(p q)). Range [0, 1], ideal 0, 1 when the windows share no bin. Undefined (None): an empty
    window. Source: Hellinger (1909), J. reine angew. Math. 136:210-271; Le Cam & Yang (2000), chapter 2.

    >>> hellinger([1, 0], [0, 5]), hellinger([1, 1], [50, 50])
    (1.0, 0.0)
    """
    shares = _shares(reference, current)
    if shares is None:
        return None
    p, q = np.sqrt(shares)
    return float(np.sqrt(((p - q) ** 2).sum() / 2))  # as the formula, and 0 for equal shares whatever is rounded


def total_variation(reference: Sequence[int], current: Sequence[int]) -> float | None:
    """Total variation: the share of decisions that would have to change bins for both windows to be alike.

    Formula: ½ Σ |p − q|. Range [0, 1], ideal 0, 1 when the windows share no bin. Undefined (None): an empty window.
    Source: Levin, Peres & Wilmer (2009), Markov Chains and Mixing Times, chapter 4.

    >>> round(total_variation([50, 50], [30, 70]), 6)
    0.2
    """
    shares = _shares(reference, current)
    return None if shares is None else float(np.abs(shares[0] - shares[1]).sum() / 2)


def chi_square(
    reference: Sequence[int], current: Sequence[int], *, reference_known: bool = False, design_effect: float = 1.0
) -> ChiSquare | None:
    """Pearson's test that both windows follow one distribution.

    Formula: Σ (observed − expected)² ÷ expected over both windows and every filled bin, one degree of freedom less
    than bins. `reference_known`: the shares of the reference are no sample, only the current window is counted.
    `design_effect`, decisions a person at most, divides the statistic (Rao and Scott's first order). Range [0, ∞); p in
    [0, 1]. Undefined (None): an empty window, a single filled bin, or a bin that a known reference does not have.
    Source: Pearson (1900), Philosophical Magazine 50:157-175; Rao & Scott (1981), JASA 76:221-230.

    >>> found = chi_square([50, 50], [30, 70])
    >>> round(found.statistic, 3), found.df, round(found.p, 4), found.least_expected
    (8.333, 1, 0.0039, 40.0)
    """
    counts = filled_bins(reference, current)
    if not counts.size or not counts.sum(axis=1).all() or counts.shape[1] < 2:
        return None
    sizes = counts.sum(axis=1, keepdims=True)
    shares = counts[:1] / sizes[0] if reference_known else counts.sum(axis=0, keepdims=True) / counts.sum()
    expected = shares * sizes
    if not expected.all():
        return None
    statistic = float(((counts - expected) ** 2 / expected).sum()) / design_effect
    df = counts.shape[1] - 1
    return ChiSquare(
        statistic=statistic, df=df, p=float(scipy.stats.chi2.sf(statistic, df)), least_expected=float(expected.min())
    )


def _shares(reference: Sequence[int], current: Sequence[int]) -> Floats | None:
    """The share of each filled bin in both windows; None where a window is empty."""
    counts = filled_bins(reference, current)
    if not counts.size or not counts.sum(axis=1).all():
        return None
    return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)
