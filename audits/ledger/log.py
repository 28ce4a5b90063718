"""The log: one row for each sealed thing, in order; its place in the Merkle tree is its index, from 0."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from boussole.audits.ledger.entry import Entry, Payload, checked, entry_table, is_hash, problem_of, sealed_bytes
from boussole.audits.ledger.merkle import Tree, leaf_hash, subtrees
from boussole.audits.ledger.tree import damaged, grow, hashes_at, no_such, pairs, root_of, size_of

BLOCK = 32
"""How many of the newest entries, at the most, an append looks at again."""


def append(connection: Connection, *, kind: str, payload: Payload) -> Entry:
    """Write one entry in the caller's transaction: it stands or falls with the record that it seals.

    The connection comes from `writer`, so that the caller already holds the turn to write; the primary key
    refuses a fork in any case. The time it takes does not grow with the ledger: the newest entries are hashed again
    and held to the stored tree, all others by `verify`.

    Raises LedgerError for a kind or payload that a ledger must not hold, and where the end of the ledger is damaged.
    """
    text = checked(kind, payload)
    time = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    leaf = leaf_hash(sealed_bytes(kind, text, time))
    size = size_of(connection)
    _check_end(connection, size)
    connection.execute(
        entry_table.insert().values(position=size, kind=kind, payload=text, time=time, leaf_hash=leaf.hex())
    )
    whole = grow(connection, leaf=leaf, size=size)
    return Entry(index=size, kind=kind, payload=dict(payload), time=time, leaf_hash=leaf.hex(), root=whole.hex())


def entries(connection: Connection) -> Iterator[Entry]:
    """All entries as they are stored, oldest first. Raises LedgerError at the first that can't be part of a tree."""
    tree = Tree()
    for place, row in enumerate(connection.execute(select(entry_table).order_by(entry_table.c.position))):
        tree.add(_leaf(row, place))
        yield _entry(row, tree.root)


def payloads(connection: Connection, *, kinds: Collection[str]) -> Iterator[tuple[int, str, Payload]]:
    """Index, kind and payload of the entries of some kinds, oldest first; the others are left alone."""
    columns = entry_table.c
    query = select(columns.position, columns.kind, columns.payload).where(columns.kind.in_(list(kinds)))
    for row in connection.execute(query.order_by(columns.position)):
        yield row.position, row.kind, json.loads(row.payload)


def entry_at(connection: Connection, index: int) -> Entry:
    """The entry of an index. Raises LedgerError when there is none."""
    return _entry(row_at(connection, index), root_of(connection, size=index + 1))


def row_at(connection: Connection, index: int) -> Row[Any]:
    """The stored row of one entry. Raises LedgerError when there is none of this index."""
    row = connection.execute(select(entry_table).where(entry_table.c.position == index)).first()
    if row is None:
        raise no_such(connection, f"none of index {index}")
    return row


def root(connection: Connection, *, size: int | None = None) -> str:
    """The tree hash of all entries, or of the first `size` of them, from the stored tree.

    Raises LedgerError when there are fewer.
    """
    held = size_of(connection)
    if size is not None and not 0 <= size <= held:
        raise no_such(connection, f"not {size}")
    return root_of(connection, size=held if size is None else size).hex()


def _check_end(connection: Connection, size: int) -> None:
    """The newest entries hold in themselves and give the stored tree, which covers all entries and no more."""
    start = max(size - 1, 0) // BLOCK * BLOCK
    newest = select(entry_table).where(entry_table.c.position >= start).order_by(entry_table.c.position)
    tree = Tree()
    for place, row in enumerate(connection.execute(newest), start):
        if problem_of(row, place) is not None:
            raise damaged(place)
        tree.add(bytes.fromhex(row.leaf_hash))
    if tree.peaks != hashes_at(connection, subtrees(start, size)) or pairs(connection) != size // 2:
        raise damaged(size - 1 if size else 0)


def _leaf(row: Row[Any], place: int) -> bytes:
    if row.position != place or not is_hash(row.leaf_hash):
        raise damaged(place)
    return bytes.fromhex(row.leaf_hash)


def _entry(row: Row[Any], whole: bytes) -> Entry:
    return Entry(
        index=row.position,
        kind=row.kind,
        payload=json.loads(row.payload),
        time=row.time,
        leaf_hash=row.leaf_hash,
        root=whole.hex(),
    )
