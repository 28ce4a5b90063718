"""A graph of tests: each has a part of the level, and passes it on along the arrows when it finds something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr

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
