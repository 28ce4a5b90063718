"""Audit documents as they are stored and read back.

What is sealed and stored is the canonical JSON (RFC 8785) of the document without `evidence.entry` and `evidence.root`,
which say where the ledger holds the seal; reading adds them again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, func, insert, or_, select, true, tuple_

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger.tree import entry_table
from boussole.audits.systems.gaps import hold_filled
from boussole.audits.unsealed import files_of, settled
from boussole.audits.windows import Window, overlapping
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.audit import SEAL
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import Audit, Record, Summary
from boussole.charter.records.store.charters import StorableCharter, register, register_charter
from boussole.charter.records.summary_row import summary_row


def sealed_json(document: AuditDocument | Mapping[str, Any]) -> bytes:
    """The bytes whose SHA-256 the ledger holds for this document or its JSON, whether it is stored yet or not.

    >>> sealed_json({"system": "s", "evidence": {"cubes": "c", "entry": 3, "root": "r"}})
    b'{"evidence":{"cubes":"c"},"system":"s"}'
    """
    written = document.written() if isinstance(document, AuditDocument) else document
    evidence = {key: value for key, value in written.get("evidence", {}).items() if key not in SEAL}
    return canonical_json({**written, "evidence": evidence})


def latest_audits(workspace: Workspace) -> dict[str, AuditDocument]:
    """The document of each system whose window ends last; of several for that window, the one sealed last."""
    newest = _newest()
    with reading(workspace) as connection:
        if connection is None:
            return {}
        rows = connection.execute(select(Audit.__table__).where(Audit.entry.in_(newest)).order_by(Audit.system))
        return {row.system: complete(row) for row in rows}


def audits_at(workspace: Workspace, entries: Collection[int]) -> dict[int, AuditDocument]:
    """The documents that some entries seal, by entry."""
    query = select(Audit.__table__).where(Audit.entry.in_(sorted(entries)))
    with reading(workspace) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return {row.entry: complete(row) for row in rows}


def latest_rows(connection: Connection, *, before: int | None = None) -> list[Row[Any]]:
    """The rows of the latest audits by system, without documents, as they stood `before` an entry of the ledger."""
    columns = (Audit.system, Audit.entry, Audit.document_sha256, Audit.window_start, Audit.window_end)
    return list(connection.execute(select(*columns).where(Audit.entry.in_(_newest(before))).order_by(Audit.system)))


def _newest(before: int | None = None) -> Select[int]:
    newest_first = (Audit.window_end.desc(), Audit.entry.desc())
    rank = func.row_number().over(partition_by=Audit.system, order_by=newest_first).label("rank")
    known = true() if before is None else Audit.entry < before
    ranked = select(Audit.entry, rank).where(known).subquery()  # without the documents: of most, only the window counts
    return select(ranked.c.entry).where(ranked.c.rank == 1)


def audit_at(workspace: Workspace, entry: int) -> AuditDocument | None:
    """The document that an entry seals; None where it seals no audit."""
    with reading(workspace) as connection:
        if connection is None:
            return None
        row = connection.execute(select(Audit.__table__).where(Audit.entry == entry)).first()
        return None if row is None else complete(row)


def audit_before(workspace: Workspace, system_id: str, *, before: int | None = None) -> AuditDocument | None:
    """The document of a system that was sealed last, of all or of those before an entry; None where there is none."""
    mine = (Audit.system == system_id) & (true() if before is None else Audit.entry < before)
    with reading(workspace) as connection:
        if connection is None:
            return None
        row = connection.execute(select(Audit.__table__).where(mine).order_by(Audit.entry.desc()).limit(1)).first()
        return None if row is None else complete(row)


def audits_of(workspace: Workspace, system_id: str) -> list[AuditDocument]:
    """All documents of a system, oldest window first; audits of the same window in the order they were sealed."""
    in_order = select(Audit.__table__).where(Audit.system == system_id).order_by(Audit.window_end, Audit.entry)
    with reading(workspace) as connection:
        return [] if connection is None else [complete(row) for row in connection.execute(in_order)]


def documents_of(workspace: Workspace, system_id: str) -> dict[Window, AuditDocument]:
    """The last audit of each window, oldest window first."""
    return {document.window.days: document for document in audits_of(workspace, system_id)}


def audits_near(
    workspace: Workspace,
    system_id: str,
    window: Window,
    *,
    within: Window | None = None,
    before: int | None = None,
    beside: Sequence[AuditDocument] = (),
    kin: Collection[str] = (),
) -> list[AuditDocument]:
    """The documents of a system whose windows share days with one, or lie `within` another.

    `before`: only those that were sealed before an entry. `beside`: others, as good as stored. `kin`: systems whose
    documents count as well.
    """
    ids = {system_id, *kin}
    others = [(each, each.window.days) for each in beside if each.system in ids]
    mine = Audit.system.in_(sorted(ids)) & (true() if before is None else Audit.entry < before)
    ends = select(Audit.window_start, Audit.window_end).where(mine).distinct()
    with reading(workspace) as connection:
        if connection is None and not others:
            return []
        stored = [] if connection is None else connection.execute(ends).all()
        windows = [*(Window(*map(dt.date.fromisoformat, row)) for row in stored), *(held for _, held in others)]
        wanted = [window, *overlapping(window, windows)]
        wanted += [found for found in windows if within is not None and within.holds(found)]
        near = {(str(found.start), str(found.end)) for found in wanted}
        chosen = tuple_(Audit.window_start, Audit.window_end).in_(sorted(near))
        query = select(Audit.__table__).where(mine, chosen).order_by(Audit.entry)
        rows = connection.execute(query).all() if near and connection is not None else []
    found = [complete(row) for row in rows]
    return [*found, *(each for each, held in others if (str(held.start), str(held.end)) in near)]


def other_systems(
    workspace: Workspace, system_id: str, *, before: int | None = None, beside: Sequence[AuditDocument] = ()
) -> set[str]:
    """All other systems that audits are stored of, or stand `beside`."""
    found = {each.system for each in beside}
    stored = select(Audit.system).where(true() if before is None else Audit.entry < before).distinct()
    with reading(workspace) as connection:
        found |= set() if connection is None else {row.system for row in connection.execute(stored)}
    return found - {system_id}


def declarations_of(workspace: Workspace, system_id: str, *, beside: Sequence[AuditDocument] = ()) -> set[str]:
    """The hashes of all declarations that audits of a system were made by, as its documents give them."""
    digest = func.json_extract(Audit.document, "$.evidence.system")
    stored = select(digest.label("digest")).where(Audit.system == system_id).distinct()
    with reading(workspace) as connection:
        found = set() if connection is None else {row.digest for row in connection.execute(stored)}
    found |= {each.evidence.system for each in beside if each.system == system_id}
    return {str(each) for each in found if each}


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

    def document(self) -> AuditDocument:
        """The document with the place of its seal. Raises ValueError where the text was changed into no document."""
        return AuditDocument.read(self.text).sealed(entry=self.entry, root=self.root)


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


def complete(row: Row[Any]) -> AuditDocument:
    """The stored document with the place of its seal."""
    try:
        return _parsed(row.document).sealed(entry=row.entry, root=row.root)
    except ValueError as error:
        raise BoussoleError(
            f"the stored audit of entry {row.entry} cannot be read: it was changed, or a later Boussole wrote it.",
            next_step="Run `boussole verify --ledger`: it says which. Restore a backup, or use that one.",
        ) from error


@lru_cache(maxsize=128)
def _parsed(text: str) -> AuditDocument:
    """A stored document, which nobody can change: reading those of a hundred systems anew takes seconds."""
    return AuditDocument.read(text)


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


Given = AuditDocument | Mapping[str, Any]
"""A document, or its JSON."""


def save_audit(workspace: Workspace, document: Given, *, charter: StorableCharter | None = None) -> AuditDocument:
    """Store an audit and seal it, with its charter version, in one transaction; the document with its entry and root.

    A document that is already stored, byte for byte, is returned as it stands, without a second entry.
    Raises BoussoleError when the document lacks what a record needs, or holds what JSON can't say; SystemFileError
    while the file of its system has lines to fill in.
    """
    return save_audits(workspace, [document], charter=charter)[0]


def save_audits(
    workspace: Workspace, documents: Sequence[Given], *, charter: StorableCharter | None = None
) -> list[AuditDocument]:
    """Stores several audits and seals them, in their order and in one transaction: all of them, or none."""
    given = [_read(document) for document in documents]
    if charter is not None and any(charter.sha256 != each.charter.sha256 for each in given):
        raise BoussoleError("the audit was judged by another charter.", next_step="Pass the one that judged it.")
    texts = [sealed_json(document) for document in given]
    for each in given:
        hold_filled(workspace.home / "systems", [each.system])
    records = open_records(workspace)
    files = [workspace.evidence / name for each in given for name in files_of(each.evidence.written())]
    with settled(workspace, files), records.begin() as connection:
        return [_save(connection, each, text, charter) for each, text in zip(given, texts, strict=True)]


def _save(
    connection: Connection, document: AuditDocument, text: bytes, charter: StorableCharter | None
) -> AuditDocument:
    same = select(Audit.__table__).where(Audit.document_sha256 == sha256_hex(text))
    stored = connection.execute(same).first()
    if stored is not None:
        return complete(stored)
    if charter is None:
        register(connection, sha256=document.charter.sha256, version=document.charter.version)
    else:
        register_charter(connection, charter)
    return complete(_write(connection, text, _subject(document)))


def _write(connection: Connection, text: bytes, subject: Mapping[str, str]) -> Row[Any]:
    digest = sha256_hex(text)
    entry = ledger.append(connection, kind="audit", payload=audit_payload(**subject, document=digest))
    values = {
        "system": subject["system"],
        "window_start": subject["start"],
        "window_end": subject["end"],
        "charter_sha256": subject["charter"],
        "created_at": entry.time,
        "document": text.decode(),
        "document_sha256": digest,
        "entry": entry.index,
        "root": entry.root,
    }
    row = connection.execute(insert(Audit).values(values).returning(*Audit.__table__.columns)).one()
    connection.execute(insert(Summary).values(summary_row(entry.index, json.loads(text))))
    return row


def _read(document: Given) -> AuditDocument:
    try:
        return AuditDocument.of(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        why = "is missing" if first["type"] == "missing" else f"cannot be read: {first['msg']}"
        raise BoussoleError(
            f"this is not an audit document: '{key}' {why}.",
            next_step="Documents are made by `boussole audit`; their schema is boussole.audit/1.",
        ) from error


def _subject(document: AuditDocument) -> dict[str, str]:
    return {
        "system": document.system,
        "start": document.window.start.isoformat(),
        "end": document.window.end.isoformat(),
        "charter": document.charter.sha256,
    }
