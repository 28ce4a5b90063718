"""Delete-a-group jackknife over hash buckets of the cluster id, and of lists and people at once.

Source: Cameron, Gelbach & Miller (2011), J. Business & Economic Statistics 29:238-249.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.parts import Floats, Ints
from boussole.audits.uncertainty.quantiles import student_quantile

Transform = Literal["log", "identity", "logit"]


@dataclass(frozen=True, kw_only=True)
class Jackknife:
    """An estimate on its natural scale, its standard error on the scale of `transform`, degrees of freedom."""

    estimate: float
    se: float
    df: float
    transform: Transform

    def interval(self, *, low: float, high: float, level: float = 0.95) -> Interval:
        """Student interval on the transformed scale, brought back and kept within [low, high]."""
        centre = _forward(np.array(self.estimate), self.transform)
        half = student_quantile(0.5 + level / 2, self.df) * self.se
        ends = [_back(float(centre) + side * half, self.transform) for side in (-1, 1)]
        return Interval(low=max(low, ends[0]), high=min(high, ends[1]), level=level, method="jackknife")


def _forward(values: Floats, transform: Transform) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        if transform == "log":
            return np.log(values)
        return np.log(values / (1 - values)) if transform == "logit" else values


def _back(value: float, transform: Transform) -> float:
    if transform == "log":
        return math.exp(min(value, 700.0))
    return 1 / (1 + math.exp(-max(value, -700.0))) if transform == "logit" else value


def jackknife(estimate: float, left_out: Floats, *, transform: Transform, df: float | None = None) -> Jackknife | None:
    """Jackknife any statistic, from its value on all buckets and without each non-empty bucket.

    Formula: se² = (m − 1)/m Σ d², d = f(θ₍ᵦ₎) − f(θ); Student's t with `df`, else Satterthwaite's 3 (Σ d²)² ÷ Σ d⁴ − 2,
    from 1 to m − 1. None with under two buckets, a value that cannot be transformed, or no variance.
    Source: Kott (2001), J. Official Statistics 17:521-526; Satterthwaite (1946), Biometrics 2:110-114.
    """
    m = left_out.size
    if m < 2:
        return None
    deviations = _forward(left_out, transform) - _forward(np.array(estimate), transform)
    variance = float((m - 1) / m * np.square(deviations).sum())
    if not math.isfinite(variance) or variance <= 1e-24:
        return None
    free = min(float(m - 1), _freedom(deviations) if df is None else df)
    return Jackknife(estimate=estimate, se=math.sqrt(variance), df=free, transform=transform)


def _freedom(deviations: Floats) -> float:
    return max(1.0, float(3 * np.square(deviations).sum() ** 2 / (deviations**4).sum() - 2))


def freedom_of(n: Ints, effect: float) -> float:
    """Return degrees of freedom of the jackknife of one figure, from its rows by bucket.

    (Σ v)² ÷ Σ v² − 1, v the variance of a bucket by its rows and, with the design `effect`, its clusters.
    Source: Satterthwaite (1946), Biometrics 2:110-114.

    >>> even, heavy = np.full(40, 25), np.array([300] * 3 + [3] * 37)
    >>> round(freedom_of(even, 5.0)), round(freedom_of(heavy, 5.0), 1)
    (39, 2.1)
    """
    clusters = n * np.minimum(n, cluster_size(n))
    v = n / n.sum() + max(effect - 1, 0.0) * clusters / clusters.sum()
    return max(1.0, float(v.sum() ** 2 / np.square(v).sum() - 1))


def rate(k: Ints, n: Ints) -> Jackknife | None:
    """Jackknife of one rate on the logit scale; `k`, `n` are counts per bucket. None at 0 or n of n."""
    parts, p = without_each(k, n, n > 0), float(k.sum() / n.sum())
    found = None if parts is None else jackknife(p, parts, transform="logit")
    if parts is None or found is None:
        return None
    effect = variance_between(parts, p, "identity") * float(n.sum()) / (p * (1 - p))
    return replace(found, df=min(found.df, freedom_of(n, effect)))


def compare_parts(
    estimates: tuple[float, float],
    parts: tuple[Floats, Floats],
    buckets: tuple[int, int],
    *,
    transform: Literal["log", "identity"],
) -> Jackknife | None:
    """Jackknife θ1 / θ0 (`log`) or θ1 − θ0 (`identity`), from the estimates on all buckets and without each.

    Welch's degrees of freedom from the filled `buckets` of each group, at most m − 1. None when an estimate has no
    logarithm, or all of a group sits in one bucket.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        free = _welch(estimates, parts, buckets, transform)
        if free is None:
            return None
        if transform == "log":
            return jackknife(estimates[0] / estimates[1], parts[0] / parts[1], transform="log", df=free)
        return jackknife(estimates[0] - estimates[1], parts[0] - parts[1], transform="identity", df=free)


