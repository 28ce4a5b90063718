"""Which further cells to hide so that nothing shown narrows down a hidden one.

Cutting planes: an integer program chooses the cheapest cells to hide; for every hidden cell a linear program plays the
reader and finds the largest and smallest value it could have; where that is too narrow, its dual says which
cells would widen it, and this becomes a new condition of the integer program. Ends with an optimal choice.

Source: Fischetti & Salazar-González (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47:1008-1027.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from audits.errors import BoussoleError
from audits.measures import Counts
from audits.suppression.lattice import Floats, Lattice

_SLACK = 1e-6
Cut = tuple[Floats, float]
"""A condition on the choice: weights · hidden ≥ bound."""


class SuppressionError(BoussoleError):
    """The solver found no safe choice; nothing may be published."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One count to protect: which cells are small in it, under which limit.

    `knows_rule`: also guard against a reader who knows that small cells hold 1 to limit − 1, and that hidden groups
    which are not small hold at least the limit.
    """

    counts: Counts
    small: set[int]
    limit: int
    knows_rule: bool


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How far each cell may lie below and above its true value in the eyes of somebody who reads the tables."""

    matrix: Floats
    below: Floats
    above: Floats

    def reach(self, cell: int, sign: int, hidden: Floats) -> tuple[float, Floats]:
        """How far the cell can move up (sign 1) or down (−1), and how much each cell, if hidden, adds to that."""
        cost = np.zeros(hidden.size)
        cost[cell] = -sign
        bounds = list(zip((-self.below * hidden).tolist(), (self.above * hidden).tolist(), strict=True))
        solved = linprog(cost, A_eq=self.matrix, b_eq=np.zeros(len(self.matrix)), bounds=bounds, method="highs")
        if solved.x is None:
            raise SuppressionError(f"the check of hidden cells failed: {solved.message}")
        up, down = np.maximum(-solved.upper.marginals, 0.0), np.maximum(solved.lower.marginals, 0.0)
        return sign * float(solved.x[cell]), up * self.above + down * self.below


@dataclass(frozen=True)
class Demand:
    """A cell must be able to move that far: up, down, or (`sign` 0) both together."""

    reader: Reader
    cell: int
    sign: int
    distance: float

    def reach(self, hidden: Floats) -> tuple[float, Floats]:
        """What it can do now, and what each cell adds to it if hidden."""
        signs = (self.sign,) if self.sign else (1, -1)
        found = [self.reader.reach(self.cell, sign, hidden) for sign in signs]
        return sum(far for far, _ in found), np.sum([adds for _, adds in found], axis=0)


def protect(lattice: Lattice, layer: Layer, *, hidden: set[int]) -> set[int]:
    """The cells to hide: those given and the fewest decisions more, until every hidden cell is safe.

    Where even hiding everything but the total would not do (a total under the limit), as safe as can be.
    """
    if not hidden:
        return set()
    readers = _readers(lattice, layer)
    forced = np.zeros(len(lattice.keys))
    forced[sorted(hidden | lattice.unpublished())] = 1.0
    free = np.array([float(lattice.publishes(i) and layer.counts[i] > 0) for i in range(len(lattice.keys))])
    allowed = np.maximum(forced, free)
    demands = [_attainable(demand, allowed) for demand in _demands(layer, readers)]
    widths = _widths(lattice, layer, readers[0])
    cuts: list[Cut] = []
    chosen = forced
    while new := _broken(demands, chosen) or _too_tight(widths, chosen, allowed):
        cuts += new
        chosen = _cheapest(layer.counts, forced, allowed, cuts)
    return {i for i in np.flatnonzero(chosen > 0.5).tolist() if lattice.publishes(i)}


def _readers(lattice: Lattice, layer: Layer) -> list[Reader]:
    total = float(layer.counts[0])
    counts = layer.counts.astype(np.float64)
    plain = Reader(matrix=lattice.matrix(), below=counts, above=total - counts)
    if not layer.knows_rule:
        return [plain]
    below, above = plain.below.copy(), plain.above.copy()
    for i in lattice.groups:
        if i in layer.small and counts[i] < layer.limit:
            below[i], above[i] = counts[i] - 1, layer.limit - 1 - counts[i]
        elif i not in layer.small:
            below[i] = max(counts[i] - layer.limit, 0.0)
    return [plain, Reader(matrix=plain.matrix, below=below, above=above)]


def _demands(layer: Layer, readers: list[Reader]) -> list[Demand]:
    """A small cell may be nobody, and may reach the limit; to one who knows the rule, anything from 1 to limit − 1."""
    found = []
    for cell in sorted(layer.small):
        size = float(layer.counts[cell])
        found += [Demand(readers[0], cell, -1, size), Demand(readers[0], cell, 1, layer.limit - size)]
        for reader in readers[1:]:
            found += [Demand(reader, cell, -1, size - 1), Demand(reader, cell, 1, layer.limit - 1 - size)]
    return [demand for demand in found if demand.distance > 0]


def _attainable(demand: Demand, allowed: Floats) -> Demand:
    return Demand(demand.reader, demand.cell, demand.sign, min(demand.distance, demand.reach(allowed)[0]))


def _broken(demands: list[Demand], chosen: Floats) -> list[Cut]:
    """Conditions that the present choice does not meet for small cells."""
    cuts = []
    for demand in demands:
        far, adds = demand.reach(chosen)
        if far < demand.distance - _SLACK:
            cuts.append((np.minimum(adds, demand.distance), demand.distance))
    return cuts


def _widths(lattice: Lattice, layer: Layer, reader: Reader) -> list[Demand]:
    """Every hidden cell, small or not, must span at least the limit."""
    return [Demand(reader, cell, 0, float(layer.limit)) for cell in range(len(lattice.keys)) if lattice.publishes(cell)]


def _too_tight(widths: list[Demand], chosen: Floats, allowed: Floats) -> list[Cut]:
    """Conditions for hidden cells that span too little; they hold only if the cell is hidden."""
    cuts = []
    for demand in widths:
        if chosen[demand.cell] < 0.5:
            continue
        far, adds = demand.reach(chosen)
        if far < demand.distance - _SLACK and far < (wanted := _attainable(demand, allowed).distance) - _SLACK:
            condition = np.minimum(adds, wanted)
            condition[demand.cell] -= wanted
            cuts.append((condition, 0.0))
    return cuts


def _cheapest(counts: Counts, forced: Floats, allowed: Floats, cuts: list[Cut]) -> Floats:
    """The choice that hides the fewest decisions under the conditions found so far."""
    cost = (counts + 1.0) / (counts.max() + 1.0)
    rows, bounds = np.array([row for row, _ in cuts]), np.array([bound for _, bound in cuts])
    scale = np.maximum(np.abs(rows).max(axis=1), 1.0)
    solved = milp(
        cost,
        integrality=np.ones(counts.size, dtype=np.int64),
        bounds=Bounds(forced, allowed),
        constraints=LinearConstraint(rows / scale[:, None], lb=(bounds - _SLACK) / scale),
    )
    if solved.x is None:
        raise SuppressionError(f"no safe choice of cells to hide was found: {solved.message}")
    return np.asarray(np.round(solved.x), dtype=np.float64)
