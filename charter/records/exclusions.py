"""Runs that were excluded or taken back in the ledger: what the lake notes of them, sealed."""

from __future__ import annotations

from audits import ledger
from audits.decisions.exclusion import Exclusion, history
from audits.workspace import Workspace
from charter.records.database import open_records

KIND = "exclusion"


def seal_exclusions(workspace: Workspace) -> int:
    """Seals every exclusion that the lake notes and the ledger does not hold yet; returns how many.

    A sync that was interrupted between its lake and its entry is sealed by the next call.
    """
    noted = [_payload(item) for item in history(workspace)]
    if not noted:
        return 0
    with open_records(workspace).begin() as connection:
        held = {_key(payload) for _, _, payload in ledger.payloads(connection, kinds=[KIND])}
        missing = [payload for payload in noted if _key(payload) not in held]
        for payload in missing:
            ledger.append(connection, kind=KIND, payload=payload)
    return len(missing)


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
