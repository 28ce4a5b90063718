"""The reader of the published tables: what they can work out about cells that are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, hstack
from scipy.sparse.csgraph import connected_components

from audits.errors import BoussoleError
from audits.suppression.lattice import Floats, Matrix

Ints = npt.NDArray[np.int64]
SLACK = 1e-6
LOOKS = 4
"""Pairs of looks in mixed directions: they only save time."""


class SuppressionError(BoussoleError):
    """The solver found no safe choice; nothing may be published."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How far each cell may lie below and above its true value in the eyes of somebody who reads the tables."""

    matrix: Matrix
    below: Floats
    above: Floats

    def cheapest_move(self, cell: int, distance: float, *, allowed: Floats, price: Floats) -> list[int]:
        """The cells that must be free so that `cell` can move by `distance` (up if positive), at the lowest price.

        Every cell pays for each unit that it moves; hiding those that move makes the move possible.
        """
        cells = np.flatnonzero(allowed > 0.5)
        columns = self.matrix[:, cells]
        limits = np.concatenate([self.above[cells], self.below[cells]])
        room = np.minimum(limits, abs(distance))
        cost = np.concatenate([price[cells], price[cells]]) / np.maximum(room, 1e-9)
        own = np.flatnonzero(cells == cell)[0]
        lows, highs = np.zeros(limits.size), limits
        up, down = own, own + cells.size
        lows[up], highs[up] = (distance, distance) if distance > 0 else (0.0, 0.0)
        lows[down], highs[down] = (-distance, -distance) if distance < 0 else (0.0, 0.0)
        moved = _minimise(cost, csc_array(hstack([columns, -columns])), lows, highs)
        return [int(i) for i in cells[np.abs(moved[: cells.size] - moved[cells.size :]) > SLACK]]


class Sight:
    """What one reader can tell while a given choice of cells is hidden.

    Every linear program ends in a possible world, which also shows how far all other cells can move: most
    questions need no program of their own.
    """

    def __init__(self, reader: Reader, hidden: Floats, *, worlds: Sequence[Floats] = ()) -> None:
        self._cells = np.flatnonzero(hidden > 0.5)
        self._low, self._high = -reader.below[self._cells], reader.above[self._cells]
        self._matrix = csc_array(reader.matrix[:, self._cells])
        self._part = connected_components(self._matrix.T @ self._matrix, directed=False)[1]
        self._moves = {sign: np.zeros(hidden.size) for sign in (1, -1)}
        self.worlds: list[Floats] = []
        shown = hidden < 0.5
        for world in worlds:  # of another choice: possible here too if nothing moves that is now shown
            if not np.abs(world[shown]).max(initial=0.0) > SLACK:
                self._note(world)

    def look(self, cells: Iterable[int]) -> None:
        """Move many cells at once, up, down and by turns, which shows most of what each of them can."""
        asked = np.isin(self._cells, list(cells)).astype(np.float64)
        turns = np.random.default_rng(0).choice([-1.0, 1.0], size=(LOOKS, asked.size))
        for direction in (np.ones(asked.size), -np.ones(asked.size), *turns, *-turns):
            self._push(asked * direction, np.arange(asked.size))

    def reaches(self, cell: int, sign: int, distance: float) -> float:
        """How far the cell can move up (sign 1), down (−1), or both together (0): `distance` or more, or all it can."""
        signs = (sign,) if sign else (1, -1)
        own = np.flatnonzero(self._cells == cell)[0]
        for one in signs:
            if self._seen(cell, signs) < distance - SLACK:
                direction = np.zeros(self._cells.size)
                direction[own] = one
                self._push(direction, np.flatnonzero(self._part == self._part[own]))
        return self._seen(cell, signs)

    def _seen(self, cell: int, signs: tuple[int, ...]) -> float:
        return float(sum(self._moves[one][cell] for one in signs))

    def _push(self, direction: Floats, moving: Ints) -> None:
        """Only cells that hang together with the ones in question need to move."""
        world = _minimise(-direction[moving], self._matrix[:, moving], self._low[moving], self._high[moving])
        everywhere = np.zeros(self._moves[1].size)
        everywhere[self._cells[moving]] = world
        self.worlds.append(everywhere)
        self._note(everywhere)

    def _note(self, world: Floats) -> None:
        for sign, moves in self._moves.items():
            np.maximum(moves, sign * world, out=moves)


def _minimise(cost: Floats, matrix: Matrix, low: Floats, high: Floats) -> Floats:
    filled = matrix.tocsr()
    filled = filled[np.flatnonzero(np.diff(filled.indptr))]
    zeros = np.zeros(filled.shape[0])
    solved = milp(cost, bounds=Bounds(low, high), constraints=LinearConstraint(filled, zeros, zeros))
    if solved.x is None:
        raise SuppressionError(f"the check of hidden cells failed: {solved.message}")
    return np.asarray(solved.x, dtype=np.float64)
