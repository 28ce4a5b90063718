"""P-values of a family by its graph, or by Holm, shared between the looks of a year; the level each is held to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ..looks import nominal, over_looks
from ..scores import holm
from .graph import Node, effect, follows, graphical, parts
from .heard import Heard
from .testing import beyond, good, kept_level, level, watch_part

BY_GRAPH = 4
"""Since which rule a graph says who has which part of the level."""
BY_GOOD = 7
"""Since which rule what shows the good side of a level leaves its part to the others; distances do not."""
DISTANCE = "distance"
BY_CHANCE, STILL = 0.01, 0.02
"""How likely so good a figure may be, at the level; and which part of its part it needs."""


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
    equally by the first two rules, since then as far as each look sees other decisions than those before. *Watch* has
    the part of it that the charter says."""
    nodes = _nodes(family, looks, rule)
    shares = [node.weight for node in nodes] if rule < BY_GRAPH else parts(nodes, alpha)
    seen = [(c, w * watch_part(q.indicator["threshold"], alpha)) for q, each in family for c, w in [_seen(each.watch)]]
    raw = [beyond(each.watch, level(each.watch, q.indicator["threshold"]["watch"])) for q, each in family]
    more = more_at_breach = [1.0] * len(family)
    if rule >= BY_GOOD:
        more = _gained([(q, each.watch, each.windows) for q, each in family], "watch", nodes, alpha)
    watch, at_watch = _held(raw, nodes, seen, _Year(looks, alpha, rule, more))
    held = [i for i, (q, _) in enumerate(family) if q.indicator["threshold"]["breach"] is not None]
    some = [family[i] for i in held]
    raw = [beyond(each.breach, level(each.breach, q.indicator["threshold"]["breach"])) for q, each in some]
    by_breach, those = [_seen(each.breach) for _, each in some], _nodes(some, looks, rule)
    if rule >= BY_GOOD:
        more_at_breach = _gained([(q, each.breach, each.windows) for q, each in some], "breach", those, alpha)
    broken, at_breach = (
        dict(zip(held, part)) for part in _held(raw, those, by_breach, _Year(looks, alpha, rule, more_at_breach))
    )
    kept = [(each.watch, kept_level(q.indicator["threshold"])) for q, each in family]
    on_good_side = [good(each, level(each, stated)) for each, stated in kept]
    share = [
        s / looks if rule < 3 else nominal(alpha * s * w * gain, c, looks) / alpha
        for s, (c, w), gain in zip(shares, seen, more)
    ]
    if rule >= BY_GOOD:  # what is not kept is to be watched too
        broken = {i: p if _distant(family[i][1].watch) else max(p, watch[i]) for i, p in broken.items()}
    for i in held:
        threshold = family[i][0].indicator["threshold"]
        if threshold.get("watch_alpha") is not None and threshold["breach"] == threshold["watch"]:
            at_breach[i] = min(at_breach[i], at_watch[i])
    return [
        CorrectedTests(broken.get(i), watch[i], on_good_side[i], share[i], at_breach.get(i), at_watch[i])
        for i in range(len(family))
    ]


def _distant(measure: dict) -> bool:
    return bool(measure["params"]["scale"] == DISTANCE)


def _seen(measure: dict) -> tuple[tuple[float, ...], float]:
    """How its looks hang together, and its part of the level."""
    return tuple(measure["params"].get("correlations") or ()), float(measure["params"].get("weight", 1))


class _Year(NamedTuple):
    """What a level is shared by. `more`: of each comparison, how many times its part it has."""

    looks: int
    alpha: float
    rule: int
    more: Sequence[float]


def _held(
    raw: list[float], nodes: list[Node], seen: list[tuple[tuple[float, ...], float]], year: _Year
) -> tuple[list[float], list[float]]:
    """Of each p: corrected, and the level that it is held to as it is."""
    shares, (looks, alpha, rule, more) = [node.weight for node in nodes], year
    if rule < 3:
        return [min(1.0, p * looks) for p in holm(raw, shares)], steps(raw, shares, alpha / looks)
    yearly = [min(1.0, over_looks(p, c, looks) / (w * gain)) for p, (c, w), gain in zip(raw, seen, more)]
    if rule < BY_GRAPH:
        found, levels = holm(yearly, shares), steps(yearly, shares, alpha)
    else:
        found, levels = graphical(yearly, nodes, alpha)
    return found, [nominal(at * w * gain, c, looks) for at, (c, w), gain in zip(levels, seen, more)]


def _gained(
    family: Sequence[tuple[AskedQuestion, dict, Sequence[dict]]], name: str, nodes: Sequence[Node], alpha: float
) -> list[float]:
    """How many times its part each has, as what by itself shows the good side of a level needs next to nothing of its
    own, unless one of its windows speaks against it. Two groups that are compared with each other leave one
    another nothing."""

    def at(question: AskedQuestion, measure: dict) -> float:
        return level(measure, question.indicator["threshold"][name])

    left = [0.0] * len(family)
    for i, (part, (question, measure, windows)) in enumerate(zip(parts(nodes, alpha), family)):
        if _distant(measure) or any(beyond(each, at(question, each)) <= alpha for each in windows):
            continue
        sure = [_seen(each)[1] for each in windows if good(each, at(question, each)) <= BY_CHANCE]
        left[i] = part * math.fsum(sure) * (1 - STILL)
    gains = []
    for (question, measure, _), hidden in zip(family, _mirrored([measure for _, measure, _ in family])):
        if _distant(measure) or good(measure, at(question, measure)) <= BY_CHANCE:
            gains.append(1.0)
            continue
        others = math.fsum(some for j, some in enumerate(left) if j not in hidden)
        gains.append(max(1.0, (1 - BY_CHANCE) / (1 - others)))
    return gains


def _mirrored(measures: Sequence[dict]) -> list[list[int]]:
    """Of each comparison, which are of the other group, where the groups of an attribute are two, each compared with
    the other."""
    named = [
        ({*each["group"]}, {(name, str(value)) for name, value in each["group"].items()})
        if each["group"] and each["params"].get("against") == "rest"
        else None
        for each in measures
    ]
    found = []
    for own in named:
        others = [each for each in named if own and each and each[0] == own[0] and each[1] != own[1]]
        one = bool(others) and all(each == others[0] for each in others)
        found.append([j for j, each in enumerate(named) if one and each == others[0]])
    return found


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
