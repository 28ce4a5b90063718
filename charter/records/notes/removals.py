"""Purges and rotations in the ledger: what the lake notes of them, sealed."""

from __future__ import annotations

from boussole.audits.privacy.removals import removals
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.noted import seal_missing


def seal_removals(workspace: Workspace) -> int:
    """Seals every removal that the lake notes and the ledger does not hold yet; returns how many."""
    noted = [(item.kind, item.payload) for item in removals(workspace)]
    return seal_missing(workspace, noted, key=lambda payload: payload.get("id"))
