"""P-values of a family by Holm's method, shared between the looks of a year, and the level that each is held to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ..scores import holm
from .testing import beyond, good, kept_level, level


class Asked(Protocol):
    """A question of the charter as a document answers it."""

    @property
    def indicator(self) -> dict: ...

    @property
    def verdict(self) -> dict: ...


class Tested(NamedTuple):
    """The p-values of a comparison; those of broken and watch corrected."""

    breach: float | None
    watch: float
    kept: float
    share: float
    at_breach: float | None
    at_watch: float


def corrected(family: Sequence[tuple[Asked, dict]], looks: int, alpha: float) -> list[Tested]:
    """Holm over the family; then the level is shared between the looks of a year."""
    shares = _shares(family)
    raw = [beyond(m, level(m, q.indicator["threshold"]["watch"])) for q, m in family]
    watch, at_watch = holm(raw, shares), steps(raw, shares, alpha / looks)
    held = [i for i, (q, _) in enumerate(family) if q.indicator["threshold"]["breach"] is not None]
    some = [family[i] for i in held]
    raw = [beyond(m, level(m, q.indicator["threshold"]["breach"])) for q, m in some]
    found = dict(zip(held, holm(raw, _shares(some))))
    at_breach = dict(zip(held, steps(raw, _shares(some), alpha / looks)))
    on_good_side = [good(m, level(m, kept_level(q.indicator["threshold"]))) for q, m in family]
    broken = {i: min(1.0, p * looks) for i, p in found.items()}
    return [
        Tested(
            broken.get(i), min(1.0, watch[i] * looks), on_good_side[i], shares[i] / looks, at_breach.get(i), at_watch[i]
        )
        for i in range(len(family))
    ]


def _shares(family: Sequence[tuple[Asked, dict]]) -> list[float]:
    """The level is shared equally between questions, and within each between its comparisons."""
    names = [question.verdict["indicator"] for question, _ in family]
    return [1 / (len(set(names)) * names.count(name)) for name in names]


def steps(p_values: Sequence[float], weights: Sequence[float], alpha: float) -> list[float]:
    """What Holm's procedure holds each p to: alpha × its weight ÷ the weights that still stand at its step."""
    standing, found = set(range(len(p_values))), [0.0] * len(p_values)
    while standing:
        left = math.fsum(weights[i] for i in standing)
        first = min(standing, key=lambda i: p_values[i] / weights[i])
        rejected = p_values[first] <= alpha * weights[first] / left
        for i in [first] if rejected else list(standing):
            found[i] = alpha * weights[i] / left
            standing.discard(i)
    return found
