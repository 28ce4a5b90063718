"""Rows of one person fall in one of 40 buckets: the delete-a-group jackknife, and what rows are worth with clusters.

Sources: Kott (2001), J. Official Statistics 17:521; Rao & Scott (1992), Biometrics 48:577; Kish (1965).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Callable

from .chances import quantile
from .scores import Interval, difference_interval, newcombe, ratio_interval, wilson

method: ContextVar[int] = ContextVar("method", default=5)
"""By the methods of which time figures are computed: up to the second rule 1, up to the seventh 2, by the eighth 3,
by the ninth 4, since then 5."""
Counts = list[int]
"""One number for each bucket."""
Counted = tuple[Counts, Counts]
"""Cases and rows of each bucket."""


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


LINK: dict[str, Callable[[float], float]] = {"logit": _logit, "log": math.log, "identity": float}


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


def freedom(estimate: float, parts: Sequence[float], rows: Counts, effect: float) -> float:
    """Satterthwaite's degrees of freedom of a rate, from its parts and its rows; few where few clusters weigh most."""
    m = len(parts)
    if method.get() < 2:
        return m - 1.0
    gaps = [(_logit(part) - _logit(estimate)) ** 2 for part in parts]
    size, total = cluster_size(rows), sum(rows)
    clusters = [n * min(n, size) for n in rows]
    v = [n / total + max(effect - 1, 0.0) * c / sum(clusters) for n, c in zip(rows, clusters)]
    return min(
        m - 1.0,
        max(1.0, 3 * math.fsum(gaps) ** 2 / math.fsum(gap * gap for gap in gaps) - 2),
        max(1.0, math.fsum(v) ** 2 / math.fsum(each * each for each in v) - 1),
    )


FEW = {3: 4, 4: 5, 5: 6}
"""Of fewer cases in the clusters that make most of the variance, it is hardly known how alike their rows are: by the
third methods to be expected if they were alike, since then seen."""
SURELY = 2.5
"""Standard deviations beyond what small clusters bring of cases."""


def _large(rows: Counts, size: float) -> float:
    """The size of the clusters that make the variance: the third cumulant of rows between buckets by the second."""
    m, mean = len(rows), sum(rows) / len(rows)
    second = math.fsum((n - mean) ** 2 for n in rows)
    if m < 3 or second <= 0:
        return size
    return min(max(size, math.fsum((n - mean) ** 3 for n in rows) * m / (second * (m - 2))), float(max(rows)))


def _seen(rare: Counts, rows: Counts, size: float) -> float:
    """Of the variance that buckets may carry, the share of those with more cases than small clusters bring."""
    if method.get() < 5:
        carried = [n * min(n, size) for n in rows]
        half = math.fsum(c * n for c, n in zip(carried, rows)) / math.fsum(carried) / 2
    else:
        large = _large(rows, size)
        light = sum(rows) / len(rows) * (1 - size / large)
        carried = [max(n - light, 0.0) * min(max(n - light, 0.0), large) for n in rows]
        half = light + large / 2
    small = [case for case, n in zip(rare, rows) if 0 < n < half]
    brought = sum(small) / len(small) if small else 0.0
    most = brought + SURELY * math.sqrt(brought)
    return math.fsum(c for c, case in zip(carried, rare) if case > most) / math.fsum(carried)


