"""Distances shown beside PSI: of one feature, of the score, or of what was decided, in two windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from boussole.audits.cubes.bins import BinnedCounts, Histogram
from boussole.audits.drift.ordered import anderson_darling, cramer_von_mises, mann_whitney
from boussole.audits.drift.statistics import chi_square, hellinger, total_variation
from boussole.audits.drift.transport import wasserstein
from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.distances import largest_gap

_EMPTY = "a window is empty or holds no value of the column"
_BINS = "`bin_bound` says how far that of the rows can be"
_BETWEEN = "that of the rows is from `low` to `high`"

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
        formula=f"largest gap between the shares under a value, at the fine edges of the cube ({_BETWEEN})",
        range="[0, 1]",
        ideal=0.0,
        undefined=_EMPTY,
        source="Smirnov (1948), Annals of Mathematical Statistics 19:279-281; scipy, ks_2samp",
    ),
    Metric(
        name="wasserstein",
        kind="drift",
        formula="mean distance by which values have to move for both windows to be alike, in the column's unit, over "
        f"the fine bins of the cube and the sums of values in them ({_BETWEEN}); without sums (`clipped`) values "
        "beyond the outer edges count as lying at them, and there is no `high`",
        range="[0, ∞)",
        ideal=0.0,
        undefined=f"{_EMPTY}; without sums, fewer than two edges",
        source="Vallender (1974), Theory of Probability and its Applications 18:784-786; scipy, wasserstein_distance",
    ),
    Metric(
        name="mann_whitney",
        kind="drift",
        formula="chance that a value of the current window is higher than one of the reference, equal ones counted one "
        "half, over the fine bins of the cube; `p` two-sided and `p_higher` one-sided, their variances multiplied by "
        f"the design effect ({_BINS})",
        range="[0, 1]",
        ideal=0.5,
        undefined=f"{_EMPTY}; all is in one bin",
        source="Mann & Whitney (1947), Annals of Mathematical Statistics 18:50-60; interval: DeLong et al. (1988), "
        "Biometrics 44:837-845, on the logit scale; scipy, mannwhitneyu",
    ),
    Metric(
        name="cramer_von_mises",
        kind="drift",
        formula="n m ÷ N² Σ t (D₋² + D₊²) ÷ 2 over the fine bins of the cube, t decisions in each, D₋ and D₊ how far "
        "both distributions are apart at its ends, divided by the design effect; `p` that both follow one "
        "distribution, from the limit with the same bins",
        range="[0, ∞)",
        ideal=None,
        undefined=f"{_EMPTY}; all is in one bin",
        source="Anderson (1962), Annals of Mathematical Statistics 33:1148-1159; ties: Choulakian, Lockhart & Stephens "
        "(1994), Canadian J. Statistics 22:125-137; without ties scipy, cramervonmises_2samp",
    ),
    Metric(
        name="anderson_darling",
        kind="drift",
        formula="(A² ÷ design effect − 1) ÷ σ of two samples, over the fine bins of the cube with midranks; `p` that "
        "both follow one distribution",
        range="(-∞, ∞)",
        ideal=None,
        undefined=f"{_EMPTY}; all is in one bin; fewer than four values",
        source="Scholz & Stephens (1987), JASA 82:918-924; limit: Marsaglia & Marsaglia (2004), J. Statistical "
        "Software 9(2); scipy, anderson_ksamp",
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


def distance_measures(binned: BinnedCounts, *, design_effect: float = 1.0) -> list[Measure]:
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


ORDERED = ("kolmogorov_smirnov", "wasserstein", "mann_whitney", "cramer_von_mises", "anderson_darling")


def ordered_measures(
    histogram: Histogram, *, range_: tuple[float, float] | None = None, design_effect: float = 1.0
) -> list[Measure]:
    """Kolmogorov-Smirnov, Wasserstein and the rank tests of those who have a value, on the fine bins.

    `range_`: between what all values lie, where it is declared. Undefined: `empty_window`, `no_values`; `one_bin`, of
    Wasserstein where fewer than two edges are known, of rank tests where all values are in one bin.
    """
    fine = BinnedCounts(
        by=("feature",),
        group=(histogram.feature,),
        reference=histogram.reference[:-1],
        current=histogram.current[:-1],
        about={"edges": list(histogram.edges)},
        reason=histogram.reason,
    )
    if fine.reason:
        return [fine.measure(name, None) for name in ORDERED]
    sums = histogram.sums
    edges = _outermost(histogram.edges, range_)
    sides = fine.reference, fine.current
    known = sums.at_start(edges, sides) if sums else None
    gap, inside = largest_gap(*(np.asarray(side, dtype=np.float64) for side in sides), at_start=known)
    moved = wasserstein(edges, *sides, sums=sums)
    return [
        fine.measure("kolmogorov_smirnov", gap, {"bin_bound": inside, "low": gap, "high": gap + inside}),
        fine.measure("wasserstein", moved.value if moved else None, moved.document() if moved else {}),
        _higher(fine, design_effect),
        *[_ranked(fine, name, design_effect) for name in _RANKED],
    ]


def _outermost(edges: Sequence[float], range_: tuple[float, float] | None) -> list[float]:
    """The edges of all bins: the outermost are those of the declared range; without one, or where a bin begins at its
    end, there are none."""
    low, high = range_ or (-math.inf, math.inf)
    return [low, *edges, high if not edges or edges[-1] < high else math.inf]


_RANKED = {"cramer_von_mises": cramer_von_mises, "anderson_darling": anderson_darling}


def _higher(fine: BinnedCounts, effect: float) -> Measure:
    found = mann_whitney(fine.reference, fine.current, design_effect=effect)
    if found is None:
        return fine.measure("mann_whitney", None)
    params = {"p": found.p, "p_higher": found.p_higher, "bin_bound": found.bound, "design_effect": effect}
    return replace(fine.measure("mann_whitney", found.chance, params), interval=found.interval)


def _ranked(fine: BinnedCounts, name: str, effect: float) -> Measure:
    found = _RANKED[name](fine.reference, fine.current, design_effect=effect)
    params = {"p": found.p, "design_effect": effect} if found else None
    return fine.measure(name, found.statistic if found else None, params)


def missing_measure(name: str, *, n: int, missing: int, fewest: int) -> Measure:
    """The share of decisions of the current window (`n`) without a value of a column.

    Undefined: `empty_window`. Suppressed: `small_group`, where some but fewer than `fewest` decisions have none or have
    one.
    """
    hidden = any(0 < part < fewest for part in (missing, n - missing))
    return Measure(
        metric="missing_share",
        by=("feature",),
        group=(name,),
        value=missing / n if n and not hidden else None,
        status="suppressed" if hidden else "ok" if n else "undefined",
        reason="small_group" if hidden else None if n else "empty_window",
        n=n,
        params={"missing": missing} if n and not hidden else {},
    )
