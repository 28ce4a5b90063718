"""Secondary suppression: which further cells to hide so that nothing shown narrows down a hidden one.

For every hidden cell a linear program finds its largest and smallest possible value; another finds the cheapest cells
to hide where that is too narrow. Source: Kelly, Golden & Assad (1992), Networks 22:397-417; Fischetti &
Salazar-González (2001), Management Science 47:1008-1027.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy.sparse import block_diag, csc_array, hstack, identity, vstack

from boussole.audits.errors import BoussoleError
from boussole.audits.measures import Counts
from boussole.audits.parts import Floats, Ints
from boussole.audits.suppression.lattice import Lattice, Layered, Matrix


class SuppressionError(BoussoleError):
    """The solver found no safe choice; nothing may be published."""


class _Silent(highspy.Highs):
    """HiGHS without the callbacks of its Python class: setting them up prints a banner into whatever we print."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)


class Program:
    """A linear program: minimise cost · x, rows and columns within bounds, by the simplex method from its last state.

    Source: Huangfu & Hall (2018), Math. Prog. Computation 10:119-142 (HiGHS).
    """

    def __init__(
        self, matrix: Matrix, *, rows: tuple[Floats, Floats], columns: tuple[Floats, Floats], primal: bool
    ) -> None:
        by_column = csc_array(matrix)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = by_column.shape
        lp.col_cost_ = np.zeros(lp.num_col_)
        lp.col_lower_, lp.col_upper_ = columns
        lp.row_lower_, lp.row_upper_ = rows
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = by_column.indptr, by_column.indices
        lp.a_matrix_.value_ = by_column.data
        self._size = int(lp.num_col_)
        self._all = np.arange(self._size, dtype=np.int32)
        self._highs = _Silent()
        strategy = highspy.simplex_constants.SimplexStrategy
        chosen = strategy.kSimplexStrategyPrimal if primal else strategy.kSimplexStrategyDual
        options: dict[str, str | int] = {
            "threads": 1,
            "solver": "simplex",
            "presolve": "off",
            "simplex_strategy": int(chosen),
        }
        for option, value in options.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(lp)

    def minimise(self, cost: Floats) -> Floats:
        """The best x. Raises SuppressionError where there is none."""
        self._highs.changeColsCost(self._size, self._all, np.asarray(cost, dtype=np.float64))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._afresh()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SuppressionError(f"the check of hidden cells failed: {self._highs.modelStatusToString(status)}.")
        return np.array(self._highs.getSolution().col_value)

    def _afresh(self) -> None:
        """Solve once more from the beginning, with presolve, as rounding can spoil the last corner."""
        self._highs.clearSolver()
        self._highs.setOptionValue("presolve", "on")
        self._highs.run()
        self._highs.setOptionValue("presolve", "off")


SLACK = 1e-6
LOOKS = 4
"""Pairs of looks in mixed directions: they only save time."""


