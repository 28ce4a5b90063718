"""Audits on their way into the records: stored and sealed, several of them or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from audits import ledger
from audits.errors import BoussoleError
from audits.hashing import sha256_hex
from audits.systems.gaps import hold_filled
from audits.unsealed import files_of, settled
from audits.workspace import Workspace
from charter.records.audits import Document, audit_payload, complete, sealed_json
from charter.records.charters import Versioned, register, register_charter
from charter.records.database import open_records
from charter.records.models import Audit, Summary
from charter.records.summaries import summary_row


def save_audit(workspace: Workspace, document: Mapping[str, Any], *, charter: Versioned | None = None) -> Document:
    """Store an audit and seal it, together with its charter version; the document with its entry and root.

    One transaction: the audit, its entry and a charter seen for the first time exist together or not at all.
    A document that is already stored, byte for byte, is returned as it stands, without a second entry.
    With `charter`, the charter it was judged by is kept whole; without, only its hash and version.

    Raises BoussoleError when the document lacks what a record needs, or holds what JSON can't say; SystemFileError
    while the file of its system has lines to fill in.
    """
    return save_audits(workspace, [document], charter=charter)[0]


def save_audits(
    workspace: Workspace, documents: Sequence[Mapping[str, Any]], *, charter: Versioned | None = None
) -> list[Document]:
    """The same of several, in their order and in one transaction: all of them are sealed, or none."""
    if charter is not None and any(charter.sha256 != each.get("charter", {}).get("sha256") for each in documents):
        raise BoussoleError("the audit was judged by another charter.", next_step="Pass the one that judged it.")
    read = [(*_subject(document), sealed_json(document)) for document in documents]
    for each in documents:
        hold_filled(workspace.home / "systems", [each["system"]])
    records = open_records(workspace)
    files = [workspace.evidence / name for each in documents for name in files_of(each)]
    with settled(workspace, files), records.begin() as connection:
        return [_save(connection, text, subject, version, charter) for subject, version, text in read]


def _save(
    connection: Connection, text: bytes, subject: dict[str, str], version: str, charter: Versioned | None
) -> Document:
    same = select(Audit.__table__).where(Audit.document_sha256 == sha256_hex(text))
    stored = connection.execute(same).first()
    if stored is not None:
        return complete(stored)
    if charter is None:
        register(connection, sha256=subject["charter"], version=version)
    else:
        register_charter(connection, charter)
    return complete(_write(connection, text, subject))


def _write(connection: Connection, text: bytes, subject: Mapping[str, str]) -> Row[Any]:
    """Append the entry and insert the row that it seals."""
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


def _subject(document: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """What a document is about, and the human version of its charter."""
    try:
        window, charter = document["window"], document["charter"]
        subject = {
            "system": document["system"],
            "start": window["start"],
            "end": window["end"],
            "charter": charter["sha256"],
        }
        return subject, charter["version"]
    except KeyError as error:
        raise BoussoleError(
            f"this is not an audit document: {error} is missing.",
            next_step="Documents are made by `boussole audit`; their schema is boussole.audit/1.",
        ) from error
