"""The correction for many comparisons: which part of the level each of a family has, and what its p-values come to.

The level is shared between the looks of a year, then between the questions of a family by their weights, then between
the comparisons of each; what is found passes its part on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr

from boussole.audits.uncertainty.holm import holm, holm_levels
from boussole.audits.uncertainty.looks import nominal, over_looks
from boussole.audits.uncertainty.tests import at_truth, statistic
from boussole.charter.document.base import given

Floats: TypeAlias = npt.NDArray[np.float64]
LEAST, MOST = 0.5, 8.0
"""Effects, in standard errors: below, as good as nothing can be found; above, anything."""
TIE = 1 + 1e-9
SURE = 0.5
"""Of the level, what is shared by weight alone; the rest goes where it finds most."""
TO_CHILDREN = 0.5
"""Of the part of a test that finds something, what those have that follow from it, where there are some."""


@dataclass(frozen=True)
class GraphTest:
    """A test with `weight` (above 0), expected `effect` in standard errors (None: unknown), and `children`."""

    weight: float = 1.0
    effect: float | None = None
    children: Sequence[int] = ()


def graphical(
    p_values: Sequence[float], tests: Sequence[GraphTest], *, alpha: float
) -> tuple[list[float], list[float]]:
    """Return adjusted p-values, and the level that each p is held to: any false alarm has a chance of at most α.

    A test that finds something passes half of its part to its children equally and the rest to the others in
    proportion; without children and effects this is Holm's procedure. Raises ValueError where a weight is not above 0.
    Source: Bretz, Maurer, Brannath & Posch (2009), Statistics in Medicine 28:586-604, algorithms 1 and 2.
    """
    p = np.asarray(p_values, dtype=float)
    adjusted, levels, running = np.zeros(p.size), np.zeros(p.size), 0.0
    stopped: Floats | None = None
    for found, part in _steps(p, parts(tests, alpha=alpha), tests):
        running = max(running, min(1.0, p[found] / part[found]))
        adjusted[found] = running
        if stopped is None and running > alpha:
            stopped = part
        levels[found] = alpha * (part if stopped is None else stopped)[found]
    return adjusted.tolist(), levels.tolist()


def _steps(p: Floats, part: Floats, tests: Sequence[GraphTest]) -> Iterator[tuple[int, Floats]]:
    """Yield the test that is looked at in each step, and the parts of all at that step."""
    arrows, standing = _arrows(part, tests), np.ones(p.size, dtype=bool)
    while standing.any():
        per_part = np.where(standing, p / part, np.inf)
        found = int(np.argmax(per_part <= per_part.min() * TIE))  # of those as near, the first
        yield found, part.copy()
        standing[found] = False
        part = np.where(standing, part + part[found] * arrows[found], part)
        back = arrows[:, found] * arrows[found]
        arrows = arrows + np.outer(arrows[:, found], arrows[found])
        left = 1 - back
        arrows = np.divide(arrows, left[:, None], out=np.zeros_like(arrows), where=left[:, None] > 1e-12)
        arrows[found], arrows[:, found] = 0.0, 0.0
        np.fill_diagonal(arrows, 0.0)


def _arrows(part: Floats, tests: Sequence[GraphTest]) -> Floats:
    """Which share of its part a test (row) passes on to each other."""
    found: Floats = np.tile(part, (part.size, 1))
    np.fill_diagonal(found, 0.0)
    found = np.divide(found, found.sum(axis=1, keepdims=True), out=np.zeros_like(found), where=part.size > 1)
    for at, test in enumerate(tests):
        if test.children:
            found[at] *= 1 - TO_CHILDREN
            found[at, list(test.children)] += TO_CHILDREN / len(test.children)
    return found


def parts(tests: Sequence[GraphTest], *, alpha: float) -> Floats:
    """Return the part of α that each test begins with; they add up to 1.

    Half by weight w; half where it finds most: α(i) = Φ(−(ξ(i)/2 + (c − log w(i)) / ξ(i))), the effect ξ(i) between 0.5
    and 8. Source: Wasserman & Roeder (2006), arXiv math/0604172, "Weighted hypothesis testing".
    """
    weights: Floats = np.array([each.weight for each in tests], dtype=float)
    if not (weights > 0).all():
        raise ValueError("weights must be above 0")
    weights = weights / weights.sum()
    known = np.array([each.effect is not None for each in tests], dtype=bool)
    if not known.any():
        return weights
    effects: Floats = np.clip([each.effect for each in tests if each.effect is not None], LEAST, MOST)
    share = weights[known].sum()
    logs = np.log(weights[known] / share * known.sum())
    total = alpha * (1 - SURE) * share

    def spent(c: float) -> Floats:
        return np.asarray(ndtr(-(effects / 2 + (c - logs) / effects)))

    c = brentq(lambda c: float(spent(c).sum()) - total, -100.0, 500.0, xtol=1e-13, rtol=1e-14)
    best = spent(c)
    found: Floats = weights.copy()
    found[known] = SURE * weights[known] + (1 - SURE) * share * best / best.sum()
    return found


BY_CHANCE = 0.01
"""How likely so good a figure may be, if the truth is at the level, to show by itself that it lies on the good side."""
STILL = 0.02
"""Which part of its part such a figure needs."""
BEYOND = {"ratio": 0.9, "difference": 1.5}
"""The gap that is looked for: a tenth beyond the level of a ratio, half as much again as that of a difference."""


@dataclass(frozen=True, kw_only=True)
class PValues:
    """One-sided p-values of a comparison. `share`: the first part of the level that it has, at the watch level."""

    p_breach: float | None
    p_watch: float
    p_kept: float
    share: float
    at_breach: float | None
    """The level that the step of the correction holds the uncorrected p of *broken* to."""
    at_watch: float
    at_kept: float


@dataclass(frozen=True, kw_only=True)
class TestedComparison:
    """One comparison beside its levels: of each, how likely so bad and so good a figure is at the level.

    `correlations`: of each look with the one before (None: looks at other decisions). `weight`: its part of the level.
    `effect`: the gap that is looked for, in standard errors of a year. `windows`: all figures that could decide it.
    """

    of: str
    watch: tuple[float, float]
    breach: tuple[float, float] | None
    correlations: tuple[float, ...] | None = None
    weight: float = 1.0
    importance: float = 1.0
    effect: float | None = None
    place: ComparisonPlace | None = None
    windows: tuple[JudgedWindow, ...] = ()

    def follows(self, other: TestedComparison) -> bool:
        """Whether this is about a part of what `other` is about."""
        return self.place is not None and other.place is not None and self.place.follows(other.place)


@dataclass(frozen=True, kw_only=True)
class JudgedWindow:
    """One of the figures that could decide a comparison, beside its levels, with its part of that comparison's."""

    watch: tuple[float, float]
    breach: tuple[float, float] | None
    weight: float


