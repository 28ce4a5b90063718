"""The error that each of several looks at growing evidence may make, so that a year of looks errs as often as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from scipy.special import ndtri, owens_t

MOST = 0.45
"""No error of a year beyond it is looked for: none that a charter allows comes near."""
NEARLY_ONE = 1 - 1e-9
"""Evidence as good as unchanged since the look before."""
PRECISION, MOST_STEPS = 1e-12, 60
"""Of a bound in standard errors, and of the logarithm of an error; four or five steps lead there."""
ROOT_HALF, ROOT_TWO_PI = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


def nominal(error: float, correlations: Sequence[float], *, looks: float) -> float:
    """Return the error that the newest look's own test may make, where the looks of a year may make `error` together.

    `correlations`: of each look after the first with the one before, √(information shared² ÷ information of each);
    `looks`: how many there are in a year. Source: Hunter (1976), J. Applied Probability 13:597-603; Worsley (1982),
    Biometrika 69:297-302; Lan & DeMets (1983), Biometrika 70:659-663.
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
    bound, root = -float(ndtri(before)), math.sqrt(1 - correlation * correlation)
    strictest, mildest = -float(ndtri(added)), -float(ndtri(min(before + added, 1 - 1e-12)))
    z, alone = mildest, _alone(mildest, bound, correlation, root)
    if strictest - mildest < 1e-12 or _alone(strictest, bound, correlation, root) >= added:
        return added
    if alone <= added:
        return before + added
    # Newton's method on the logarithm, which is concave: after the first step it comes down to the bound from above.
    for _ in range(MOST_STEPS):
        slope = -math.exp(-z * z / 2) * ROOT_TWO_PI * _above((correlation * z - bound) / root) / alone
        step = math.log(alone / added) / slope
        z, was = min(strictest, max(mildest, z - step)), z
        if abs(z - was) < PRECISION:
            break
        alone = _alone(z, bound, correlation, root)
    return _above(z)


def _alone(z: float, bound: float, correlation: float, root: float) -> float:
    """Return P(Z₁ > z, Z₂ ≤ bound) of two standard normal variables (Owen 1956, Ann. Math. Statistics 27:1075-1090)."""
    tails = (_above(z) + _above(bound)) / 2
    inner = owens_t(z, (bound / z - correlation) / root) + owens_t(bound, (z / bound - correlation) / root)
    return _above(z) - max(tails - float(inner), 0.0)


def _above(z: float) -> float:
    """The chance that a standard normal statistic is above z."""
    return math.erfc(z * ROOT_HALF) / 2


def over_looks(p: float, correlations: Sequence[float], *, looks: float) -> float:
    """Return the p of one look as one of a year, from p to looks × p: the least yearly error that finds the same."""
    most = min(1.0, p * looks)
    least = p * looks / (len(correlations) + 1)
    if not correlations or looks <= 1 or least >= MOST or most < 1e-9:
        return most
    # Beyond MOST nothing is asked: the bracket ends there, on the safe side.
    high, low = math.log(min(most, MOST)), math.log(least)
    over = math.log(nominal(math.exp(high), correlations, looks=looks) / p)
    if over < 0:
        return most
    # The secant's method: on both logarithms the curve is nearly straight, and its slope near 1.
    x, now = max(low, high - over), 0.0
    before = high
    for _ in range(MOST_STEPS):
        now = math.log(nominal(math.exp(x), correlations, looks=looks) / p)
        if now == over:
            break
        nearer = min(high, max(low, x - now * (x - before) / (now - over)))
        before, over, x = x, now, nearer
        if abs(x - before) < PRECISION:
            break
    return min(most, math.exp(x))


def correlations_of(sizes: Sequence[float], *, span: int) -> list[float]:
    """Correlate each look with the one before, over `span` periods at most; `sizes`: the information of each period."""
    found: list[float] = []
    for at in range(1, len(sizes)):
        now, before = sum(sizes[max(0, at + 1 - span) : at + 1]), sum(sizes[max(0, at - span) : at])
        shared = sum(sizes[max(0, at + 1 - span) : at])
        if now > 0 and any(sizes[:at]):
            found.append(shared / math.sqrt(now * before) if before else 0.0)
    return found
