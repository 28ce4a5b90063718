"""One-sided tests at any threshold, from the JSON that a measure keeps in `params["test"]`.

Kinds: `score_ratio`, `score_difference` (k, n: compared group, reference; with `df`, effective sizes), `jackknife`
(transform, estimate, se, df), `wald` (estimate, se, df), `score_share` (estimate, size, df, `at_most`), `gap_share`
(part, whole, their variances, watched, df) and `noncentral_chi2` (PSI). The bad side is `below` or `above` the
threshold. A test with `only_beyond` can show that the truth lies beyond a level and never that it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from scipy.optimize import brentq
from scipy.special import ndtr, stdtr
from scipy.stats import ncx2

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.uncertainty.gap_share import KIND as GAP_SHARE
from boussole.audits.uncertainty.gap_share import gap_share_end, gap_share_tail, gap_share_z
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.audits.uncertainty.score import Pair, difference_z, ratio_z, wilson_bounds
from boussole.audits.uncertainty.share import share_z

NO_DIFFERENCE = {"ratio": 1.0, "difference": 0.0}
"""What a comparison of two groups is where they do not differ, by its scale."""
MOST_TIMES = 100
"""More than this many times the present decisions is no reasonable number."""


class UnknownTestError(BoussoleError):
    """A stored test that this version cannot recompute."""


def p_beyond(test: Mapping[str, Any], *, threshold: float, bad_side: str) -> float:
    """Return the one-sided p of "the truth is not beyond the threshold on the bad side"; small: very likely beyond.

    About uniform when the truth is exactly at the threshold. Raises UnknownTestError.
    """
    return _tail(test, threshold, below=_is_below(bad_side))


def tails(test: Mapping[str, Any], *, threshold: float, bad_side: str) -> tuple[float, float]:
    """Return `p_beyond`, and the one-sided p of "the truth is at or beyond the threshold": small on the good side."""
    below = _is_below(bad_side)
    if test.get("kind") in ("noncentral_chi2", GAP_SHARE):
        return _tail(test, threshold, below=below), _tail(test, threshold, below=not below)
    z = statistic(test, threshold) * (1 if below else -1)
    return _of_z(test, z), 1.0 if test.get("only_beyond") == bad_side else _of_z(test, -z)


def p_value(test: Mapping[str, Any] | None, scale: str | None) -> float | None:
    """Return the two-sided p of "the two groups do not differ", not corrected for the number of comparisons.

    None for measures without a test, and for those that are no ratio or difference.
    """
    threshold = NO_DIFFERENCE.get(scale or "")
    if test is None or threshold is None:
        return None
    return min(1.0, 2 * min(tails(test, threshold=threshold, bad_side=test.get("only_beyond", "below"))))


def decisions_needed(
    test: Mapping[str, Any], *, threshold: float, bad_side: str, n: int, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Return how many more decisions would settle on which side of the threshold the truth lies, if it is as measured.

    `n`: decisions now. None where the estimate sits on the threshold, or more than `MOST_TIMES` × n would be needed.
    """
    _is_below(bad_side)
    factor = times_needed(test, threshold=threshold, alpha=alpha, power=power)
    if factor is None or factor - 1 > MOST_TIMES:
        return None
    return max(0, math.ceil((factor - 1) * n))


