"""Who outside has checked the ledger, and how it stands to what they signed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger import outside as kept
from boussole.audits.ledger.checkpoint import Checkpoint, CheckpointStanding
from boussole.audits.ledger.keys import Note, VerifierKey, check, parse_verifier
from boussole.audits.ledger.log import span
from boussole.audits.ledger.outside import CosignedCheckpoint, OtherLedgerError, TimestampedCheckpoint
from boussole.audits.signing.key import verifier_of
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading


class State(StrEnum):
    """What can be said of a check from outside."""

    unset = "unset"
    """Nobody outside is set to check, or no timestamp is required and there is none."""
    never = "never"
    """It is set, and has not happened yet."""
    recent = "recent"
    late = "late"
    broken = "broken"
    """The ledger is not the one that was signed outside, or what was signed cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a witness cosigned last, and how the ledger stands to it; `problem` says why that cannot be read."""

    witness: str
    at: dt.datetime | None = None
    size: int = 0
    standing: CheckpointStanding = CheckpointStanding.holds
    problem: str = ""

    @property
    def broken(self) -> bool:
        return bool(self.problem) or self.standing is not CheckpointStanding.holds


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """The last timestamp that holds: when, by whom, of how many entries, and how the ledger stands to it."""

    at: dt.datetime
    authority: str
    fingerprint: str
    size: int
    standing: CheckpointStanding


@dataclass(frozen=True, kw_only=True)
class Outside:
    """All that is known of checks from outside. `bad_stamps` are files of later timestamps that do not hold."""

    size: int
    checks: tuple[Check, ...]
    witness_days: int
    timestamp_days: int | None
    stamp: Stamp | None = None
    bad_stamps: tuple[str, ...] = ()

    @property
    def last(self) -> Check | None:
        """The newest cosignature."""
        return max(
            (each for each in self.checks if each.at is not None),
            key=lambda each: each.at or dt.datetime.min.replace(tzinfo=dt.UTC),
            default=None,
        )

    @property
    def broken(self) -> Check | None:
        """The first witness whose checkpoint the ledger does not bear out."""
        return next((each for each in self.checks if each.broken), None)

    def state(self, now: dt.datetime) -> State:
        """Whether somebody outside checked of late."""
        if self.broken is not None:
            return State.broken
        if not self.checks:
            return State.unset
        if self.last is None or self.last.at is None:
            return State.never
        return State.recent if now - self.last.at <= dt.timedelta(days=self.witness_days) else State.late

    def stamp_state(self, now: dt.datetime) -> State:
        """Whether the ledger bears a timestamp as recent as is required."""
        if self.stamp is not None and self.stamp.standing is not CheckpointStanding.holds:
            return State.broken
        if self.stamp is None:
            return State.unset if self.timestamp_days is None else State.never
        if self.timestamp_days is None or now - self.stamp.at <= dt.timedelta(days=self.timestamp_days):
            return State.recent
        return State.late


def outside(workspace: Workspace) -> Outside:
    """What witnesses and timestamp authorities have signed of a workspace's ledger, verified now."""
    settings, log = workspace.settings.ledger, verifier_of(workspace)
    with reading(workspace) as connection:
        size = 0 if connection is None else span(connection).size
        checks = tuple(
            _check(workspace, parse_verifier(each), connection, log=log, size=size) for each in settings.witnesses
        )
        stamp, bad = _stamp(workspace, connection, size=size)
    return Outside(
        size=size,
        checks=checks,
        witness_days=settings.witness_days,
        timestamp_days=settings.timestamp_days,
        stamp=stamp,
        bad_stamps=bad,
    )


def take_cosignature(workspace: Workspace, text: str, *, now: dt.datetime) -> CosignedCheckpoint:
    """Keeps a cosignature of a witness that the settings name; returns what is kept of it.

    Raises OtherLedgerError, UnknownWitnessError or LedgerError where it is none, or of another ledger.
    """
    log = verifier_of(workspace)
    if log is None:
        raise OtherLedgerError("this ledger has no key yet.", next_step="Fetch a checkpoint first.")
    witnesses = [parse_verifier(each) for each in workspace.settings.ledger.witnesses]
    found = kept.cosigned(text, log=log, witnesses=witnesses, now=now)
    with reading(workspace) as connection:
        size = 0 if connection is None else span(connection).size
        stands = _standing(connection, found.checkpoint, size=size)
    if stands is not CheckpointStanding.holds:
        raise LedgerError(
            "the ledger is no longer the one that was cosigned.",
            next_step="Keep the cosigned checkpoint: it shows that entries were removed or rewritten.",
        )
    return kept.keep(workspace.checkpoints, found, log=log)


def file_timestamp(workspace: Workspace, note: Note, *, reply: bytes, authorities: bytes) -> TimestampedCheckpoint:
    """Keeps a timestamp of a checkpoint of this ledger. Raises LedgerError where it is of another one."""
    log = verifier_of(workspace)
    if log is None or not check(note, [log]).signers:
        raise OtherLedgerError(
            "the checkpoint is not one of this workspace's ledger.", next_step="Name the workspace that made it."
        )
    return kept.file_timestamp(workspace.checkpoints, note, reply=reply, authorities=authorities)


def _check(
    workspace: Workspace, witness: VerifierKey, connection: Connection | None, *, log: VerifierKey | None, size: int
) -> Check:
    try:
        found = kept.kept_of(workspace.checkpoints, witness, log=log)
    except LedgerError as error:
        return Check(witness=witness.name, problem=error.what)
    if found is None:
        return Check(witness=witness.name)
    stands = _standing(connection, found.checkpoint, size=size)
    return Check(witness=witness.name, at=found.at, size=found.checkpoint.size, standing=stands)


def _stamp(workspace: Workspace, connection: Connection | None, *, size: int) -> tuple[Stamp | None, tuple[str, ...]]:
    bad: list[str] = []
    for found in kept.timestamps(workspace.checkpoints):
        if isinstance(found, TimestampedCheckpoint):
            stands = _standing(connection, found.checkpoint, size=size)
            stamp = Stamp(
                at=found.at,
                authority=found.authority,
                fingerprint=found.fingerprint,
                size=found.checkpoint.size,
                standing=stands,
            )
            return stamp, tuple(bad)
        bad.append(found)
    return None, tuple(bad)


def _standing(connection: Connection | None, checkpoint: Checkpoint, *, size: int) -> CheckpointStanding:
    if checkpoint.size > size:
        return CheckpointStanding.cut
    if not checkpoint.size or connection is None:
        return CheckpointStanding.holds
    same = ledger.root(connection, size=checkpoint.size) == checkpoint.root
    return CheckpointStanding.holds if same else CheckpointStanding.rewritten
