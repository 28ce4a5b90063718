"""One-sided tests at the levels of a charter, and how many more decisions would settle them."""

from __future__ import annotations

import math

from ..chances import noncentral, normal, quantile, student
from ..scores import difference_z, ratio_z

MOST = 100
"""More than this many times the present decisions is no reasonable number."""


def kept_level(threshold: dict) -> float:
    return float(threshold["watch"] if threshold["breach"] is None else threshold["breach"])


def level(measure: dict, stated: float) -> float:
    """A level of the charter on the side where this comparison is bad."""
    below = measure["params"]["bad_side"] == "below"
    if measure["params"]["scale"] == "ratio":
        return stated if below else 1 / stated
    if measure["params"]["scale"] == "effect":
        return 0.0 - stated if below else stated
    return -stated if below and measure["params"]["scale"] != "share" else stated


def beyond(measure: dict, at: float) -> float:
    """p of "not beyond the level on the bad side"."""
    return _tail(measure["params"]["test"], at, below=measure["params"]["bad_side"] == "below")


def good(measure: dict, at: float) -> float:
    """p of "at the level or beyond it on the bad side"."""
    side, test = measure["params"]["bad_side"], measure["params"]["test"]
    return 1.0 if test.get("only_beyond") == side else _tail(test, at, below=side != "below")


def _tail(test: dict, at: float, *, below: bool) -> float:
    if test["kind"] == "noncentral_chi2":
        return noncentral(test["statistic"] / test["scale"], test["df"], at / test["scale"], below=below)
    z = statistic(test, at) * (1 if below else -1)
    if test["kind"] == "gap_share" and below:  # either of two things is enough
        return min(1.0, 2 * (student(z, test["df"]) if "df" in test else normal(z)))
    return student(z, test["df"]) if "df" in test else normal(z)


def statistic(test: dict, at: float) -> float:
    """How far the estimate is from a level, in standard errors."""
    if test["kind"] == "score_ratio":
        return ratio_z(tuple(test["k"]), tuple(test["n"]), at)
    if test["kind"] == "score_difference":
        return difference_z(tuple(test["k"]), tuple(test["n"]), at)
    if test["kind"] == "jackknife" and test["transform"] == "log":
        return math.log(test["estimate"] / at) / float(test["se"])
    if test["kind"] == "gap_share":
        return min(_contrast(test, at), watched(test))
    if test["kind"] == "score_share":
        found = (float(test["estimate"]) - at) / math.sqrt(at * (1 - at) / float(test["size"]))
        return min(found, 0.0) if test.get("at_most") else found
    if test["kind"] in ("wald", "jackknife"):
        return (float(test["estimate"]) - at) / float(test["se"])
    raise ValueError(f"a test of the kind {test['kind']} is not known here")


def _contrast(test: dict, share: float) -> float:
    """How far a part lies beyond a share of the whole, in standard errors."""
    own, both, every = test["variances"]
    variance, gap = own - 2 * share * both + share * share * every, share * test["whole"] - test["part"]
    return gap / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, gap)


def watched(test: dict) -> float:
    """How far the whole gap lies beyond the level from which it is one to watch."""
    return float((test["watched"] - test["whole"]) / math.sqrt(test["variances"][2]))


def watch_part(threshold: dict, alpha: float) -> float:
    """Which part of the charter's level of error chance alone may put a question beyond its watch level by."""
    own = threshold.get("watch_alpha")
    return 1.0 if own is None else min(1.0, own / alpha)


def ways(measure: dict, threshold: dict, charter: dict, share: float, size: int, *, rule: int) -> list[int | None]:
    """How many more decisions would settle it, were the truth as measured: each way there is; 0 settles nothing."""
    watched = rule > 1 and beyond(measure, level(measure, float(threshold["watch"]))) < 0.5
    found = []
    for stated in {float(threshold["watch"]), kept_level(threshold)}:
        at = level(measure, stated)
        bad = beyond(measure, at) < 0.5
        if bad or (stated == kept_level(threshold) and not watched):
            own = 1.0 if stated == threshold["watch"] else watch_part(threshold, charter["alpha"])
            alpha = charter["alpha"] * share / own if bad else charter["alpha"]
            found.append(_needed(measure["params"]["test"], at, size, alpha, charter["power"]))
    return found


def _needed(test: dict, at: float, n: int, alpha: float, power: float) -> int | None:
    if test["kind"] == "noncentral_chi2":
        factor = _of_drift(test, at, alpha, power)
    else:
        z = statistic(test, at)
        factor = None if abs(z) < 1e-9 else ((quantile(1 - alpha, test) + quantile(power, test)) / z) ** 2
    return None if factor is None or factor - 1 > MOST else max(0, math.ceil((factor - 1) * n))


def _of_drift(test: dict, at: float, alpha: float, power: float) -> float | None:
    """By how much the current window must grow; the reference stays as it is."""
    df, scale, fixed = test["df"], test["scale"], test.get("scale_reference", 0.0)
    truth = max(test["statistic"] - df * scale, 0.0)
    a, b = quantile(1 - alpha, {}), quantile(power, {})

    def settled(factor: float) -> bool:
        s = fixed + (scale - fixed) / factor
        there, here = (math.sqrt(2 * df * s * s + 4 * value * s) for value in (at, truth))
        return bool(abs(truth - at) >= a * there + b * here)

    low, high = 1.0, float(MOST + 1)
    if not settled(high):
        return None
    while not settled(low) and high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return low if settled(low) else high
