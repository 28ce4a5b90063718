"""How small a gap a test can see: what "no gap found" is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scipy.optimize import brentq

from boussole.audits.uncertainty.score import Pair, difference_z, ratio_z
from boussole.audits.uncertainty.tests import UnknownTestError, quantile

KINDS = ("score_ratio", "score_difference")
TINY = 1e-9
"""A gap under it is none."""


def smallest_gap(
    test: Mapping[str, Any], *, threshold: float, bad_side: str, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """The ratio or difference nearest the threshold, on its bad side, that the test would find with this power.

    `test` is one stored with a measure, of kind `score_ratio` or `score_difference` (see `audits.uncertainty.tests`):
    it gives the sizes, effective ones for clusters, and the rate of the reference, taken for the true one. An `alpha`
    divided by the size of the family allows for Holm's correction at its strictest.
    Formula: the rate p1 where |p1 − r p0| (or |p1 − p0 − d|) = z(1−α) s0 + z(power) s1, with s0 the standard error at
    the threshold r or d and s1 at p1. None: no gap is wide enough, or the reference has no case or only cases.
    Raises UnknownTestError for other kinds. Source: Farrington & Manning (1990), Statistics in Medicine 9:1447-1454.

    >>> test = {"kind": "score_ratio", "k": [150, 300], "n": [500, 1000]}
    >>> round(smallest_gap(test, threshold=1.0, bad_side="below"), 3)
    0.798
    >>> round(smallest_gap(test | {"kind": "score_difference"}, threshold=0.0, bad_side="below"), 3)
    -0.061
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
    """By how much the gap exceeds what is needed; the standard error under the threshold is the gap ÷ z."""
    (p1, p0), cases = rates, (rates[0] * n[0], rates[1] * n[1])
    if kind == "score_ratio":
        gap, weight, z = p1 - threshold * p0, threshold, ratio_z(cases, n, ratio=threshold)
    else:
        gap, weight, z = p1 - p0 - threshold, 1.0, difference_z(cases, n, difference=threshold)
    if abs(z) < TINY:
        return -1.0
    spread = math.sqrt(p1 * (1 - p1) / n[0] + weight**2 * p0 * (1 - p0) / n[1])
    return abs(gap) * (1 - needed[0] / abs(z)) - needed[1] * spread
