"""Audits on their way into the records: stored and sealed, several of them or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, insert, select

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.systems.gaps import hold_filled
from boussole.audits.unsealed import files_of, settled
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.records.database import open_records
from boussole.charter.records.models import Audit, Summary
from boussole.charter.records.store.audits import audit_payload, complete, sealed_json
from boussole.charter.records.store.charters import StorableCharter, register, register_charter
from boussole.charter.records.summary_row import summary_row

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
