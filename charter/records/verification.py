"""Verifies that the stored records and the ledger say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, select

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.hashing import sha256_hex
from boussole.audits.ledger import Verification
from boussole.audits.ledger.checkpoint import Checkpoint, CosigningRequest, make_request, parse_checkpoint
from boussole.audits.ledger.keys import Note
from boussole.audits.ledger.log import Proof, prove
from boussole.audits.ledger.tree import consistency_proof, entry_table
from boussole.audits.signing.key import signer_of
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records.database import reading
from boussole.charter.records.models import Audit, CharterVersion, Record, Summary
from boussole.charter.records.statements import all_statements, statement_payload
from boussole.charter.records.store.audits import all_audits, audit_payload
from boussole.charter.records.store.charters import charter_payload
from boussole.charter.records.summary_row import summary_row

RECORD_KINDS = ("audit", "charter", *KINDS)


def verify_records(workspace: Workspace, *, sizes: Iterable[int] = ()) -> Verification | None:
    """Rehash the ledger and hold roots and records to it; `sizes`: of kept checkpoints, whose roots are made anew."""
    with reading(workspace) as connection:
        if connection is None:
            return None
        noted = {row.entry + 1: row.root for row in all_audits(connection)}
        found = ledger.verify(connection, known_roots=noted, sizes=sizes)
        found = found if not found.ok else _records_match(connection, found)
        found = found if not found.ok else _hashes_match(connection, found)
        found = found if not found.ok else _days_match(connection, found)
        return found if not found.ok else _summaries_match(connection, found)


def _summaries_match(connection: Connection, found: Verification) -> Verification:
    stored = {row.entry: row for row in connection.execute(select(Summary.__table__))}
    for audit in all_audits(connection):
        row = stored.pop(audit.entry, None)
        if row is None or row._asdict() != summary_row(audit.entry, json.loads(audit.document)):
            return replace(
                found, bad_index=audit.entry, problem="the summary of this audit is not that of its document"
            )
    return replace(found, bad_index=min(stored), problem="a summary is of no audit") if stored else found


def _records_match(connection: Connection, found: Verification) -> Verification:
    sealed = {index: record for index, *record in ledger.payloads(connection, kinds=RECORD_KINDS)}
    changed = [index for index, *record in _payloads(connection) if sealed.pop(index, None) != record]
    bad = sorted([*changed, *sealed])
    if not bad:
        return found
    return replace(found, bad_index=bad[0], problem="the record of this entry is not the one that was sealed")


def _hashes_match(connection: Connection, found: Verification) -> Verification:
    """Each record is found under the hash of its text: packs of sessions name audits by it, audits their charter."""
    rows: list[tuple[int, str, str]] = [
        *((row.entry, row.sha256, row.document) for row in connection.execute(select(CharterVersion.__table__))),
        *((row.entry, row.document_sha256, row.document) for row in all_audits(connection)),
        *((row.entry, row.document_sha256, row.document) for row in all_statements(connection)),
    ]
    bad = min(
        (entry for entry, noted, text in rows if text is not None and noted != sha256_hex(text.encode())), default=None
    )
    if bad is None:
        return found
    return replace(
        found, bad_index=bad, problem="the record of this entry is kept under another hash than that of its text"
    )


def _days_match(connection: Connection, found: Verification) -> Verification:
    """Each record bears the moment of its entry: adoptions count from that day."""
    for table, time in (
        (Record, Record.created_at),
        (Audit, Audit.created_at),
        (CharterVersion, CharterVersion.first_used_at),
    ):
        moved = (
            select(entry_table.c.position)
            .join_from(entry_table, table.__table__, entry_table.c.position == table.entry)
            .where(time != entry_table.c.time)
        )
        bad = connection.execute(moved.order_by(entry_table.c.position)).scalar()
        if bad is not None:
            return replace(found, bad_index=bad, problem="the record does not bear the moment at which it was sealed")
    return found


def _payloads(connection: Connection) -> Iterator[tuple[int, str, ledger.Payload]]:
    for charter in connection.execute(select(CharterVersion.__table__)):
        text = charter.document
        sha256 = charter.sha256 if text is None else sha256_hex(text.encode())
        yield charter.entry, "charter", charter_payload(sha256, charter.version)
    for audit in all_audits(connection):
        yield (
            audit.entry,
            "audit",
            audit_payload(
                system=audit.system,
                start=audit.window_start,
                end=audit.window_end,
                charter=audit.charter_sha256,
                document=sha256_hex(audit.document.encode()),
            ),
        )
    for row in all_statements(connection):
        yield row.entry, row.kind, statement_payload(sha256_hex(row.document.encode()), row.system)


def sign_checkpoint(workspace: Workspace) -> Note:
    """A checkpoint of the whole ledger, verified first and signed with the workspace's key.

    Raises LedgerError where the ledger does not hold, or has no entry yet.
    """
    found = verify_records(workspace)
    if found is None or not found.size:
        raise LedgerError("the ledger has no entry yet.", next_step="Run `boussole audit` first.")
    if not found.ok:
        raise LedgerError(
            f"the ledger does not hold, so it is not signed: entry {found.bad_index}: {found.problem}.",
            next_step="Restore governance.sqlite from a backup.",
        )
    key = signer_of(workspace)
    return Checkpoint(origin=key.verifier.name, size=found.size, root=found.root).note.signed(key)


def request_since(workspace: Workspace, note: Note, old: Checkpoint) -> CosigningRequest:
    """The proof that a new checkpoint extends the one that a college keeps; raises LedgerError where it does not."""
    _, new = parse_checkpoint(str(note))
    with _entries(workspace) as connection:
        if old.size > new.size or (old.size and ledger.root(connection, size=old.size) != old.root):
            raise LedgerError(
                f"the ledger does not extend the kept checkpoint of {old.size} entries.",
                next_step="Run `boussole verify --ledger --checkpoint` with it.",
            )
        path = consistency_proof(connection, first=old.size, size=new.size) if old.size else []
    return make_request(note, old=old.size, path=path)


def request_of(workspace: Workspace, note: Note | None = None, *, since: int) -> CosigningRequest:
    """What a witness that keeps a checkpoint of so many entries is handed: a new one and proof that it extends that."""
    note = note or sign_checkpoint(workspace)
    _, new = parse_checkpoint(str(note))
    if not 0 < since <= new.size:
        return make_request(note, old=0, path=[])
    with _entries(workspace) as connection:
        return make_request(note, old=since, path=consistency_proof(connection, first=since, size=new.size))


def prove_entry(workspace: Workspace, index: int, note: Note) -> Proof:
    """The proof that an entry stands below a checkpoint of this ledger.

    Raises LedgerError where there is no such entry, or the checkpoint is not one of this ledger.
    """
    with _entries(workspace) as connection:
        proof = prove(connection, index=index, note=note)
    if not proof.holds:
        raise LedgerError(
            f"entry {index} is not below this checkpoint: it is of another ledger, or the ledger was rewritten.",
            next_step="Run `boussole verify --ledger --checkpoint` with it.",
        )
    return proof


@contextmanager
def _entries(workspace: Workspace) -> Iterator[Connection]:
    with reading(workspace) as connection:
        if connection is None:
            raise LedgerError("the ledger has no entry yet.", next_step="Run `boussole audit` first.")
        yield connection