def effective_sizes(
    k: tuple[Ints, Ints], n: tuple[Ints, Ints], *, transform: Literal["log", "identity"]
) -> tuple[tuple[float, float], float] | None:
    """Estimate how many independent rows each of two compared groups is worth, and degrees of freedom.

    Formula: nᵢ ÷ (design effect × c), c for people in both groups; a design effect is at least 1 + (cluster size − 1) ×
    the correlation in both groups together. None when all of a group sits in one bucket.
    Source: Rao & Scott (1992), Biometrics 48:577-585; Kish (1965), Survey Sampling, 5.4.
    """
    if min(_filled(n)) < 2:
        return None
    filled = (n[0] > 0) | (n[1] > 0)
    parts = [np.asarray(((k[i].sum() - k[i]) / (n[i].sum() - n[i]))[filled], dtype=np.float64) for i in (0, 1)]
    rows, cases = (float(n[0].sum()), float(n[1].sum())), (float(k[0].sum()), float(k[1].sum()))
    return worth((cases[0] / rows[0], cases[1] / rows[1]), (parts[0], parts[1]), rows, n, transform=transform)


def worth(
    rates: tuple[float, float],
    parts: tuple[Floats, Floats],
    rows: tuple[float, float],
    n: tuple[Ints, Ints],
    *,
    transform: Literal["log", "identity"],
) -> tuple[tuple[float, float], float] | None:
    """Return the same from two rates of any kind (standardised ones, say), on all buckets and without each.

    `rows`: how many rows of a simple sample each would be worth without clusters; `n`: rows per bucket.
    """
    pairs = list(zip(rates, parts, strict=True))
    if any(min(rate, 1 - rate, part.min(), 1 - part.max()) <= 0 for rate, part in pairs):
        shared = _at_edge(pairs, n, transform)
    else:
        shared = _between_edges(rates, parts, n, transform)
    if shared is None:
        return None
    together, free = shared
    plain = [variance_between(part, rate, "identity") for rate, part in pairs]
    found = [v * size / (p * (1 - p)) if 0 < p < 1 else 1.0 for v, size, p in zip(plain, rows, rates, strict=True)]
    cases = [min(p, 1 - p) * size for p, size in zip(rates, rows, strict=True)]
    effects = _design_effects(found, n, cases)
    known = min(_known(cases, n))
    together = together if known == 1 else 1 + (together - 1) * known
    one, two = (size / (effect * together) for size, effect in zip(rows, effects, strict=True))
    return (one, two), free


def _known(cases: Sequence[float], n: tuple[Ints, Ints]) -> list[float]:
    """How far so many cases tell of variances between buckets: one case for each degree of freedom says all."""
    return [min(1.0, count / (filled - 1)) for count, filled in zip(cases, _filled(n), strict=True)]


def _between_edges(
    rates: tuple[float, float],
    parts: tuple[Floats, Floats],
    n: tuple[Ints, Ints],
    transform: Literal["log", "identity"],
) -> tuple[float, float] | None:
    """Return by how much shared people change the variance of a comparison, and its degrees of freedom."""
    result = compare_parts(rates, parts, _filled(n), transform=transform)
    if result is None:
        return None
    own = [variance_between(part, rate, transform) for part, rate in zip(parts, rates, strict=True)]
    return result.se**2 / sum(own), result.df


def _at_edge(pairs: Sequence[tuple[float, Floats]], n: tuple[Ints, Ints], transform: str) -> tuple[float, float] | None:
    """Return the same where a rate is 0 or 1: a logarithm by its first derivative."""
    scales = [rate if transform == "log" and rate > 0 else 1.0 for rate, _ in pairs]
    one, two = ((part - rate) / scale for (rate, part), scale in zip(pairs, scales, strict=True))
    own, joint = float(np.square(one).sum() + np.square(two).sum()), float(np.square(one - two).sum())
    if min(_filled(n)) < 2 or (own > 0 and not joint > 0):
        return None
    parts = [1 / fewest_clusters(group) for group in n]
    free = sum(parts) ** 2 / sum(part**2 / (m - 1) for part, m in zip(parts, _filled(n), strict=True))
    return joint / own if own > 0 else 1.0, min(free, one.size - 1.0)


