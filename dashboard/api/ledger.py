"""What the API answers of the ledger, and what it takes of witnesses: the one thing that it does not only read."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse
from sqlalchemy import Connection

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import parse_checkpoint
from boussole.audits.ledger.keeping import CheckpointStanding
from boussole.audits.ledger.outside import OtherLedgerError, UnknownWitnessError
from boussole.audits.ledger.search import LedgerQuery, search, span
from boussole.audits.signing.key import signer_of
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records import prove_entry, request_of
from boussole.charter.records.database import reading
from boussole.charter.records.notes.outside import Check, take_cosignature
from boussole.charter.records.notes.outside import outside as seen_outside
from boussole.dashboard.api.answers import known, use_of
from boussole.dashboard.api.routing import Here, Lasting, RefusedError, Sent, new_router
from boussole.dashboard.api.shapes import (
    CheckpointQuery,
    CosignedOut,
    EntriesQuery,
    EntryInPath,
    EntryOut,
    FromQuery,
    OutsideOut,
    Page,
    Query,
)
from boussole.dashboard.server.access.database import now
from boussole.dashboard.views import store

router = new_router()
COSIGNED = {
    "required": True,
    "description": "A checkpoint of the ledger with the cosignature of a witness that it knows (C2SP tlog-cosignature)",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@router.get("/api/ledger")
def entries(workspace: Lasting, query: FromQuery[EntriesQuery]) -> Page[EntryOut]:
    """The entries of the ledger, the newest first."""
    asked = LedgerQuery(kind=query.kind or "", system=query.system or "")
    with reading(workspace) as connection:
        total, found = (0, []) if connection is None else search(connection, asked, skip=query.skip, take=query.take)
        kinds = span(connection).kinds if connection is not None and query.kind else ()
    known("kind", query.kind, {"audit", *KINDS, *kinds})
    if not total and query.system is not None:
        use_of(workspace, query.system)
    items = [EntryOut.model_validate(each) for each in found]
    return Page[EntryOut](items=items, total=total, next=query.following("/api/ledger", query.skip + len(items), total))


@router.get("/api/ledger/checkpoint", response_class=PlainTextResponse)
def checkpoint(workspace: Here, query: FromQuery[CheckpointQuery]) -> str:
    """A checkpoint of the whole ledger, signed now (C2SP signed note): keep it elsewhere."""
    return str(request_of(workspace, store.checkpoint(workspace), since=query.since))


@router.get("/api/ledger/key", response_class=PlainTextResponse)
def key(workspace: Here, _: FromQuery[Query]) -> str:
    """The public key of the ledger (C2SP signed-note): compare it with the one you got by another way."""
    return f"{signer_of(workspace).verifier}\n"


@router.get("/api/ledger/outside")
def outside(workspace: Here, _: FromQuery[Query]) -> OutsideOut:
    """Who outside has checked the ledger, when, and how it stands to what they signed."""
    found, at = seen_outside(workspace), now()
    return OutsideOut(
        entries=found.size,
        state=found.state(at),
        witness_days=found.witness_days,
        witnesses=[_checked(each) for each in found.checks],
        timestamp_state=found.stamp_state(at),
        timestamp_days=found.timestamp_days,
        timestamp=found.stamp,
    )


@router.post("/api/ledger/cosignatures", openapi_extra={"requestBody": COSIGNED})
def cosignatures(workspace: Here, _: FromQuery[Query], text: Sent) -> CosignedOut:
    """Takes the cosignature of a known witness; what is kept of it then."""
    try:
        parse_checkpoint(text)
    except LedgerError as error:
        raise RefusedError(400, error.what, where="body", next_step=error.next_step) from error
    try:
        kept = take_cosignature(workspace, text, now=now())
    except OtherLedgerError as error:
        raise RefusedError(404, error.what, where="body", next_step=error.next_step) from error
    except UnknownWitnessError as error:
        raise RefusedError(403, error.what, where="body", next_step=error.next_step) from error
    return CosignedOut(
        witness=kept.witness.name, at=kept.at, entries=kept.checkpoint.size, standing=CheckpointStanding.holds
    )


@router.get("/api/ledger/{entry}")
def entry(workspace: Lasting, entry: EntryInPath, _: FromQuery[Query]) -> EntryOut:
    """One entry of the ledger."""
    with reading(workspace) as connection:
        return EntryOut.model_validate(ledger.entry_at(_there(connection, entry), entry))


@router.get("/api/ledger/{entry}/proof", response_class=PlainTextResponse)
def proof(workspace: Here, entry: EntryInPath, _: FromQuery[Query]) -> str:
    """The proof that an entry stands in the ledger, below a checkpoint signed now (C2SP tlog-proof)."""
    with reading(workspace) as connection:
        _there(connection, entry)
    return str(prove_entry(workspace, entry, store.checkpoint(workspace)))


def _there(connection: Connection | None, index: int) -> Connection:
    """The connection, once the ledger is known to have an entry. Refused where it has no such one."""
    if connection is None or not span(connection).size:
        raise RefusedError(404, "the ledger has no entry yet.", next_step="Run `boussole audit` first.")
    size = span(connection).size
    if index >= size:
        raise RefusedError(404, f"the ledger has {size} entries, none of index {index}.", next_step="See /api/ledger.")
    return connection


def _checked(check: Check) -> CosignedOut:
    if check.problem:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing="unreadable")
    if check.at is None:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing=None)
    return CosignedOut(witness=check.witness, at=check.at, entries=check.size, standing=check.standing)
