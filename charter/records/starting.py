"""A new ledger in the place of a lost one: never by itself, always with a reason, and told for ever."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.errors import LedgerError
from boussole.audits.hashing import sha256_of
from boussole.audits.lost import Lost, lost_ledger
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.ledger_start import FoundFile, LedgerStart
from boussole.charter.records.database import prepared, reading
from boussole.charter.records.statements import SealedStatement, statements_in, write


def start_anew(workspace: Workspace, *, reason: str, role: str) -> SealedStatement:
    """Start a new ledger whose first entry seals why, and the hash of every file that the lost one knew.

    What is left of the lost one, and the key that signed its checkpoints, keep their place under another name: a ledger
    of other entries needs another key. The new file appears with its first entry in it, or not at all.

    Raises LedgerError where the ledger is not lost, or no reason is given.
    """
    lost = lost_ledger(workspace)
    if lost is None:
        raise LedgerError(
            "the ledger of this workspace is not lost: there is none to start anew.",
            where=str(workspace.governance),
            next_step="Go on with it; `boussole verify --ledger` tells whether it holds.",
        )
    if not reason.strip():
        raise LedgerError("a new ledger needs a reason.", next_step='Give --reason "…" in your own words.')
    now = dt.datetime.now(dt.UTC)
    draft = workspace.governance.with_name("governance.new")
    _clear(draft)
    with prepared(draft).begin() as connection:
        sealed = write(connection, _statement(workspace, lost, reason=reason.strip(), role=role, on=now.date()))
    _set_aside(workspace, f"{now:%Y%m%dT%H%M%SZ}")
    draft.replace(workspace.governance)
    return sealed


@dataclass(frozen=True, kw_only=True)
class Restart:
    """When and why a ledger took the place of a lost one, and how many files it found of that one."""

    on: dt.date
    reason: str
    files: int


def started_anew(workspace: Workspace) -> Restart | None:
    """When and why the ledger took the place of another; None where it is the first."""
    with reading(workspace) as connection:
        found = [] if connection is None else statements_in(connection, kinds=[LedgerStart.kind])
    for sealed in found:
        if isinstance(sealed.statement, LedgerStart):
            said = sealed.statement
            return Restart(on=sealed.sealed_on, reason=said.text, files=len(said.files))
    return None


def _statement(workspace: Workspace, lost: Lost, *, reason: str, role: str, on: dt.date) -> LedgerStart:
    home = workspace.home
    places = ((workspace.evidence, "*"), (workspace.documents, "*"), (workspace.reports, "*.pdf"))
    paths = sorted(path for folder, form in places for path in folder.glob(form) if path.is_file())
    files = [FoundFile(path=str(path.relative_to(home))[-300:], sha256=sha256_of(path)) for path in paths]
    return LedgerStart(role=role, on=on, text=reason, lost=lost.state.value, files=files)


def _set_aside(workspace: Workspace, moment: str) -> None:
    """What is left of the lost ledger gets another name, its backups keep theirs."""
    path = workspace.governance
    rests = [path, *(path.with_name(f"{path.name}-{end}") for end in ("wal", "shm", "journal"))]
    keys = sorted(workspace.keys.glob("ledger*.key"))
    for rest in (each for each in (*rests, *keys) if each.exists()):
        rest.replace(rest.with_name(f"{rest.name}.lost-{moment}"))


def _clear(draft: Path) -> None:
    """What a killed process left of its draft goes."""
    for path in draft.parent.glob(f"{draft.name}*"):
        path.unlink()
