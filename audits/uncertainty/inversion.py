"""How far a stored test reaches: the ends at which it stops telling the truth from what was measured.

A test that is turned round gives an interval that cannot contradict it: whatever lies beyond an end is what the test
rejects at that chance, and nothing else is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from scipy.optimize import brentq

from boussole.audits.uncertainty.gap_share import KIND as GAP_SHARE
from boussole.audits.uncertainty.gap_share import gap_share_end
from boussole.audits.uncertainty.tests import p_beyond, quantile, statistic
from boussole.audits.uncertainty.wilson import wilson_bounds

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
    """The lowest (or highest) truth that a one-sided test does not reject at an error of `chance`, below 0.5.

    None: it rejects nothing on that side, however far. Raises UnknownTestError.

    >>> test = {"kind": "score_ratio", "k": [157, 235], "n": [2435, 2435]}
    >>> [round(end_of(test, chance=0.025, end=end), 3) for end in ("low", "high")]
    [0.55, 0.811]
    """
    if test.get("only_beyond") == ("above" if end == "high" else "below"):  # nothing is told on the good side
        return None if end == "high" else 0.0
    kind = str(test.get("kind"))
    if kind in OTHERS:
        return OTHERS[kind](test, chance, end)
    return _standardised(test, chance, end)


def _standardised(test: Mapping[str, Any], chance: float, end: End) -> float | None:
    """Of a test that is a distance from its level in standard errors."""
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
    """Not above it is said by the smaller of two p-values, doubled."""
    return gap_share_end(test, quantile(test, 1 - (chance / 2 if end == "high" else chance)), high=end == "high")


def _around(test: Mapping[str, Any], z: float) -> float | None:
    """Estimate and standard error say it all; None where the end of a ratio lies beyond any number."""
    estimate, error = float(test["estimate"]), float(test["se"])
    if test.get("transform") != "log":
        return estimate - z * error
    return None if -z * error > MOST_LOG else estimate * math.exp(-z * error)


def _distance(test: Mapping[str, Any], chance: float, end: End) -> float | None:
    """Of a distance, which is never below 0; both ends are 0 where chance alone makes a greater one."""
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
