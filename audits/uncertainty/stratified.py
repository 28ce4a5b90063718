"""Two groups compared within strata that hold people of both: rates standardised to Mantel-Haenszel weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval
from boussole.audits.parts import Pairs
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.audits.uncertainty.score import difference_interval, ratio_interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
            return _scored((first, other), found[0], "miettinen_nurminen_clusters", df=found[1])
        few = jk.effective_buckets(buckets[0]), jk.effective_buckets(buckets[1])
        return _scored((first, other), few, "miettinen_nurminen_buckets")
    variance = _mantel_haenszel_variance(pairs)
    if first > 0 and variance > 0:
        worth = ((1 - first) / (first * sizes[0]) + (1 - other) / (other * sizes[1])) / variance
        if worth > 0:
            sizes = (sizes[0] * worth, sizes[1] * worth)
    return _scored((first, other), (sizes[0], sizes[1]), "miettinen_nurminen_strata")


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


def _scored(
    rates: tuple[float, float], sizes: tuple[float, float], method: str, *, df: float | None = None
) -> StandardisedComparison:
    k = rates[0] * sizes[0], rates[1] * sizes[1]
    test: dict[str, Any] = {"kind": "score_ratio", "k": list(k), "n": list(sizes), "method": method}
    quantile = None if df is None else student_quantile(0.975, df)
    interval = ratio_interval(k, sizes, quantile=quantile, method=method)
    return StandardisedComparison(rates=rates, interval=interval, test=test if df is None else test | {"df": df})
