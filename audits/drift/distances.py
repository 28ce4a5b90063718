"""Distances of two windows from bins (Kolmogorov-Smirnov, Wasserstein), with bounds for the distance of the rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boussole.audits.cubes.edges import FARTHEST
from boussole.audits.cubes.sums import BinSums
from boussole.audits.cubes.values import BinnedCounts, Histogram
from boussole.audits.measures import Flags, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.parts import Floats


@dataclass(frozen=True)
class TransportDistance:
    """A Wasserstein distance in the column's unit; that of the rows is between `low` and `high` (maybe infinite).

    `half`: how far values spread evenly over their bins are from where they were, at the most.
    """

    value: float
    low: float
    high: float
    half: float

    @property
    def bound(self) -> float:
        """How far the distance of the rows can be from the value."""
        return max(self.value - self.low, self.high - self.value)

    def document(self) -> dict[str, Any]:
        """The bounds, as a measure carries them; `clipped`: nothing is known of values beyond the outermost edges."""
        if math.isinf(self.high):
            return {"low": self.low, "clipped": True}
        return {"low": self.low, "high": self.high, "bin_bound": self.bound, "clipped": False}


@dataclass(frozen=True, kw_only=True)
class _Bins:
    """Bins of a finite width: their ends, differences of shares below, shares of each window, and means of values."""

    start: Floats
    end: Floats
    gap: Floats
    shares: Floats
    means: Floats | None

    def between(self) -> tuple[Floats, Floats, Floats]:
        """Return, of each bin, the area between the shares as if values were spread evenly, its least and its most."""
        width, (p, q) = self.end - self.start, self.shares
        lowest, highest = self.gap - q, self.gap + p
        even = width * _mean_size(self.gap, self.gap + p - q)
        half = width * (p + q) / 2
        low = np.maximum.reduce([even - half, width * lowest, -width * highest, np.zeros_like(width)])
        high = np.minimum(even + half, width * np.maximum(highest, -lowest))
        if self.means is not None:
            tighter = self._from_means(self.means, lowest, highest)
            low, high = np.maximum(low, tighter[0]), np.minimum(high, tighter[1])
        low = np.minimum(low, high)
        return np.clip(even, low, high), low, high

    def _from_means(self, means: Floats, lowest: Floats, highest: Floats) -> tuple[Floats, Floats]:
        """Return least and most of the area, whose signed size the means tell."""
        width, (p, q), (one, two) = self.end - self.start, self.shares, means
        signed = self.gap * width + p * (self.end - one) - q * (self.end - two)
        crossing = (highest > 0) & (lowest < 0)
        room = np.where(crossing, highest - lowest, 1.0)
        above = np.clip((signed / width - lowest) / room, 0.0, 1.0)
        jumping = width * (above * highest - (1 - above) * lowest)
        first, second = np.minimum(one, two), np.maximum(one, two)
        middle = np.where(one <= two, self.gap + p, self.gap - q)
        at_means = (first - self.start) * np.abs(self.gap)
        at_means += (second - first) * np.abs(middle) + (self.end - second) * np.abs(self.gap + p - q)
        apart = sum(2 * share * (mean - self.start) * (self.end - mean) / width for share, mean in ((p, one), (q, two)))
        most = np.where(crossing, jumping, np.abs(signed))
        return np.maximum(np.abs(signed), at_means - apart), np.minimum(most, at_means + apart)


def wasserstein(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int], *, sums: BinSums | None = None
) -> TransportDistance | None:
    """Compute the Wasserstein distance, in the column's own unit, with the least and the most that of the rows can be.

    Inputs: one count for each of the `len(edges) − 1` bins, whose values count as evenly spread; the outermost edges
    may be infinite. Formula: ∫ |F − G|. None for an empty window, or fewer than two finite edges without sums.
    Source: Vallender (1974), Theory of Probability and its Applications 18:784-786.
    """
    at, counts = np.asarray(edges, dtype=np.float64), np.array([reference, current], dtype=np.float64)
    finite = np.isfinite(at)
    if not counts.sum(axis=1).all() or finite.sum() < (2 if sums is None else 1):
        return None
    shares = counts / counts.sum(axis=1, keepdims=True)
    values = None if sums is None else _mean_values(sums, counts)
    inner = finite[:-1] & finite[1:]
    gaps = np.concatenate([[0.0], np.cumsum(shares[0] - shares[1])])
    bins = _Bins(
        start=at[:-1][inner],
        end=at[1:][inner],
        gap=gaps[:-1][inner],
        shares=shares[:, inner],
        means=None if values is None else _means(values, counts, at)[:, inner],
    )
    value, low, high = (float(each.sum()) for each in bins.between())
    for side, edge, sign in ((0, at[1], -1.0), (-1, at[-2], 1.0)):
        if not finite[side]:
            past = None if values is None or _is_far(sums, side) else sign * (values[:, side] - edge)
            least, most = _beyond(shares[:, side], past)
            value, low, high = value + least, low + least, high + most
    slack = 0.0 if sums is None else 1 / sums.scale
    half = float(((bins.end - bins.start) * bins.shares.sum(axis=0)).sum() / 2)
    return TransportDistance(value, max(low - slack, 0.0), high + slack, half)


def _mean_values(sums: BinSums, counts: Floats) -> Floats:
    """The mean value of each bin and window, in the column's unit; of an empty bin any number."""
    totals = np.array([sums.reference, sums.current], dtype=np.float64)
    return sums.origin + totals / np.maximum(counts, 1) / sums.scale


def _means(values: Floats, counts: Floats, at: Floats) -> Floats:
    """Return the mean values, each within its bin whatever was rounded."""
    return np.clip(np.where(counts > 0, values, at[:-1]), at[:-1], at[1:])


def _is_far(sums: BinSums | None, side: int) -> bool:
    """Whether some values of an outermost bin may be farther away than they were summed as."""
    return sums is not None and max(abs(each[side]) for each in (sums.reference, sums.current)) >= FARTHEST


def _beyond(shares: Floats, past: Floats | None) -> tuple[float, float]:
    """Return the area beyond the outermost edge: the difference of the windows there, and both together."""
    if not shares.any():
        return 0.0, 0.0
    if past is None:
        return 0.0, float("inf")
    one, two = np.maximum(past, 0.0) * shares
    return abs(float(one - two)), float(one + two)


def _mean_size(start: Floats, end: Floats) -> Floats:
    """The mean of |x| as x goes evenly from one value to another."""
    size = np.abs(start) + np.abs(end)
    crossing = (start**2 + end**2) / np.maximum(2 * size, np.finfo(np.float64).tiny)
    return np.where(start * end >= 0, size / 2, crossing)


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
