"""One round of a witness: fetch, check, cosign and keep, send back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint
from boussole.audits.ledger.college import college_key, cosign, kept_checkpoint, ledger_key
from boussole.audits.ledger.cosigning import CosigningRequest, RefusedCheckpointError, parse_request
from boussole.audits.ledger.keys import VerifierKey, parse_verifier
from boussole.audits.ledger.notes import Note
from boussole.audits.witness.proofs import heard, keep_divergence, note
from boussole.audits.witness.server import Server, UnreachableError


class DivergedError(LedgerError):
    """The ledger is not the one that was kept; `proof` is the folder that shows it."""

    def __init__(self, refusal: LedgerError, proof: Path) -> None:
        super().__init__(refusal.what, where=str(proof), next_step=refusal.next_step)
        self.proof = proof


class UnsentError(UnreachableError):
    """All is right and kept, but the server did not take the cosignature."""


@dataclass(frozen=True, kw_only=True)
class WitnessRound:
    """What a round found: the checkpoint that was kept before, and the new one."""

    log: VerifierKey
    before: Checkpoint | None
    new: Checkpoint


def go_round(
    folder: Path, server: Server, *, log: VerifierKey | None, trust_first: bool, now: dt.datetime
) -> WitnessRound:
    """Checks the ledger of a server against the folder's checkpoint, cosigns it and hands it back.

    Raises DivergedError where the ledger is not the one that was kept, UnreachableError where nothing could be checked,
    UnsentError where only the cosignature did not arrive, LedgerError where something is missing here.
    """
    college_key(folder)
    state = heard(folder, now=now)
    note(folder, state)
    trusted = _trusted(folder, server, log=log, trust_first=trust_first)
    before = kept_checkpoint(folder)
    text = server.checkpoint(since=before.size if before else 0)
    request = _request(text, server)
    try:
        cosigned = _cosigned(folder, request, log=trusted, now=now)
    except RefusedCheckpointError as refusal:
        raise DivergedError(
            refusal, keep_divergence(folder, text, why=str(refusal), url=server.url, at=now)
        ) from refusal
    note(folder, replace(state, answered=now))
    try:
        server.send(str(cosigned))
    except UnreachableError as error:
        raise UnsentError(
            f"the checkpoint is right, cosigned and kept, but not sent back: {error.what}",
            where=error.where,
            next_step=f"The next round sends it again. {error.next_step}",
        ) from error
    return WitnessRound(log=trusted, before=before, new=request.checkpoint)


def silent_days(folder: Path, *, now: dt.datetime) -> int:
    """For how many days the server has given no valid answer."""
    return heard(folder, now=now).silent(now)


def _trusted(folder: Path, server: Server, *, log: VerifierKey | None, trust_first: bool) -> VerifierKey:
    known = ledger_key(folder, log)
    if known is not None:
        return known
    if not trust_first:
        raise LedgerError(
            "the public key of the ledger is not known yet.",
            where=str(folder),
            next_step="Give --log with the line that `boussole ledger key` prints on the server, received by another "
            "way; or --trust-first to believe the server this once.",
        )
    try:
        return parse_verifier(server.key())
    except UnreachableError:
        raise
    except LedgerError as error:
        raise UnreachableError(
            "the server gives no public key of a ledger.", where=server.url, next_step="Give --log."
        ) from error


def _request(text: str, server: Server) -> CosigningRequest:
    try:
        return parse_request(text)
    except LedgerError as error:
        raise UnreachableError(
            f"what the server answers cannot be read: {error.what}",
            where=server.url,
            next_step="Is this the address of Boussole itself?",
        ) from error


def _cosigned(folder: Path, request: CosigningRequest, *, log: VerifierKey, now: dt.datetime) -> Note:
    """The cosigned checkpoint. A server that leaves out the proof is refused as one whose proof is wrong."""
    kept = kept_checkpoint(folder)
    if kept is not None and 0 < kept.size < request.checkpoint.size and request.old != kept.size:
        raise RefusedCheckpointError(
            f"the server does not show that its {request.checkpoint.size} entries begin with the {kept.size} that are "
            "kept.",
            next_step="Do not cosign it. Ask whoever runs the server; keep both files.",
        )
    return cosign(folder, request, log=log, at=now)
