"""Secondary suppression: which further cells to hide so that nothing shown narrows down a hidden one.

For every hidden cell a linear program finds its largest and smallest possible value; another finds the cheapest cells
to hide where that is too narrow. Source: Kelly, Golden & Assad (1992), Networks 22:397-417; Fischetti &
Salazar-González (2001), Management Science 47:1008-1027.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boussole.audits.measures import Counts
from boussole.audits.suppression.lattice import Floats, Lattice, Layered
from boussole.audits.suppression.program import SuppressionError
from boussole.audits.suppression.reader import SLACK, CellEquations, Mover, ReaderSight

Step = tuple[int, float]
"""A move: of which reader, how far (down if negative)."""
SECOND_LOOKS = 25
"""How many complementary cells are tried to be shown again: a bound on time, not on safety."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One count to protect: its small cells, their limit, and whether all hidden cells must span it (`wide`)."""

    counts: Counts
    small: set[int]
    limit: int
    wide: bool = True


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Everybody who reads: `plain` readers, whose findings add up, and those who know the rule for small cells."""

    plain: Sequence[CellEquations]
    rule: Sequence[CellEquations] = ()

    @property
    def readers(self) -> list[CellEquations]:
        return [*self.plain, *self.rule]


@dataclass(frozen=True)
class Demand:
    """If hidden, a target must be able to move that far to some readers together: up, down, or (`sign` 0) both."""

    readers: tuple[int, ...]
    cell: int
    target: int
    sign: int
    distance: float

    @property
    def signs(self) -> tuple[int, ...]:
        return (self.sign,) if self.sign else (1, -1)

    def reached(self, sights: Sequence[ReaderSight]) -> float:
        """How far the target can move: the distance or more, or all it can."""
        seen = {(r, sign): sights[r].seen(self.cell, self.target, sign) for sign in self.signs for r in self.readers}
        for reader, sign in seen:
            if sum(seen.values()) >= self.distance - SLACK:
                break
            seen[reader, sign] = sights[reader].move(self.cell, self.target, sign)
        return sum(seen.values())


def protect(
    lattice: Lattice,
    layers: Sequence[Layer],
    knowledge: Knowledge,
    *,
    hidden: set[int],
    sizes: Counts,
    layer: Layered = "decisions",
) -> set[int]:
    """Choose the cells to hide: those given and few decisions (`sizes`) more, until every hidden cell is safe."""
    known = lattice.known[layer]
    if not (hidden := hidden - known):
        return set()
    forced = np.zeros(len(lattice.keys))
    forced[sorted(hidden | lattice.unpublished(layer))] = 1.0
    free = np.array([float(lattice.publishes(i) and i not in known and sizes[i] > 0) for i in range(len(lattice.keys))])
    allowed = np.maximum(forced, free)
    readers = knowledge.readers
    movers = [Mover(reader, allowed) for reader in readers]
    demands = [*_demands(layers, knowledge), *_widths(lattice, layers, knowledge, allowed)]
    chosen, sights = forced, _sights(demands, readers, forced)
    while unmet := _unmet(demands, sights, chosen):
        steps = _steps(unmet, readers, allowed)
        lowered = {d: replace(d, distance=sum(abs(move) for _, move in moves)) for d, moves in steps.items()}
        demands = [lowered.get(demand, demand) for demand in demands]
        wider = _widened(steps, movers, sizes, chosen)
        if np.array_equal(wider, chosen) and list(lowered.values()) == unmet:
            raise SuppressionError("no safe choice of cells to hide was found.")
        chosen, sights = wider, _sights(demands, readers, wider)
    chosen = _shown_again(demands, readers, sizes, chosen, forced, worlds=[sight.worlds for sight in sights])
    return {i for i in np.flatnonzero(chosen > 0.5).tolist() if lattice.publishes(i)}


def _demands(layers: Sequence[Layer], knowledge: Knowledge) -> list[Demand]:
    """A small cell may be nobody, and may reach the limit; to one who knows the rule, anything from 1 to limit − 1."""
    plain = tuple(range(len(knowledge.plain)))
    rule = tuple(range(len(plain), len(knowledge.readers)))
    found = []
    for target, layer in enumerate(layers):
        for cell in sorted(layer.small):
            size, most = float(layer.counts[cell]), layer.limit
            found += [Demand(plain, cell, target, 1, most - size), Demand(plain, cell, target, -1, size)]
            if rule:
                found += [Demand(rule, cell, target, 1, most - 1 - size), Demand(rule, cell, target, -1, size - 1)]
    return [demand for demand in found if demand.distance > 0]


def _widths(lattice: Lattice, layers: Sequence[Layer], knowledge: Knowledge, allowed: Floats) -> list[Demand]:
    """Demand that every hidden cell, small or not, spans at least the limit."""
    plain = tuple(range(len(knowledge.plain)))
    cells = [i for i in np.flatnonzero(allowed > 0.5).tolist() if lattice.publishes(i)]
    wide = [(target, float(layer.limit)) for target, layer in enumerate(layers) if layer.wide]
    return [Demand(plain, cell, target, 0, limit) for target, limit in wide for cell in cells]


def _sights(demands: Iterable[Demand], readers: Sequence[CellEquations], hidden: Floats) -> list[ReaderSight]:
    """Return each reader's sight, after a look at all hidden targets in question."""
    sights = [ReaderSight(reader, hidden) for reader in readers]
    asked = [demand for demand in demands if hidden[demand.cell] > 0.5]
    for number, sight in enumerate(sights):
        sight.look(dict.fromkeys((d.cell, d.target) for d in asked if number in d.readers))
    return sights


