"""Which method for which data: independent rows, declared clusters, and the fallback where a count is zero."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.few import worth_of_few
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.score import Pair, difference_interval, newcombe, ratio_interval
from boussole.audits.uncertainty.wilson import wilson, wilson_bounds

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Statistic = Callable[[Ints], Floats]
"""Takes counts of shape (…, groups, decision, outcome), gives values of shape (…); NaN where undefined."""

SMALLEST_CELL = 10
DRAWS = 2000
SEED = 20260801


def bootstrap(counts: Ints, statistic: Statistic, *, level: float = 0.95) -> Interval | None:
    """Compute the percentile interval from `DRAWS` multinomial redraws of the cells, with a fixed seed.

    Inputs: counts (groups, 2, 3) of independent decisions, in cells of 10 and more (`large_enough`). None if a redraw
    leaves the statistic undefined. Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    values = statistic(_drawn(counts.shape, np.ascontiguousarray(counts, dtype=np.int64).tobytes()))
    if not np.isfinite(values).all():
        return None
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(low=float(low), high=float(high), level=level, method="multinomial_bootstrap")


@lru_cache(maxsize=4)
def _drawn(shape: tuple[int, ...], cells: bytes) -> Ints:
    """Redraws of counts, kept: the measures of one table ask for the same ones."""
    counts = np.frombuffer(cells, dtype=np.int64)
    total = int(counts.sum())
    drawn = np.random.default_rng(SEED).multinomial(total, counts / total, size=DRAWS).reshape((DRAWS, *shape))
    drawn.flags.writeable = False
    return drawn


def large_enough(entering: Ints) -> bool:
    """Whether every cell that enters holds at least `SMALLEST_CELL` decisions."""
    return bool(entering.size) and int(entering.min()) >= SMALLEST_CELL


Reason = Literal["small_cells", "degenerate"]


def rate_interval(k: Ints, n: Ints, *, clustered: bool) -> Interval:
    """Compute the interval of one rate from counts per bucket: Wilson, or the jackknife where clusters are declared.

    Where few clusters carry the rate, it is Wilson's with Student's t at the rows they are worth (`few.worth_of_few`);
    at 0 or n of n, or with all cases in one bucket, at `jackknife.fewest_clusters`.
    """
    if not clustered:
        return wilson(int(k.sum()), int(n.sum()))
    result = jk.rate(k, n)
    if result is not None:
        worth = worth_of_few(k, n, result.df)
        if worth is None:
            return result.interval(low=0.0, high=1.0)
        low, high = wilson_bounds(result.estimate * worth, worth, z=student_quantile(0.975, result.df))
        return Interval(low=low, high=high, method="wilson_clusters")
    size = jk.fewest_rows(k, n)
    return wilson(float(k.sum() / n.sum()) * size, size, method="wilson_clusters")


def compare_rates(
    k: tuple[Ints, Ints], n: tuple[Ints, Ints], *, scale: Literal["ratio", "difference"], clustered: bool
) -> tuple[Interval | None, dict[str, Any]]:
    """Compute the interval of p1 / p0 or p1 − p0, and the JSON test that recomputes p-values at any threshold.

    Independent rows: score test, its inverted interval for ratios, Newcombe's for differences. Clusters: the score test
    at effective sizes, with Student's t (`_clusters`, `_buckets`).
    """
    sums = (float(k[0].sum()), float(k[1].sum())), (float(n[0].sum()), float(n[1].sum()))
    if not clustered:
        return _scored(*sums, scale=scale, suffix="")
    found = _of_clusters(k, n, scale)
    if found is not None:
        return found
    sizes = jk.effective_buckets(n[0]), jk.effective_buckets(n[1])
    return _scored(_cases(sums, sizes), sizes, scale=scale, suffix="_buckets")


def _of_clusters(
    k: tuple[Ints, Ints], n: tuple[Ints, Ints], scale: Literal["ratio", "difference"]
) -> tuple[Interval | None, dict[str, Any]] | None:
    found = jk.effective_sizes(k, n, transform="log" if scale == "ratio" else "identity")
    if found is None:
        return None
    sizes, df = found
    name, level = "miettinen_nurminen_clusters", 0.95
    cases = _cases(((float(k[0].sum()), float(k[1].sum())), (float(n[0].sum()), float(n[1].sum()))), sizes)
    invert = ratio_interval if scale == "ratio" else difference_interval
    interval = invert(cases, sizes, quantile=student_quantile(0.5 + level / 2, df), level=level, method=name)
    return interval, {"kind": f"score_{scale}", "k": list(cases), "n": list(sizes), "df": df, "method": name}


def _cases(sums: tuple[Pair, Pair], sizes: Pair) -> Pair:
    """Cases at other sizes, at the same rates."""
    (k1, k0), (n1, n0) = sums
    return k1 / n1 * sizes[0], k0 / n0 * sizes[1]


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
    """Compute the interval of a measure over several groups, or the reason why it has none.

    `counts`: (groups, buckets, 2, 3); `entering`: the pooled cells of the statistic, none below 10 (`small_cells`).
    Clusters: jackknife; else bootstrap.
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
