"""Whether scores mean what they say: the chance of the outcome that they announce against how often it came."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boussole.audits.measures import NO_OUTCOME, POSITIVE, Counts, Measure
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.scored import (
    EVERY,
    SEEN,
    Refused,
    ScoredFigure,
    ScoredTable,
    group_figures,
    mean_error_ends,
    pair_figures,
    score_bounds,
)
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.means import Moments, compare_means, mean_interval

CALIBRATION_DIFFERENCE = RateComparison(
    metric="calibration_difference", rate=SEEN, scale="difference", less_is_worse=True
)
BINS = 10
SMALLEST_BIN = 30
"""Fewer outcomes than this in a bin of a curve are no observed rate."""


def mean_scores(scored: ScoredTable) -> list[Measure]:
    """The mean score of everybody or of each group."""
    low, high = scored.scores.range

    def make(group: list[int]) -> ScoredFigure | None:
        return _mean(scored, scored.scores_of(group), low, high)

    return group_figures(scored, "mean_score", EVERY, make)


def calibration_measures(scored: ScoredTable) -> list[Measure]:
    """Calibration in the large and calibration error of each group, and the judged difference."""

    def large(group: list[int]) -> ScoredFigure | None:
        figure = _mean(scored, scored.errors_of(group), -1.0, 1.0)
        return figure and figure.told(score_bounds(scored, mean_error_ends, group))

    found = group_figures(scored, "calibration_in_the_large", SEEN, large, probability=True)
    found += group_figures(scored, "calibration_error", SEEN, lambda group: _error(scored, group), probability=True)
    if not scored.view.table.by:
        return found
    return found + pair_figures(
        scored, CALIBRATION_DIFFERENCE, lambda group, other: _difference(scored, group, other), probability=True
    )


def _mean(scored: ScoredTable, moments: Moments, low: float, high: float) -> ScoredFigure | None:
    if not moments.size:
        return None
    interval = mean_interval(moments, clustered=scored.view.table.clustered, low=low, high=high)
    params = {} if interval else {"interval_reason": "degenerate"}
    return ScoredFigure(value=moments.mean, n=moments.n, interval=interval, params=params)


def _difference(scored: ScoredTable, group: list[int], other: list[int]) -> ScoredFigure | Refused:
    one, two = scored.errors_of(group), scored.errors_of(other)
    if not one.size or not two.size:
        return "zero_denominator"
    compared = compare_means(one, two, clustered=scored.view.table.clustered, low=-2.0, high=2.0)
    if compared is None:
        return "degenerate"
    interval, test = compared
    decisions = int(scored.view.table.sizes()[[*group, *other]].sum())
    return ScoredFigure(
        value=one.mean - two.mean,
        n=one.n + two.n,
        interval=interval,
        params={"values": [one.mean, two.mean], "decisions": decisions, "test": test}
        | score_bounds(scored, mean_error_ends, group, other),
    )


def _sums(scored: ScoredTable) -> tuple[Counts, Floats]:
    return scored.scores.counts, scored.scores.totals


def _by_bin(scored: ScoredTable, group: Sequence[int]) -> tuple[Counts, Counts, Floats]:
    """Outcomes, positive outcomes and sum of scores in each of `BINS` equal bins."""
    n, k, total = _by_bin_and_bucket(scored, group)
    return n.sum(axis=1), k.sum(axis=1), total.sum(axis=1)


def _by_bin_and_bucket(scored: ScoredTable, group: Sequence[int]) -> tuple[Counts, Counts, Floats]:
    """Return the same in each bucket: shape (bins, buckets)."""
    counts, totals = (part[list(group), ..., :NO_OUTCOME].sum(axis=(0, 3)) for part in _sums(scored))
    firsts = np.arange(BINS) * (scored.scores.bins // BINS)
    n, k, total = (
        np.add.reduceat(part, firsts, axis=0)
        for part in (counts.sum(axis=-1), counts[..., POSITIVE], totals.sum(axis=-1))
    )
    return n, k, total


def _error(scored: ScoredTable, group: list[int]) -> ScoredFigure | None:
    n, k, total = _by_bin(scored, group)
    if not n.sum():
        return None
    params: dict[str, Any] = {"bins": BINS}
    if scored.curve is not None:
        params["curve"] = _curve(scored, _by_bin_and_bucket(scored, group))
    size = scored.errors_of(group).n
    return ScoredFigure(value=float(np.abs(total - k).sum() / n.sum()), n=size, interval=None, params=params)


def _curve(scored: ScoredTable, bins: tuple[Counts, Counts, Floats]) -> list[dict[str, Any]]:
    """Mean score and observed rate, with its interval, in bins that can be shown; `bins` (bins, buckets)."""
    at, clustered = scored.scores.edges(BINS), scored.view.table.clustered
    found = []
    for i, j in itertools.pairwise(scored.curve or ()):
        n, k, total = (part[i:j].sum(axis=0) for part in bins)
        if not n.any():
            continue
        interval = rate_interval(k, n, clustered=clustered)
        found.append(
            {
                "low": at[i],
                "high": at[j],
                "n": int(n.sum()),
                "mean_score": float(total.sum() / n.sum()),
                "observed_rate": float(k.sum() / n.sum()),
                "interval": {"low": interval.low, "high": interval.high, "method": interval.method},
            }
        )
    return found


def with_curves(tables: Sequence[ScoredTable]) -> list[ScoredTable]:
    """Add to the tables the bins in which their calibration curves can be shown, if they can.

    Curves are of single attributes without a hidden group, all in the same bins, of which each group has `SMALLEST_BIN`
    outcomes or more, and no positive (negative) outcome or at least `suppress_below`.
    """
    shown = [each for each in tables if (len(each.view.table.by) == 1 or len(tables) == 1) and _open(each)]
    ends = _common(shown)
    while shown and ends is None:
        shown.remove(min(shown, key=_smallest))
        ends = _common(shown)
    alone = all(not each.view.hidden(SEEN) for each in tables) and not any(_unknown(each) for each in shown)
    return [
        replace(each, curve=ends) if each in shown or (shown and alone and not each.view.table.by) else each
        for each in tables
    ]


def _open(scored: ScoredTable) -> bool:
    usable = scored.scores.probability and not scored.scores.purged and scored.view.blocked(SEEN) is None
    return usable and not scored.view.hidden(SEEN)


def _smallest(scored: ScoredTable) -> int:
    return min((int(n) for n in scored.view.sizes(SEEN)[scored.view.known] if n), default=0)


def _unknown(scored: ScoredTable) -> bool:
    return bool(scored.view.sizes(SEEN)[scored.view.unknown].any())


def _common(shown: Sequence[ScoredTable]) -> tuple[int, ...] | None:
    """Ends of the bins that all groups of these tables can be shown in; None where there are not two."""
    limit = shown[0].view.system.privacy.suppress_below if shown else 0
    groups = [
        _by_bin(each, [position])[:2]
        for each in shown
        for position in (each.view.known if len(shown) == 1 else range(len(each.view.table.groups)))
        if each.view.sizes(SEEN)[position]
    ]
    if not groups:
        return None
    counts = np.array(groups)
    ends = [0]
    for end in range(1, BINS + 1):
        if _safe(counts[..., ends[-1] : end].sum(axis=-1), limit):
            ends.append(end)
    if ends[-1] < BINS:
        del ends[max(len(ends) - 1, 1) :]
        while len(ends) > 1 and not _safe(counts[..., ends[-1] :].sum(axis=-1), limit):
            ends.pop()
        ends.append(BINS)
    return tuple(ends) if len(ends) > 2 else None


def _safe(counts: Counts, limit: int) -> bool:
    """Whether a bin can be shown of every group; `counts`: outcomes and positive outcomes of each."""
    n, k = counts[:, 0], counts[:, 1]
    few = [(part > 0) & (part < limit) for part in (k, n - k)]
    return bool((n >= max(limit, SMALLEST_BIN)).all() and not np.any(few))


_CHANCE = "the declared range of the score is not within [0, 1], so that it is no probability"
_NONE = f"nobody with a score has an observed outcome; outcomes are not mature yet; {_CHANCE}"
_SOURCE = "calibration in the large: Cox (1958), Biometrika 45:562-565; Steyerberg (2019), chapter 15"

METRICS = (
    Metric(
        name="mean_score",
        kind="group",
        formula="Σ score ÷ decisions that have a score",
        range="the declared range of the score",
        ideal=None,
        undefined="nobody has a score",
        source="Student (1908), Biometrika 6:1-25, for its interval",
    ),
    Metric(
        name="calibration_in_the_large",
        kind="group",
        formula="mean score − share of positive outcomes, of decisions with score and observed outcome (those selected,"
        " where outcomes are seen only for them): above 0 where scores promise too much",
        range="[-1, 1]",
        ideal=0.0,
        undefined=_NONE,
        source=_SOURCE,
    ),
    Metric(
        name="calibration_error",
        kind="group",
        formula=f"Σ |Σ score − positive outcomes| over {BINS} equal bins of the score ÷ decisions with score and"
        " observed outcome; with few decisions it is above 0 by chance alone, and it has no interval: it cannot be"
        " below 0, where calibration is",
        range="[0, 1]",
        ideal=0.0,
        undefined=_NONE,
        source="Naeini, Cooper & Hauskrecht (2015), AAAI: 2901-2907",
    ),
    Metric(
        name="calibration_difference",
        kind="comparison",
        formula="calibration in the large of the group − that of the declared reference, else of all other known"
        " groups: below 0 where the same outcomes earn the group lower scores",
        range="[-2, 2]",
        ideal=0.0,
        undefined=f"a group has none; {_NONE}; nothing varies",
        source="Pleiss et al. (2017), NeurIPS: 5680-5689; Obermeyer et al. (2019), Science 366:447-453",
    ),
)