def jackknife(counted: Counted, parts: Sequence[float]) -> Interval | None:
    """Student's interval of a rate from the jackknife on the logit scale, or Wilson's where few clusters have a case;
    None where nothing varies."""
    (k, n), m = (sum(each) for each in counted), len(parts)
    p = k / n
    variance = (m - 1) / m * spread(p, parts, "logit") if m > 1 else 0.0
    if not math.isfinite(variance) or variance <= 1e-24:
        return None
    effect = (m - 1) / m * spread(p, parts, "identity") * n / (p * (1 - p))
    df = freedom(p, parts, counted[1], effect)
    z, size = quantile(0.975, {"df": df}), cluster_size(counted[1])
    if method.get() > 2 and size > 1:
        clusters, few = n / size, FEW[method.get()]
        carrying = clusters * min(1.0, (df + 1) / min(clusters, m))
        if method.get() > 4:
            carrying = min(carrying, n * size / _large(counted[1], size) ** 2)
        rare = counted[0] if p <= 0.5 else [n - k for k, n in zip(*counted)]
        seen = _seen(rare, counted[1], size) if method.get() > 3 else 0.0
        known = max(carrying * max(min(p, 1 - p), seen) / few, math.sqrt(seen) if method.get() > 4 else 0.0)
        if known < 1:
            found = min(max((effect - 1) / (size - 1), 0.0), 1.0)
            worth = n / max(effect, 1 + (size - 1) * (1 - known + known * found))
            return wilson(p * worth, worth, "wilson_clusters", z)
    half = z * math.sqrt(variance)
    ends = [1 / (1 + math.exp(-(_logit(p) + side * half))) for side in (-1, 1)]
    return Interval(max(0.0, ends[0]), min(1.0, ends[1]), "jackknife")


def filled(*rows: Counts) -> list[int]:
    return [b for b in range(len(rows[0])) if any(each[b] for each in rows)]


def effective_buckets(rows: Sequence[float]) -> float:
    """Kish's effective number: (Σn)² ÷ Σn²."""
    return sum(rows) ** 2 / sum(n * n for n in rows)


SIZE_BEYOND = 1.52
"""39 ÷ the fifth percentile of chi-square with 39 degrees of freedom."""


def fewest_clusters(rows: Counts) -> float:
    """How many independent rows these are worth at least: as if all rows of a cluster were alike."""
    count, total = len(rows), sum(rows)
    spread = SIZE_BEYOND * count / (count - 1) * math.fsum((n - total / count) ** 2 for n in rows)
    return max(effective_buckets(rows), min(total, total**2 / spread) if spread > 0 else float(total))


def fewest_rows(counted: Counted) -> float:
    """The same; no more than what the variance of the cases between buckets leaves."""
    cases, rows = counted
    k, n, size, used = sum(cases), sum(rows), fewest_clusters(rows), filled(rows)
    if not 0 < k < n or len(used) < 2:
        return size
    variance = (len(used) - 1) / len(used) * spread(k / n, _left(counted, used), "identity")
    return max(1.0, min(size, k / n * (1 - k / n) / variance)) if variance > 0 else size


def rate_interval(counted: Counted, clustered: bool) -> Interval:
    """Wilson's interval; with clusters the jackknife on the logit scale, else Wilson at the fewest clusters."""
    k, n = sum(counted[0]), sum(counted[1])
    if not clustered:
        return wilson(k, n)
    parts = without_each(counted, filled(counted[1])) if 0 < k < n else None
    found = jackknife(counted, parts) if parts else None
    if found is not None:
        return found
    if method.get() < 2:
        size, name = effective_buckets(counted[1]), "wilson_buckets"
    else:
        size, name = fewest_rows(counted), "wilson_clusters"
    return wilson(k / n * size, size, name)


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
    if min(len(filled(each[1])) for each in (one, other)) < 2:
        return None
    used = filled(one[1], other[1])
    first, second = (_left(each, used) for each in (one, other))
    link = "log" if scale == "ratio" else "identity"
    return worth(rates, (first, second), (sum(one[1]), sum(other[1])), (one[1], other[1]), link)


def _left(counted: Counted, used: Sequence[int]) -> list[float]:
    cases, rows = counted
    k, n = sum(cases), sum(rows)
    return [(k - cases[b]) / (n - rows[b]) for b in used]


