"""The reader of the published tables, as linear programs over the parts of cells that are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, hstack, vstack

from boussole.audits.suppression.lattice import Floats, Matrix
from boussole.audits.suppression.program import Program

Ints = npt.NDArray[np.int64]
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