def times_needed(test: Mapping[str, Any], *, threshold: float, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Return how many times the present decisions it takes to settle the same; None as above, or for distances.

    >>> test = {"kind": "score_ratio", "k": [45, 50], "n": [500, 500]}
    >>> round(times_needed(test, threshold=0.8))
    17
    """
    if test.get("kind") == "noncentral_chi2":
        return _psi_factor(test, threshold, alpha, power)
    return _factor(statistic(test, threshold), quantile(test, 1 - alpha) + quantile(test, power))


def at_truth(test: Mapping[str, Any], truth: float) -> Mapping[str, Any] | None:
    """Return a test as if its ratio or difference were found to be `truth`; None for tests of other kinds.

    >>> at_truth({"kind": "score_ratio", "k": [45, 50], "n": [500, 500]}, 0.5)["k"]
    [25.0, 50.0]
    """
    kind = test.get("kind")
    if kind in ("jackknife", "wald"):
        return {**test, "estimate": truth} if truth > 0 or test.get("transform") != "log" else None
    if kind not in ("score_ratio", "score_difference"):
        return None
    (_, cases), (n1, n0) = _pair(test["k"]), _pair(test["n"])
    rate = truth * cases / n0 if kind == "score_ratio" else cases / n0 + truth
    return {**test, "k": [rate * n1, cases]} if 0 < rate < 1 and 0 < cases < n0 else None


def _is_below(bad_side: str) -> bool:
    if bad_side not in ("below", "above"):
        raise UnknownTestError(f"bad side '{bad_side}' is neither 'below' nor 'above'.")
    return bad_side == "below"


def _tail(test: Mapping[str, Any], threshold: float, *, below: bool) -> float:
    """Chance of so low (or so high) an estimate when the truth is at the threshold; small ones keep their digits."""
    if test.get("kind") == "noncentral_chi2":
        return _chi2_tail(test["statistic"] / test["scale"], test["df"], threshold / test["scale"], below=below)
    if test.get("kind") == GAP_SHARE:
        return gap_share_tail(test, threshold, below=below)
    return _of_z(test, statistic(test, threshold) * (1 if below else -1))


def _of_z(test: Mapping[str, Any], z: float) -> float:
    return float(stdtr(test["df"], z)) if "df" in test else float(ndtr(z))


def statistic(test: Mapping[str, Any], threshold: float) -> float:
    """Return by how many standard errors an estimate lies above a threshold. Raises UnknownTestError."""
    kind = str(test.get("kind"))
    if kind not in STATISTICS:
        known = nearest(kind, [*STATISTICS, "noncentral_chi2"])
        raise UnknownTestError(f"test of kind '{kind}' is unknown.", next_step=known)
    return STATISTICS[kind](test, threshold)


def _ratio_z(test: Mapping[str, Any], threshold: float) -> float:
    return ratio_z(_pair(test["k"]), _pair(test["n"]), ratio=threshold)


def _difference_z(test: Mapping[str, Any], threshold: float) -> float:
    return difference_z(_pair(test["k"]), _pair(test["n"]), difference=threshold)


def _wald_z(test: Mapping[str, Any], threshold: float) -> float:
    return (float(test["estimate"]) - threshold) / float(test["se"])


def _pair(values: Any) -> tuple[float, float]:
    first, second = values
    return float(first), float(second)


def _jackknife_z(test: Mapping[str, Any], threshold: float) -> float:
    if test["transform"] == "log":
        return math.log(test["estimate"] / threshold) / float(test["se"])
    return (float(test["estimate"]) - threshold) / float(test["se"])


STATISTICS: dict[str, Callable[[Mapping[str, Any], float], float]] = {
    "score_ratio": _ratio_z,
    "score_difference": _difference_z,
    "jackknife": _jackknife_z,
    "wald": _wald_z,
    "score_share": share_z,
    GAP_SHARE: gap_share_z,
}
"""The standardised distance of the estimate from a threshold, by kind of test."""


def quantile(test: Mapping[str, Any], chance: float) -> float:
    """The quantile of a test's statistic: Student's where it has degrees of freedom, else the normal one."""
    return student_quantile(chance, test["df"]) if "df" in test else normal_quantile(chance)


def _factor(z: float, needed: float) -> float | None:
    return None if abs(z) < 1e-9 else (needed / z) ** 2


def _chi2_tail(x: float, df: float, nc: float, *, below: bool) -> float:
    """Return a tail of noncentral chi-square; beyond 10⁴ of its normal limit, where the series loses digits."""
    if nc > 1e4:
        z = (x - df - nc) / math.sqrt(2 * df + 4 * nc)
        return float(ndtr(z if below else -z))
    upper = x > df + nc
    tail = float(ncx2.sf(x, df, nc) if upper else ncx2.cdf(x, df, nc))
    return 1 - tail if upper == below else tail


def _psi_factor(test: Mapping[str, Any], threshold: float, alpha: float, power: float) -> float | None:
    """Return by how much the current window must grow; the reference window stays as it is."""
    df, scale, fixed = float(test["df"]), float(test["scale"]), float(test.get("scale_reference", 0.0))
    truth = max(test["statistic"] - df * scale, 0.0)
    gap = abs(truth - threshold)

    def settled(factor: float) -> bool:
        s = fixed + (scale - fixed) / factor
        at, there = (math.sqrt(2 * df * s * s + 4 * psi * s) for psi in (threshold, truth))
        return bool(gap >= normal_quantile(1 - alpha) * at + normal_quantile(power) * there)

    low, high = 1.0, float(MOST_TIMES + 1)
    if not settled(high):
        return None
    while not settled(low) and high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return low if settled(low) else high


KINDS = ("score_ratio", "score_difference")
TINY = 1e-9
"""A gap under it is none."""


def smallest_gap(
    test: Mapping[str, Any], *, threshold: float, bad_side: str, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """Return the ratio or difference nearest the threshold, on its bad side, that the test would find with this power.

    Formula: p1 where |p1 − r p0| (or |p1 − p0 − d|) = z(1−α) s0 + z(power) s1. None where no gap is wide enough, or the
    reference has no case or only cases. Raises UnknownTestError but for `score_ratio` and `score_difference`.
    Source: Farrington & Manning (1990), Statistics in Medicine 9:1447-1454.
    """
    kind, (n1, n0) = test.get("kind"), test.get("n", (0, 0))
    if kind not in KINDS or bad_side not in ("below", "above"):
        raise UnknownTestError(
            f"no smallest gap is known for a test of kind '{kind}' on the side '{bad_side}'.",
            next_step=f"Kinds are {' and '.join(KINDS)}; sides are below and above.",
        )
    rate, needed = float(test["k"][1] / n0), (quantile(test, 1 - alpha), quantile(test, power))

    def margin(p1: float) -> float:
        return _margin(str(kind), (p1, rate), (float(n1), float(n0)), threshold, needed)

    at = threshold * rate if kind == "score_ratio" else threshold + rate
    end = 0.0 if bad_side == "below" else 1.0
    if not 0 < rate < 1 or not 0 < at < 1 or margin(end) < 0:
        return None
    found = float(brentq(margin, at, end))
    return found / rate if kind == "score_ratio" else found - rate


def _margin(kind: str, rates: Pair, n: Pair, threshold: float, needed: Pair) -> float:
    """Return by how much the gap exceeds what is needed; the standard error under the threshold is the gap ÷ z."""
    (p1, p0), cases = rates, (rates[0] * n[0], rates[1] * n[1])
    if kind == "score_ratio":
        gap, weight, z = p1 - threshold * p0, threshold, ratio_z(cases, n, ratio=threshold)
    else:
        gap, weight, z = p1 - p0 - threshold, 1.0, difference_z(cases, n, difference=threshold)
    if abs(z) < TINY:
        return -1.0
    spread = math.sqrt(p1 * (1 - p1) / n[0] + weight**2 * p0 * (1 - p0) / n[1])
    return abs(gap) * (1 - needed[0] / abs(z)) - needed[1] * spread


End = Literal["low", "high"]
EDGE = 1 - 1e-9
"""How near to 1 a difference of two rates is looked at."""
FARTHEST = 60.0
"""Bound of |log ratio|: e^60 is beyond any ratio of counts."""
MOST = 100.0
"""No distance between two windows of logged decisions is as great."""
MOST_LOG = 700.0
"""The logarithm of the greatest factor that is still a number."""


def end_of(test: Mapping[str, Any], *, chance: float, end: End) -> float | None:
    """Return the lowest (or highest) truth that a one-sided test does not reject at an error of `chance`, below 0.5.

    None where it rejects nothing on that side. Raises UnknownTestError.
    """
    if test.get("only_beyond") == ("above" if end == "high" else "below"):  # nothing is told on the good side
        return None if end == "high" else 0.0
    kind = str(test.get("kind"))
    if kind in OTHERS:
        return OTHERS[kind](test, chance, end)
    return _standardised(test, chance, end)


def _standardised(test: Mapping[str, Any], chance: float, end: End) -> float | None:
    """Return the end of a test that is a distance from its level in standard errors."""
    kind = str(test.get("kind"))
    z = quantile(test, 1 - chance) * (1 if end == "low" else -1)
    if kind in ("wald", "jackknife"):
        return _around(test, z)
    if kind == "score_share":
        if end == "low" and test.get("at_most"):
            return 0.0
        size = float(test["size"])
        return wilson_bounds(float(test["estimate"]) * size, size, z=abs(z))[end == "high"]
    if kind == "score_ratio":
        found = _crossed(lambda x: statistic(test, math.exp(x)) - z, -FARTHEST, FARTHEST)
        return (0.0 if end == "low" else None) if found is None else math.exp(found)
    found = _crossed(lambda x: statistic(test, x) - z, -EDGE, EDGE)
    return (-1.0 if end == "low" else 1.0) if found is None else found


def _share_of_gap(test: Mapping[str, Any], chance: float, end: End) -> float | None:
    """Return the end of a share of a gap, whose upper test doubles the smaller of two p-values."""
    return gap_share_end(test, quantile(test, 1 - (chance / 2 if end == "high" else chance)), high=end == "high")


def _around(test: Mapping[str, Any], z: float) -> float | None:
    """Estimate and standard error say it all; None where the end of a ratio lies beyond any number."""
    estimate, error = float(test["estimate"]), float(test["se"])
    if test.get("transform") != "log":
        return estimate - z * error
    return None if -z * error > MOST_LOG else estimate * math.exp(-z * error)


def _distance(test: Mapping[str, Any], chance: float, end: End) -> float | None:
    """Return the end of a distance, never below 0; 0 where chance alone makes a greater one."""
    side, sign = ("above", 1) if end == "low" else ("below", -1)

    def beyond(truth: float) -> float:
        return sign * (p_beyond(test, threshold=truth, bad_side=side) - chance)

    return 0.0 if beyond(0.0) >= 0 else _crossed(beyond, 0.0, MOST)


def _crossed(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function changes its sign; None where it does not."""
    first, last = function(low), function(high)
    if not first * last < 0:
        return None
    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-14))


OTHERS: dict[str, Callable[[Mapping[str, Any], float, End], float | None]] = {
    "noncentral_chi2": _distance,
    GAP_SHARE: _share_of_gap,
}
"""Tests that are more than an estimate and its error, each with how it is turned round."""
