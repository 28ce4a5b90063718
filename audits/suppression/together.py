"""The tables of windows that share days as one lattice: each window is the sum of the pieces that lie in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from boussole.audits.measures import Cells, Counts, Group
from boussole.audits.suppression.lattice import Floats, Key, Lattice, Layered


class Together(Lattice):
    """The tables of the new window, of earlier ones and of every other piece: a copy of the lattice for each, in order.

    `tables`: those of each piece, with the same groups in each; `holding`: the pieces of each window, first of the new
    one; `hidden`: what each earlier window hid; `silent`: attributes of which the new one tells nothing. Only cells of
    the new window can still be hidden. Cells of pieces were never shown, and may not become known. Where the tables
    hold no groups, the total may be hidden, and is protected.
    """

    def __init__(
        self,
        tables: Sequence[Sequence[Cells]],
        holding: Sequence[Sequence[int]],
        hidden: Mapping[Layered, Sequence[Collection[Key]]],
        *,
        silent: Collection[tuple[str, ...]] = (),
    ) -> None:
        alone = {held[0]: window for window, held in reversed(list(enumerate(holding))) if len(held) == 1}
        others = [i for i in range(len(tables)) if i not in alone]
        self._copies = [Lattice(summed([tables[i] for i in held])) for held in holding]
        self._copies += [Lattice(tables[i]) for i in others]
        self._pieces = [alone[i] if i in alone else len(holding) + others.index(i) for i in range(len(tables))]
        first, self._windows = self._copies[0], len(holding)
        self._cells = len(first.keys)
        self._silent = {i for i, (by, _) in enumerate(first.keys) if by in silent}
        self._totals = self._cells == 1
        self.keys, self.index = [key for copy in self._copies for key in copy.keys], first.index
        before = set(range(self._cells, self._windows * self._cells))
        told = {layer: self.told([(), *each]) & before for layer, each in hidden.items()}
        self.hidden_before = {layer: before - shown - self.unpublished() for layer, shown in told.items()}
        self.shown_before = told
        own = first.groups | ({0} if self._totals else set())
        groups = {cell for copy in range(len(self._copies)) for cell in self._of(copy, own)}
        self.groups = frozenset(groups - self.shown_before["outcomes"])
        self.ruled = frozenset(
            cell for cell in self.groups if cell < self._windows * self._cells and cell not in self._silent
        )
        self.equations = [
            (self._of(copy, [whole])[0], self._of(copy, parts))
            for copy in range(len(self._copies))
            for whole, parts in first.equations
        ]
        self.equations += [
            (self._of(window, [cell])[0], [self._of(self._pieces[piece], [cell])[0] for piece in held])
            for window, held in enumerate(holding)
            if [self._pieces[piece] for piece in held] != [window]
            for cell in range(self._cells)
        ]

    def _of(self, copy: int, cells: Iterable[int]) -> list[int]:
        return [copy * self._cells + cell for cell in cells]

    def told(self, hidden: Sequence[Collection[Key]]) -> set[int]:
        """The cells that the windows, in order, show while they hide these keys."""
        never, first = self._copies[0].unpublished(), self._copies[0]
        shown = [set(range(self._cells)) - never - first.cells(keys) for keys in hidden]
        shown[0] -= self._silent
        return {cell for window, cells in enumerate(shown) for cell in self._of(window, cells)}

    def publishes(self, cell: int) -> bool:
        shown = self._copies[0].publishes(cell) or self._totals
        return cell < self._cells and shown and cell not in self._silent

    def wider(self, cell: int) -> list[int]:
        return self._copies[0].wider(cell) if cell < self._cells else []

    def unpublished(self) -> set[int]:
        pieces_ = range(self._windows * self._cells, len(self.keys))
        never = self._copies[0].unpublished()
        return {*pieces_, *(cell for copy in range(self._windows) for cell in self._of(copy, never)), *self._silent}

    def count(self, part: Callable[[Counts], Counts]) -> Counts:
        return np.concatenate([copy.count(part) for copy in self._copies])

    def fewest_people(self) -> Floats:
        return np.concatenate([copy.fewest_people() for copy in self._copies])

    def most(self, part: Counts) -> Counts:
        """Everybody of all pieces together."""
        everybody = part[:: self._cells][self._pieces].sum()
        return np.full(len(self.keys), everybody, dtype=np.int64)


def alike(tables: Sequence[Sequence[Cells]]) -> list[list[Cells]]:
    """The tables with the same groups in each piece: of some, a piece may hold nobody."""
    groups: dict[tuple[str, ...], dict[Group, None]] = {}
    for table in (table for piece in tables for table in piece):
        groups.setdefault(table.by, {}).update(dict.fromkeys(table.groups))
    return [[_padded(table, list(groups[table.by])) for table in piece] for piece in tables]


def _padded(table: Cells, groups: Sequence[Group]) -> Cells:
    counts = np.zeros((len(groups), *table.counts.shape[1:]), dtype=np.int64)
    counts[[groups.index(group) for group in table.groups]] = table.counts
    return replace(table, groups=tuple(groups), counts=counts)


def summed(tables: Sequence[Sequence[Cells]]) -> list[Cells]:
    """The tables of several pieces as those of one window."""
    return [replace(each[0], counts=np.sum([t.counts for t in each], axis=0)) for each in zip(*tables, strict=True)]
