"""The log of sealed entries, in order; proofs of single entries; and the search for one."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.keys import Note, decode, encode
from boussole.audits.ledger.merkle import Tree, leaf_hash, subtrees, verify_inclusion
from boussole.audits.ledger.tree import (
    Entry,
    Payload,
    checked,
    damaged,
    entry_table,
    grow,
    hashes_at,
    inclusion_proof,
    is_hash,
    no_such,
    pairs,
    problem_of,
    root_of,
    sealed_bytes,
    size_of,
)

_NUMBER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, kw_only=True)
class LedgerQuery:
    """What is looked for; what is empty is not asked. `text` is a number, a fingerprint, a run, a version."""

    text: str = ""
    kind: str = ""
    system: str = ""
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """An entry as it is stored, for lists."""

    index: int
    kind: str
    payload: Payload
    time: str
    leaf_hash: str


@dataclass(frozen=True, kw_only=True)
class LedgerSpan:
    """How many entries there are, when the first and the last were sealed, and of which kinds they are."""

    size: int
    first: str = ""
    last: str = ""
    kinds: Sequence[str] = ()


def span(connection: Connection) -> LedgerSpan:
    """How many entries the ledger holds, of which kinds, and from when to when."""
    size = size_of(connection)
    if not size:
        return LedgerSpan(size=0)
    time = entry_table.c.time
    ends = select(time).where(entry_table.c.position.in_([0, size - 1])).order_by(entry_table.c.position)
    times = [str(row.time) for row in connection.execute(ends)]
    kinds = connection.execute(select(entry_table.c.kind).distinct().order_by(entry_table.c.kind)).scalars()
    return LedgerSpan(
        size=size, first=times[0] if times else "", last=times[-1] if times else "", kinds=[*map(str, kinds)]
    )


def search(
    connection: Connection, asked: LedgerQuery, *, named: Collection[int] = (), skip: int = 0, take: int = 25
) -> tuple[int, list[EntryLine]]:
    """Return the number of entries that match and some of them, the newest first; `named`: entries the text names."""
    conditions = list(_conditions(asked, named))
    total = connection.execute(select(func.count()).select_from(entry_table).where(*conditions)).scalar_one()
    newest = select(entry_table).where(*conditions).order_by(entry_table.c.position.desc()).offset(skip).limit(take)
    return total, [listed(row) for row in connection.execute(newest)]


def listed(row: Row[Any]) -> EntryLine:
    """The entry of a stored row; a payload that cannot be read is empty."""
    try:
        payload = json.loads(row.payload)
    except (RecursionError, TypeError, ValueError):
        payload = {}
    return EntryLine(
        index=row.position,
        kind=str(row.kind),
        payload=payload if isinstance(payload, dict) else {},
        time=str(row.time),
        leaf_hash=str(row.leaf_hash),
    )


def _conditions(asked: LedgerQuery, named: Collection[int]) -> Sequence[ColumnElement[bool]]:
    columns = entry_table.c
    text = asked.text.strip()
    found: list[ColumnElement[bool]] = []
    if _NUMBER.fullmatch(text):
        found.append(columns.position == int(text))
    elif text:
        found.append(
            or_(
                columns.payload.contains(text, autoescape=True),
                columns.leaf_hash.contains(text, autoescape=True),
                columns.position.in_(named),
            )
        )
    if asked.kind:
        found.append(columns.kind == asked.kind)
    if asked.system:
        found.append(columns.payload.contains(f'"system":{json.dumps(asked.system)}', autoescape=True))
    if asked.start:
        found.append(columns.time >= asked.start.isoformat())
    if asked.end:
        found.append(columns.time < f"{asked.end.isoformat()}U")  # T, of any time of that day, comes before U
    return found


BLOCK = 32
"""How many of the newest entries, at the most, an append looks at again."""


def append(connection: Connection, *, kind: str, payload: Payload) -> Entry:
    """Write one entry in the caller's transaction, which comes from `writer`, together with the record that it seals.

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
    """Return the tree hash of all entries, or of the first `size`. Raises LedgerError when there are fewer."""
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


_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9]\d{0,17})")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The bytes that were sealed, the index of their entry, the way to the root, and the signed checkpoint."""

    sealed: bytes
    index: int
    path: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = [_HEADER, f"extra {encode(self.sealed)}", f"index {self.index}", *map(encode, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @property
    def holds(self) -> bool:
        """Whether the entry stands where it says below the checkpoint; who signed that is another question."""
        root = bytes.fromhex(self.checkpoint.root)
        leaf = leaf_hash(self.sealed)
        return verify_inclusion(self.path, leaf=leaf, index=self.index, size=self.checkpoint.size, root=root)

    @property
    def entry(self) -> dict[str, Any]:
        """Kind, payload and time of the entry. Raises LedgerError where the sealed bytes say none."""
        try:
            found = json.loads(self.sealed)
        except (RecursionError, ValueError):
            found = None
        if not isinstance(found, dict) or set(found) != {"kind", "payload", "time"}:
            raise _not_one("what it says was sealed is no entry")
        return found


def prove(connection: Connection, *, index: int, note: Note) -> Proof:
    """The proof of an entry below a checkpoint of this ledger. Raises LedgerError when the checkpoint is older."""
    _, checkpoint = parse_checkpoint(str(note))
    path = inclusion_proof(connection, index=index, size=checkpoint.size)
    row = row_at(connection, index)
    sealed = sealed_bytes(row.kind, row.payload, row.time)
    return Proof(sealed=sealed, index=index, path=tuple(path), note=note, checkpoint=checkpoint)


def parse_proof(text: str) -> Proof:
    """Read a proof, verifying nothing yet. Raises LedgerError where it is none."""
    head, _, rest = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != _HEADER:
        raise _not_one(f"it does not begin with {_HEADER}")
    sealed = decode(lines[1].removeprefix("extra ")) if lines[1].startswith("extra ") else None
    index = _INDEX.fullmatch(lines[2])
    path = [decode(line) for line in lines[3:]]
    if sealed is None or index is None:
        raise _not_one("the entry or its index is missing")
    if any(item is None or len(item) != 32 for item in path):
        raise _not_one("a line of the way to the root is no hash")
    note, checkpoint = parse_checkpoint(rest)
    hashes = tuple(item for item in path if item is not None)
    return Proof(sealed=sealed, index=int(index[1]), path=hashes, note=note, checkpoint=checkpoint)


def _not_one(why: str) -> LedgerError:
    return LedgerError(f"this is not a proof of an entry: {why}.", next_step="Make one with `boussole ledger prove`.")
