"""Runs that were excluded or taken back in the ledger: what the lake notes of them, sealed."""

from __future__ import annotations

from boussole.audits import ledger
from boussole.audits.decisions.exclusion import Exclusion, history
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.noted import seal_missing

KIND = "exclusion"


def seal_exclusions(workspace: Workspace) -> int:
    """Seals every exclusion that the lake notes and the ledger does not hold yet; returns how many."""
    return seal_missing(workspace, [(KIND, _payload(item)) for item in history(workspace)], key=_key)


def _payload(item: Exclusion) -> dict[str, str | int | None]:
    return {
        "system": item.system,
        "run": item.origin,
        "excluded": int(item.excluded),
        "reason": item.reason,
        "decisions": item.decisions,
        "at": item.at.isoformat(),
    }


def _key(payload: ledger.Payload) -> tuple[object, ...]:
    return payload["system"], payload["run"], payload["at"]
