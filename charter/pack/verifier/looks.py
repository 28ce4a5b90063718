"""Looks at evidence that grows: what each may err by, so that those of a year err as often as one.

Sources: Hunter (1976), J. Applied Probability 13:597; Worsley (1982), Biometrika 69:297; Lan & DeMets (1983), ibid.
70:659; Gauss-Legendre quadrature; the Illinois method: Dowell & Jarratt (1971), BIT 11:168.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .chances import normal, quantile

MOST = 0.45
"""No error of a year beyond it is looked for."""
PANELS = 10
NODES = (
    (0.1488743389816312, 0.2955242247147529),
    (0.4333953941292472, 0.2692667193099963),
    (0.6794095682990244, 0.2190863625159821),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.0666713443086881),
)
"""Of Legendre's polynomial of the tenth degree: each with its weight, on both sides of the middle."""


def nominal(error: float, correlations: Sequence[float], looks: float) -> float:
    """What the newest look's own test may err by: each look adds error ÷ looks to what those before it did."""
    added = found = error / looks
    for each in correlations if looks > 1 else ():
        found = min(error, _next(added, found, min(max(each, 0.0), 1.0)))
    return found


def _next(added: float, before: float, correlation: float) -> float:
    if correlation >= 1 - 1e-9:
        return before + added
    bound = quantile(1 - before, {})

    def excess(z: float) -> float:
        return _alone(z, bound, correlation) - added

    strictest, mildest = quantile(1 - added, {}), quantile(1 - min(before + added, 1 - 1e-12), {})
    if strictest - mildest < 1e-12 or excess(strictest) >= 0:
        return added
    if excess(mildest) <= 0:
        return before + added
    return normal(-_where(excess, mildest, strictest))


def _alone(z: float, bound: float, correlation: float) -> float:
    """The chance that one standard normal statistic is above z, and the other not above its bound.

    Where both see nearly the same, the second chance falls from one to nothing within a small stretch, which has panels
    of its own.
    """
    spread = math.sqrt(1 - correlation * correlation)
    fall, wide = bound / max(correlation, 1e-9), 8 * spread / max(correlation, 1e-9)
    end = min(z + 10, max(z, fall + wide))
    begin = min(end, max(z, fall - wide))
    found = 0.0
    for start, half in ((z, (begin - z) / (2 * PANELS)), (begin, (end - begin) / (2 * PANELS))):
        for panel in range(PANELS if half > 0 else 0):
            middle = start + (2 * panel + 1) * half
            for node, weight in NODES:
                for x in (middle - node * half, middle + node * half):
                    found += half * weight * math.exp(-x * x / 2) * normal((bound - correlation * x) / spread)
    return found / math.sqrt(2 * math.pi)


def over_looks(p: float, correlations: Sequence[float], looks: float) -> float:
    """The p of one look as one of a year; looks × p where the answer cannot hang on it."""
    most, least = min(1.0, p * looks), p * looks / (len(correlations) + 1)
    if not correlations or looks <= 1 or least >= MOST or most < 1e-9:
        return most
    if nominal(min(most, MOST), correlations, looks) < p:
        return most
    low, high = math.log(least) - 1e-9, math.log(min(most, MOST)) + 1e-9
    return min(most, math.exp(_where(lambda x: math.log(nominal(math.exp(x), correlations, looks) / p), low, high)))


def _where(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes its sign."""
    left, right = function(low), function(high)
    side = 0
    for _ in range(100):
        middle = (low * right - high * left) / (right - left)
        value = function(middle)
        if value == 0 or abs(high - low) < 1e-13 * max(1.0, abs(middle)):
            return middle
        if (value > 0) == (right > 0):
            if abs(high - middle) < 1e-14 * max(1.0, abs(middle)):
                return middle
            high, right = middle, value
            left = left / 2 if side == -1 else left
            side = -1
        else:
            if abs(middle - low) < 1e-14 * max(1.0, abs(middle)):
                return middle
            low, left = middle, value
            right = right / 2 if side == 1 else right
            side = 1
    return middle
