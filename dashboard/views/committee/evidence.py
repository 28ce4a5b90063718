"""The frozen pack of a session as it is read: what its audits found, and what has changed before and since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.packs import PackChanges, pack_changes, pack_now, standing
from boussole.charter.committee.state import CommitteeState
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import FrozenPack


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`before`: what changed from the pack it replaces to it; None where it replaces none. `since`: from it to today.

    `standing` are its audits by system, with what people had stated by then.
    """

    entry: int
    pack: FrozenPack
    standing: Mapping[str, AuditDocument]
    before: PackChanges | None
    since: PackChanges


def evidence_of(workspace: Workspace, house: CommitteeState, session: int, *, today: dt.date) -> Evidence | None:
    """The pack that a session works on, as it stands today; None while there is none."""
    last = house.last(FrozenPack, session)
    if last is None:
        return None
    entry, pack = last
    replaced = house.get(FrozenPack, pack.replaces) if pack.replaces is not None else None
    return Evidence(
        entry=entry,
        pack=pack,
        standing=standing(workspace, pack),
        before=pack_changes(workspace, replaced, pack) if replaced is not None else None,
        since=pack_changes(workspace, pack, pack_now(workspace, pack, on=today)),
    )
