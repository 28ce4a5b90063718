"""What earlier publications leave to be told: windows that share days are read together.

A year minus its other months is a month: what one window hides, others that overlap it could give away, and their
difference may be about a handful whom no window was about. So the days of all windows that hang together are cut into
pieces on which each window either lies or does not. A reader knows what each window shows and that its counts are the
sums of its pieces; linear programs then find what more the new window must hide, as they do within one window.

Counts are those of today, also for earlier windows. Where earlier publications have given a handful away already,
nothing that the new one hides can take it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from audits.measures import Cells, Counts, Group
from audits.suppression.lattice import Floats, Key, Lattice
from audits.suppression.rules import Suppression, hide, suppress
from audits.systems.model import System
from audits.windows import Window

REASON = "protects_other_window"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A window that was shown before, and what it hid."""

    window: Window
    hidden: Suppression


def also_hidden(
    window: Window,
    earlier: Sequence[Published],
    counts: Mapping[Window, Sequence[Cells]],
    *,
    system: System,
) -> Suppression:
    """What a window must hide in view of what was shown before; `counts`: the tables of each piece of `pieces`.

    With what it hides by itself: one choice protects both. Empty where no earlier window shares its days, or nobody was
    decided on.
    """
    if not earlier or not any(tables[0].counts.any() for piece, tables in counts.items() if window.holds(piece)):
        return Suppression(decisions={}, outcomes={})
    filled = [piece for piece, tables in counts.items() if tables[0].counts.any()]  # that others are empty may be known
    tables = _alike([counts[piece] for piece in filled])
    windows = [window, *(each.window for each in earlier)]
    holding = [[i for i, piece in enumerate(filled) if each.holds(piece)] for each in windows]
    own = suppress(_summed([tables[i] for i in holding[0]]), system=system)
    found = hide(_Together(tables, holding, [each.hidden for each in earlier]), system=system, also=own)
    return Suppression(decisions=_told(found.decisions, own.decisions), outcomes=_told(found.outcomes, own.outcomes))


def _told(found: Mapping[Key, str], own: Mapping[Key, str]) -> dict[Key, str]:
    """All that must be hidden: what the window hides by itself with its own reason."""
    return {key: own.get(key, REASON) for key in found}


def _alike(tables: Sequence[Sequence[Cells]]) -> list[list[Cells]]:
    """The tables with the same groups in each piece: of some, a piece may hold nobody."""
    groups: dict[tuple[str, ...], dict[Group, None]] = {}
    for table in (table for piece in tables for table in piece):
        groups.setdefault(table.by, {}).update(dict.fromkeys(table.groups))
    return [[_padded(table, list(groups[table.by])) for table in piece] for piece in tables]


def _padded(table: Cells, groups: Sequence[Group]) -> Cells:
    counts = np.zeros((len(groups), *table.counts.shape[1:]), dtype=np.int64)
    counts[[groups.index(group) for group in table.groups]] = table.counts
    return replace(table, groups=tuple(groups), counts=counts)


def _summed(tables: Sequence[Sequence[Cells]]) -> list[Cells]:
    """The tables of several pieces as those of one window."""
    return [replace(alike[0], counts=np.sum([t.counts for t in alike], axis=0)) for alike in zip(*tables, strict=True)]


class _Together(Lattice):
    """The tables of the new window, of earlier ones and of every piece: a copy of the lattice for each, in this order.

    Only cells of the new window can still be hidden. Cells of pieces were never shown, and may not become known.
    """

    def __init__(
        self, tables: Sequence[Sequence[Cells]], holding: Sequence[Sequence[int]], earlier: Sequence[Suppression]
    ) -> None:
        self._copies = [Lattice(_summed([tables[i] for i in held])) for held in holding]
        self._copies += [Lattice(piece) for piece in tables]
        first, self._windows = self._copies[0], len(holding)
        self._cells = len(first.keys)
        self.keys, self.index = [key for copy in self._copies for key in copy.keys], first.index
        hidden = {
            "decisions": self._all([first.cells(each.decisions) for each in earlier]),
            "outcomes": self._all([first.cells(each.outcomes) for each in earlier]),
        }
        before = self._all([range(self._cells)] * len(earlier))
        self.hidden_before = {"decisions": hidden["decisions"], "outcomes": hidden["outcomes"]}
        self.shown_before = {"decisions": before - hidden["decisions"], "outcomes": before - hidden["outcomes"]}
        groups = {cell for copy in range(len(self._copies)) for cell in self._of(copy, first.groups)}
        self.groups = frozenset(groups - self.shown_before["outcomes"])
        self.ruled = frozenset(cell for cell in self.groups if cell < self._windows * self._cells)
        self.equations = [
            (self._of(copy, [whole])[0], self._of(copy, parts))
            for copy in range(len(self._copies))
            for whole, parts in first.equations
        ]
        self.equations += [
            (self._of(window, [cell])[0], [self._of(self._windows + piece, [cell])[0] for piece in held])
            for window, held in enumerate(holding)
            for cell in range(self._cells)
        ]

    def _of(self, copy: int, cells: Iterable[int]) -> list[int]:
        return [copy * self._cells + cell for cell in cells]

    def _all(self, cells: Sequence[Iterable[int]]) -> set[int]:
        """These cells of each earlier publication."""
        return {cell for copy, own in enumerate(cells, start=1) for cell in self._of(copy, own)}

    def publishes(self, cell: int) -> bool:
        return cell < self._cells and self._copies[0].publishes(cell)

    def wider(self, cell: int) -> list[int]:
        return self._copies[0].wider(cell) if cell < self._cells else []

    def unpublished(self) -> set[int]:
        pieces_ = range(self._windows * self._cells, len(self.keys))
        never = self._copies[0].unpublished()
        return {*pieces_, *(cell for copy in range(self._windows) for cell in self._of(copy, never))}

    def count(self, part: Callable[[Counts], Counts]) -> Counts:
        return np.concatenate([copy.count(part) for copy in self._copies])

    def fewest_people(self) -> Floats:
        return np.concatenate([copy.fewest_people() for copy in self._copies])

    def most(self, part: Counts) -> Counts:
        """Everybody of all pieces together."""
        everybody = part[self._windows * self._cells :: self._cells].sum()
        return np.full(len(self.keys), everybody, dtype=np.int64)
