"""Notes of the lake, sealed in the ledger: a kind and a payload each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from boussole.audits import ledger
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records


def seal_missing(
    workspace: Workspace, noted: Sequence[tuple[str, ledger.Payload]], *, key: Callable[[ledger.Payload], object]
) -> int:
    """Seals every note, a kind and a payload, that the ledger does not hold yet; returns how many.

    A command that was interrupted between its lake and its entry is sealed by the next call. `key` tells notes apart.
    """
    if not noted:
        return 0
    with open_records(workspace).begin() as connection:
        held = {key(payload) for _, _, payload in ledger.payloads(connection, kinds={kind for kind, _ in noted})}
        missing = [(kind, payload) for kind, payload in noted if key(payload) not in held]
        for kind, payload in missing:
            ledger.append(connection, kind=kind, payload=payload)
    return len(missing)
