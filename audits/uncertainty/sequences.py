"""Intervals that hold at every look at once: for a log that is read each month until it says what one hoped for.

A 95 % interval read at each of many looks misses the truth at one of them far more often than 5 % of the time. These
are nearly twice as wide, and may be read as often as one likes. Independent rows only.
"""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.special import betaln

from boussole.audits.measures import Interval
from boussole.audits.uncertainty.score import Pair

PRIOR = 0.5
"""Both parameters of the mixing beta distribution (Jeffreys'); any choice made beforehand is valid."""
SMALLEST = 1e-300


def rate_sequence(k: float, n: float, *, level: float = 0.95) -> Interval:
    """Interval of a rate after `n` decisions, `k` of them cases, all from the start of the sequence.

    The chance that the interval misses the truth at any look, ever, is at most 1 − level.
    Formula: the rates p where B(k + ½, n − k + ½) / B(½, ½) < pᵏ (1 − p)ⁿ⁻ᵏ / (1 − level).
    Range: inside [0, 1], which it fills at n = 0. Undefined: never for 0 ≤ k ≤ n.
    Source: Ville (1939); Robbins (1970), Annals of Mathematical Statistics 41:1397-1409; Howard, Ramdas, McAuliffe &
    Sekhon (2021), Annals of Statistics 49:1055-1080.

    >>> interval = rate_sequence(81, 263)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.216, 0.411)
    """
    return Interval(low=_low(k, n, level), high=1 - _low(n - k, n, level), level=level, method="beta_mixture")


def ratio_sequence(k: Pair, n: Pair, *, level: float = 0.95) -> Interval | None:
    """Interval of p1 / p0 that holds at every look: both rates are held at half the error each, so it is cautious.

    None where it has no finite upper end. Source: as `rate_sequence`, with Bonferroni's inequality.

    >>> interval = ratio_sequence((157, 235), (2435, 2435))
    >>> round(interval.low, 2), round(interval.high, 2)
    (0.38, 1.15)
    """
    first, second = (rate_sequence(a, b, level=(1 + level) / 2) for a, b in zip(k, n, strict=True))
    if second.low <= 0:
        return None
    return Interval(
        low=first.low / second.high, high=first.high / second.low, level=level, method="beta_mixture_bonferroni"
    )


def _low(k: float, n: float, level: float) -> float:
    """Below it the mixture explains the counts 1 / (1 − level) times better than the rate does."""
    if k <= 0:
        return 0.0
    mixture = betaln(k + PRIOR, n - k + PRIOR) - betaln(PRIOR, PRIOR) + math.log(1 - level)

    def surplus(p: float) -> float:
        return float(mixture - k * math.log(p) - ((n - k) * math.log1p(-p) if n > k else 0.0))

    return float(brentq(surplus, SMALLEST, k / n, xtol=1e-15))
