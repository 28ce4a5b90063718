"""P-values of a family by its graph, or by Holm, shared between the looks of a year; the level each is held to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ..looks import nominal, over_looks
from ..scores import holm
from .graph import Node, effect, follows, graphical, parts
from .heard import Heard
from .testing import beyond, good, kept_level, level

BY_GRAPH = 4
"""Since which rule a graph says who has which part of the level."""


class AskedQuestion(Protocol):
    """A question of the charter as a document answers it."""

    @property
    def indicator(self) -> dict: ...

    @property
    def verdict(self) -> dict: ...


class CorrectedTests(NamedTuple):
    """The p-values of a comparison; those of broken and watch corrected."""

    breach: float | None
    watch: float
    kept: float
    share: float
    at_breach: float | None
    at_watch: float


def corrected(
    family: Sequence[tuple[AskedQuestion, Heard]], looks: int, alpha: float, rule: int
) -> list[CorrectedTests]:
    """The graph of the family, or by the rules before the fourth Holm; the level shared between the looks of a year:
    equally by the first two rules, since then as far as each look sees other decisions than those before."""
    nodes = _nodes(family, looks, rule)
    shares = [node.weight for node in nodes] if rule < BY_GRAPH else parts(nodes, alpha)
    seen = [_seen(each.watch) for _, each in family]
    raw = [beyond(each.watch, level(each.watch, q.indicator["threshold"]["watch"])) for q, each in family]
    watch, at_watch = _held(raw, nodes, seen, looks=looks, alpha=alpha, rule=rule)
    held = [i for i, (q, _) in enumerate(family) if q.indicator["threshold"]["breach"] is not None]
    some = [family[i] for i in held]
    raw = [beyond(each.breach, level(each.breach, q.indicator["threshold"]["breach"])) for q, each in some]
    by_breach, those = [_seen(each.breach) for _, each in some], _nodes(some, looks, rule)
    broken, at_breach = (
        dict(zip(held, part)) for part in _held(raw, those, by_breach, looks=looks, alpha=alpha, rule=rule)
    )
    kept = [(each.watch, kept_level(q.indicator["threshold"])) for q, each in family]
    on_good_side = [good(each, level(each, stated)) for each, stated in kept]
    share = [s / looks if rule < 3 else nominal(alpha * s * w, c, looks) / alpha for s, (c, w) in zip(shares, seen)]
    return [
        CorrectedTests(broken.get(i), watch[i], on_good_side[i], share[i], at_breach.get(i), at_watch[i])
        for i in range(len(family))
    ]


def _seen(measure: dict) -> tuple[tuple[float, ...], float]:
    """How its looks hang together, and its part of the level."""
    return tuple(measure["params"].get("correlations") or ()), float(measure["params"].get("weight", 1))


def _held(
    raw: list[float],
    nodes: list[Node],
    seen: list[tuple[tuple[float, ...], float]],
    *,
    looks: int,
    alpha: float,
    rule: int,
) -> tuple[list[float], list[float]]:
    """Of each p: corrected, and the level that it is held to as it is."""
    shares = [node.weight for node in nodes]
    if rule < 3:
        return [min(1.0, p * looks) for p in holm(raw, shares)], steps(raw, shares, alpha / looks)
    year = [min(1.0, over_looks(p, c, looks) / w) for p, (c, w) in zip(raw, seen)]
    if rule < BY_GRAPH:
        found, levels = holm(year, shares), steps(year, shares, alpha)
    else:
        found, levels = graphical(year, nodes, alpha)
    return found, [nominal(at * w, c, looks) for at, (c, w) in zip(levels, seen)]


def _nodes(family: Sequence[tuple[AskedQuestion, Heard]], looks: int, rule: int) -> list[Node]:
    """The weight of a question (all alike before the fourth rule) is shared by its comparisons; all add up to 1."""
    names = [question.verdict["indicator"] for question, _ in family]
    weight = {name: float(q.indicator.get("weight", 1)) for name, (q, _) in zip(names, family)}
    if rule < BY_GRAPH:
        return [Node(1 / (len(weight) * names.count(name)), None, []) for name in names]
    total = math.fsum(weight.values())
    told = [(question.indicator, each.watch) for question, each in family]
    return [
        Node(
            weight[name] / (total * names.count(name)),
            effect(each.together, kept_level(question.indicator["threshold"]), looks),
            [at for at, other in enumerate(told) if follows(other, (question.indicator, each.watch))],
        )
        for name, (question, each) in zip(names, family)
    ]


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