@dataclass(frozen=True, kw_only=True)
class CellEquations:
    """Equations over the parts of cells (column `part × cells + cell`), and how far each may lie from the truth."""

    matrix: Matrix
    rows: tuple[Floats, Floats]
    columns: tuple[Floats, Floats]
    cells: int
    targets: tuple[tuple[int, ...], ...]

    def of(self, cell: int, target: int) -> Ints:
        """The columns that make up a target of a cell."""
        return np.array([part * self.cells + cell for part in self.targets[target]], dtype=np.int64)

    def sums(self, world: Floats) -> Floats:
        """How far each target of each cell lies from its true value: shape (targets, cells)."""
        parts = world.reshape(-1, self.cells)
        return np.stack([parts[list(target)].sum(axis=0) for target in self.targets])

    def free(self, hidden: Floats) -> Ints:
        """The columns of hidden cells."""
        return np.flatnonzero(np.tile(hidden > 0.5, len(self.columns[0]) // self.cells))


class Mover:
    """Finds the cheapest cells to hide so that a target can move: every column that moves is paid for."""

    def __init__(self, reader: CellEquations, allowed: Floats) -> None:
        self._reader, self._free = reader, reader.free(allowed)
        matrix = reader.matrix[:, self._free]
        self._matrix = hstack([matrix, -matrix])  # up, then down
        low, high = (bound[self._free] for bound in reader.columns)
        self._room = np.concatenate([high, -low])

    def cheapest(self, cell: int, target: int, distance: float, *, price: Floats) -> list[int]:
        """The cells that must be hidden for the target to move by `distance` (up if positive), at the lowest price."""
        aim = np.isin(self._free, self._reader.of(cell, target)).astype(np.float64)
        rows = tuple(np.append(bound, distance) for bound in self._reader.rows)
        program = Program(
            vstack([self._matrix, csc_array(np.concatenate([aim, -aim])[np.newaxis])]),
            rows=(rows[0], rows[1]),
            columns=(np.zeros(self._room.size), self._room),
            primal=False,
        )
        owner = self._free % self._reader.cells
        cost = np.tile(price[owner], 2) / np.maximum(np.minimum(self._room, abs(distance)), 1e-9)
        up, down = np.split(program.minimise(cost), 2)
        return sorted(set(owner[np.abs(up - down) > SLACK].tolist()))


class ReaderSight:
    """What one reader can infer while a given choice of cells is hidden."""

    def __init__(self, reader: CellEquations, hidden: Floats, *, worlds: Sequence[Floats] = ()) -> None:
        self._reader, self._free = reader, reader.free(hidden)
        low, high = (bound[self._free] for bound in reader.columns)
        self._program = Program(reader.matrix[:, self._free], rows=reader.rows, columns=(low, high), primal=True)
        self._moves = {sign: np.zeros((len(reader.targets), reader.cells)) for sign in (1, -1)}
        self.worlds: list[Floats] = []
        shown = np.ones(len(reader.columns[0]), dtype=np.bool_)
        shown[self._free] = False
        for world in worlds:  # of another choice: possible here too if nothing moves that is now shown
            if not np.abs(world[shown]).max(initial=0.0) > SLACK:
                self._note(world)

    def look(self, asked: Iterable[tuple[int, int]]) -> None:
        """Move many targets of cells at once, up, down and by turns, which shows most of what each of them can."""
        aims = list(asked)
        turns = np.random.default_rng(0).choice([-1.0, 1.0], size=(LOOKS, len(aims)))
        for direction in (np.ones(len(aims)), -np.ones(len(aims)), *turns, *-turns):
            self._push(aims, direction)

    def seen(self, cell: int, target: int, sign: int) -> float:
        """How far the target has been seen to move up (sign 1) or down (−1)."""
        return float(self._moves[sign][target, cell])

    def move(self, cell: int, target: int, sign: int) -> float:
        """How far the target can move up or down at the most."""
        self._push([(cell, target)], np.array([float(sign)]))
        return self.seen(cell, target, sign)

    def _push(self, aims: Sequence[tuple[int, int]], direction: Floats) -> None:
        cost = np.zeros(len(self._reader.columns[0]))
        for (cell, target), weight in zip(aims, direction, strict=True):
            cost[self._reader.of(cell, target)] -= weight
        world = np.zeros(cost.size)
        world[self._free] = self._program.minimise(cost[self._free])
        self.worlds.append(world)
        self._note(world)

    def _note(self, world: Floats) -> None:
        sums = self._reader.sums(world)
        for sign, moves in self._moves.items():
            np.maximum(moves, sign * sums, out=moves)


FAR = 1_000_000
"""No cell is looked at further than this from its true value: far beyond every limit, and counts may be 10¹²."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """How far the sum of all parts of each cell may lie below and above its true value."""

    below: Floats
    above: Floats


def reader(
    lattice: Lattice,
    parts: Sequence[Counts],
    *,
    targets: tuple[tuple[int, ...], ...],
    link: Link | None = None,
    tails: Mapping[int, Collection[int]] | None = None,
    most: Counts | None = None,
) -> CellEquations:
    """Return the reader of tables that show `parts` of every shown cell: no part is negative, none exceeds everybody's.

    `tails`: from some part on, the cells whose sum of that and all later parts is known; `most`: upper limits of parts.
    """
    cells = len(lattice.keys)
    sums = block_diag([lattice.matrix()] * len(parts))
    caps = [lattice.most(part) if most is None else most for part in parts]
    low, high = np.concatenate(parts), np.concatenate([cap - part for cap, part in zip(caps, parts, strict=True)])
    blocks, ends = [sums], [(np.zeros(sums.shape[0]), np.zeros(sums.shape[0]))]
    if link is not None:
        blocks.append(hstack([identity(cells)] * len(parts)))
        ends.append((-_far(link.below), _far(link.above)))
    for first, known in (tails or {}).items():
        own = csc_array(identity(cells))[sorted(known)]
        nothing = csc_array((len(known), cells))
        blocks.append(hstack([*[nothing] * first, *[own] * (len(parts) - first)]))
        ends.append((np.zeros(len(known)), np.zeros(len(known))))
    return CellEquations(
        matrix=csc_array(vstack(blocks)),
        rows=(np.concatenate([below for below, _ in ends]), np.concatenate([above for _, above in ends])),
        columns=(-np.minimum(low, FAR).astype(np.float64), np.minimum(high, FAR).astype(np.float64)),
        cells=cells,
        targets=targets,
    )


def _far(distance: Floats) -> Floats:
    """Distances that nothing can go are no bounds."""
    return np.where(distance < FAR, distance, np.inf)


def rule_known(lattice: Lattice, sizes: Counts, *, small: Collection[int], limit: int) -> Link:
    """Link hidden groups to the rule: small ones hold 1 to limit − 1, others at least the limit."""
    below, above = sizes.astype(np.float64), np.full(sizes.size, np.inf)
    for i in lattice.groups:
        if i in small and sizes[i] < limit:
            below[i], above[i] = sizes[i] - 1, limit - 1 - sizes[i]
        elif i not in small:
            below[i] = max(sizes[i] - limit, 0)
    return Link(below=below, above=above)


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
