"""Computing stored audits again: from their evidence always, from the decisions while they exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from boussole.audits import evidence
from boussole.audits.counts.left_out import left_out_of
from boussole.audits.counts.read import AuditInputs
from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.runs import Run, code_hash, measure_evidence
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.systems.model import System
from boussole.audits.windows import reference_window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.accumulating import measured
from boussole.charter.auditing.audit import audit_document
from boussole.charter.auditing.differences import RerunDifference, differences
from boussole.charter.auditing.published import publications
from boussole.charter.auditing.recount import Recount, recount
from boussole.charter.auditing.references import changed_references
from boussole.charter.document import AuditDocument
from boussole.charter.records import audits_of, stored_audits
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import InForce, judging_then, kept_charter
from boussole.charter.records.store.audits import StoredAudit


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What computing one stored audit again found."""

    system: str
    start: str
    end: str
    entry: int | None
    """Of the ledger; None in a pack."""
    measures: int = 0
    from_evidence: bool | None = None
    """Whether figures were computed again; else verdicts were judged from figures as they are stated. None: neither."""
    verdicts: int = 0
    left: int = 0
    """Verdicts that were not judged again: they may rest on what people stated, which a pack does not hold."""
    problems: tuple[str, ...] = ()
    """What keeps the audit from being computed again, or was changed."""
    differences: tuple[RerunDifference, ...] = ()
    """What the evidence gives otherwise than the document says."""
    recount: Recount | None = None
    code_changed: bool = False

    @property
    def ok(self) -> bool:
        """Whether everything that could be computed again is the same."""
        return not (self.problems or self.differences) and (self.recount is None or self.recount.ok)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a document was made with: the system as declared, the charter, what people had stated, the window's day."""

    system: System
    judging: InForce
    facts: Facts
    stands: WindowStanding


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
    found = Rerun(system=audit.system, start=audit.start, end=audit.end, entry=audit.entry)
    problems = () if audit.holds else ("the stored document is not the one that was sealed",)
    try:
        document = audit.document()
    except ValueError:
        return replace(found, problems=(*problems, "the stored document cannot be read"))
    changed = document.code != f"sha256:{code_hash()}"
    try:
        basis = basis_of(workspace, document)
        again, read = computed(workspace, document, basis)
    except BoussoleError as error:
        where = f" ({error.where})" if error.where else ""
        return replace(found, problems=(*problems, error.what.rstrip(".") + where))
    system, window = basis.system, document.window.days
    references = changed_references(
        workspace,
        again,
        system,
        charter=basis.judging.charter,
        facts=basis.facts,
        read=lambda: read,
        stands=basis.stands,
        before=audit.entry,
    )
    again = again.changed(references=tuple(references) or None)
    return replace(
        found,
        measures=len(document.measures),
        from_evidence=True,
        verdicts=len(document.verdicts),
        problems=problems,
        differences=tuple(differences(document, again, texts=not changed)),
        recount=recount(
            workspace,
            document,
            system,
            read,
            sealed=dt.datetime.fromisoformat(audit.time.removesuffix("Z")),
            published=None if changed else publications(workspace, system, window, before=audit.entry),
            expired=basis.stands.expired,
            today=today,
        ),
        code_changed=changed,
    )


def basis_of(workspace: Workspace, document: AuditDocument) -> Basis:
    """What a stored document was made with. Raises BoussoleError where something of it is missing or was changed."""
    system = declared(workspace.evidence, _name(document.evidence.system))
    until, as_of = document.evidence.statements, document.as_of
    judging = judging_then(workspace, kept_charter(workspace, document.charter.sha256), before=until)
    told = {tuple(m.by) for m in document.measures if m.reason == "expired"}
    expired = {
        name: group.expires for name, group in system.groups.items() if group.expires is not None and (name,) in told
    }
    stood = standing(system, document.window.days, as_of=as_of)
    return Basis(
        system=system,
        judging=judging,
        facts=facts_of(workspace, as_of=as_of, before=until, adopted=judging.adopted),
        stands=WindowStanding(readable_from=stood.readable_from, expired=expired),
    )


def computed(workspace: Workspace, document: AuditDocument, basis: Basis) -> tuple[AuditDocument, AuditInputs]:
    """The document that the evidence of a stored one gives by the code of today, and that evidence.

    Raises BoussoleError where evidence is missing or was changed.
    """
    cubes, system = _name(document.evidence.cubes), basis.system
    read = evidence.load(workspace.evidence, cubes)
    rows = evidence.csv_of(evidence.rows_of(workspace.evidence, cubes))
    if document.evidence.rows != f"sha256:{sha256_hex(rows)}":
        raise BoussoleError("the rows of the evidence as CSV do not have the hash that was sealed.")
    measures, decisions = measure_evidence(read, system, stands=basis.stands)
    together = None
    if document.accumulated is not None:
        stored = {each.evidence.cubes: each for each in audits_of(workspace, system.id)}
        window = document.window.days
        together = measured(workspace, system, window, measures, document.accumulated, stored=stored)
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
    again = audit_document(
        run,
        basis.judging,
        facts=basis.facts,
        together=together.figures if together else None,
        read=document.evidence,
    )
    return again, read


def _name(digest: str) -> str:
    return digest.removeprefix("sha256:")
