"""The cells of all published tables and the sums that tie them together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from scipy.sparse import csc_array

from boussole.audits.measures import Cells, Counts, Group
from boussole.audits.parts import Floats

By = tuple[str, ...]
Key = tuple[By, Group]
Matrix = csc_array
Layered = Literal["decisions", "outcomes"]
"""Measures of decisions alone, and those that depend on outcomes: each hides cells of its own."""
EVERYBODY: Key = ((), ())
NOTHING_KNOWN: Mapping[Layered, Collection[Key]] = {"decisions": (), "outcomes": ()}


class Lattice:
    """Cells of all tables and every equation `whole = sum of parts` among them.

    Shared attributes without a table of their own are unpublished cells. `silent`: other groups that are not published;
    `known`: groups that readers know already.
    """

    def __init__(
        self,
        tables: Sequence[Cells],
        *,
        silent: Collection[Key] = (),
        known: Mapping[Layered, Collection[Key]] = NOTHING_KNOWN,
    ) -> None:
        self._tables = tables
        self.keys: list[Key] = [EVERYBODY, *((t.by, g) for t in tables if t.by for g in sorted(t.groups, key=_rank))]
        self.index = {key: i for i, key in enumerate(self.keys)}
        self._published = len(self.keys)
        self.groups = frozenset(i for i, (by, _) in enumerate(self.keys) if by)
        self.known: Mapping[Layered, set[int]] = {layer: self.cells(keys) for layer, keys in known.items()}
        self._silent = self.cells(silent)
        sets = {frozenset(t.by): t.by for t in tables}
        shared = {frozenset(a.by) & frozenset(b.by): None for a, b in itertools.combinations(tables, 2)}
        for names in sorted(shared.keys() - sets.keys() - {frozenset()}, key=sorted):
            self._add_unpublished(tuple(sorted(names)))
        self.equations = self._find_equations()

    def _add_unpublished(self, by: tuple[str, ...]) -> None:
        wider = [t for t in self._tables if set(by) < set(t.by)]
        for group in dict.fromkeys(_project(t.by, g, by) for t in wider for g in t.groups):
            self.index[(by, group)] = len(self.keys)
            self.keys.append((by, group))

    def _find_equations(self) -> list[tuple[int, list[int]]]:
        attributes = list(dict.fromkeys(by for by, _ in self.keys))
        found: list[tuple[int, list[int]]] = []
        for whole, part in itertools.permutations(attributes, 2):
            if not _covers(attributes, whole, part):
                continue
            parts: dict[int, list[int]] = {i: [] for (by, _), i in self.index.items() if by == whole}
            for (by, group), i in self.index.items():
                if by == part:
                    parts[self.index[(whole, _project(part, group, whole))]].append(i)
            found += list(parts.items())
        return found

    def publishes(self, cell: int) -> bool:
        """Whether the cell is in a published table, and not everybody."""
        return 0 < cell < self._published and cell not in self._silent

    def cells(self, keys: Iterable[Key]) -> set[int]:
        """The cells of these keys, as far as there are such cells."""
        return {self.index[key] for key in keys if key in self.index}

    def fewest_people(self) -> Floats:
        """Return the fewest people in each cell: one for each hash bucket it fills; many where all are filled."""
        found = np.full(len(self.keys), np.inf)
        for table in self._tables:
            if table.clustered and table.by:
                filled = np.count_nonzero(table.counts.sum(axis=(2, 3)), axis=1)
                cells = [self.index[(table.by, group)] for group in table.groups]
                found[cells] = np.where(filled == table.counts.shape[1], np.inf, filled)
        return found

    def most(self, part: Counts) -> Counts:
        """What a count of each cell cannot exceed, as every reader knows: that of everybody."""
        return np.full(len(self.keys), part[0], dtype=np.int64)

    def wider(self, cell: int) -> list[int]:
        """The published groups that a cell of an intersection is part of."""
        by, group = self.keys[cell]
        tables = [table.by for table in self._tables if table.by and set(table.by) < set(by)]
        return [self.index[(names, _project(by, group, names))] for names in tables]

    def unpublished(self, layer: Layered) -> set[int]:
        """Cells of tables that are never shown, of which readers know nothing."""
        return {*range(self._published, len(self.keys)), *self._silent} - self.known[layer]

    def matrix(self) -> Matrix:
        """The equations as sparse rows over all cells: parts minus whole is zero."""
        rows = [row for row, (_, parts) in enumerate(self.equations) for _ in range(len(parts) + 1)]
        cells = [cell for whole, parts in self.equations for cell in (whole, *parts)]
        signs = [sign for _, parts in self.equations for sign in (-1.0, *[1.0] * len(parts))]
        return csc_array((signs, (rows, cells)), shape=(len(self.equations), len(self.keys)))

    def count(self, part: Callable[[Counts], Counts]) -> Counts:
        """One integer per cell: `part` of the counts (groups, buckets, 2, 3) of each table."""
        found = np.zeros(len(self.keys), dtype=np.int64)
        for table in self._tables:
            for group, value in zip(table.groups, part(table.counts), strict=True):
                found[self.index[(table.by, group)]] = value
        for i in range(self._published, len(self.keys)):
            by = self.keys[i][0]
            table = next(t for t in self._tables if set(by) < set(t.by))
            at = [n for n, g in enumerate(table.groups) if _project(table.by, g, by) == self.keys[i][1]]
            found[i] = part(table.counts[at]).sum()
        if not any(not table.by for table in self._tables):
            found[0] = part(self._tables[0].counts).sum()
        return found


def _rank(group: Group) -> list[tuple[bool, str]]:
    """Groups in one order whatever the order of the rows: what is hidden must not depend on it."""
    return [(value is None, value or "") for value in group]


def _covers(attributes: list[tuple[str, ...]], whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether `part` refines `whole` with no table between: sums over the others follow."""
    return set(whole) < set(part) and not any(set(whole) < set(by) < set(part) for by in attributes)


def _project(by: tuple[str, ...], group: Group, onto: tuple[str, ...]) -> Group:
    values = dict(zip(by, group, strict=True))
    return tuple(values[name] for name in onto)