@dataclass(frozen=True, kw_only=True)
class ComparisonPlace:
    """What a comparison is about; `with_rest`: the group is compared with all others of its attribute."""

    asked: str
    group: frozenset[tuple[str, str]]
    stage: str | None = None
    with_rest: bool = False

    @property
    def attribute(self) -> frozenset[str]:
        """The names of what its group is a value of."""
        return frozenset(name for name, _ in self.group)

    def follows(self, other: ComparisonPlace) -> bool:
        """Whether this is about a part of what `other` is about: a crossing of its group, or the group at a stage."""
        crossing = self.asked == other.asked and self.stage == other.stage and self.group > other.group
        return crossing or (self.stage is not None and other.stage is None and self.group == other.group)


def effect(test: Mapping[str, Any], *, level: float, scale: str, bad_side: str, looks: float) -> float | None:
    """How many standard errors a gap worth finding (`BEYOND`) lies beyond a level after a year; None: not known."""
    if scale not in BEYOND:
        return None
    there = at_truth(test, beyond(level, scale=scale, bad_side=bad_side)) if level else None
    return None if there is None else abs(statistic(there, level)) * math.sqrt(max(1.0, looks))


def beyond(level: float, *, scale: str, bad_side: str) -> float:
    """The gap that is looked for, where the level is on the bad side of a comparison.

    >>> round(beyond(0.8, scale="ratio", bad_side="below"), 2)
    0.72
    >>> round(beyond(-0.1, scale="difference", bad_side="below"), 2)
    -0.15
    """
    return level * (BEYOND[scale] if scale == "difference" or bad_side == "below" else 1 / BEYOND[scale])


def corrected(
    family: Sequence[TestedComparison],
    *,
    looks: float,
    alpha: float,
    breached: Sequence[TestedComparison] | None = None,
) -> list[PValues]:
    """The p-values of a family, corrected over it and `looks` for watch and breach, each with its level."""
    tests, breached = _tests(family), [each for each in breached or family if each.breach is not None]
    shares = parts(tests, alpha=alpha).tolist()
    sides, breach_sides = [each.watch for each in family], [given(each.breach) for each in breached]
    more, breach_more = gained(family, sides, alpha=alpha), gained(breached, breach_sides, alpha=alpha, breach=True)
    held = partial(_held, looks=looks, alpha=alpha)
    p_watch, p_breach = held(family, sides, more), held(breached, breach_sides, breach_more)
    found = []
    for each, share, gain in zip(family, shares, more, strict=True):
        (watch, held_at), (broken, broken_at) = next(p_watch), (None, None) if each.breach is None else next(p_breach)
        if broken is not None and each.windows:
            # More leave their part at the breach level: by itself that would find what is not even one to watch.
            broken = max(broken, watch)
        found.append(
            PValues(
                p_breach=broken,
                p_watch=watch,
                p_kept=(each.breach or each.watch)[1],
                share=_at(alpha * share * gain, each, looks) / alpha,
                at_breach=broken_at,
                at_watch=held_at,
                at_kept=alpha,
            )
        )
    return found


