"""Computing stored audits again: from their evidence always, from the decisions while they exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits import evidence
from boussole.audits.counts.left_out import left_out_of
from boussole.audits.counts.read import AuditInputs
from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.measures import Measure
from boussole.audits.recount import AuditInput, Recount, recount
from boussole.audits.runs import Run, code_hash, measure_evidence
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.systems.model import System
from boussole.audits.windows import reference_window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.accumulating import AccumulatedWindows, measured
from boussole.charter.auditing.audit import audit_document
from boussole.charter.auditing.differences import RerunDifference, differences
from boussole.charter.auditing.published import publications
from boussole.charter.auditing.references import changed_references
from boussole.charter.document import AuditDocument
from boussole.charter.document.measures import measures_of
from boussole.charter.records import audits_of, stored_audits
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import InForce, judging_then, kept_charter
from boussole.charter.records.store.audits import StoredAudit
from boussole.charter.text.model import Charter

Basis = tuple[InForce, Facts]
"""What a document was judged by: the charter, and what people had stated."""


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What computing one stored audit again found."""

    system: str
    start: str
    end: str
    entry: int
    measures: int = 0
    verdicts: int = 0
    problems: tuple[str, ...] = ()
    """What keeps the audit from being computed again, or was changed."""
    differences: tuple[RerunDifference, ...] = ()
    """What the evidence gives otherwise than the document says."""
    recount: Recount | None = None
    moved: tuple[str, ...] = ()
    """Measures that the decisions of today would give otherwise, by id."""
    code_changed: bool = False

    @property
    def ok(self) -> bool:
        """Whether everything that could be computed again is the same."""
        found = self.recount
        return not (self.problems or self.differences or (found and (found.then or found.unexplained or found.stale)))


