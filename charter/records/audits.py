"""Audit documents as they are stored and read back.

What is sealed is the canonical JSON (RFC 8785) of the document without `evidence.entry` and `evidence.root`: these
two say where the ledger holds the seal, and exist only once it is made. Exactly that text is stored, so its SHA-256
is at any time the one in the ledger's entry; reading adds the two keys again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, true, tuple_

from audits import ledger
from audits.errors import BoussoleError
from audits.hashing import canonical_json, sha256_hex
from audits.ledger.entry import entry_table
from audits.windows import Window, connected
from audits.workspace import Workspace
from charter.records.database import reading
from charter.records.models import Audit

Document = dict[str, Any]

SEAL_KEYS = ("entry", "root")


def sealed_json(document: Mapping[str, Any]) -> bytes:
    """The bytes whose SHA-256 the ledger holds for this document, whether it is stored yet or not.

    >>> sealed_json({"system": "s", "evidence": {"cubes": "c", "entry": 3, "root": "r"}})
    b'{"evidence":{"cubes":"c"},"system":"s"}'
    """
    evidence = {key: value for key, value in document.get("evidence", {}).items() if key not in SEAL_KEYS}
    return canonical_json({**document, "evidence": evidence})


def latest_audits(workspace: Workspace) -> dict[str, Document]:
    """The document of each system whose window ends last; of several for that window, the one sealed last.

    A look back at an old month, made today, does not hide the newest month. Empty when there are no records yet.
    Documents are shared between calls: change none.
    """
    newest = _newest()
    with reading(workspace) as connection:
        if connection is None:
            return {}
        rows = connection.execute(select(Audit.__table__).where(Audit.entry.in_(newest)).order_by(Audit.system))
        return {row.system: _completed(row, _parsed) for row in rows}


def audits_at(workspace: Workspace, entries: Collection[int]) -> dict[int, Document]:
    """The documents that some entries seal, by entry. They are shared between calls: change none."""
    query = select(Audit.__table__).where(Audit.entry.in_(sorted(entries)))
    with reading(workspace) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return {row.entry: _completed(row, _parsed) for row in rows}


def latest_rows(connection: Connection) -> list[Row[Any]]:
    """The rows of the same audits without their documents, by system, as the caller's transaction sees them."""
    columns = (Audit.system, Audit.entry, Audit.document_sha256, Audit.window_start, Audit.window_end)
    return list(connection.execute(select(*columns).where(Audit.entry.in_(_newest())).order_by(Audit.system)))


def _newest() -> Select[int]:
    newest_first = (Audit.window_end.desc(), Audit.entry.desc())
    rank = func.row_number().over(partition_by=Audit.system, order_by=newest_first).label("rank")
    ranked = select(Audit.entry, rank).subquery()  # without the documents: of most, only the window is looked at
    return select(ranked.c.entry).where(ranked.c.rank == 1)


def audit_at(workspace: Workspace, entry: int) -> Document | None:
    """The document that an entry seals; None where it seals no audit."""
    with reading(workspace) as connection:
        if connection is None:
            return None
        row = connection.execute(select(Audit.__table__).where(Audit.entry == entry)).first()
        return None if row is None else complete(row)


def audit_before(workspace: Workspace, system_id: str, *, before: int | None = None) -> Document | None:
    """The document of a system that was sealed last, of all or of those before an entry; None where there is none."""
    mine = (Audit.system == system_id) & (true() if before is None else Audit.entry < before)
    with reading(workspace) as connection:
        if connection is None:
            return None
        row = connection.execute(select(Audit.__table__).where(mine).order_by(Audit.entry.desc()).limit(1)).first()
        return None if row is None else complete(row)


def audits_of(workspace: Workspace, system_id: str) -> list[Document]:
    """All documents of a system, oldest window first; audits of the same window in the order they were sealed."""
    in_order = select(Audit.__table__).where(Audit.system == system_id).order_by(Audit.window_end, Audit.entry)
    with reading(workspace) as connection:
        return [] if connection is None else [complete(row) for row in connection.execute(in_order)]


def documents_of(workspace: Workspace, system_id: str) -> dict[Window, Document]:
    """The last audit of each window, oldest window first."""
    return {window_of(document): document for document in audits_of(workspace, system_id)}


