"""Groups too small to be shown that are set apart: their rows enter no figure, so that others can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boussole.audits.measures import Cells, Group
from boussole.audits.suppression.lattice import Key, Lattice
from boussole.audits.suppression.rules import SET_APART, few
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

ONE_IN = 20
"""At most one decision in that many is set apart."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """The decisions about one group of an attribute (None: those whose value is not known) on some days."""

    attribute: str
    value: str | None
    days: Window

    @property
    def key(self) -> Key:
        """The group as a cell of the tables."""
        return (self.attribute,), (self.value,)


def within(apart: Iterable[Apart], window: Window) -> list[Apart]:
    """Return those on days that a window shares."""
    return [each for each in apart if each.days.start <= window.end and window.start <= each.days.end]


def smallest(tables: Sequence[Cells], *, system: System) -> list[tuple[Key, int]]:
    """The groups of one attribute that are too small to be told, with their decisions, the smallest first."""
    lattice = Lattice([table for table in tables if len(table.by) < 2])
    sizes = lattice.count(lambda counts: counts.sum(axis=(1, 2, 3)))
    small = sorted(few(lattice, sizes, system=system), key=lambda cell: (sizes[cell], cell))
    return [(lattice.keys[cell], int(sizes[cell])) for cell in small]


def find_apart(
    count: Callable[[Sequence[Apart]], Sequence[Cells]],
    days: Window,
    *,
    system: System,
    known: Sequence[Apart] = (),
    is_held: Callable[[Apart, Sequence[Apart]], bool] | None = None,
) -> list[Apart]:
    """Find what is to be set apart of some days: what is `known` to be, and the groups too small to be shown.

    `count` gives the tables without what is apart. At most one decision in `ONE_IN` is set apart, and none of a group
    that `is_held` by other figures.
    """
    apart = list(known)
    tables = count(apart)
    room = int(tables[0].sizes().sum()) / ONE_IN
    while True:
        more = []
        for (by, values), size in smallest(tables, system=system):
            each = Apart(attribute=by[0], value=values[0], days=days)
            if size <= room and not (is_held and is_held(each, apart)):
                room -= size
                more.append(each)
        if not more:
            return apart
        apart += more
        tables = count(apart)


def named(apart: Iterable[Apart], tables: Sequence[Cells]) -> dict[Key, str]:
    """The groups of which nothing is left in the tables, with the reason."""
    left = {(table.by, group) for table in tables for group in table.groups}
    return {each.key: SET_APART for each in apart if each.key not in left and any(t.by == each.key[0] for t in tables)}


def with_groups(tables: Sequence[Cells], keys: Mapping[Key, str]) -> list[Cells]:
    """The tables with groups that nobody is left of, so that measures name them."""
    added: dict[tuple[str, ...], list[Group]] = {}
    for by, group in keys:
        added.setdefault(by, []).append(group)
    return [_extended(table, added.get(table.by, [])) for table in tables]


def _extended(table: Cells, groups: Sequence[Group]) -> Cells:
    if not groups:
        return table
    known = [group for group in table.groups if None not in group]
    unknown = [group for group in table.groups if None in group]
    order = (*known, *(g for g in groups if None not in g), *unknown, *(g for g in groups if None in g))
    counts = np.zeros((len(order), *table.counts.shape[1:]), dtype=np.int64)
    counts[[order.index(group) for group in table.groups]] = table.counts
    return replace(table, groups=order, counts=counts)
