"""Checkpoints of a workspace's ledger: signed only while everything holds, and what is proved below them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.cosigning import CosigningRequest, make_request
from boussole.audits.ledger.notes import Note
from boussole.audits.ledger.proof import Proof, prove
from boussole.audits.ledger.tree import consistency_proof
from boussole.audits.signing.key import signer_of
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading
from boussole.charter.records.verification import verify_records


def sign_checkpoint(workspace: Workspace) -> Note:
    """A checkpoint of the whole ledger as it stands, signed with the workspace's key.

    The ledger is verified first, records included. Raises LedgerError where it does not hold, or has no entry yet.
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
    """What a college needs to cosign a new checkpoint: the proof that it extends the one the college keeps.

    Raises LedgerError where it does not.
    """
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
    """What a witness is handed that keeps a checkpoint of so many entries: a new one, and the proof that it extends it.

    A witness that keeps more than there is gets the checkpoint alone: signed, it proves that entries were removed.
    Without `note`, a checkpoint is signed now.
    """
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