def audits_near(
    workspace: Workspace,
    system_id: str,
    window: Window,
    *,
    within: Window | None = None,
    before: int | None = None,
    beside: Sequence[Mapping[str, Any]] = (),
    kin: Collection[str] = (),
) -> list[Document]:
    """The documents of a system whose windows share days with one (or are that), or with one that does, and so on.

    `within`: also those whose windows lie within another. `before`: only those that were sealed before an entry.
    `beside`: others, as good as stored. `kin`: systems whose documents count as well. They are shared between calls:
    change none.
    """
    ids = {system_id, *kin}
    others = [(each, window_of(each)) for each in beside if each["system"] in ids]
    mine = Audit.system.in_(sorted(ids)) & (true() if before is None else Audit.entry < before)
    ends = select(Audit.window_start, Audit.window_end).where(mine).distinct()
    with reading(workspace) as connection:
        if connection is None and not others:
            return []
        stored = [] if connection is None else connection.execute(ends).all()
        windows = [*(Window(*map(dt.date.fromisoformat, row)) for row in stored), *(held for _, held in others)]
        wanted = [window, *connected(window, windows)]
        wanted += [found for found in windows if within is not None and within.holds(found)]
        near = {(str(found.start), str(found.end)) for found in wanted}
        chosen = tuple_(Audit.window_start, Audit.window_end).in_(sorted(near))
        query = select(Audit.__table__).where(mine, chosen).order_by(Audit.entry)
        rows = connection.execute(query).all() if near and connection is not None else []
    found = [_completed(row, _parsed) for row in rows]
    return [*found, *(dict(each) for each, held in others if (str(held.start), str(held.end)) in near)]


def other_systems(
    workspace: Workspace, system_id: str, *, before: int | None = None, beside: Sequence[Mapping[str, Any]] = ()
) -> set[str]:
    """All other systems that audits are stored of, or stand `beside`."""
    found = {each["system"] for each in beside}
    stored = select(Audit.system).where(true() if before is None else Audit.entry < before).distinct()
    with reading(workspace) as connection:
        found |= set() if connection is None else {row.system for row in connection.execute(stored)}
    return found - {system_id}


def declarations_of(workspace: Workspace, system_id: str, *, beside: Sequence[Mapping[str, Any]] = ()) -> set[str]:
    """The hashes of all declarations that audits of a system were made by, as its documents give them."""
    digest = func.json_extract(Audit.document, "$.evidence.system")
    stored = select(digest.label("digest")).where(Audit.system == system_id).distinct()
    with reading(workspace) as connection:
        found = set() if connection is None else {row.digest for row in connection.execute(stored)}
    found |= {each["evidence"].get("system") for each in beside if each["system"] == system_id}
    return {str(each) for each in found if each}


def window_of(document: Mapping[str, Any]) -> Window:
    """The window of a document."""
    return Window(*(dt.date.fromisoformat(document["window"][name]) for name in ("start", "end")))


@dataclass(frozen=True, kw_only=True)
class StoredAudit:
    """A stored audit: its text, the place and moment of its seal, and whether the text is still the one sealed."""

    entry: int
    root: str
    system: str
    start: str
    end: str
    text: str
    time: str
    holds: bool

    def document(self) -> Document:
        """The document with the place of its seal. Raises ValueError where the text was changed into no JSON."""
        found: Document = json.loads(self.text)
        found["evidence"] |= {"entry": self.entry, "root": self.root}
        return found


def stored_audits(workspace: Workspace) -> list[StoredAudit]:
    """All stored audits in the order of their entries, each held to the hash in its entry."""
    with reading(workspace) as connection:
        if connection is None:
            return []
        rows = connection.execute(
            select(Audit.__table__, entry_table.c.payload, entry_table.c.time)
            .outerjoin(entry_table, entry_table.c.position == Audit.entry)
            .order_by(Audit.entry)
        )
        return [_stored(row) for row in rows]


def _stored(row: Row[Any]) -> StoredAudit:
    subject = {"system": row.system, "start": row.window_start, "end": row.window_end, "charter": row.charter_sha256}
    payload = audit_payload(**subject, document=sha256_hex(row.document.encode()))
    return StoredAudit(
        entry=row.entry,
        root=row.root,
        system=row.system,
        start=row.window_start,
        end=row.window_end,
        text=row.document,
        time=row.time or row.created_at,
        holds=canonical_json(payload).decode() == row.payload,
    )


def all_audits(connection: Connection) -> list[Row[Any]]:
    """The rows of all audits, in the order of their entries."""
    return list(connection.execute(select(Audit.__table__).order_by(Audit.entry)))


def audit_payload(*, system: str, start: str, end: str, charter: str, document: str) -> ledger.Payload:
    """What the ledger holds of an audit: ids, dates and the hashes of its charter and document."""
    return {"charter": charter, "document": document, "end": end, "start": start, "system": system}


def complete(row: Row[Any]) -> Document:
    """The stored document with the place of its seal."""
    return _completed(row, json.loads)


def _completed(row: Row[Any], parse: Callable[[str], Document]) -> Document:
    try:
        document = parse(row.document)
        return {**document, "evidence": {**document["evidence"], "entry": row.entry, "root": row.root}}
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise BoussoleError(
            f"the stored audit of entry {row.entry} cannot be read: it was changed.",
            next_step="Run `boussole verify --ledger`, and restore the records from a backup.",
        ) from error


@lru_cache(maxsize=256)
def _parsed(text: str) -> Document:
    """A stored document, which nobody may change: parsing those of a hundred systems anew takes a second."""
    parsed: Document = json.loads(text)
    return parsed
