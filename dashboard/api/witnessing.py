"""What the API answers to witnesses outside, and what it takes from them: the one thing that it does not only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.errors import LedgerError
from audits.ledger.checkpoint import parse_checkpoint
from audits.ledger.outside import OtherLedgerError, UnknownWitnessError
from audits.ledger.signing import signer_of
from audits.workspace import Workspace
from charter.records.outside import Check, Outside, take_cosignature
from charter.records.outside import outside as seen_outside
from dashboard.access.database import now
from dashboard.api.refusals import ForbiddenError, MissingError, UnknownError
from dashboard.api.shapes import CosignedOut, OutsideOut, StampOut

Given = Mapping[str, Any]


def key(workspace: Workspace, _given: Given) -> str:
    """The public key of the ledger (C2SP signed-note): compare it with the one you got by another way."""
    return f"{signer_of(workspace).verifier}\n"


def outside(workspace: Workspace, _given: Given) -> OutsideOut:
    """Who outside has checked the ledger, when, and how it stands to what they signed."""
    found, at = seen_outside(workspace), now()
    return OutsideOut(
        entries=found.size,
        state=found.state(at).value,
        witness_days=found.witness_days,
        witnesses=[_checked(each) for each in found.checks],
        timestamp_state=found.stamp_state(at).value,
        timestamp_days=found.timestamp_days,
        timestamp=_stamped(found),
    )


def cosignatures(workspace: Workspace, given: Given) -> CosignedOut:
    """Takes the cosignature of a known witness; what is kept of it then."""
    text = given["body"]
    try:
        parse_checkpoint(text)
    except LedgerError as error:
        raise UnknownError(error.what, where="body", next_step=error.next_step) from error
    try:
        kept = take_cosignature(workspace, text, now=now())
    except OtherLedgerError as error:
        raise MissingError(error.what, where="body", next_step=error.next_step) from error
    except UnknownWitnessError as error:
        raise ForbiddenError(error.what, where="body", next_step=error.next_step) from error
    return CosignedOut(witness=kept.witness.name, at=kept.at, entries=kept.checkpoint.size, standing="holds")


def _checked(check: Check) -> CosignedOut:
    if check.problem:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing="unreadable")
    if check.at is None:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing=None)
    return CosignedOut.model_validate(
        {"witness": check.witness, "at": check.at, "entries": check.size, "standing": check.standing.value}
    )


def _stamped(found: Outside) -> StampOut | None:
    stamp = found.stamp
    if stamp is None:
        return None
    return StampOut.model_validate(
        {
            "at": stamp.at,
            "authority": stamp.authority,
            "fingerprint": stamp.fingerprint,
            "entries": stamp.size,
            "standing": stamp.standing.value,
        }
    )
