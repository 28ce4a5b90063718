"""Difference in differences with a staggered start: effects by group and time (Callaway & Sant'Anna).

Agencies that started are compared with those that never did, from the month before their start. Intervals: the
jackknife by agencies with Student's t at Satterthwaite's degrees of freedom; months together by Šidák's inequality.
Sources: Callaway & Sant'Anna (2021), J. Econometrics 225:200-230; MacKinnon, Nielsen & Webb (2023), J. Econometrics
232:272-299; Satterthwaite (1946); Kish (1965); Šidák (1967), JASA 62:626-633; Hotelling (1931), AMS 2:360-378.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import f as fisher

from boussole.audits.measures import Flags, Floats
from boussole.audits.uncertainty.quantiles import student_quantile

Ints = npt.NDArray[np.int64]
FEWEST = 10
"""Agencies that a month is told of, at least; and on either side, to compare at all."""
NEAREST = 6
"""Months before the start whose trends are tested together, at most: more would take the power of the test away."""


@dataclass(frozen=True, kw_only=True)
class EffectEstimate:
    """An effect with its standard error and degrees of freedom; `agencies`: how many that started it rests on."""

    value: float
    se: float
    df: float
    agencies: int


@dataclass(frozen=True, kw_only=True)
class Trends:
    """The joint test of "no difference between the trends of the months before"."""

    statistic: float
    df: tuple[float, float]
    p: float
    months: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The effect over all months since the start, and by month around it, with simultaneous intervals at 95 %."""

    overall: EffectEstimate
    months: dict[int, tuple[EffectEstimate, float]]
    trends: Trends | None


def study(rates: Floats, weights: Floats, starts: Ints) -> Study:
    """Estimate the effects of a panel without gaps.

    `rates`: (agencies, months); `weights`: (agencies,), above 0; `starts`: (agencies,), the month of the start, from 1
    on, or -1 for agencies that did not start.
    """
    started, last = starts >= 0, rates.shape[1]
    span = range(-int(starts.max()), last - int(starts[started].min()))
    cohorts = np.unique(starts[started])
    own = np.array([_since(rates[i], int(starts[i]), span) for i in np.flatnonzero(started)])
    others = np.array([[_since(row, int(start), span) for start in cohorts] for row in rates[~started]])
    sides = _sides(own, others, weights, starts)
    each = [sides.effect(j) for j in range(len(sides.estimates))]
    told = [e for e in span if e != -1 and each[e - span.start].agencies >= FEWEST]
    chance = (1 - 0.95 ** (1 / max(len(told), 1))) / 2
    months = {}
    for e in told:
        found = each[e - span.start]
        months[e] = (found, student_quantile(1 - chance, found.df) * found.se)
    before = {e: (e - span.start, each[e - span.start]) for e in sorted(told, reverse=True) if e < 0}
    return Study(overall=each[-1], months=months, trends=_trends(before, sides.variance))


def _since(rates: Floats, start: int, span: range) -> Floats:
    """Changes since the month before a start, by month from it (NaN: not observed); last, their mean from it on."""
    found = np.full(len(span) + 1, np.nan)
    at = np.arange(len(rates)) - start - span.start
    found[at] = rates - rates[start - 1]
    found[-1] = (rates[start:] - rates[start - 1]).mean()
    return found


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """The estimates, their moves when an agency is left out of either side, and the weights of both sides."""

    estimates: Floats
    moves: tuple[Floats, Floats]
    seen: Flags
    weights: tuple[Floats, Floats]

    @property
    def variance(self) -> Floats:
        """The covariance of all estimates, from the moves of both sides."""
        first, second = ((len(each) - 1) / len(each) * each.T @ each for each in self.moves)
        return np.asarray(first + second)

    def effect(self, j: int) -> EffectEstimate:
        """One estimate with its error. Degrees of freedom: Satterthwaite's over the two sides."""
        here = self.weights[0][self.seen[:, j]], self.weights[1]
        parts = [(len(side) - 1) / len(side) * float(np.square(side[:, j]).sum()) for side in self.moves]
        free = [max(worth(each) - 1, 1.0) for each in here]
        whole = sum(parts)
        df = whole**2 / sum(part**2 / each for part, each in zip(parts, free, strict=True)) if whole > 0 else min(free)
        return EffectEstimate(
            value=float(self.estimates[j]), se=float(np.sqrt(whole)), df=float(df), agencies=len(here[0])
        )


def _sides(own: Floats, others: Floats, weights: Floats, starts: Ints) -> _Sides:
    """`own`: (agencies that started, months) and `others`: (other agencies, starts, months), changes since a start."""
    started = starts >= 0
    w1, w0, cohorts = weights[started], weights[~started], np.unique(starts[started])
    cohort = np.searchsorted(cohorts, starts[started])
    change = np.einsum("j,jce->ce", w0 / w0.sum(), others)
    gap = own - change[cohort]
    seen = ~np.isnan(gap)
    share = np.where(seen, w1[:, None], 0.0)
    total = share.sum(axis=0)
    estimates = (share * np.nan_to_num(gap)).sum(axis=0) / total
    left = total - share
    first = np.where(left > 0, share * (estimates - np.nan_to_num(gap)) / np.where(left > 0, left, 1.0), 0.0)
    parts = np.array([share[cohort == c].sum(axis=0) for c in range(len(cohorts))]) / total
    moved = np.nan_to_num(others - change) * (w0 / (w0.sum() - w0))[:, None, None]
    second = np.einsum("ce,jce->je", parts, moved)
    return _Sides(estimates=estimates, moves=(first, second), seen=seen, weights=(w1, w0))


def worth(weights: Floats) -> float:
    """Return how many agencies of equal weight these are worth (Kish)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def _trends(before: Mapping[int, tuple[int, EffectEstimate]], variance: Floats) -> Trends | None:
    """Return Hotelling's test of the nearest months before the start; None where fewer than two are known."""
    months = list(before)[:NEAREST]
    if len(months) < 2:
        return None
    df = min(before[e][1].df for e in months)
    months = months[: max(2, int(df / 3))]
    at, values = [before[e][0] for e in months], np.array([before[e][1].value for e in months])
    size, between = len(at), variance[np.ix_(at, at)]
    if np.linalg.matrix_rank(between) < size or df <= size:
        return None
    squared = float(values @ np.linalg.solve(between, values))
    statistic, free = squared * (df - size + 1) / (df * size), (float(size), df - size + 1)
    return Trends(statistic=statistic, df=free, p=float(fisher.sf(statistic, *free)), months=tuple(months))
