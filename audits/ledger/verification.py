"""Does the whole ledger hold? Every payload is hashed again, and the tree is made anew from nothing but the entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, select

from boussole.audits.ledger.entry import entry_table, problem_of
from boussole.audits.ledger.merkle import EMPTY_ROOT, Tree
from boussole.audits.ledger.tree import node_table

OTHER_TREE = "the stored tree is not the one of the entries: an entry up to here, or the tree, was rewritten"
REWRITTEN = "the root up to this entry is not the one noted earlier: an entry up to here was rewritten"


MOST_TOLD = 20
"""So many entries are named whose clock went back; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class SetBack:
    """An entry that bears an earlier time than the one before it: somebody set the clock back, or an entry's time."""

    index: int
    before: str
    time: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What `verify` found: the number of entries, the first bad one if any, and the root of the valid ones.

    `roots`: by the sizes asked for; `back`: how many entries have an earlier time than the one before them.
    """

    size: int
    root: str
    roots: Mapping[int, str] = field(default_factory=dict)
    bad_index: int | None = None
    problem: str | None = None
    back: int = 0
    set_back: tuple[SetBack, ...] = ()

    @property
    def ok(self) -> bool:
        return self.problem is None


def verify(
    connection: Connection, *, known_roots: Mapping[int, str] | None = None, sizes: Iterable[int] = ()
) -> Verification:
    """Rehash every payload and rebuild the tree; stop at the first invalid entry.

    `known_roots`: roots by size, noted earlier and elsewhere; `sizes`: where the rebuilt roots are asked for. The
    stored tree is compared at the end. Memory does not grow with the ledger.
    """
    known = dict(known_roots or {})
    asked = {*known, *sizes}
    tree, stored, clock = Tree(), _StoredTree(connection), _Clock()
    roots = {0: EMPTY_ROOT.hex()} if 0 in asked else {}
    for place, row in enumerate(connection.execute(select(entry_table).order_by(entry_table.c.position))):
        problem = problem_of(row, place)
        if problem is not None:
            held = Verification(size=_count(connection), root=tree.root.hex(), roots=roots)
            return replace(clock.told(held), bad_index=place, problem=problem)
        clock.look(place, row.time)
        stored.compare(tree.add(bytes.fromhex(row.leaf_hash)), place)
        if tree.size in asked:
            roots[tree.size] = tree.root.hex()
    held = Verification(size=tree.size, root=tree.root.hex(), roots=roots)
    index, problem = _against(known, held) or stored.problem(tree.size) or (None, None)
    return replace(clock.told(held), bad_index=index, problem=problem)


def _against(known: Mapping[int, str], held: Verification) -> tuple[int, str] | None:
    """The entries hold in themselves: do their roots hold against those noted earlier?"""
    for size in sorted(known):
        if size > held.size:
            return held.size, f"entries are missing: {size} were known"
        if held.roots[size] != known[size]:
            return max(size - 1, 0), REWRITTEN
    return None


class _Clock:
    """Holds the time of each entry to that of the one before it."""

    def __init__(self) -> None:
        self._last, self._back = "", 0
        self._set_back: list[SetBack] = []

    def look(self, place: int, time: str) -> None:
        if time < self._last:
            self._back += 1
            self._set_back += [SetBack(index=place, before=self._last, time=time)] * (self._back <= MOST_TOLD)
        self._last = time

    def told(self, held: Verification) -> Verification:
        return replace(held, back=self._back, set_back=tuple(self._set_back))


class _StoredTree:
    """Holds the stored subtrees, level by level in the order they are completed, to those made anew."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._levels: list[Iterator[bytes]] = []
        self._other: int | None = None

    def compare(self, made: list[bytes], place: int) -> None:
        for level, node in enumerate(made[1:]):
            if level == len(self._levels):
                self._levels.append(self._level(level + 1))
            if next(self._levels[level], None) != node and self._other is None:
                self._other = place

    def problem(self, size: int) -> tuple[int, str] | None:
        """The first entry whose subtrees are not the stored ones; `size` when more are stored than entries make."""
        held = self._connection.execute(select(func.count()).select_from(node_table)).scalar_one()
        wanted = sum(size >> level for level in range(1, size.bit_length()))
        other = size if self._other is None and held != wanted else self._other
        return None if other is None else (other, OTHER_TREE)

    def _level(self, level: int) -> Iterator[bytes]:
        rows = select(node_table.c.position, node_table.c.hash).where(node_table.c.level == level)
        for place, row in enumerate(self._connection.execute(rows.order_by(node_table.c.position))):
            yield bytes(row.hash) if row.position == place and isinstance(row.hash, bytes) else b""


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(entry_table)).scalar_one()
