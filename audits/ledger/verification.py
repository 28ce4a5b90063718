"""Does the whole ledger hold? Every payload is hashed again, and the tree is made anew from nothing but the entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from audits.ledger.entry import entry_table, problem_of
from audits.ledger.merkle import EMPTY_ROOT, Tree
from audits.ledger.tree import node_table

OTHER_TREE = "the stored tree is not the one of the entries: an entry up to here, or the tree, was rewritten"
REWRITTEN = "the root up to this entry is not the one noted earlier: an entry up to here was rewritten"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What `verify` found: the number of entries, the first bad one if any, and the root of those that hold."""

    size: int
    root: str
    bad_index: int | None = None
    problem: str | None = None

    @property
    def ok(self) -> bool:
        return self.problem is None


def verify(connection: Connection, *, known_roots: Mapping[int, str] | None = None) -> Verification:
    """Rehash every payload and rebuild the tree; stop at the first entry that does not hold.

    `known_roots` are roots by size, noted earlier and elsewhere (in an audit document, a report, a checkpoint):
    whoever rewrites an entry together with its hash changes every later root. What is stored of the tree is compared
    at the end, and believed nowhere. Memory does not grow with the ledger.
    """
    known = dict(known_roots or {})
    tree, stored = Tree(), _StoredTree(connection)
    rewritten = None if known.get(0, EMPTY_ROOT.hex()) == EMPTY_ROOT.hex() else 0
    for place, row in enumerate(connection.execute(select(entry_table).order_by(entry_table.c.position))):
        problem = problem_of(row, place)
        if problem is not None:
            return _bad(tree, place, problem, size=_count(connection))
        stored.compare(tree.add(bytes.fromhex(row.leaf_hash)), place)
        if rewritten is None and tree.size in known and known[tree.size] != tree.root.hex():
            rewritten = place
    if rewritten is not None:
        return _bad(tree, rewritten, REWRITTEN)
    missing = min((size for size in known if size > tree.size), default=None)
    if missing is not None:
        return _bad(tree, tree.size, f"entries are missing: {missing} were known")
    other = stored.first_other(tree.size)
    if other is not None:
        return _bad(tree, other, OTHER_TREE)
    return Verification(size=tree.size, root=tree.root.hex())


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

    def first_other(self, size: int) -> int | None:
        """The entry whose subtrees are not the stored ones; `size` when more are stored than there are entries."""
        held = self._connection.execute(select(func.count()).select_from(node_table)).scalar_one()
        wanted = sum(size >> level for level in range(1, size.bit_length()))
        return size if self._other is None and held != wanted else self._other

    def _level(self, level: int) -> Iterator[bytes]:
        rows = select(node_table.c.position, node_table.c.hash).where(node_table.c.level == level)
        for place, row in enumerate(self._connection.execute(rows.order_by(node_table.c.position))):
            yield bytes(row.hash) if row.position == place and isinstance(row.hash, bytes) else b""


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(entry_table)).scalar_one()


def _bad(tree: Tree, index: int, problem: str, *, size: int | None = None) -> Verification:
    whole = tree.size if size is None else size
    return Verification(size=whole, root=tree.root.hex(), bad_index=index, problem=problem)
