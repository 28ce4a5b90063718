"""Distances shown beside PSI: of one feature, of the score, or of what was decided, in two windows."""

from __future__ import annotations

import numpy as np

from audits.drift.bins import Binned, Histogram
from audits.drift.statistics import chi_square, hellinger, total_variation, wasserstein
from audits.measures import Measure
from audits.metrics.definition import Metric
from audits.metrics.distances import largest_gap

_EMPTY = "a window is empty or holds no value of the column"
_BINS = "`bin_bound` says how far that of the rows can be"

METRICS = (
    Metric(
        name="hellinger",
        kind="drift",
        formula="√(1 − Σ √(p q)) over the bins of the PSI",
        range="[0, 1]",
        ideal=0.0,
        undefined=_EMPTY,
        source="Hellinger (1909), J. reine angew. Math. 136:210-271; Le Cam & Yang (2000), chapter 2",
    ),
    Metric(
        name="total_variation",
        kind="drift",
        formula="½ Σ |p − q| over the bins of the PSI: the share of decisions that would have to change bins",
        range="[0, 1]",
        ideal=0.0,
        undefined=_EMPTY,
        source="Levin, Peres & Wilmer (2009), Markov Chains and Mixing Times, chapter 4",
    ),
    Metric(
        name="chi_square",
        kind="drift",
        formula="Σ (observed − expected)² ÷ expected over both windows and the filled bins of the PSI, divided by the "
        "design effect; `p` that both follow one distribution",
        range="[0, ∞)",
        ideal=None,
        undefined=f"{_EMPTY}; all is in one bin",
        source="Pearson (1900), Philosophical Magazine 50:157-175; Rao & Scott (1981), JASA 76:221-230",
    ),
    Metric(
        name="kolmogorov_smirnov",
        kind="drift",
        formula=f"largest gap between the shares under a value, at the fine edges of the cube ({_BINS})",
        range="[0, 1]",
        ideal=0.0,
        undefined=_EMPTY,
        source="Smirnov (1948), Annals of Mathematical Statistics 19:279-281; scipy, ks_2samp",
    ),
    Metric(
        name="wasserstein",
        kind="drift",
        formula="mean distance by which values have to move for both windows to be alike, in the column's unit, over "
        f"the fine bins of the cube; values beyond the outer edges count as lying at them ({_BINS})",
        range="[0, width of the edges]",
        ideal=0.0,
        undefined=f"{_EMPTY}; fewer than two edges",
        source="Vallender (1974), Theory of Probability and its Applications 18:784-786; scipy, wasserstein_distance",
    ),
    Metric(
        name="missing_share",
        kind="drift",
        formula="decisions without a value of the column ÷ decisions of the window",
        range="[0, 1]",
        ideal=0.0,
        undefined="the window is empty; hidden where some, but fewer than `suppress_below`, have none, or have one",
        source="Little & Rubin (2019), Statistical Analysis with Missing Data, chapter 1",
    ),
)


def distance_measures(binned: Binned, *, design_effect: float = 1.0) -> list[Measure]:
    """Hellinger, total variation and chi-square, on the bins of the PSI.

    Undefined: `empty_window`, `no_values`; of chi-square also `one_bin`.
    """
    reference, current = binned.reference, binned.current
    test = chi_square(reference, current, design_effect=design_effect)
    tested = {"df": test.df, "p": test.p, "least_expected": test.least_expected} if test else {}
    return [
        binned.measure("hellinger", hellinger(reference, current)),
        binned.measure("total_variation", total_variation(reference, current)),
        binned.measure("chi_square", test.statistic if test else None, {"design_effect": design_effect, **tested}),
    ]


def ordered_measures(histogram: Histogram, *, range_: tuple[float, float] | None = None) -> list[Measure]:
    """Kolmogorov-Smirnov and Wasserstein of those who have a value, on the fine bins.

    `range_`: between what all values lie, where it is declared. Undefined: `empty_window`, `no_values`; of Wasserstein
    also `one_bin` where fewer than two edges are known.
    """
    fine = Binned(
        by=("feature",),
        group=(histogram.feature,),
        reference=histogram.reference[:-1],
        current=histogram.current[:-1],
        about={"edges": list(histogram.edges)},
        reason=histogram.reason,
    )
    if fine.reason:
        return [fine.measure(name, None) for name in ("kolmogorov_smirnov", "wasserstein")]
    gap, inside = largest_gap(*(np.asarray(side, dtype=np.float64) for side in (fine.reference, fine.current)))
    # Without a range, a bin of no width at each end: values beyond the outer edges lie at them.
    low, high = range_ or (histogram.edges[:1], histogram.edges[-1:])
    edges = [*_ends(low), *histogram.edges, *_ends(high)]
    moved = wasserstein(edges, fine.reference, fine.current) if len(set(edges)) > 1 else None
    bound = {"bin_bound": moved[1], "clipped": range_ is None} if moved else {}
    return [
        fine.measure("kolmogorov_smirnov", gap, {"bin_bound": inside}),
        fine.measure("wasserstein", moved[0] if moved else None, bound),
    ]


def _ends(end: float | tuple[float, ...]) -> tuple[float, ...]:
    return end if isinstance(end, tuple) else (end,)


def missing_measure(histogram: Histogram, *, fewest: int) -> Measure:
    """The share of decisions of the current window without a value.

    Undefined: `empty_window`. Suppressed: `small_group`, where some but fewer than `fewest` decisions have none or have
    one.
    """
    n, missing = sum(histogram.current), histogram.current[-1]
    hidden = any(0 < part < fewest for part in (missing, n - missing))
    return Measure(
        metric="missing_share",
        by=("feature",),
        group=(histogram.feature,),
        value=missing / n if n and not hidden else None,
        status="suppressed" if hidden else "ok" if n else "undefined",
        reason="small_group" if hidden else None if n else "empty_window",
        n=n,
        params={"missing": missing} if n and not hidden else {},
    )
