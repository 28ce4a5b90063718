"""The Merkle tree as it is stored: one row for each complete subtree of two entries or more.

One entry of the ledger: its row, the bytes that its leaf seals (RFC 8785), and what it may hold.

A payload holds ids, hashes, dates and whole numbers only, as nothing can be erased from a Merkle log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    func,
    select,
    tuple_,
)

from boussole.audits.errors import BoussoleError, LedgerError
from boussole.audits.hashing import canonical_json
from boussole.audits.ledger.merkle import Tree, consistency_parts, inclusion_parts, joined, leaf_hash, subtrees

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
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; `root` is the tree hash of the ledger up to and with it. Hashes are hexadecimal."""

    index: int
    kind: str
    payload: Payload
    time: str
    leaf_hash: str
    root: str


def sealed_bytes(kind: str, payload: str, time: str) -> bytes:
    """Return what the leaf of an entry hashes, from a payload that is canonical JSON already."""
    return f'{{"kind":"{kind}","payload":{payload},"time":"{time}"}}'.encode()


def checked(kind: str, payload: Payload) -> str:
    """The payload as canonical JSON. Raises LedgerError for a kind or payload that a ledger must not hold."""
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
    return canonical_json(dict(payload)).decode()


def problem_of(row: Row[Any], place: int) -> str | None:
    """What is wrong with one stored entry; SQLite stores anything in any column, so nothing is taken for granted."""
    if row.position != place:
        return f"entry {place} is missing"
    try:
        canonical = canonical_json(json.loads(row.payload)).decode()
    except (BoussoleError, RecursionError, TypeError, ValueError):
        return "the payload is not JSON"
    if canonical != row.payload:
        return "the payload is not in its canonical form"
    plain = _is(_KIND, row.kind) and _is(_TIME, row.time)
    if not plain or leaf_hash(sealed_bytes(row.kind, canonical, row.time)).hex() != row.leaf_hash:
        return "the payload, kind or time does not match the sealed hash"
    return None


def is_hash(value: object) -> bool:
    """Whether a stored value is a SHA-256 in hexadecimal."""
    return _is(_HASH, value)


def _is(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


node_table = Table(
    "nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)


def size_of(connection: Connection) -> int:
    """The number of entries: their places count from 0 without a gap."""
    last = connection.execute(select(func.max(entry_table.c.position))).scalar()
    return 0 if last is None else int(last) + 1


def root_of(connection: Connection, *, size: int) -> bytes:
    """The root of the first `size` entries."""
    return _roots(connection, [(0, size)])[0]


def grow(connection: Connection, *, leaf: bytes, size: int) -> bytes:
    """Store the subtrees that a new entry completes; the root with it. `size` is the number of entries before."""
    tree = Tree(size=size, peaks=hashes_at(connection, subtrees(0, size)))
    made = tree.add(leaf)
    if rows := completed(made, index=size):
        connection.execute(node_table.insert(), rows)
    return tree.root


def completed(made: Sequence[bytes], *, index: int) -> list[dict[str, Any]]:
    """The rows of the subtrees that an entry completes; `made` is what `Tree.add` returned for it."""
    return [{"level": level, "position": index >> level, "hash": made[level]} for level in range(1, len(made))]


def pairs(connection: Connection) -> int:
    """How many pairs of entries the stored tree covers: half of the entries, or it is not theirs."""
    last = connection.execute(select(func.max(node_table.c.position)).where(node_table.c.level == 1)).scalar()
    return 0 if last is None else int(last) + 1


def inclusion_proof(connection: Connection, *, index: int, size: int) -> list[bytes]:
    """The hashes that lead from one entry to the root of the first `size`. Raises LedgerError where it has none."""
    if not 0 <= index < size <= size_of(connection):
        raise no_such(connection, f"no entry {index} among the first {size}")
    return _roots(connection, inclusion_parts(index, size=size))


def consistency_proof(connection: Connection, *, first: int, size: int) -> list[bytes]:
    """Return the hashes that show that the first entries begin the first `size`. Raises LedgerError without any."""
    if not 1 <= first <= size <= size_of(connection):
        raise no_such(connection, f"not both {first} and {size}")
    return _roots(connection, consistency_parts(first, size=size))


def hashes_at(connection: Connection, places: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the roots of complete subtrees, named by (level, place). Raises LedgerError where one is missing."""
    inner, leaves = [place for place in places if place[0]], [place[1] for place in places if not place[0]]
    found: dict[tuple[int, int], bytes] = {}
    if inner:
        chosen = tuple_(node_table.c.level, node_table.c.position).in_(inner)
        for row in connection.execute(select(node_table).where(chosen)):
            found |= {(row.level, row.position): row.hash} if isinstance(row.hash, bytes) else {}
    if leaves:
        query = select(entry_table.c.position, entry_table.c.leaf_hash).where(entry_table.c.position.in_(leaves))
        for row in connection.execute(query):
            found |= {(0, row.position): bytes.fromhex(row.leaf_hash)} if is_hash(row.leaf_hash) else {}
    missing = [place for place in places if place not in found]
    if missing:
        level, position = missing[0]
        raise damaged(position << level)
    return [found[place] for place in places]


def damaged(index: int) -> LedgerError:
    """Nothing is written on top of a ledger that does not hold together."""
    return LedgerError(
        f"the ledger is damaged at entry {index}.",
        next_step="Run `boussole verify --ledger`, then restore governance.sqlite from a backup.",
    )


def no_such(connection: Connection, what: str) -> LedgerError:
    """The error for whoever asks the ledger for more than it holds."""
    return LedgerError(
        f"the ledger has {size_of(connection)} entries, {what}.", next_step="Ask for entries that it has."
    )


def _roots(connection: Connection, parts: Sequence[tuple[int, int]]) -> list[bytes]:
    """The roots of parts of the tree, from one look at the stored subtrees."""
    places = [subtrees(*part) for part in parts]
    hashes = iter(hashes_at(connection, [place for part in places for place in part]))
    return [joined(list(islice(hashes, len(part)))) for part in places]
