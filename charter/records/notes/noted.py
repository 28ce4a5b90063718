"""Notes of the lake, sealed in the ledger: a kind and a payload each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from boussole.audits import ledger
from boussole.audits.decisions.overview import Exclusion, history
from boussole.audits.privacy.removals import removals
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records


def seal_missing(
    workspace: Workspace, noted: Sequence[tuple[str, ledger.Payload]], *, key: Callable[[ledger.Payload], object]
) -> int:
    """Seals every note, a kind and a payload, whose `key` the ledger does not hold yet; returns how many."""
    if not noted:
        return 0
    with open_records(workspace).begin() as connection:
        held = {key(payload) for _, _, payload in ledger.payloads(connection, kinds={kind for kind, _ in noted})}
        missing = [(kind, payload) for kind, payload in noted if key(payload) not in held]
        for kind, payload in missing:
            ledger.append(connection, kind=kind, payload=payload)
    return len(missing)


def seal_removals(workspace: Workspace) -> int:
    """Seals every removal that the lake notes and the ledger does not hold yet; returns how many."""
    noted = [(item.kind, item.payload) for item in removals(workspace)]
    return seal_missing(workspace, noted, key=lambda payload: payload.get("id"))


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