def difference(
    estimates: tuple[float, float],
    parts: tuple[Floats, Floats],
    plain: tuple[float, float],
    n: tuple[Ints, Ints],
) -> tuple[float, float] | None:
    """Return standard error and degrees of freedom of θ1 − θ0, at least that of `plain` times the design effects.

    `plain`: variances for independent rows; `n`: rows per bucket. None where one bucket holds a group, or nothing
    varies.
    """
    result = compare_parts(estimates, parts, _filled(n), transform="identity")
    if result is None or min(plain) <= 0:
        return None
    own = [variance_between(part, estimate, "identity") for part, estimate in zip(parts, estimates, strict=True)]
    effects = _design_effects([v / p for v, p in zip(own, plain, strict=True)], n)
    least = result.se**2 / sum(own) * sum(p * effect for p, effect in zip(plain, effects, strict=True))
    return math.sqrt(max(result.se**2, least)), result.df


def _filled(n: tuple[Ints, Ints]) -> tuple[int, int]:
    return int((n[0] > 0).sum()), int((n[1] > 0).sum())


def _design_effects(effects: list[float], n: tuple[Ints, Ints], cases: Sequence[float] | None = None) -> list[float]:
    """Return the design effects, at least those of the common correlation; `cases` are their weights."""
    more, known = [cluster_size(group) - 1 for group in n], [1.0, 1.0] if cases is None else _known(cases, n)
    weights = [(filled - 1) * share for filled, share in zip(_filled(n), known, strict=True)]
    room = sum(w * g for w, g in zip(weights, more, strict=True))
    found = sum(w * (effect - 1) for w, effect in zip(weights, effects, strict=True))
    together = correlation_within(found, room) if room > 0 else float(sum(weights) <= 0)
    own = [correlation_within(effect - 1, g) if g > 0 else 0.0 for effect, g in zip(effects, more, strict=True)]
    alike = [together + (1 - known[i]) * max(own[1 - i] - together, 0.0) for i in (0, 1)]
    return [max(effect, 1 + g * c) for effect, g, c in zip(effects, more, alike, strict=True)]


def correlation_within(found: float, room: float) -> float:
    """A correlation: how much larger a variance is than that of independent rows, over how much it could be."""
    return min(max(found / room, 0.0), 1.0)


def variance_between(left_out: Floats, estimate: float, transform: Transform) -> float:
    deviations = _forward(left_out, transform) - _forward(np.array(estimate), transform)
    return float((left_out.size - 1) / left_out.size * np.square(deviations).sum())


def without_each(k: Ints, n: Ints, filled: npt.NDArray[np.bool_]) -> Floats | None:
    """The rate without each filled bucket, or None where one of them is 0, 1 or empty."""
    left_k, left_n = (k.sum() - k)[filled], (n.sum() - n)[filled]
    if not left_n.size or left_n.min() <= 0 or left_k.min() <= 0 or (left_n - left_k).min() <= 0:
        return None
    return np.asarray(left_k / left_n, dtype=np.float64)


def _welch(
    estimates: tuple[float, float], parts: tuple[Floats, Floats], buckets: tuple[int, int], transform: Transform
) -> float | None:
    squares = [
        float(np.square(_forward(part, transform) - _forward(np.array(p), transform)).sum())
        for p, part in zip(estimates, parts, strict=True)
    ]
    if min(buckets) < 2 or not math.isfinite(sum(squares)) or sum(squares) <= 0:
        return None
    return sum(squares) ** 2 / sum(s * s / (m - 1) for s, m in zip(squares, buckets, strict=True))


def effective_buckets(n: Ints | Floats) -> float:
    """Return Kish's effective number of buckets, (Σn)² / Σn²: the most cautious count of independent units.

    >>> effective_buckets(np.array([10, 10, 0, 10])), round(effective_buckets(np.array([98, 1, 1])), 2)
    (3.0, 1.04)
    """
    sizes = n.astype(np.float64)
    return float(sizes.sum() ** 2 / np.square(sizes).sum())


def cluster_size(n: Ints) -> float:
    """Estimate the mean size of clusters, weighted by size (Σn² ÷ Σn), from rows per bucket; at least 1."""
    return max(1.0, float(n.var(ddof=1) * n.size / n.sum()))


