"""Which method for which data: independent rows, declared clusters, and the fallback where a count is zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.parts import Floats, Ints, Pairs
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.jackknife import cluster_size, correlation_within, variance_between, without_each
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.audits.uncertainty.score import Pair, difference_interval, newcombe, ratio_interval, wilson, wilson_bounds

Mask = npt.NDArray[np.bool_]
FEW = 6
"""Cases (or others) in the clusters that make most of the variance: with fewer, their correlation is hardly known."""
SURELY = 2.5
"""Standard deviations of a count (Poisson's) beyond what small clusters bring: what is above comes from a large one."""


def worth_of_few(k: Ints, n: Ints, df: float) -> float | None:
    """Estimate how many independent rows a rate is worth where few clusters weigh most and few of them have a case.

    None where six of them or more have one, or all. Formula: rows ÷ (1 + (size − 1) c), 1 − c = known × (1 − the
    correlation found), known the larger of M × share ÷ 6 and √(share seen), M of `clusters_that_carry`.
    Source: Kish (1965), Survey Sampling, 5.4; the number six by simulation (tests/audits/uncertainty/test_heavy.py).
    """
    size, p, rows = cluster_size(n), float(k.sum() / n.sum()), float(n.sum())
    parts = without_each(k, n, n > 0)
    if parts is None or size <= 1:
        return None
    carrying = min(_evenly(rows / size, parts, df), clusters_that_carry(n))
    seen = _share_with_cases(k if p <= 0.5 else n - k, n)
    known = max(carrying * max(min(p, 1 - p), seen) / FEW, math.sqrt(seen))
    if known >= 1:
        return None
    effect = variance_between(parts, p, "identity") * rows / (p * (1 - p))
    alike = 1 - known * (1 - correlation_within(effect - 1, size - 1))
    return rows / max(effect, 1 + (size - 1) * alike)


def _evenly(clusters: float, parts: Floats, df: float) -> float:
    """Return how many of uneven clusters weigh: × (df + 1) ÷ the lesser of them and the buckets filled."""
    return clusters * min(1.0, (df + 1) / min(clusters, float(parts.size)))


def clusters_that_carry(n: Ints) -> float:
    """Estimate how many clusters make the variance between buckets: (Σs²)³ ÷ (Σs³)² over the sizes s of clusters."""
    return float(n.sum()) * cluster_size(n) / large_size(n) ** 2


def large_size(n: Ints) -> float:
    """Estimate the size of the clusters that make the variance, Σs³ ÷ Σs², from rows per bucket.

    From unbiased cumulants (k-statistics) of a compound Poisson sum, at most the largest bucket. Source: Kendall &
    Stuart, The Advanced Theory of Statistics 1, 12.
    """
    size, m = cluster_size(n), n.size
    away = n - n.mean()
    second, third = float(np.square(away).sum()), float((away**3).sum())
    if m < 3 or second <= 0:
        return size
    return min(max(size, third * m / (second * (m - 2))), float(n.max()))


def _share_with_cases(rare: Ints, n: Ints) -> float:
    """Return the share of the variance between buckets of `n` rows whose large clusters surely have a case."""
    carried, small = _by_large_clusters(n)
    brought = float(rare[small].sum()) / int(small.sum()) if small.any() else 0.0
    return float(carried[rare > brought + SURELY * math.sqrt(brought)].sum() / carried.sum())


def _by_large_clusters(n: Ints) -> tuple[Floats, Mask]:
    """Return what each bucket carries of the variance beyond small clusters, and which have no large cluster."""
    large = large_size(n)
    light = float(n.mean()) * (1 - cluster_size(n) / large)
    beyond = np.maximum(n - light, 0.0)
    return beyond * np.minimum(beyond, large), (n > 0) & (n < light + large / 2)


@dataclass(frozen=True, kw_only=True)
class StandardisedComparison:
    """Standardised rates of both groups, the interval of their ratio, and the JSON test that judges it."""

    rates: tuple[float, float]
    interval: Interval | None
    test: dict[str, Any]


def matched_weights(n1: Floats, n0: Floats) -> Floats:
    """Weights of Mantel and Haenszel, n1 n0 / (n1 + n0): a stratum counts for what it can tell of a difference."""
    return np.asarray(_divide(n1 * n0, n1 + n0), dtype=np.float64)


def standardised_ratio(pairs: Pairs) -> StandardisedComparison | None:
    """Estimate the ratio of two rates, each standardised over the strata to the weights of Mantel and Haenszel.

    Formula: Σ w k1/n1 ÷ Σ w k0/n0, w = n1 n0 / (n1 + n0). Interval and test: the score test at effective sizes. None
    where the other group's rate is 0. Source: Greenland & Robins (1985), Biometrics 41:55-68.
    """
    _, n1, _, n0 = pairs.sums
    first, other = (float(rate) for rate in _rates(pairs.sums))
    if not other > 0:
        return None
    weights = matched_weights(n1, n0)
    sizes = _worth(weights, n1), _worth(weights, n0)
    if pairs.clustered:
        buckets, parts = (pairs.n1.sum(axis=1), pairs.n0.sum(axis=1)), _rates(pairs.without_each)
        found = jk.worth((first, other), parts, sizes, buckets, transform="log")
        if found is not None:
            return _scored_stratified((first, other), found[0], "miettinen_nurminen_clusters", df=found[1])
        few = jk.effective_buckets(buckets[0]), jk.effective_buckets(buckets[1])
        return _scored_stratified((first, other), few, "miettinen_nurminen_buckets")
    variance = _mantel_haenszel_variance(pairs)
    if first > 0 and variance > 0:
        worth = ((1 - first) / (first * sizes[0]) + (1 - other) / (other * sizes[1])) / variance
        if worth > 0:
            sizes = (sizes[0] * worth, sizes[1] * worth)
    return _scored_stratified((first, other), (sizes[0], sizes[1]), "miettinen_nurminen_strata")


def standardised_difference(pairs: Pairs) -> StandardisedComparison:
    """Estimate the difference of two rates, each standardised over the strata to the weights of Mantel and Haenszel.

    Formula: (Σ w k1/n1 − Σ w k0/n0) ÷ Σ w, w = n1 n0 / (n1 + n0). Interval and test: the score test at effective sizes,
    with half a case added to each side of a stratum. Source: Greenland & Robins (1985), Biometrics 41:55-68; Miettinen
    & Nurminen (1985), Stat. in Medicine 4:213-226.

    >>> one = Pairs(k1=np.array([[56]]), n1=np.array([[70]]), k0=np.array([[48]]), n0=np.array([[80]]), clustered=False)
    >>> found = standardised_difference(one)
    >>> round(found.interval.low, 3), round(found.interval.high, 3)
    (0.052, 0.339)
    """
    _, n1, _, n0 = pairs.sums
    first, other = (float(rate) for rate in _rates(pairs.sums))
    weights = matched_weights(n1, n0)
    sizes, name, df = (_worth(weights, n1), _worth(weights, n0)), "miettinen_nurminen_strata", None
    if pairs.clustered:
        buckets, parts = (pairs.n1.sum(axis=1), pairs.n0.sum(axis=1)), _rates(pairs.without_each)
        found = jk.worth((first, other), parts, sizes, buckets, transform="identity")
        if found is None:
            sizes, name = (
                (jk.effective_buckets(buckets[0]), jk.effective_buckets(buckets[1])),
                "miettinen_nurminen_buckets",
            )
        else:
            sizes, name, df = found[0], "miettinen_nurminen_clusters", found[1]
    else:
        plain = first * (1 - first) / sizes[0] + other * (1 - other) / sizes[1]
        variance = _difference_variance(pairs, weights)
        scale = plain / variance if plain > 0 and variance > 0 else 1.0
        sizes = (sizes[0] * scale, sizes[1] * scale)
    cases = first * sizes[0], other * sizes[1]
    test: dict[str, Any] = {"kind": "score_difference", "k": list(cases), "n": list(sizes), "method": name}
    test |= {} if df is None else {"df": df}
    quantile = normal_quantile(0.975) if df is None else student_quantile(0.975, df)
    interval = difference_interval(cases, sizes, quantile=quantile, level=0.95, method=name)
    return StandardisedComparison(rates=(first, other), interval=interval, test=test)


def _difference_variance(pairs: Pairs, weights: Floats) -> float:
    k1, n1, k0, n0 = pairs.sums
    parts = []
    for k, n in ((k1, n1), (k0, n0)):
        p = (k + 0.5) / (n + 1)
        parts.append(p * (1 - p) / n)
    return float((np.square(weights) * (parts[0] + parts[1])).sum() / weights.sum() ** 2)


def _rates(counts: tuple[Floats, Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    k1, n1, k0, n0 = counts
    both = (n1 > 0) & (n0 > 0)
    weights = np.where(both, matched_weights(n1, n0), 0.0)
    total = weights.sum(axis=-1)
    one, two = (_divide((weights * _divide(k, n)).sum(axis=-1), total) for k, n in ((k1, n1), (k0, n0)))
    return one, two


def _divide(above: Floats, below: Floats) -> Floats:
    found = np.zeros(np.broadcast(above, below).shape)
    np.divide(above, below, out=found, where=np.broadcast_to(below, found.shape) > 0)
    return found


def _mantel_haenszel_variance(pairs: Pairs) -> float:
    """Return the variance of the log risk ratio: Σ (m n1 n0 − k1 k0 N) / N² ÷ (Σ k1 n0/N · Σ k0 n1/N)."""
    k1, n1, k0, n0 = pairs.sums
    n = n1 + n0
    above = (((k1 + k0) * n1 * n0 - k1 * k0 * n) / np.square(n)).sum()
    below = (k1 * n0 / n).sum() * (k0 * n1 / n).sum()
    return float(above / below) if below > 0 else 0.0


def _worth(weights: Floats, n: Floats) -> float:
    """How many people chosen at random tell as much as `n` in each stratum, weighted (Kish)."""
    return float(weights.sum() ** 2 / (np.square(weights) / n).sum())


def _scored_stratified(
    rates: tuple[float, float], sizes: tuple[float, float], method: str, *, df: float | None = None
) -> StandardisedComparison:
    k = rates[0] * sizes[0], rates[1] * sizes[1]
    test: dict[str, Any] = {"kind": "score_ratio", "k": list(k), "n": list(sizes), "method": method}
    quantile = None if df is None else student_quantile(0.975, df)
    interval = ratio_interval(k, sizes, quantile=quantile, method=method)
    return StandardisedComparison(rates=rates, interval=interval, test=test if df is None else test | {"df": df})


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