def chosen(
    workspace: Workspace,
    *,
    system: str | None = None,
    entries: Sequence[int] | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> list[StoredAudit]:
    """The stored audits of a system, of some entries or of some days. Raises BoussoleError where there is none."""
    found = [
        audit
        for audit in stored_audits(workspace)
        if (system is None or audit.system == system)
        and (entries is None or audit.entry in entries)
        and (start is None or audit.start >= start.isoformat())
        and (end is None or audit.end <= end.isoformat())
    ]
    if not found:
        raise BoussoleError(
            "there is no stored audit like that.",
            next_step="Make one with `boussole audit`, or ask for other days, another system or entry.",
        )
    return found


def newest(audits: Sequence[StoredAudit]) -> list[StoredAudit]:
    """Of several audits of the same window only the one sealed last: between two, one row may have come in."""
    return list({(audit.system, audit.start, audit.end): audit for audit in audits}.values())


def rerun(workspace: Workspace, audits: list[StoredAudit], *, today: dt.date | None = None) -> Iterator[Rerun]:
    """Computes stored audits again, one after the other. `today`: the day on which legal bases may have ended."""
    for audit in audits:
        yield _rerun(workspace, audit, today)


def _rerun(workspace: Workspace, audit: StoredAudit, today: dt.date | None) -> Rerun:
    about: dict[str, Any] = {"system": audit.system, "start": audit.start, "end": audit.end, "entry": audit.entry}
    problems = [] if audit.holds else ["the stored document is not the one that was sealed"]
    try:
        document = audit.document()
        system = declared(workspace.evidence, document.evidence.system.removeprefix("sha256:"))
        by = judged_with(workspace, document, kept_charter(workspace, document.charter.sha256))
        read = evidence.load(workspace.evidence, document.evidence.cubes.removeprefix("sha256:"))
        problems += _rows_hold(workspace, document)
    except (KeyError, TypeError, AttributeError, ValueError):
        return Rerun(**about, problems=(*problems, "the stored document cannot be read"))
    except BoussoleError as error:
        where = f" ({error.where})" if error.where else ""
        return Rerun(**about, problems=(*problems, error.what.rstrip(".") + where))
    stands = stood(system, document)
    changed = document.code != f"sha256:{code_hash()}"
    try:
        again = computed(workspace, document, system, by, read=read, stands=stands)
    except BoussoleError as error:  # evidence of a window before, which it was put together with
        where = f" ({error.where})" if error.where else ""
        return Rerun(**about, problems=(*problems, error.what.rstrip(".") + where))
    changed_answers = changed_references(
        workspace,
        again,
        system,
        charter=by[0].charter,
        facts=by[1],
        read=lambda: read,
        stands=stands,
        before=audit.entry,
    )
    again = again.changed(references=tuple(changed_answers))
    earlier = None if changed else publications(workspace, system, document.window.days, before=audit.entry)
    found = recount(workspace, _asked(audit, document, system, stands), read, published=earlier, today=today)
    return Rerun(
        **about,
        measures=len(document.measures),
        verdicts=len(document.verdicts),
        problems=tuple(problems),
        differences=tuple(differences(document, again, texts=not changed)),
        recount=found,
        moved=_moved(workspace, document, system, by, found=found, stands=stands),
        code_changed=changed,
    )


def _rows_hold(workspace: Workspace, document: AuditDocument) -> list[str]:
    table = evidence.rows_of(workspace.evidence, document.evidence.cubes.removeprefix("sha256:"))
    holds = document.evidence.rows == f"sha256:{sha256_hex(evidence.csv_of(table))}"
    return [] if holds else ["the rows of the evidence as CSV do not have the hash that was sealed"]


def stood(system: System, document: AuditDocument) -> WindowStanding:
    """The window as it stood on the day of the audit: what the document calls expired was expired then."""
    as_of, window = document.as_of, document.window.days
    told = {tuple(m.by) for m in document.measures if m.reason == "expired"}
    expired = {
        name: group.expires for name, group in system.groups.items() if group.expires is not None and (name,) in told
    }
    return WindowStanding(readable_from=standing(system, window, as_of=as_of).readable_from, expired=expired)


def judged_with(workspace: Workspace, document: AuditDocument, charter: Charter) -> Basis:
    """The charter as it was in force for a document, and what people had stated by then."""
    until = document.evidence.statements
    judging = judging_then(workspace, charter, before=until)
    as_of = document.as_of
    return judging, facts_of(workspace, as_of=as_of, before=until, adopted=judging.adopted)


def computed(
    workspace: Workspace,
    document: AuditDocument,
    system: System,
    by: Basis,
    *,
    read: AuditInputs,
    stands: WindowStanding,
) -> AuditDocument:
    """The document that the same evidence gives, by the code of today."""
    measures, decisions = measure_evidence(read, system, stands=stands)
    together = _together(workspace, document, system, measures)
    run = Run(
        system=system,
        window=document.window.days,
        reference=reference_window(system) if read.histograms else None,
        as_of=document.as_of,
        snapshot=document.snapshot,
        evidence="",
        rows="",
        declaration="",
        decisions=decisions,
        measures=[*measures, *(together.gone if together else ())],
        histograms=read.histograms,
        left_out=left_out_of(read.left_out, counted=decisions),
        versions=read.versions,
    )
    return audit_document(
        run,
        by[0],
        facts=by[1],
        together=together.figures if together else None,
        read=document.evidence,
    )


def _together(
    workspace: Workspace, document: AuditDocument, system: System, measures: Sequence[Measure]
) -> AccumulatedWindows | None:
    told = document.accumulated
    if told is None:
        return None
    stored = {each.evidence.cubes: each for each in audits_of(workspace, system.id)}
    tells = measured(workspace, system, document.window.days, measures, told.windows, stored=stored)
    recent = {"recent": measures_of(tells.recent)} if tells.recent else {}
    return AccumulatedWindows(told.changed(measures=measures_of(tells.together), **recent), tells.gone)


def _asked(audit: StoredAudit, document: AuditDocument, system: System, stands: WindowStanding) -> AuditInput:
    return AuditInput(
        system=system,
        window=document.window.days,
        as_of=document.as_of,
        expired=frozenset(stands.expired),
        snapshot=document.snapshot,
        at=dt.datetime.fromisoformat(audit.time.removesuffix("Z")),
    )


def _moved(
    workspace: Workspace, document: AuditDocument, system: System, by: Basis, *, found: Recount, stands: WindowStanding
) -> tuple[str, ...]:
    if found.read is None:
        return ()
    again = computed(workspace, document, system, by, read=found.read, stands=stands)
    measures = {measure.id for measure in document.measures} | {measure.id for measure in again.measures}
    changed = dict.fromkeys(each.of for each in differences(document, again, texts=False))
    return tuple(name for name in changed if name in measures)
