"""Rows of one person fall in one of 40 buckets: the delete-a-group jackknife, and what rows are worth with clusters.

Sources: Kott (2001), J. Official Statistics 17:521; Rao & Scott (1992), Biometrics 48:577; Kish (1965).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Callable

from .chances import quantile
from .scores import Interval, difference_interval, newcombe, ratio_interval, wilson

Counts = list[int]
"""One number for each bucket."""
Counted = tuple[Counts, Counts]
"""Cases and rows of each bucket."""


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _unlogit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


LINK: dict[str, Callable[[float], float]] = {"logit": _logit, "log": math.log, "identity": float}
BACK: dict[str, Callable[[float], float]] = {"logit": _unlogit, "log": math.exp, "identity": float}


def without_each(counted: Counted, filled: Sequence[int]) -> list[float] | None:
    """The rate without each filled bucket; None where one of them is 0, 1 or empty."""
    cases, rows = counted
    k, n = sum(cases), sum(rows)
    parts = [(k - cases[b], n - rows[b]) for b in filled]
    return [a / b for a, b in parts] if parts and all(0 < a < b for a, b in parts) else None


def spread(estimate: float, parts: Sequence[float], link: str) -> float:
    """Σ (f(θ without a bucket) − f(θ))²."""
    f = LINK[link]
    return math.fsum((f(part) - f(estimate)) ** 2 for part in parts)


def jackknife(estimate: float, parts: Sequence[float], link: str, low: float, high: float) -> Interval | None:
    """Student's interval from the jackknife; None where nothing varies."""
    m = len(parts)
    variance = (m - 1) / m * spread(estimate, parts, link) if m > 1 else 0.0
    if not math.isfinite(variance) or variance <= 1e-24:
        return None
    half = quantile(0.975, {"df": m - 1}) * math.sqrt(variance)
    ends = [BACK[link](LINK[link](estimate) + side * half) for side in (-1, 1)]
    return Interval(max(low, ends[0]), min(high, ends[1]), "jackknife")


def filled(*rows: Counts) -> list[int]:
    return [b for b in range(len(rows[0])) if any(each[b] for each in rows)]


def effective_buckets(rows: Counts) -> float:
    """Kish's effective number: (Σn)² ÷ Σn²."""
    return sum(rows) ** 2 / sum(n * n for n in rows)


def rate_interval(counted: Counted, clustered: bool) -> Interval:
    """Wilson's interval; with clusters the jackknife on the logit scale, else Wilson at the effective buckets."""
    k, n = sum(counted[0]), sum(counted[1])
    if not clustered:
        return wilson(k, n)
    parts = without_each(counted, filled(counted[1])) if 0 < k < n else None
    found = jackknife(k / n, parts, "logit", 0.0, 1.0) if parts else None
    if found is not None:
        return found
    size = effective_buckets(counted[1])
    return wilson(k / n * size, size, "wilson_buckets")


def compared(one: Counted, other: Counted, scale: str, clustered: bool) -> tuple[Interval | None, dict]:
    """The interval of a ratio or difference of two rates, and the test that judges it."""
    k, n = (sum(one[0]), sum(other[0])), (sum(one[1]), sum(other[1]))
    if not clustered:
        return scored(k, n, scale, "")
    rates = (k[0] / n[0], k[1] / n[1])
    found = worth_of(one, other, rates, scale)
    if found is not None:
        return at_worth(rates, found[0], found[1], scale)
    sizes = (effective_buckets(one[1]), effective_buckets(other[1]))
    return scored((rates[0] * sizes[0], rates[1] * sizes[1]), sizes, scale, "_buckets")


def worth_of(one: Counted, other: Counted, rates: tuple[float, float], scale: str) -> tuple | None:
    """How many independent rows each group is worth in the comparison, and degrees of freedom."""
    used = filled(one[1], other[1])
    first, second = without_each(one, used), without_each(other, used)
    if first is None or second is None:
        return None
    link = "log" if scale == "ratio" else "identity"
    return worth(rates, (first, second), (sum(one[1]), sum(other[1])), (one[1], other[1]), link)


def worth(rates: tuple, parts: tuple, rows: tuple, buckets: tuple, link: str) -> tuple | None:
    """How many independent rows two rates are worth, from them with and without each bucket, and degrees of freedom."""
    many = [len(filled(each)) for each in buckets]
    if min(many) < 2 or not all(0 < rate < 1 for rate in rates):
        return None
    m = len(parts[0])
    try:
        squares = [spread(rate, part, link) for rate, part in zip(rates, parts)]
        joint = [a / b if link == "log" else a - b for a, b in zip(*parts)]
        whole = spread(rates[0] / rates[1] if link == "log" else rates[0] - rates[1], joint, link)
    except (ValueError, ZeroDivisionError):
        return None
    if sum(squares) <= 0 or (m - 1) / m * whole <= 1e-24:
        return None
    welch = sum(squares) ** 2 / sum(s * s / (b - 1) for s, b in zip(squares, many))
    plain = [(m - 1) / m * spread(rate, part, "identity") for rate, part in zip(rates, parts)]
    effects = [v * size / (rate * (1 - rate)) for v, size, rate in zip(plain, rows, rates)]
    together = whole / sum(squares)
    sizes = [size / (effect * together) for size, effect in zip(rows, at_least(effects, buckets, many))]
    return (sizes[0], sizes[1]), min(welch, float(m - 1))


def at_least(effects: list[float], buckets: tuple, many: list[int]) -> list[float]:
    """Design effects, at least those of the correlation within clusters in both groups together."""
    more = [cluster_size(rows) - 1 for rows in buckets]
    room = sum((b - 1) * g for b, g in zip(many, more))
    found = sum((b - 1) * (effect - 1) for b, effect in zip(many, effects))
    correlation = min(max(found / room, 0.0), 1.0) if room > 0 else 0.0
    return [max(effect, 1 + g * correlation) for effect, g in zip(effects, more)]


def cluster_size(rows: Counts) -> float:
    """Mean size of clusters, weighted by size: variance between buckets × buckets ÷ rows; at least 1."""
    count, total = len(rows), sum(rows)
    mean = total / count
    variance = math.fsum((n - mean) ** 2 for n in rows) / (count - 1)
    return max(1.0, variance * count / total)


def at_worth(rates: tuple, sizes: tuple, df: float, scale: str) -> tuple[Interval | None, dict]:
    """The score interval and test at effective sizes, with Student's t."""
    method, k = "miettinen_nurminen_clusters", (rates[0] * sizes[0], rates[1] * sizes[1])
    invert: Callable[..., Interval | None] = ratio_interval if scale == "ratio" else difference_interval
    interval = invert(k, sizes, method, quantile(0.975, {"df": df}))
    return interval, {"kind": f"score_{scale}", "k": list(k), "n": list(sizes), "df": df, "method": method}


def scored(k: tuple, n: tuple, scale: str, suffix: str) -> tuple[Interval | None, dict]:
    """The score interval (Newcombe's for a difference) and test of two rates."""
    method = f"miettinen_nurminen{suffix}"
    test = {"kind": f"score_{scale}", "k": list(k), "n": list(n), "method": method}
    if scale == "ratio":
        return ratio_interval(k, n, method), test
    return newcombe(k, n, f"newcombe{suffix}"), test
