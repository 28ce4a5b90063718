"""Purges and rotations in the ledger: what the lake notes of them, sealed."""

from __future__ import annotations

from audits import ledger
from audits.privacy.removals import removals
from audits.workspace import Workspace
from charter.records.database import open_records


def seal_removals(workspace: Workspace) -> int:
    """Seals every removal that the lake notes and the ledger does not hold yet; returns how many.

    A purge that was interrupted between its lake and its entry is sealed by the next call.
    """
    noted = removals(workspace)
    if not noted:
        return 0
    with open_records(workspace).begin() as connection:
        kinds = {item.kind for item in noted}
        held = {payload.get("id") for _, _, payload in ledger.payloads(connection, kinds=kinds)}
        missing = [item for item in noted if item.id not in held]
        for item in missing:
            ledger.append(connection, kind=item.kind, payload=item.payload)
    return len(missing)