def worth(rates: tuple, parts: tuple, rows: tuple, buckets: tuple, link: str) -> tuple | None:
    """How many independent rows two rates are worth, from them with and without each bucket, and degrees of freedom."""
    many = [len(filled(each)) for each in buckets]
    if min(many) < 2:
        return None
    if all(0 < p < 1 for rate, part in zip(rates, parts) for p in (rate, *part)):
        shared = _between(rates, parts, many, link)
    else:
        shared = _at_edge(rates, parts, buckets, link) if method.get() > 1 else None
    if shared is None:
        return None
    together, free = shared
    m = len(parts[0])
    plain = [(m - 1) / m * spread(rate, part, "identity") for rate, part in zip(rates, parts)]
    effects = [v * size / (rate * (1 - rate)) if 0 < rate < 1 else 1.0 for v, size, rate in zip(plain, rows, rates)]
    cases = [min(rate, 1 - rate) * size for rate, size in zip(rates, rows)]
    known = min(_known(cases, many))
    together = together if known == 1 else 1 + (together - 1) * known
    sizes = [size / (effect * together) for size, effect in zip(rows, at_least(effects, buckets, many, cases))]
    return (sizes[0], sizes[1]), free


def _known(cases: Sequence[float], many: list[int]) -> list[float]:
    """How far so many cases tell of variances between buckets: one case for each degree of freedom says all."""
    if method.get() < 2:
        return [1.0, 1.0]
    return [min(1.0, count / (b - 1)) for count, b in zip(cases, many)]


def _between(rates: tuple, parts: tuple, many: list[int], link: str) -> tuple[float, float] | None:
    """By how much shared people change the variance of the comparison, and Welch's degrees of freedom."""
    m = len(parts[0])
    squares = [spread(rate, part, link) for rate, part in zip(rates, parts)]
    joint = [a / b if link == "log" else a - b for a, b in zip(*parts)]
    whole = spread(rates[0] / rates[1] if link == "log" else rates[0] - rates[1], joint, link)
    if sum(squares) <= 0 or (m - 1) / m * whole <= 1e-24:
        return None
    welch = sum(squares) ** 2 / sum(s * s / (b - 1) for s, b in zip(squares, many))
    return whole / sum(squares), min(welch, float(m - 1))


def _at_edge(rates: tuple, parts: tuple, buckets: tuple, link: str) -> tuple[float, float] | None:
    """The same where a rate is 0 or 1, perhaps without some bucket: a logarithm by its first derivative."""
    many = [len(filled(each)) for each in buckets]
    scales = [rate if link == "log" and rate > 0 else 1.0 for rate in rates]
    one, two = ([(p - rate) / scale for p in part] for rate, part, scale in zip(rates, parts, scales))
    own = math.fsum(gap * gap for gap in (*one, *two))
    joint = math.fsum((a - b) ** 2 for a, b in zip(one, two))
    if own > 0 and joint <= 0:
        return None
    shares = [1 / fewest_clusters(each) for each in buckets]
    free = sum(shares) ** 2 / sum(share**2 / (b - 1) for share, b in zip(shares, many))
    return joint / own if own > 0 else 1.0, min(free, len(one) - 1.0)


def at_least(effects: list[float], buckets: tuple, many: list[int], cases: list[float] | None = None) -> list[float]:
    """Design effects, at least those of the correlation within clusters in both groups together.

    `cases`: how many cases each design effect rests on. Few say little: they weigh as many degrees of freedom; the
    fewer, the more their group is taken to be as correlated as the other one, at least.
    """
    more, known = [cluster_size(rows) - 1 for rows in buckets], [1.0, 1.0] if cases is None else _known(cases, many)
    weights = [(b - 1) * share for b, share in zip(many, known)]
    room = sum(w * g for w, g in zip(weights, more))
    found = sum(w * (effect - 1) for w, effect in zip(weights, effects))
    together = _within(found, room) if room > 0 else float(sum(weights) <= 0)
    own = [_within(effect - 1, g) if g > 0 else 0.0 for effect, g in zip(effects, more)]
    alike = [together + (1 - known[i]) * max(own[1 - i] - together, 0.0) for i in (0, 1)]
    return [max(effect, 1 + g * c) for effect, g, c in zip(effects, more, alike)]


def _within(found: float, room: float) -> float:
    return min(max(found / room, 0.0), 1.0)


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
