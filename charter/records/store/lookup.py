"""Where the ledger knows a document from: by its SHA-256, in an entry or in what an entry seals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, or_, select

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger.entry import entry_table
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading
from boussole.charter.records.models import Audit, Record
from boussole.charter.records.store.audits import sealed_json


class How(StrEnum):
    """How an entry knows a document."""

    itself = "itself"
    """The entry holds its fingerprint."""
    attached = "attached"
    """A record that the entry seals rests on it."""
    evidence = "evidence"
    """It holds the counts from which a sealed audit was made."""


@dataclass(frozen=True, kw_only=True)
class DocumentEntry:
    """An entry that knows a document."""

    entry: int
    time: str
    how: How


def last_entry(workspace: Workspace, *, besides: Collection[str] = ()) -> int | None:
    """The last entry of the ledger that is not of one of these kinds; None where there is none."""
    with reading(workspace) as connection:
        if connection is None:
            return None
        position, kind = entry_table.c.position, entry_table.c.kind
        query = select(position).where(kind.not_in(list(besides))).order_by(position.desc()).limit(1)
        return connection.execute(query).scalar()


def last_moment(workspace: Workspace) -> dt.datetime | None:
    """The latest moment that the ledger names; None where there is no entry."""
    with reading(workspace) as connection:
        found = connection.execute(select(func.max(entry_table.c.time))).scalar() if connection is not None else None
    return dt.datetime.fromisoformat(found) if found else None


def fingerprints(content: bytes) -> list[str]:
    """The hashes by which a ledger can know a file: of its bytes, and if it is JSON, of what would be sealed of it."""
    found = [sha256_hex(content)]
    try:
        document = json.loads(content)
        found.append(sha256_hex(canonical_json(document)))
        if isinstance(document, dict) and isinstance(document.get("evidence"), dict):
            found.append(sha256_hex(sealed_json(document)))
    except (BoussoleError, RecursionError, UnicodeDecodeError, ValueError):
        pass
    return list(dict.fromkeys(found))


def places_of(workspace: Workspace, hashes: list[str]) -> list[DocumentEntry]:
    """The entries that know a document by one of its hashes, oldest first; none when the ledger does not know it."""
    with reading(workspace) as connection:
        if connection is None:
            return []
        found = [place for digest in hashes for place in _places(connection, digest)]
    return sorted(dict.fromkeys(found), key=lambda place: (place.entry, place.how))


def audits_alike(workspace: Workspace, *, system: str, start: str, end: str) -> list[int]:
    """The entries of the audits of a system and window: what an audit that is not sealed may have been."""
    alike = select(Audit.entry).where(Audit.system == system, Audit.window_start == start, Audit.window_end == end)
    with reading(workspace) as connection:
        return [] if connection is None else list(connection.execute(alike.order_by(Audit.entry)).scalars())


NAMED = ("sha256", "document", "charter", "rules", "content", "sheet")
"""Where a record holds a fingerprint. Typed into a text, in which quotation marks are escaped, it names no file."""
EVIDENCE = ("cubes", "rows", "system")


def _places(connection: Connection, digest: str) -> list[DocumentEntry]:
    """One hash, in payloads, in the documents of records, and in what audits say of their evidence."""
    position, time = entry_table.c.position, entry_table.c.time
    queries = {
        How.itself: select(position, time).where(entry_table.c.payload.contains(digest)),
        How.attached: select(position, time)
        .join_from(entry_table, Record.__table__, Record.entry == position)
        .where(or_(*(Record.document.contains(f'"{name}":"{digest}"') for name in NAMED))),
        How.evidence: select(position, time)
        .join_from(entry_table, Audit.__table__, Audit.entry == position)
        .where(or_(*(Audit.document.contains(f'"{name}":"sha256:{digest}"') for name in EVIDENCE))),
    }
    return [
        DocumentEntry(entry=row.position, time=row.time, how=how)
        for how, query in queries.items()
        for row in connection.execute(query)
    ]
