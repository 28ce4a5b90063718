"""Groups too small to be told that are set apart, so that the others can be shown.

A total less the groups that are shown gives a hidden group away; to protect one person, a large group would have to be
hidden too. Where they are few, their rows enter no figure of the window at all instead: no total, no other attribute,
no list they stood in. What is published is then a function of the other rows, from which nothing about these follows.

Over time each row is in all figures that are published or in none: rows that an audit has set apart stay apart in every
window that shares its days, and rows that figures of another window hold are not set apart any more.
"""

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
    """Those on days that a window holds some of."""
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
    """What is to be set apart of some days: what is `known` to be, and the groups too small to be told beside it.

    `count` gives the tables without what is apart: others can be too small there. At most one decision in `ONE_IN` is
    set apart, and none of a group that `is_held` by other figures.
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
