"""Corrections of a family of p-values: Holm against any false alarm, Benjamini-Hochberg against too large a share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Adjusted p-values, in the order given: the chance of any false alarm in the family stays under α.

    Whatever the truth is, and however the tests depend on each other. A comparison gets a part of α in proportion to
    its weight (above 0; all alike when not given), and what is found leaves its part to the others.
    Formula: sorted by p/w ascending, p(i) becomes the running maximum of p(i)/w(i) × (w(i) + … + w(m)), at most 1; for
    equal weights that is (m − i + 1) p(i). Range [0, 1].
    Undefined: an empty family gives an empty list. Source: Holm (1979), Scand. J. Statistics 6:65-70; weights: page 69.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03], [0.5, 0.25, 0.25])]
    [0.02, 0.06, 0.06]
    """
    parts = [1.0] * len(p_values) if weights is None else list(weights)
    if any(part <= 0 for part in parts):
        raise ValueError("weights must be above 0")
    order = sorted(range(len(p_values)), key=lambda i: p_values[i] / parts[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    lefts = list(accumulate(parts[i] for i in reversed(order)))
    for index, left in zip(order, reversed(lefts), strict=True):
        running = max(running, min(1.0, left / parts[index] * p_values[index]))
        adjusted[index] = running
    return adjusted


def holm_levels(p_values: Sequence[float], weights: Sequence[float] | None = None, *, alpha: float) -> list[float]:
    """The level that Holm's procedure holds each p-value to, in the order given: it rejects exactly those at or below.

    What is rejected is held to the level of its step; what is not, to that of the step at which the procedure stopped.
    Formula: sorted by p/w ascending, α w(i) / (w(i) + … + w(m)); from the first p(i) above that on, with the sum of
    that step. Undefined: an empty family gives an empty list. Source: Holm (1979), as above.

    >>> [round(level, 4) for level in holm_levels([0.01, 0.04, 0.03], alpha=0.05)]
    [0.0167, 0.025, 0.025]
    """
    parts = [1.0] * len(p_values) if weights is None else list(weights)
    order = sorted(range(len(p_values)), key=lambda i: p_values[i] / parts[i])
    lefts = list(accumulate(parts[i] for i in reversed(order)))
    found, stopped = [0.0] * len(p_values), 0.0
    for index, left in zip(order, reversed(lefts), strict=True):
        if not stopped and p_values[index] > alpha * parts[index] / left:
            stopped = left
        found[index] = alpha * parts[index] / (stopped or left)
    return found
