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
        held = {entry.payload.get("id") for entry in ledger.entries(connection)}
        missing = [item for item in noted if item.id not in held]
        for item in missing:
            ledger.append(connection, kind=item.kind, payload=item.payload)
    return len(missing)