def _steps(demands: list[Demand], readers: Sequence[CellEquations], allowed: Floats) -> dict[Demand, list[Step]]:
    """For each demand the moves that meet it, as far as hiding everything would let them."""
    sights = _sights(demands, readers, allowed)
    found: dict[Demand, list[Step]] = {}
    for demand in demands:
        demand.reached(sights)
        left, found[demand] = demand.distance, []
        seen = {
            (sign, r): sights[r].seen(demand.cell, demand.target, sign) for sign in demand.signs for r in demand.readers
        }
        for sign, reader in sorted(seen, key=lambda way: -seen[way]):
            far = min(left, seen[sign, reader])
            found[demand] += [(reader, sign * far)] if far > SLACK else []
            left -= far
    return found


def _unmet(demands: list[Demand], sights: Sequence[ReaderSight], chosen: Floats) -> list[Demand]:
    """The demands of hidden cells that the present choice does not meet, the hardest first."""
    unmet = _short([demand for demand in demands if chosen[demand.cell] > 0.5], sights)
    return sorted(unmet, key=lambda d: (-d.distance, d.cell, d.target, d.sign, d.readers))


def _short(demands: list[Demand], sights: Sequence[ReaderSight]) -> Iterator[Demand]:
    """Yield the demands that are not met, found one by one."""
    return (demand for demand in demands if demand.reached(sights) < demand.distance - SLACK)


def _widened(steps: Mapping[Demand, list[Step]], movers: Sequence[Mover], sizes: Counts, chosen: Floats) -> Floats:
    """The choice, with what lets each unmet demand be met; what is hidden already costs next to nothing."""
    chosen = chosen.copy()
    for demand, moves in steps.items():
        for reader, distance in moves:
            price = np.where(chosen > 0.5, 1e-6, sizes + 1.0)
            chosen[movers[reader].cheapest(demand.cell, demand.target, distance, price=price)] = 1.0
    return chosen


def _shown_again(
    demands: list[Demand],
    readers: Sequence[CellEquations],
    sizes: Counts,
    chosen: Floats,
    forced: Floats,
    *,
    worlds: list[list[Floats]],
) -> Floats:
    """The choice without those complementary cells, largest first, that all hidden cells are safe without."""
    extra, asked = np.flatnonzero((chosen > 0.5) & (forced < 0.5)), list(demands)
    for cell in sorted(extra.tolist(), key=lambda i: (-sizes[i], -i))[:SECOND_LOOKS]:
        without = chosen.copy()
        without[cell] = 0.0
        sights = [ReaderSight(reader, without, worlds=seen) for reader, seen in zip(readers, worlds, strict=True)]
        unmet = next(_short([demand for demand in asked if without[demand.cell] > 0.5], sights), None)
        if unmet is None:
            chosen = without
        else:  # what fails without one cell often fails without another: it is asked first from now on
            asked.remove(unmet)
            asked.insert(0, unmet)
        worlds = [[*seen, *sight.worlds] for seen, sight in zip(worlds, sights, strict=True)]
    return chosen