def _held(
    family: Sequence[TestedComparison],
    sides: Sequence[tuple[float, float]],
    more: Sequence[float],
    *,
    looks: float,
    alpha: float,
) -> Iterator[tuple[float, float]]:
    """Of each p-value, itself corrected, and the level that it is held to as it is."""
    tests, p_values = _tests(family), [bad for bad, _ in sides]
    if all(each.correlations is None for each in family):
        # Of drift, where nothing follows from anything: the graph is Holm's procedure.
        shares = [each.weight for each in tests]
        corrected_values = (min(1.0, p * looks) for p in holm(p_values, shares))
        return zip(corrected_values, holm_levels(p_values, shares, alpha=alpha / looks), strict=True)
    year = [
        min(1.0, over_looks(p, each.correlations or (), looks=looks) / (each.weight * gain))
        for p, each, gain in zip(p_values, family, more, strict=True)
    ]
    found, levels = graphical(year, tests, alpha=alpha)
    return zip(
        found,
        (_at(level * gain, each, looks) for level, each, gain in zip(levels, family, more, strict=True)),
        strict=True,
    )


def _tests(family: Sequence[TestedComparison]) -> list[GraphTest]:
    """The family as a graph, in which the weights of all comparisons add up to 1."""
    comparisons = Counter(each.of for each in family)
    questions = math.fsum({each.of: each.importance for each in family}.values())
    return [
        GraphTest(
            weight=each.importance / (questions * comparisons[each.of]),
            effect=each.effect,
            children=[at for at, other in enumerate(family) if other.follows(each)],
        )
        for each in family
    ]


def _at(error: float, each: TestedComparison, looks: float) -> float:
    """What one look's own test may err by, where those of a year may err by `error` together."""
    return nominal(error * each.weight, each.correlations or (), looks=looks)


def gained(
    family: Sequence[TestedComparison], sides: Sequence[tuple[float, float]], *, alpha: float, breach: bool = False
) -> list[float]:
    """Of each comparison, how many times its part of the level it has since others left theirs, in the range [1, 49.5].

    `sides`: how likely so bad and so good a figure is at the level. A figure that shows the good side by itself
    (`BY_CHANCE`) leaves its part to the others, but not to the group that it is compared with.
    Source: Zhao, Small & Su (2019), JASA 114:1291-1304, and Tian & Ramdas (2019), arXiv 1910.04900.
    """
    if not any(each.windows for each in family):
        return [1.0] * len(family)
    shares = parts(_tests(family), alpha=alpha).tolist()
    left = [share * (1 - _needed(each, alpha=alpha, breach=breach)) for each, share in zip(family, shares, strict=True)]
    every = math.fsum(left)
    more = [
        max(1.0, (1 - BY_CHANCE) / (1 - every + math.fsum(left[other] for other in mirrored)))
        for mirrored in _mirrored(family)
    ]
    return [
        gain if each.windows and good > BY_CHANCE else 1.0
        for each, (_, good), gain in zip(family, sides, more, strict=True)
    ]


def _mirrored(family: Sequence[TestedComparison]) -> list[list[int]]:
    """Of each comparison, the places of those of the other group, where two groups are each compared with the other."""
    groups: dict[frozenset[str], dict[frozenset[tuple[str, str]], list[int]]] = {}
    for at, each in enumerate(family):
        if each.place is not None and each.place.with_rest:
            groups.setdefault(each.place.attribute, {}).setdefault(each.place.group, []).append(at)
    found: list[list[int]] = [[] for _ in family]
    for one, other in (by_group.values() for by_group in groups.values() if len(by_group) == 2):
        found = [other if at in one else one if at in other else known for at, known in enumerate(found)]
    return found


def _needed(each: TestedComparison, *, alpha: float, breach: bool) -> float:
    told = [(window.weight, given(window.breach) if breach else window.watch) for window in each.windows]
    if any(bad <= alpha for _, (bad, _) in told):
        return 1.0
    return 1 - math.fsum(weight for weight, (_, good) in told if good <= BY_CHANCE) * (1 - STILL)
