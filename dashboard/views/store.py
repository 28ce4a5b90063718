"""What pages read, kept between two looks: drawing a page again costs seconds, and audits change a few times a day."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from boussole.audits.decisions.overview import Overview, overview
from boussole.audits.errors import BoussoleError, LakeError
from boussole.audits.ledger.keys import Note
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.drafts import drafts as unsealed_drafts
from boussole.charter.committee.voted import VotedText, texts_of
from boussole.charter.deadlines.items import stray_models
from boussole.charter.document import AuditDocument
from boussole.charter.judging.coverage import coverage
from boussole.charter.records import documents_of
from boussole.charter.records.notes.outside import Outside
from boussole.charter.records.notes.outside import outside as seen_outside
from boussole.charter.records.readable import Records
from boussole.charter.records.store.audits import last_entry
from boussole.charter.records.verification import sign_checkpoint
from boussole.charter.registry.due import due
from boussole.dashboard.server.process import (
    Stamp,
    house_stamp,
    lake_files,
    newest,
    records_stamp,
    sealed_stamp,
    stamp,
    stamp_of,
)
from boussole.dashboard.views.chamber import Chamber, EarlierEvidence, Met, SessionEvidence, before, evidence_of
from boussole.dashboard.views.chamber import chambers as seated
from boussole.dashboard.views.evidence import VerificationResult
from boussole.dashboard.views.evidence import verified as verify_here
from boussole.dashboard.views.register_words import Register
from boussole.dashboard.views.scene import Scene, load
from boussole.experiments.declared_measures import DeclaredMeasure, declared_measures
from boussole.experiments.status import SourceStatus, source_status

# What the data page looks at: the sources as the last syncs left them, the state of the lake, declared measures.


@dataclass(frozen=True, kw_only=True)
class StoreFacts:
    """The state of the data. `trouble` says why the lake is not known, and `unnoted` why the `statuses` are not."""

    statuses: Sequence[SourceStatus] = ()
    lake: Overview = field(default_factory=Overview)
    declared: Mapping[str, Sequence[DeclaredMeasure]] = field(default_factory=dict)
    trouble: BoussoleError | None = None
    unnoted: BoussoleError | None = None

    @property
    def known(self) -> Overview:
        """What the lake holds, for whoever can do nothing without it. Raises `trouble`."""
        if self.trouble is not None:
            raise self.trouble
        return self.lake


def load_facts(workspace: Workspace) -> StoreFacts:
    """All of it, or what can be had: a lake that another program holds, or a damaged one, stops no page."""
    statuses, unnoted = _statuses(workspace)
    try:
        lake = overview(workspace)
        declared = {
            name: declared_measures(workspace, system)
            for name, system in workspace.systems.items()
            if name in lake.declared_systems
        }
        return StoreFacts(statuses=statuses, lake=lake, declared=declared, unnoted=unnoted)
    except LakeError as error:
        return StoreFacts(statuses=statuses, trouble=error, unnoted=unnoted)


def _statuses(workspace: Workspace) -> tuple[Sequence[SourceStatus], BoussoleError | None]:
    try:
        return source_status(workspace), None
    except LakeError as error:
        return (), error


A_WHILE, A_MINUTE = 15.0, 60.0


def day_in(workspace: Workspace) -> dt.date:
    """The day in a workspace: past midnight for one of its committees, what that did since stands already."""
    return max(_days(workspace))


def _days(workspace: Workspace) -> tuple[dt.date, ...]:
    """The day of the organisation, then that of each committee by its own clock."""
    return (workspace.today(), *(each.now.date() for each in chambers(workspace).values()))


def scene(workspace: Workspace) -> Scene:
    """The workspace as pages see it today, read anew on another day, or when one of its files has changed."""
    return scene_at(workspace.home, stamp(workspace), day_in(workspace))


def records(workspace: Workspace) -> Records:
    """All records that can be read, read anew when one was written."""
    return _records(workspace.home, records_stamp(workspace))


@newest(4)
def _records(home: Path, _stamp: Stamp) -> Records:
    return Records.of(Workspace(home))


def entries(workspace: Workspace) -> int:
    """How many entries the ledger has."""
    last = last_entry(workspace)
    return 0 if last is None else last + 1


def register(workspace: Workspace, today: dt.date) -> Register:
    """The register as its page sees it, on one day."""
    seen = facts(workspace, within=A_MINUTE)
    oldest = {
        name: held.oldest.date()
        for name, state in seen.lake.systems.items()
        if (held := state.of("decisions")) and held.oldest is not None
    }
    found = _register(workspace.home, stamp(workspace), today, tuple(sorted(oldest.items())))
    return replace(found, trouble=seen.trouble) if seen.trouble else found


def duties(workspace: Workspace) -> Register:
    """The register without what the lake knows: a page that needs no data does not wait for it."""
    return _register(workspace.home, stamp(workspace), day_in(workspace), ())


def facts(workspace: Workspace, *, within: float = 0.0) -> StoreFacts:
    """The state of the data, read anew when a sync, an import or a purge has changed it, or after `within` seconds."""
    files = stamp_of([workspace.home / SETTINGS_FILE, *sorted(workspace.home.glob("systems/*"))])
    held = _LAST.get(workspace.home)
    if held is not None and held.files == files and time.monotonic() - held.at < within:
        return held.facts
    try:
        found = _facts(workspace.home, (*files, *stamp_of(lake_files(workspace))))
    except _TroubleError as error:
        return error.facts
    _LAST[workspace.home] = _Look(at=time.monotonic(), files=files, facts=found)
    return found


def chambers(workspace: Workspace) -> dict[str, Chamber]:
    """The committees of the workspace by id, as they stand today."""
    held = _chambers(workspace.home, house_stamp(workspace), workspace.today())
    return {name: each.at_its_hour() for name, each in held.items()}


def evidence(workspace: Workspace, committee: str, session: int) -> SessionEvidence | None:
    """The pack that a session works on, and what has changed since; None while there is none."""
    return _evidence(workspace.home, stamp(workspace), day_in(workspace), committee, session)


def before_session(workspace: Workspace, met: Met) -> EarlierEvidence:
    """The evidence as it stood when a session was opened. Raises CharterError where its charter cannot be read."""
    return _before(workspace.home, stamp(workspace), met.chamber.id, met.session, met.opened)


def drafts(workspace: Workspace, committee: str) -> list[SavedDraft]:
    """What is being written in a committee, as it was saved last."""
    return _drafts(workspace.home, house_stamp(workspace), committee)


def voted(workspace: Workspace, committee: str) -> dict[str, VotedText]:
    """Every complete text that was saved in a committee, by its hash: what its votes are about."""
    return _voted(workspace.home, house_stamp(workspace), committee)


def last_entry_of(workspace: Workspace) -> int:
    """The last entry of the ledger; -1 where there is none."""
    found = last_entry(workspace)
    return -1 if found is None else found


def with_decisions(workspace: Workspace) -> list[str]:
    """The systems that have decisions, in the order of the register. Raises BoussoleError where nobody can say."""
    known = facts(workspace, within=A_WHILE).known.systems
    return [name for name in scene(workspace).systems if name in known and known[name].of("decisions")]


def audits(workspace: Workspace, system: str) -> Sequence[AuditDocument]:
    """The last audit of each window of a system, oldest window first."""
    return _audits(workspace.home, stamp(workspace), system)


def verified(workspace: Workspace) -> VerificationResult | None:
    """Whether the ledger and what it seals hold, verified anew when a file has changed; None when that is too much."""
    return _verified(workspace.home, (*records_stamp(workspace), *sealed_stamp(workspace)))


def checkpoint(workspace: Workspace) -> Note:
    """A checkpoint of the whole ledger, verified and signed anew when a file has changed.

    Raises LedgerError where the ledger does not hold, or has no entry yet.
    """
    keys = stamp_of([workspace.home / SETTINGS_FILE, *sorted(workspace.keys.glob("ledger*"))])
    return _checkpoint(workspace.home, (*records_stamp(workspace), *sealed_stamp(workspace), *keys))


def outside(workspace: Workspace) -> Outside:
    """Who outside has checked the ledger, read anew when it, what they signed or the settings have changed."""
    home = workspace.home
    files = [home / SETTINGS_FILE, *sorted(workspace.checkpoints.glob("*/*")), *sorted(workspace.keys.glob("ledger*"))]
    return _outside(home, (*records_stamp(workspace), *stamp_of(files)))


@newest(4)
def scene_at(home: Path, _stamp: Stamp, today: dt.date) -> Scene:
    """The workspace as it stands on a day, in the state of a stamp."""
    return load(Workspace(home), today=today)


@newest(4)
def _register(home: Path, _stamp: Stamp, today: dt.date, oldest: tuple[tuple[str, dt.date], ...]) -> Register:
    seen = scene_at(home, _stamp, today)
    found = due(seen.charter, seen.uses, facts=seen.facts, oldest=dict(oldest))
    return Register(
        charter=seen.charter,
        uses=seen.uses,
        coverage=coverage(seen.charter, seen.uses),
        due=found,
        today=today,
        strays=stray_models(seen.facts),
    )


@newest(4)
def _chambers(home: Path, _stamp: Stamp, today: dt.date) -> dict[str, Chamber]:
    return seated(Workspace(home), today=today)


@newest(16)
def _evidence(home: Path, _stamp: Stamp, today: dt.date, committee: str, session: int) -> SessionEvidence | None:
    return evidence_of(Workspace(home), chambers(Workspace(home))[committee].house, session, today=today)


@newest(8)
def _before(home: Path, _stamp: Stamp, committee: str, session: int, opened: int) -> EarlierEvidence:
    chamber = chambers(Workspace(home))[committee]
    return before(Workspace(home), Met(chamber=chamber, session=session, opened=opened))


@newest(8)
def _drafts(home: Path, _stamp: Stamp, committee: str) -> list[SavedDraft]:
    return unsealed_drafts(Workspace(home), committee)


@newest(8)
def _voted(home: Path, _stamp: Stamp, committee: str) -> dict[str, VotedText]:
    return texts_of(Workspace(home), committee)


@newest(8)
def _audits(home: Path, _stamp: Stamp, system: str) -> Sequence[AuditDocument]:
    return tuple(documents_of(Workspace(home), system).values())


@newest(4)
def _verified(home: Path, _stamp: Stamp) -> VerificationResult | None:
    return verify_here(Workspace(home))


@newest(4)
def _checkpoint(home: Path, _stamp: Stamp) -> Note:
    return sign_checkpoint(Workspace(home))


@newest(4)
def _outside(home: Path, _stamp: Stamp) -> Outside:
    return seen_outside(Workspace(home))


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What the lake held at a moment of this process, with the files of settings and systems as they were."""

    at: float
    files: Stamp
    facts: StoreFacts


_LAST: dict[Path, _Look] = {}


class _TroubleError(Exception):
    def __init__(self, facts: StoreFacts) -> None:
        self.facts = facts


@newest(4)
def _facts(home: Path, _stamp: Stamp) -> StoreFacts:
    found = load_facts(Workspace(home))
    if found.trouble:
        raise _TroubleError(found)
    return found
