"""The log: one row for each sealed thing, and the Merkle tree over all of them.

The leaf of an entry is the canonical JSON (RFC 8785) of `{"kind": …, "payload": …, "time": …}`; its place in the
tree is its index, from 0. Nothing can be erased from a Merkle log, so a payload holds ids, hashes, dates and
whole numbers only: never a name, never free text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Row, Select, String, Table, Text, func, select

from audits.errors import BoussoleError, LedgerError
from audits.hashing import canonical_json
from audits.ledger.merkle import EMPTY_ROOT, leaf_hash, tree_hash, tree_hashes

Payload = Mapping[str, str | int | None]

metadata = MetaData()
entry_table = Table(
    "entries",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("time", String, nullable=False),
    Column("leaf_hash", String(64), nullable=False),
)

_KIND = re.compile(r"[a-z][a-z_]{0,31}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,199}")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; `root` is the tree hash of the ledger up to and with it. Hashes are hexadecimal."""

    index: int
    kind: str
    payload: Payload
    time: str
    leaf_hash: str
    root: str


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


def append(connection: Connection, *, kind: str, payload: Payload) -> Entry:
    """Write one entry in the caller's transaction: it stands or falls with the record that it seals.

    The connection comes from `writer`, so that the caller already holds the turn to write; the primary key
    refuses a fork in any case.

    Raises LedgerError for a kind or payload that a ledger must not hold.
    """
    _check(kind, payload)
    text = canonical_json(dict(payload)).decode()
    time = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    leaf = _leaf(kind, json.loads(text), time)
    leaves = _leaf_hashes(connection)
    connection.execute(
        entry_table.insert().values(position=len(leaves), kind=kind, payload=text, time=time, leaf_hash=leaf.hex())
    )
    whole = tree_hash([*leaves, leaf]).hex()
    return Entry(index=len(leaves), kind=kind, payload=dict(payload), time=time, leaf_hash=leaf.hex(), root=whole)


def entries(connection: Connection) -> Iterator[Entry]:
    """All entries as they are stored, oldest first."""
    roots = tree_hashes(_leaf_hashes(connection))
    for row, whole in zip(connection.execute(_in_order()), roots, strict=True):
        yield Entry(
            index=row.position,
            kind=row.kind,
            payload=json.loads(row.payload),
            time=row.time,
            leaf_hash=row.leaf_hash,
            root=whole.hex(),
        )


def root(connection: Connection, *, size: int | None = None) -> str:
    """The tree hash of all entries, or of the first `size` of them.

    Raises LedgerError when there are fewer.
    """
    leaves = _leaf_hashes(connection)
    if size is not None and not 0 <= size <= len(leaves):
        raise LedgerError(
            f"the ledger has {len(leaves)} entries, not {size}.", next_step="Ask for the root of entries it has."
        )
    return tree_hash(leaves[:size]).hex()


def verify(connection: Connection, *, known_roots: Mapping[int, str] | None = None) -> Verification:
    """Rehash every payload and rebuild the tree; stop at the first entry that does not hold.

    `known_roots` are roots by size, noted earlier and elsewhere (in an audit document, a report, a checkpoint):
    whoever rewrites an entry together with its hash changes every later root.
    """
    known = dict(known_roots or {})
    hashes: list[bytes] = []
    for place, row in enumerate(connection.execute(_in_order())):
        problem = _problem(row, place)
        if problem is not None:
            size = connection.execute(select(func.count()).select_from(entry_table)).scalar_one()
            return Verification(size=size, root=tree_hash(hashes).hex(), bad_index=place, problem=problem)
        hashes.append(bytes.fromhex(row.leaf_hash))
    return _compare(hashes, known)


def _compare(hashes: list[bytes], known: Mapping[int, str]) -> Verification:
    """The entries hold in themselves: do their roots hold against those noted earlier?"""
    roots = [EMPTY_ROOT.hex(), *(item.hex() for item in tree_hashes(hashes))]
    size, whole = len(hashes), roots[-1]
    for at in sorted(known):
        if at > size:
            return Verification(size=size, root=whole, bad_index=size, problem=f"entries are missing: {at} were known")
        if roots[at] != known[at]:
            problem = "the root up to this entry is not the one noted earlier: an entry up to here was rewritten"
            return Verification(size=size, root=whole, bad_index=max(at - 1, 0), problem=problem)
    return Verification(size=size, root=whole)


def _problem(row: Row[Any], place: int) -> str | None:
    """What is wrong with one stored entry; SQLite stores anything in any column, so nothing is taken for granted."""
    if row.position != place:
        return f"entry {place} is missing"
    try:
        payload = json.loads(row.payload)
        canonical = canonical_json(payload).decode()
    except (BoussoleError, RecursionError, TypeError, ValueError):
        return "the payload is not JSON"
    if canonical != row.payload:
        return "the payload is not in its canonical form"
    if _leaf(row.kind, payload, row.time).hex() != row.leaf_hash:
        return "the payload, kind or time does not match the sealed hash"
    return None


def _leaf(kind: str, payload: object, time: str) -> bytes:
    return leaf_hash(canonical_json({"kind": kind, "payload": payload, "time": time}))


def _check(kind: str, payload: Payload) -> None:
    if not _KIND.fullmatch(kind):
        raise LedgerError(f"'{kind}' is not a kind of entry.", next_step="Use small letters and '_', such as 'audit'.")
    for key, value in payload.items():
        plain = value is None or isinstance(value, int) or (isinstance(value, str) and _VALUE.fullmatch(value))
        if not plain:
            raise LedgerError(
                "the ledger can't be erased, so it takes ids, hashes, dates and whole numbers only, no free text.",
                where=f"payload key '{key}'",
                next_step="Put the text in a record and its hash in the ledger.",
            )


def _in_order() -> Select[Any]:
    return select(entry_table).order_by(entry_table.c.position)


def _leaf_hashes(connection: Connection) -> list[bytes]:
    """The stored hashes in order. Raises LedgerError where they can't be those of a whole ledger."""
    rows = connection.execute(
        select(entry_table.c.position, entry_table.c.leaf_hash).order_by(entry_table.c.position)
    ).all()
    for place, (position, text) in enumerate(rows):
        if position != place or not re.fullmatch(r"[0-9a-f]{64}", str(text)):
            raise LedgerError(
                f"the ledger is damaged at entry {place}.",
                next_step="Run `boussole verify --ledger`, then restore governance.sqlite from a backup.",
            )
    return [bytes.fromhex(text) for _, text in rows]
