"""Drift measures of features and scores from histograms with fixed edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audits.drift.bins import merged
from audits.drift.statistics import SMOOTHING, filled_bins, jensen_shannon, psi
from audits.errors import BoussoleError
from audits.measures import Measure
from audits.metrics.definition import Metric

METRICS = (
    Metric(
        name="psi",
        kind="drift",
        formula="Σ (q − p) ln(q ÷ p) over about ten bins (tenths of the reference), 0.5 added to each filled bin",
        range="[0, ∞)",
        ideal=0.0,
        undefined="a window is empty",
        source="Siddiqi (2006), Credit Risk Scorecards; Yurdakul (2018), Statistical Properties of PSI",
    ),
    Metric(
        name="jensen_shannon",
        kind="drift",
        formula="square root of the Jensen-Shannon divergence in base 2 (a distance)",
        range="[0, 1]",
        ideal=0.0,
        undefined="a window is empty",
        source="Endres & Schindelin (2003), IEEE Trans. Information Theory 49:1858-1860",
    ),
)


class HistogramError(BoussoleError):
    """A histogram whose two windows do not fit its edges."""


@dataclass(frozen=True)
class Histogram:
    """Counts of one feature in two windows over the same bins.

    Bins: under the first edge, between edges, from the last edge on, missing: `len(edges) + 2` counts.
    """

    feature: str
    edges: tuple[float, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]

    def __post_init__(self) -> None:
        bins = len(self.edges) + 2
        for name, counts in (("reference", self.reference), ("current", self.current)):
            if len(counts) != bins or min(counts) < 0:
                raise HistogramError(
                    f"{len(counts)} {name} counts for {len(self.edges)} edges.",
                    where=f"feature '{self.feature}'",
                    next_step=f"Give {bins} counts of 0 or more: under, between edges, over, missing.",
                )


def drift_measures(histograms: Sequence[Histogram], *, design_effect: float = 1.0) -> list[Measure]:
    """PSI (judged, with its test) and Jensen-Shannon distance (shown) of each feature.

    `design_effect` multiplies the sampling error of PSI where rows repeat people: decisions per person (weighted
    by person) at most, 1 for independent rows. Undefined: `empty_window`.
    """
    coarse = [Histogram(h.feature, *merged(h.edges, h.reference, h.current)) for h in histograms]
    return [measure for h in coarse for measure in (_psi(h, design_effect), _jensen_shannon(h))]


def _psi(histogram: Histogram, design_effect: float) -> Measure:
    value = psi(histogram.reference, histogram.current)
    params = _params(histogram) | {"smoothing": SMOOTHING, "bad_side": "above", "scale": "distance"}
    if value is not None:
        params["test"] = _test(histogram, value, design_effect)
    return _measure("psi", histogram, value, params)


def _test(histogram: Histogram, value: float, design_effect: float) -> dict[str, Any]:
    """PSI ÷ scale is about noncentral chi-square with bins − 1 degrees of freedom, around the true PSI ÷ scale."""
    bins = filled_bins(histogram.reference, histogram.current).shape[1]
    parts = [design_effect / sum(counts) for counts in (histogram.reference, histogram.current)]
    return {
        "kind": "noncentral_chi2",
        "statistic": value,
        "df": max(bins - 1, 1),
        "scale": sum(parts),
        "scale_reference": parts[0],
        "design_effect": design_effect,
    }


def _jensen_shannon(histogram: Histogram) -> Measure:
    value = jensen_shannon(histogram.reference, histogram.current)
    return _measure("jensen_shannon", histogram, value, _params(histogram) | {"form": "distance", "base": 2})


def _params(histogram: Histogram) -> dict[str, Any]:
    return {
        "edges": list(histogram.edges),
        "reference_total": sum(histogram.reference),
        "current_total": sum(histogram.current),
    }


def _measure(metric: str, histogram: Histogram, value: float | None, params: dict[str, Any]) -> Measure:
    return Measure(
        metric=metric,
        by=("feature",),
        group=(histogram.feature,),
        value=value,
        status="undefined" if value is None else "ok",
        reason="empty_window" if value is None else None,
        n=params["current_total"],
        params=params,
    )
