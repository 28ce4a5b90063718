"""Corrections of a family of p-values: Holm against any false alarm, Benjamini-Hochberg against too large a share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Adjust p-values by Holm, in the order given: the chance of any false alarm in the family stays under α.

    Formula: sorted by p/w, the running maximum of p(i)/w(i) × (w(i) + … + w(m)), at most 1; by default w = 1.
    Source: Holm (1979), Scand. J. Statistics 6:65-70; weights: page 69.
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
    """Return the level that Holm's procedure holds each p-value to, in the order given.

    Formula: sorted by p/w, α w(i) / (w(i) + … + w(m)); from the first p(i) above that on, with the sum of that step.
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
