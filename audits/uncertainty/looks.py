"""How sure each of several looks at growing evidence must be, so that all looks of a year together err as often as one.

A look is worth little on its own where most of what it sees was seen before: the chance of a first error there is that
of an error which the look before did not make. What each look may add is fixed beforehand (an equal part of the year's
error), so that looks may go on for as long as one likes, over evidence that grows, rolls, or begins anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, owens_t

MOST = 0.45
"""No error of a year beyond it is looked for: none that a charter allows comes near."""
NEARLY_ONE = 1 - 1e-9
"""Evidence as good as unchanged since the look before."""


def nominal(error: float, correlations: Sequence[float], *, looks: float) -> float:
    """The error that the newest look's own test may make, where the looks of a year may make `error` together.

    `correlations`: of each look after the first with the one before, √(information shared² ÷ information of each);
    `looks`: how many there are in a year; of one, each look has all of the error. Else each adds error ÷ looks: the
    chance that its statistic is beyond its bound while that of the look before was not. Range (0, error].
    Source: Hunter (1976), J. Applied Probability 13:597-603; Worsley (1982), Biometrika 69:297-302, for the inequality;
    Lan & DeMets (1983), Biometrika 70:659-663, for spending.

    >>> round(nominal(0.05, [], looks=12), 5)
    0.00417
    >>> growing = [math.sqrt(look / (look + 1)) for look in range(1, 12)]
    >>> round(nominal(0.05, growing, looks=12), 4)
    0.0133
    """
    if looks <= 1:
        return error / looks
    return _nominal(float(error), tuple(float(each) for each in correlations), looks)


@lru_cache(maxsize=4096)
def _nominal(error: float, correlations: tuple[float, ...], looks: float) -> float:
    added = error / looks
    if not correlations:
        return added
    before = _nominal(error, correlations[:-1], looks)
    # Where looks go on beyond a year and see nothing new, the parts of more looks than a year has would add up.
    return min(error, _next(added, before, min(max(correlations[-1], 0.0), 1.0)))


def _next(added: float, before: float, correlation: float) -> float:
    """The level of a look that errs with the chance `added` where the look before, at its level, did not."""
    if correlation >= NEARLY_ONE:
        return before + added
    bound = -float(ndtri(before))

    def excess(z: float) -> float:
        return float(ndtr(-z)) - _both(z, bound, correlation) - added

    strictest, mildest = -float(ndtri(added)), -float(ndtri(min(before + added, 1 - 1e-12)))
    if strictest - mildest < 1e-12 or excess(strictest) >= 0:
        return added
    if excess(mildest) <= 0:
        return before + added
    return float(ndtr(-brentq(excess, mildest, strictest, xtol=1e-13, rtol=1e-14)))


def _both(one: float, other: float, correlation: float) -> float:
    """The chance that two standard normal statistics are both above positive bounds (Owen 1956)."""
    root = math.sqrt(1 - correlation * correlation)
    tails = (ndtr(-one) + ndtr(-other)) / 2
    inner = owens_t(one, (other / one - correlation) / root) + owens_t(other, (one / other - correlation) / root)
    return max(float(tails - inner), 0.0)


def over_looks(p: float, correlations: Sequence[float], *, looks: float) -> float:
    """The p of one look as one of a year: the least error of a year at which this look would find what it finds.

    Range [p, looks × p], at most 1. It is `looks` × p where nothing was looked at before, and, being the safe side,
    where the answer cannot hang on it.

    >>> round(over_looks(0.004, [], looks=12), 3)
    0.048
    >>> growing = [math.sqrt(look / (look + 1)) for look in range(1, 12)]
    >>> round(over_looks(0.0133, growing, looks=12), 2)
    0.05
    """
    most = min(1.0, p * looks)
    least = p * looks / (len(correlations) + 1)
    if not correlations or looks <= 1 or least >= MOST or most < 1e-9:
        return most
    # Beyond MOST nothing is asked: the bracket ends there, on the safe side.
    high = min(most, MOST)
    if nominal(high, correlations, looks=looks) < p:
        return most
    found = brentq(
        lambda x: math.log(nominal(math.exp(x), correlations, looks=looks) / p),
        math.log(least) - 1e-9,
        math.log(high) + 1e-9,
        xtol=1e-10,
    )
    return min(most, math.exp(float(found)))


def correlations_of(sizes: Sequence[float], *, span: int) -> list[float]:
    """Of looks at the end of each period, over the last `span` periods at most: each with the one before.

    `sizes`: what each period brought, in the order of time. Information is taken to grow with it. A look that brought
    nothing, or before which there was nothing, has none.

    >>> [round(each, 3) for each in correlations_of([100, 100, 100], span=2)]
    [0.707, 0.5]
    """
    found = []
    for at in range(1, len(sizes)):
        now, before = sizes[max(0, at + 1 - span) : at + 1], sizes[max(0, at - span) : at]
        shared = sum(sizes[max(0, at + 1 - span) : at])
        if sum(before) > 0:
            found.append(shared / math.sqrt(sum(now) * sum(before)))
    return found
