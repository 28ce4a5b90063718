"""Rows set aside that were left out for good, in the ledger: what the lake notes of them, sealed."""

from __future__ import annotations

from boussole.audits import ledger
from boussole.audits.decisions.quarantine import Discard, discards
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.noted import seal_missing

KIND = "discard"


def seal_discards(workspace: Workspace) -> int:
    """Seals every discard that the lake notes and the ledger does not hold yet; returns how many."""
    return seal_missing(workspace, [(KIND, _payload(item)) for item in discards(workspace)], key=_key)


def _payload(item: Discard) -> dict[str, str | int | None]:
    """Counts and dates, and the hash of the whole note: its words are free text and stay in the lake."""
    note = {**vars(item), "at": item.at.isoformat()}
    return {
        "system": item.system,
        "log": item.log,
        "rows": item.rows,
        "at": item.at.isoformat(),
        "note": sha256_hex(canonical_json(note)),
    }


def _key(payload: ledger.Payload) -> tuple[object, ...]:
    return payload["system"], payload["log"], payload["at"]