SIZE_BEYOND = 1.52
"""How many times as large as `cluster_size` finds it the size of clusters is, at most, 95 times in 100.

It is found from the variance between 40 buckets: 39 ÷ the fifth percentile of chi-square with 39 degrees of freedom.
"""


def fewest_clusters(n: Ints | Floats, *, most: float | None = None) -> float:
    """Estimate how many independent rows `n` rows are worth at least: as if all rows of a cluster were alike.

    `n` may be sums of weights of clusters; `most`: how many there are, at most (default: as many as rows).

    >>> round(fewest_clusters(np.array([10, 30, 0, 20])), 1)
    3.6
    """
    whole, spread = float(n.sum()), SIZE_BEYOND * float(n.var(ddof=1) * n.size)
    most = whole if most is None else most
    return max(effective_buckets(n), min(most, whole**2 / spread) if spread > 0 else most)


def fewest_rows(k: Ints, n: Ints) -> float:
    """Return the same for rows with `k` cases; no more than their variance between buckets leaves."""
    size, p = fewest_clusters(n), float(k.sum() / n.sum())
    if not 0 < p < 1 or np.count_nonzero(n) < 2:
        return size
    variance = variance_between(((k.sum() - k) / (n.sum() - n))[n > 0], p, "identity")
    return max(1.0, min(size, p * (1 - p) / variance)) if variance > 0 else size


COMES_BACK = 1.5
"""Times the variance by single places: one log in forty in which nobody comes back shows more."""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What people bring to a figure Σ x ÷ Σ y: sums by bucket of the person, and of x², xy and y² over all places."""

    x: Floats
    y: Floats
    squares: tuple[float, float, float]

    def variances(self, value: float) -> tuple[float, float, float]:
        """The variance of the figure by people, the degrees of freedom of that, and the variance by single places."""
        filled = (self.x != 0) | (self.y != 0)
        apart, m, whole = (self.x - value * self.y)[filled], int(filled.sum()), float(self.y.sum())
        if m < 2:
            return math.inf, 1.0, 0.0
        variance = m / (m - 1) * float(np.square(apart - apart.mean()).sum()) / whole**2
        fourth = float((apart**4).sum())
        free = 3 * float(np.square(apart).sum()) ** 2 / fourth - 2 if fourth > 0 else m - 1.0
        xx, xy, yy = self.squares
        places = max(xx - 2 * value * xy + value**2 * yy, 0.0) / whole**2
        return variance, min(m - 1.0, max(1.0, free)), places


def with_people(found: Jackknife, people: Brought | None) -> Jackknife | None:
    """Add to the jackknife of a figure over lists the variance by people who come back; None with all in one bucket.

    Variance: by lists + by people − by single places, at least the larger of the first two; the mean of the three where
    the variance by people is not visibly (`COMES_BACK`) above that of single places.

    >>> lists = Jackknife(estimate=0.5, se=0.03, df=39.0, transform="identity")
    >>> people = Brought(x=np.array([3.0, 1.0]), y=np.array([4.0, 4.0]), squares=(0.04, 0.0, 0.0))
    >>> round(with_people(lists, people).se, 4), with_people(lists, None).se
    (0.2505, 0.03)
    """
    if people is None:
        return found
    value = found.estimate
    by_people, free, by_places = people.variances(value)
    if not math.isfinite(by_people):
        return None
    if found.transform == "log":
        by_people, by_places = by_people / value**2, by_places / value**2
    by_lists = found.se**2
    variance, part = by_lists + by_people - by_places, 1.0
    if by_people > COMES_BACK * by_places:
        variance = max(variance, by_lists, by_people)
    elif variance < (by_lists + by_people) / 2:
        variance, part = (by_lists + by_people) / 2, 0.5
    df = max(1.0, variance**2 / part**2 / (by_lists**2 / found.df + by_people**2 / free))
    return replace(found, se=math.sqrt(variance), df=df)


def brought_of(people: Mapping[str, Floats] | None, figure: str | None) -> Brought | None:
    """What people bring to a figure, from the sums of one group (columns of the cube `ranks`); None if not known."""
    if people is None or figure is None:
        return None
    xx, xy, yy = (float(people[f"{figure}_{moment}"].sum()) for moment in ("xx", "xy", "yy"))
    return Brought(x=people[f"{figure}_x"], y=people[f"{figure}_y"], squares=(xx, xy, yy))
