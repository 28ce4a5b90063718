"""How rarely a weighted sum of squares of independent normal values is beyond a number: the limit of tests on ranks.

Source: Imhof (1961), Biometrika 48:419-426, for the sum; Smirnov (1937), Mathematical Collection 2:973-993, for the
integrals between neighbouring weights, all of one sign and without oscillation, that give its tail.
"""

from __future__ import annotations

import math

import numpy as np

from boussole.audits.measures import Floats

NEGLIGIBLE = 1e-12
NODES = 256
"""Places at which an integral is evaluated."""
FARTHEST = 40.0
"""e to this power is more than any number that is told."""


def beyond(x: float, poles: Floats) -> float:
    """P(Σ Zᵢ² ÷ μᵢ > x), Z standard normal; `poles`: all μᵢ, ascending.

    Formula: (1 ÷ π) Σ (−1)ᵏ ∫ e^(−u x ÷ 2) ÷ (u √|Π (1 − u ÷ μᵢ)|) du, from each second pole to the next one.

    >>> round(beyond(3.841459, np.array([1.0])), 6), round(beyond(5.991465, np.array([1.0, 1.0])), 6)
    (0.05, 0.05)
    """
    if _below(x, poles) < NEGLIGIBLE:
        return 1.0
    total, sign = 0.0, 1.0
    for first in range(0, len(poles), 2):
        pair = first + 1 < len(poles)
        term = _between(x, poles, first) if pair else _from_last(x, poles)
        total += sign * term
        sign = -sign
        if term <= NEGLIGIBLE * total:  # all are 0 where even the first is: later ones fall off faster
            break
    return min(max(total, 0.0), 1.0)


def _below(x: float, poles: Floats) -> float:
    """At most how often the sum is under x: Chernoff's bound."""
    if x <= 0:
        return 0.0
    rates = np.geomspace(0.5, 1e6, 60) / x
    bounds = [rate * x - 0.5 * float(np.log1p(2 * rate / poles).sum()) for rate in rates]
    return math.exp(min(0.0, *bounds))


def _between(x: float, poles: Floats, first: int) -> float:
    """The integral between a pole and the next one, at whose ends it grows beyond bounds: Chebyshev's places."""
    low, high = float(poles[first]), float(poles[first + 1])
    angles = (np.arange(NODES) + 0.5) * math.pi / NODES
    u = (low + high) / 2 - (high - low) / 2 * np.cos(angles)
    logs = 0.5 * (math.log(low) + math.log(high)) - u * x / 2 - np.log(u)
    logs -= _others(u, np.delete(poles, [first, first + 1]))
    return float(np.exp(logs).mean())


def _from_last(x: float, poles: Floats) -> float:
    """The integral from the last pole on: u = μ cosh² t."""
    last = float(poles[-1])
    step = FARTHEST / (4 * NODES)
    t = np.arange(4 * NODES) * step
    u = last * np.cosh(t) ** 2
    logs = math.log(2) - u * x / 2 - np.log(np.cosh(t)) - _others(u, poles[:-1])
    found = np.exp(logs)
    return float((found.sum() - found[0] / 2) * step / math.pi)


def _others(u: Floats, poles: Floats) -> Floats:
    """log √|Π (1 − u ÷ μ)|"""
    found: Floats = 0.5 * np.log(np.abs(1 - u[:, None] / poles)).sum(axis=1)
    return found
