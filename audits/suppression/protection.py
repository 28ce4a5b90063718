"""Which further cells to hide so that nothing shown narrows down a hidden one.

For every hidden cell a linear program plays the reader and finds the largest and smallest value it could have. Where
that is too narrow, another finds the cheapest way to let it move; the cells that move with it are hidden too.
At the end each of these is shown again, largest first, if all hidden cells are still safe without it.

Source: Kelly, Golden & Assad (1992), Cell suppression: disclosure protection for sensitive tabular data, Networks
22:397-417; Fischetti & Salazar-González (2001), Management Science 47:1008-1027.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from audits.measures import Counts
from audits.suppression.lattice import Floats, Lattice
from audits.suppression.reader import SLACK, Reader, Sight, SuppressionError

SECOND_LOOKS = 25
"""How many complementary cells are tried to be shown again: a bound on time, not on safety."""


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


@dataclass(frozen=True)
class Demand:
    """If hidden, a cell must be able to move that far to `reader` (by number): up, down, or (`sign` 0) together."""

    reader: int
    cell: int
    sign: int
    distance: float


def protect(lattice: Lattice, layer: Layer, *, hidden: set[int]) -> set[int]:
    """The cells to hide: those given and few decisions more, until every hidden cell is safe.

    Where even hiding everything but the total would not do (a total under the limit), as safe as can be.
    """
    if not hidden:
        return set()
    forced = np.zeros(len(lattice.keys))
    forced[sorted(hidden | lattice.unpublished())] = 1.0
    free = np.array([float(lattice.publishes(i) and layer.counts[i] > 0) for i in range(len(lattice.keys))])
    allowed = np.maximum(forced, free)
    readers = _readers(lattice, layer)
    demands = [*_demands(layer), *_widths(lattice, layer, allowed)]
    chosen = forced
    while unmet := _unmet(demands, readers, chosen):
        lowered = dict(zip(unmet, _attainable(unmet, readers, allowed), strict=True))
        demands = [lowered.get(demand, demand) for demand in demands]
        wider = _widened(list(lowered.values()), readers, layer.counts, chosen, allowed)
        if np.array_equal(wider, chosen) and list(lowered.values()) == unmet:
            raise SuppressionError("no safe choice of cells to hide was found.")
        chosen = wider
    chosen = _shown_again(demands, readers, layer.counts, chosen, forced)
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


def _demands(layer: Layer) -> list[Demand]:
    """A small cell may be nobody, and may reach the limit; to one who knows the rule, anything from 1 to limit − 1."""
    found = []
    for cell in sorted(layer.small):
        size = float(layer.counts[cell])
        found += [Demand(0, cell, 1, layer.limit - size), Demand(0, cell, -1, size)]
        if layer.knows_rule:
            found += [Demand(1, cell, 1, layer.limit - 1 - size), Demand(1, cell, -1, size - 1)]
    return [demand for demand in found if demand.distance > 0]


def _widths(lattice: Lattice, layer: Layer, allowed: Floats) -> list[Demand]:
    """Every hidden cell, small or not, must span at least the limit."""
    cells = [i for i in np.flatnonzero(allowed > 0.5).tolist() if lattice.publishes(i)]
    return [Demand(0, cell, 0, float(layer.limit)) for cell in cells]


def _sights(demands: Iterable[Demand], readers: list[Reader], hidden: Floats) -> list[Sight]:
    """Each reader's sight, after a look at all cells in question."""
    sights = [Sight(reader, hidden) for reader in readers]
    for number, sight in enumerate(sights):
        sight.look({d.cell for d in demands if d.reader == number})
    return sights


def _attainable(demands: list[Demand], readers: list[Reader], allowed: Floats) -> list[Demand]:
    """The demands, lowered to what hiding everything would give."""
    sights = _sights(demands, readers, allowed)
    reached = [sights[d.reader].reaches(d.cell, d.sign, d.distance) for d in demands]
    return [Demand(d.reader, d.cell, d.sign, min(d.distance, far)) for d, far in zip(demands, reached, strict=True)]


def _unmet(demands: list[Demand], readers: list[Reader], chosen: Floats) -> list[Demand]:
    """The demands of hidden cells that the present choice does not meet, the hardest first."""
    asked = [demand for demand in demands if chosen[demand.cell] > 0.5]
    unmet = _short(asked, _sights(asked, readers, chosen))
    return sorted(unmet, key=lambda d: (-d.distance, d.cell, d.sign, d.reader))


def _short(demands: list[Demand], sights: list[Sight]) -> Iterator[Demand]:
    """Those of the demands that are not met, found one by one."""
    return (d for d in demands if sights[d.reader].reaches(d.cell, d.sign, d.distance) < d.distance - SLACK)


def _widened(unmet: list[Demand], readers: list[Reader], counts: Counts, chosen: Floats, allowed: Floats) -> Floats:
    """The choice, with what lets each unmet demand be met; what is hidden already costs next to nothing."""
    for demand in unmet:
        price = np.where(chosen > 0.5, 1e-6, counts + 1.0)
        reader = readers[demand.reader]
        room = reader.above[demand.cell]
        up = demand.sign > 0 or (demand.sign == 0 and room >= demand.distance)
        distance = min(demand.distance, room) if up else max(-demand.distance, -reader.below[demand.cell])
        chosen = chosen.copy()
        chosen[reader.cheapest_move(demand.cell, distance, allowed=allowed, price=price)] = 1.0
    return chosen


def _shown_again(
    demands: list[Demand], readers: list[Reader], counts: Counts, chosen: Floats, forced: Floats
) -> Floats:
    """The choice without those complementary cells, largest first, that all hidden cells are safe without."""
    extra = np.flatnonzero((chosen > 0.5) & (forced < 0.5))
    worlds: list[list[Floats]] = [[] for _ in readers]
    for cell in sorted(extra.tolist(), key=lambda i: (-counts[i], -i))[:SECOND_LOOKS]:
        without = chosen.copy()
        without[cell] = 0.0
        asked = [demand for demand in demands if without[demand.cell] > 0.5]
        sights = [Sight(reader, without, worlds=seen) for reader, seen in zip(readers, worlds, strict=True)]
        if next(_short(asked, sights), None) is None:
            chosen = without
        worlds = [[*seen, *sight.worlds] for seen, sight in zip(worlds, sights, strict=True)]
    return chosen
