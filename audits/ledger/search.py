"""Finding entries: by number, fingerprint, kind, system and day. Nothing is verified here: `verify` does that."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from boussole.audits.ledger.entry import Payload, entry_table
from boussole.audits.ledger.tree import size_of

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
