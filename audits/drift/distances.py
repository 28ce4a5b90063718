"""Distances of a column of numbers shown beside its PSI: Kolmogorov-Smirnov and Wasserstein, from fine bins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from boussole.audits.cubes.bins import BinnedCounts, Histogram
from boussole.audits.drift.transport import wasserstein
from boussole.audits.measures import Flags, Floats, Measure
from boussole.audits.metrics.definition import Metric

_EMPTY = "a window is empty or holds no value of the column"
_BETWEEN = "that of the rows is from `low` to `high`"

METRICS = (
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
        name="missing_share",
        kind="drift",
        formula="decisions without a value of the column ÷ decisions of the window",
        range="[0, 1]",
        ideal=0.0,
        undefined="the window is empty; hidden where some, but fewer than `suppress_below`, have none, or have one",
        source="Little & Rubin (2019), Statistical Analysis with Missing Data, chapter 1",
    ),
)


def largest_gap(one: Floats, two: Floats, *, at_start: tuple[Flags, Flags] | None = None) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance of two histograms, and how much larger that of the rows can be.

    `at_start`: of each, in which bins all values are known to lie where the bin begins.
    """
    first, second = (np.concatenate([[0.0], np.cumsum(part) / part.sum()]) for part in (one, two))
    value = float(np.abs(first - second).max())
    inside = [np.abs(first[1:] - second[:-1]), np.abs(first[:-1] - second[1:])]
    if at_start is not None:
        inside = [np.where(known, 0.0, gap) for known, gap in zip(reversed(at_start), inside, strict=True)]
    return value, max(0.0, float(np.maximum(*inside).max()) - value)


ORDERED = ("kolmogorov_smirnov", "wasserstein")


def ordered_measures(histogram: Histogram, *, range_: tuple[float, float] | None = None) -> list[Measure]:
    """Measure Kolmogorov-Smirnov and Wasserstein of those who have a value, on the fine bins.

    `range_`: the declared range. Undefined: `empty_window`, `no_values`; of Wasserstein `one_bin`.
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
    ]


def _outermost(edges: Sequence[float], range_: tuple[float, float] | None) -> list[float]:
    """Return the edges of all bins, with the ends of the declared range where bins do not begin there."""
    low, high = range_ or (-math.inf, math.inf)
    return [low, *edges, high if not edges or edges[-1] < high else math.inf]


def missing_measure(name: str, *, n: int, missing: int, fewest: int) -> Measure:
    """Measure the share of decisions of the current window (`n`) without a value of a column.

    Undefined: `empty_window`. Suppressed: `small_group`, where some but fewer than `fewest` have none, or have one.
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
