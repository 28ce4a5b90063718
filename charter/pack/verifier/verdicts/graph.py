"""The graph of the fourth rule: parts of the level by what can be found, passed on to what follows from it.

Source: Bretz, Maurer, Brannath & Posch (2009), Statistics in Medicine 28:586-604.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..chances import normal, root
from .testing import level, statistic

BEYOND = {"ratio": 0.9, "difference": 1.5}
"""The gap that is looked for, in parts of a level."""
LEAST, MOST = 0.5, 8.0
"""Between which effects are taken to lie, in standard errors."""
TIE = 1 + 1e-9


class Node(NamedTuple):
    """A comparison of a family: its weight, the effect that is looked for, and those that follow from it."""

    weight: float
    effect: float | None
    children: list[int]


def effect(measure: dict, stated: float, looks: int) -> float | None:
    """How many standard errors the gap that is looked for lies beyond a level, at the end of a year."""
    scale, at = measure["params"]["scale"], level(measure, stated)
    if scale not in BEYOND or not at:
        return None
    inward = scale == "difference" or measure["params"]["bad_side"] == "below"
    there = _at(measure["params"]["test"], at * (BEYOND[scale] if inward else 1 / BEYOND[scale]))
    seen = len(measure["params"].get("correlations") or ()) + 1
    return None if there is None else abs(statistic(there, at)) * math.sqrt(max(1.0, looks / seen))


def _at(test: dict, truth: float) -> dict | None:
    """A test as it would be, were `truth` found."""
    if test["kind"] in ("jackknife", "wald"):
        return {**test, "estimate": truth} if truth > 0 or test.get("transform") != "log" else None
    (_, cases), (n1, n0) = test["k"], test["n"]
    rate = truth * cases / n0 if test["kind"] == "score_ratio" else cases / n0 + truth
    return {**test, "k": [rate * n1, cases]} if 0 < rate < 1 and 0 < cases < n0 else None


def follows(one: tuple[dict, dict], other: tuple[dict, dict]) -> bool:
    """Whether a question's measure is about part of what another is about: a crossing of its group, or a stage."""
    (asked, measure), (asked_of, whole) = one, other
    if not measure["group"] or not whole["group"]:
        return False
    stage, before = measure["given"].get("stage"), whole["given"].get("stage")
    group, wider = (set(each["group"].items()) for each in (measure, whole))
    if asked["id"] == asked_of["id"] and stage == before and group > wider:
        return True
    return stage is not None and before is None and group == wider


def parts(nodes: Sequence[Node], alpha: float) -> list[float]:
    """Which part of the level each begins with: half by weight, half where it finds most."""
    known = [node for node in nodes if node.effect is not None]
    if not known:
        return [node.weight for node in nodes]
    share = math.fsum(node.weight for node in known)
    total = alpha * share / 2

    def best(node: Node, c: float) -> float:
        size = min(max(float(node.effect or 0), LEAST), MOST)
        return normal(-(size / 2 + (c - math.log(node.weight / share * len(known))) / size))

    c = root(lambda c: math.fsum(best(node, c) for node in known) - total, -100.0, 500.0)
    spent = math.fsum(best(node, c) for node in known)
    return [
        node.weight if node.effect is None else node.weight / 2 + share / 2 * best(node, c) / spent for node in nodes
    ]


def graphical(p_values: Sequence[float], nodes: Sequence[Node], alpha: float) -> tuple[list[float], list[float]]:
    """Of each p: corrected, and the level that it is held to."""
    part = parts(nodes, alpha)
    arrows = _arrows(part, nodes)
    standing, running = list(range(len(nodes))), 0.0
    adjusted, levels = [0.0] * len(nodes), [0.0] * len(nodes)
    stopped: list[float] | None = None
    while standing:
        least = min(p_values[i] / part[i] for i in standing)
        found = next(i for i in standing if p_values[i] / part[i] <= least * TIE)
        running = max(running, min(1.0, p_values[found] / part[found]))
        if stopped is None and running > alpha:
            stopped = list(part)
        adjusted[found], levels[found] = running, alpha * (stopped or part)[found]
        standing.remove(found)
        before = {i: list(arrows[i]) for i in (*standing, found)}
        for i in standing:
            part[i] += part[found] * before[found][i]
            left = 1 - before[i][found] * before[found][i]
            for j in standing:
                through = before[i][j] + before[i][found] * before[found][j]
                arrows[i][j] = through / left if i != j and left > 1e-12 else 0.0
    return adjusted, levels


def _arrows(part: Sequence[float], nodes: Sequence[Node]) -> list[list[float]]:
    """Which share of its part each passes on to each other: half to its children, the rest in proportion to parts."""
    found = []
    for at, node in enumerate(nodes):
        others = math.fsum(each for i, each in enumerate(part) if i != at)
        rest = 0.5 if node.children else 1.0
        row = [0.0 if i == at else rest * each / others for i, each in enumerate(part)]
        for child in node.children:
            row[child] += 0.5 / len(node.children)
        found.append(row)
    return found
