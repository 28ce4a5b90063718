"""Drift measures from histograms with fixed edges, from categories, and of any other counts in bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from scipy.spatial.distance import jensenshannon

from boussole.audits.cubes.values import BinnedCounts
from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.parts import Floats

SMOOTHING = 0.5
"""Added to every bin that either window fills, so that an empty bin does not make the index infinite."""


def filled_bins(reference: Sequence[int], current: Sequence[int]) -> Floats:
    """Both windows, shape (2, bins), without the bins that neither fills."""
    counts = np.array([reference, current], dtype=np.float64)
    return counts[:, counts.sum(axis=0) > 0]


def psi(reference: Sequence[int], current: Sequence[int], *, smoothing: float = SMOOTHING) -> float | None:
    """Population stability index, Σ (q − p) ln(q / p): a symmetric divergence. Range [0, ∞), ideal 0.

    p, q: shares of a bin in the reference and current window after `smoothing` is added to its counts. None for an
    empty window or bin. Source: Siddiqi (2006), Credit Risk Scorecards, 136-137; Yurdakul (2018).
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
    """Jensen-Shannon distance: the square root of the divergence, in base 2. Range [0, 1], ideal 0.

    Formula: √(½ Σ p log₂(p/m) + ½ Σ q log₂(q/m)), m = (p + q) / 2. None for an empty window. Source: Endres &
    Schindelin (2003), IEEE Trans. Information Theory 49:1858-1860.
    """
    counts = filled_bins(reference, current)
    if not counts.size or not counts.sum(axis=1).all():
        return None
    return float(jensenshannon(counts[0], counts[1], base=2))


METRICS = (
    Metric(
        name="psi",
        kind="drift",
        formula="Σ (q − p) ln(q ÷ p) over about ten bins (tenths of the reference; of categories one for each value, "
        "those that only few have together), 0.5 added to each filled bin",
        range="[0, ∞)",
        ideal=0.0,
        undefined="a window is empty or holds no value of the column; of categories, there is one value only",
        source="Siddiqi (2006), Credit Risk Scorecards; Yurdakul (2018), Statistical Properties of PSI",
    ),
    Metric(
        name="jensen_shannon",
        kind="drift",
        formula="square root of the Jensen-Shannon divergence in base 2 (a distance)",
        range="[0, 1]",
        ideal=0.0,
        undefined="a window is empty or holds no value of the column; of categories, there is one value only",
        source="Endres & Schindelin (2003), IEEE Trans. Information Theory 49:1858-1860",
    ),
)


class ColumnCounts(Protocol):
    """What was counted of one column in two windows."""

    def coarse(self) -> BinnedCounts:
        """The counts that PSI is taken over."""


def drift_measures(columns: Sequence[ColumnCounts], *, design_effect: float = 1.0) -> list[Measure]:
    """Measure PSI (judged, with its test) and Jensen-Shannon distance (shown) of each feature.

    `design_effect` multiplies the error of PSI. Undefined: `empty_window`, `no_values`; of categories `one_bin`.
    """
    coarse = [column.coarse() for column in columns]
    return [measure for binned in coarse for measure in index_measures(binned, design_effect=design_effect)]


def index_measures(binned: BinnedCounts, *, design_effect: float = 1.0) -> list[Measure]:
    """PSI and Jensen-Shannon distance of one set of bins."""
    return [_psi(binned, design_effect), _jensen_shannon(binned)]


def _psi(binned: BinnedCounts, design_effect: float) -> Measure:
    value = psi(binned.reference, binned.current)
    params: dict[str, Any] = {"smoothing": SMOOTHING, "bad_side": "above", "scale": "distance"}
    if value is not None and binned.reason is None:
        params["test"] = _test(binned, design_effect)
    return binned.measure("psi", value, params)


def _test(binned: BinnedCounts, design_effect: float) -> dict[str, Any]:
    """Return the test of PSI: PSI ÷ scale is about noncentral chi-square with bins − 1 degrees of freedom."""
    bins = filled_bins(binned.reference, binned.current).shape[1]
    parts = [design_effect / sum(counts) for counts in (binned.reference, binned.current)]
    return {
        "kind": "noncentral_chi2",
        "statistic": psi(binned.reference, binned.current, smoothing=SMOOTHING * design_effect),
        "df": max(bins - 1, 1),
        "scale": sum(parts),
        "scale_reference": parts[0],
        "design_effect": design_effect,
    }


def _jensen_shannon(binned: BinnedCounts) -> Measure:
    value = jensen_shannon(binned.reference, binned.current)
    return binned.measure("jensen_shannon", value, {"form": "distance", "base": 2})
