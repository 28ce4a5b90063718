"""How far the scores of a group lie from those of its reference, whatever the outcomes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import wasserstein_distance

from boussole.audits.measures import Flags, Floats, Measure
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.scored import EVERY, Refused, ScoredFigure, ScoredTable, pair_figures

Maker = Callable[[ScoredTable, list[int], list[int]], tuple[float, float]]
DISTANCES = tuple(
    RateComparison(metric=name, rate=EVERY, scale="difference", less_is_worse=False, turns=False)
    for name in ("score_kolmogorov_smirnov", "score_wasserstein")
)
"""Shown, never judged; their rate says what they are hidden and undefined with."""


def distance_measures(scored: ScoredTable) -> list[Measure]:
    """Both distances of each group."""
    if not scored.view.table.by:
        return []
    pairs = zip(DISTANCES, (_largest_gap, _moved), strict=True)
    return [measure for comparison, make in pairs for measure in _measures(scored, comparison, make)]


def _measures(scored: ScoredTable, comparison: RateComparison, make: Maker) -> list[Measure]:
    def figure(group: list[int], other: list[int]) -> ScoredFigure | Refused:
        return _figure(scored, group, other, make)

    return pair_figures(scored, comparison, figure, beside=True)


def _figure(scored: ScoredTable, group: list[int], other: list[int], make: Maker) -> ScoredFigure | Refused:
    n = [scored.n_of(side) for side in (group, other)]
    if not n[0].sum() or not n[1].sum():
        return "zero_denominator"
    value, bound = make(scored, group, other)
    params = {"bin_bound": bound, "bins": scored.scores.bins}
    return ScoredFigure(value=value, n=n[0] + n[1], interval=None, params=params)


def _largest_gap(scored: ScoredTable, group: list[int], other: list[int]) -> tuple[float, float]:
    """The largest gap of the two shares at or above a bin's edge, and how much larger it can be inside a bin."""
    return largest_gap(*(scored.histogram(side) for side in (group, other)))


def largest_gap(one: Floats, two: Floats, *, at_start: tuple[Flags, Flags] | None = None) -> tuple[float, float]:
    """The Kolmogorov-Smirnov distance of two histograms at the edges, and how much larger that of the rows can be.

    `at_start`: of each, in which bins all values are known to lie where the bin begins: they hide nothing there.

    >>> largest_gap(np.array([1.0, 1.0]), np.array([0.0, 2.0]))
    (0.5, 0.5)
    >>> first = np.array([True, True])
    >>> largest_gap(np.array([1.0, 1.0]), np.array([0.0, 2.0]), at_start=(first, first))
    (0.5, 0.0)
    """
    first, second = (np.concatenate([[0.0], np.cumsum(part) / part.sum()]) for part in (one, two))
    value = float(np.abs(first - second).max())
    inside = [np.abs(first[1:] - second[:-1]), np.abs(first[:-1] - second[1:])]
    if at_start is not None:
        inside = [np.where(known, 0.0, gap) for known, gap in zip(reversed(at_start), inside, strict=True)]
    return value, max(0.0, float(np.maximum(*inside).max()) - value)


def _moved(scored: ScoredTable, group: list[int], other: list[int]) -> tuple[float, float]:
    """How far scores would have to be moved, each taken as the mean of its bin and group: half a bin off at most."""
    places, shares = [], []
    for side in (group, other):
        n, total = (part[side].sum(axis=(0, 2, 3, 4)) for part in (scored.scores.counts, scored.scores.totals))
        places.append(total[n > 0] / n[n > 0])
        shares.append(n[n > 0] / n.sum())
    low, high = scored.scores.range
    bound = (high - low) / scored.scores.bins
    return float(wasserstein_distance(places[0], places[1], shares[0], shares[1])), bound


_WHOM = "of the group and of the declared reference, else of all other known groups"
_NONE = "a group has nobody with a score"
_BINS = "no interval: it cannot be below 0, where parity is; `bin_bound` says how far that of the rows can be"

METRICS = (
    Metric(
        name="score_kolmogorov_smirnov",
        kind="beside",
        formula=f"largest gap between the shares under a score {_WHOM}, at the edges of 100 bins ({_BINS})",
        range="[0, 1]",
        ideal=0.0,
        undefined=_NONE,
        source="Smirnov (1948), Annals of Mathematical Statistics 19:279-281; scipy, ks_2samp",
    ),
    Metric(
        name="score_wasserstein",
        kind="beside",
        formula=f"mean distance by which scores have to move for both distributions to be alike, {_WHOM}, in points of"
        f" the score ({_BINS})",
        range="[0, width of the declared range]",
        ideal=0.0,
        undefined=_NONE,
        source="Vallender (1974), Theory of Probability and its Applications 18:784-786; scipy, wasserstein_distance",
    ),
)
