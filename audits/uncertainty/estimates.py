"""Which method for which data: independent rows, declared clusters, and the fallback where a count is zero."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from audits.measures import Interval
from audits.uncertainty import jackknife as jk
from audits.uncertainty.bootstrap import Ints, Statistic, bootstrap, large_enough
from audits.uncertainty.score import Pair, newcombe, ratio_interval
from audits.uncertainty.wilson import wilson

Reason = Literal["small_cells", "degenerate"]


def rate_interval(k: Ints, n: Ints, *, clustered: bool) -> Interval:
    """Interval of one rate from counts per bucket: Wilson, or the jackknife where clusters are declared.

    At 0 or n of n, or when one bucket holds every case, clusters fall back on Wilson with Kish's effective
    number of buckets as sample size (`wilson_buckets`): wide, never falsely sure.

    >>> rate_interval(np.array([3]), np.array([10]), clustered=False).method
    'wilson'
    >>> rate_interval(np.array([0, 0]), np.array([500, 500]), clustered=True).high > 0.6
    True
    """
    if not clustered:
        return wilson(int(k.sum()), int(n.sum()))
    result = jk.rate(k, n)
    if result is not None:
        return result.interval(low=0.0, high=1.0)
    size = jk.effective_buckets(n)
    return wilson(float(k.sum() / n.sum()) * size, size, method="wilson_buckets")


def compare_rates(
    k: tuple[Ints, Ints], n: tuple[Ints, Ints], *, scale: Literal["ratio", "difference"], clustered: bool
) -> tuple[Interval | None, dict[str, Any]]:
    """Interval of p1 / p0 or p1 − p0, and the JSON test that recomputes p-values at any threshold.

    Independent rows: score test; its inverted interval for ratios, Newcombe's for differences. Clusters: the
    jackknife; where a rate is 0 or 1 the score test with effective numbers of buckets (`_buckets`).
    """
    sums = (float(k[0].sum()), float(k[1].sum())), (float(n[0].sum()), float(n[1].sum()))
    if not clustered:
        return _scored(*sums, scale=scale, suffix="")
    result = jk.compare(k, n, transform="log" if scale == "ratio" else "identity")
    if result is None:
        sizes = jk.effective_buckets(n[0]), jk.effective_buckets(n[1])
        cases = sums[0][0] / sums[1][0] * sizes[0], sums[0][1] / sums[1][1] * sizes[1]
        return _scored(cases, sizes, scale=scale, suffix="_buckets")
    test = {"kind": "jackknife", "transform": result.transform, "estimate": result.estimate, "se": result.se}
    low = 0.0 if scale == "ratio" else -1.0
    return result.interval(low=low, high=float("inf") if scale == "ratio" else 1.0), {**test, "df": result.df}


def _scored(k: Pair, n: Pair, *, scale: str, suffix: str) -> tuple[Interval | None, dict[str, Any]]:
    test: dict[str, Any] = {"kind": f"score_{scale}", "k": [_plain(v) for v in k], "n": [_plain(v) for v in n]}
    test["method"] = f"miettinen_nurminen{suffix}"
    if scale == "ratio":
        return ratio_interval(k, n, method=f"miettinen_nurminen{suffix}"), test
    return newcombe(k, n, method=f"newcombe{suffix}"), test


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def composite_interval(
    counts: Ints, statistic: Statistic, entering: Ints, *, clustered: bool, low: float, high: float
) -> tuple[Interval | None, Reason | None]:
    """Interval of a measure over several groups, or the reason why it has none.

    `counts` has the shape (groups, buckets, 2, 3); `entering` are the pooled cells that the statistic uses: under 10
    in any of them there is no interval (`small_cells`). Clusters: jackknife of the whole; else bootstrap.
    """
    if not large_enough(entering):
        return None, "small_cells"
    if clustered:
        filled = counts.sum(axis=(0, 2, 3)) > 0
        left = np.moveaxis(counts.sum(axis=1, keepdims=True) - counts, 1, 0)[filled]
        result = jk.jackknife(float(statistic(counts.sum(axis=1))), statistic(left), transform="identity")
        found = None if result is None else result.interval(low=low, high=high)
    else:
        found = bootstrap(counts.sum(axis=1), statistic)
    return (found, None) if found is not None else (None, "degenerate")
