"""Distances between two count vectors over the same bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import jensenshannon

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
