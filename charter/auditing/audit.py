"""An audit from end to end: measured, judged by the charter, sealed. Writes the document `boussole.audit/1`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from boussole.audits import evidence
from boussole.audits.decisions import IngestReport
from boussole.audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from boussole.audits.runs import Run, code_hash, measure_window
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.accumulating import accumulated
from boussole.charter.auditing.published import hold_groups, publications
from boussole.charter.auditing.references import changed_references
from boussole.charter.document import AuditDocument, CharterOfAudit, Evidence, LeftOut, WindowOfAudit
from boussole.charter.document.audit import SCHEMA
from boussole.charter.document.measures import AccumulatedFigures, measures_of
from boussole.charter.document.versions import DecidedBy
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.verdicts import judge
from boussole.charter.records import open_records, save_audit
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import InForce, in_force
from boussole.charter.text.left_out import held_to


def run_audit(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    exact: bool = False,
    dry_run: bool = False,
    judging: InForce | None = None,
    beside: Sequence[AuditDocument] = (),
) -> AuditDocument:
    """Measures a window of a system, judges it by the charter in force and seals the result in the ledger.

    With `dry_run` the document is returned without being stored or sealed. `judging`: another charter than the one in
    force in the workspace. `beside`: documents that will be sealed before this one, as good as stored.
    """
    if not dry_run and workspace.governance.exists():
        open_records(workspace)  # brings older records up to date before anything reads them
    hold_groups(workspace, system, beside=beside)
    judging = judging or in_force(workspace)
    run = measure_window(
        workspace,
        system,
        start=start,
        end=end,
        as_of=as_of,
        exact=exact,
        earlier=lambda window: publications(workspace, system, window, beside=beside),
    )
    facts = facts_of(workspace, as_of=run.as_of, adopted=judging.adopted)
    together = accumulated(workspace, run, judging.charter, beside=beside)
    if together is not None:
        run = replace(run, measures=[*run.measures, *together.gone])
    document = audit_document(run, judging, facts=facts, together=together.figures if together else None)
    if all(each.system != system.id for each in beside):  # else the audit before has the same declaration
        document = _with_references(workspace, run, document, judging, facts)
    return document if dry_run else save_audit(workspace, document, charter=judging.charter)


def audit_files(
    system: System,
    files: Callable[[Path], Sequence[LogFile]],
    *,
    parent: Workspace | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    exact: bool = False,
) -> tuple[AuditDocument, list[IngestReport]]:
    """Audits files alone: what they hold, from first to last day, is measured and judged, and nothing is kept.

    `files` is given an empty private folder to fetch into and names what to audit. The charter is that of the `parent`
    workspace, else the packaged one. Raises SourceError for files that cannot be read or of which no row is acceptable;
    other bad rows are in the reports.
    """
    audited = whole_log(system, home=parent.home if parent else None)
    with ephemeral(audited, parent=parent) as workspace:
        reports = bring_in(workspace, audited, files(incoming_of(workspace)))
        document = run_audit(
            workspace,
            audited,
            start=start,
            end=end,
            as_of=as_of,
            exact=exact,
            dry_run=True,
            judging=in_force(parent),
        )
    return document, reports


def audit_document(
    run: Run,
    judging: InForce,
    *,
    facts: Facts | None = None,
    together: AccumulatedFigures | None = None,
    read: Evidence | None = None,
) -> AuditDocument:
    """The audit document of a run, without `entry` and `root`, which sealing adds; `read`: stored evidence, if any."""
    charter, act = judging.charter, judging.act
    measures = measures_of(run.measures)
    left_out = held_to(charter, LeftOut.unlimited(run.left_out.document()))
    versions = decided_by(run.versions)
    verdicts = judge(
        charter,
        run.system,
        measures,
        window_start=run.window.start,
        window_end=run.window.end,
        facts=facts,
        left_out=left_out,
        versions=versions,
        together=together.figures if together else (),
    )
    return AuditDocument(
        schema_=SCHEMA,
        system=run.system.id,
        window=_window(run.window, run.system),
        reference=_window(run.reference, run.system) if run.reference else None,
        as_of=run.as_of,
        snapshot=run.snapshot,
        evidence=read
        or Evidence(
            cubes=f"sha256:{run.evidence}",
            rows=f"sha256:{run.rows}",
            system=f"sha256:{run.declaration}",
            statements=facts.until if facts else 0,
            entry=None,
            root=None,
        ),
        charter=CharterOfAudit(
            id=charter.id,
            version=charter.version,
            sha256=charter.sha256,
            adopted_before_window=act is not None and act.proven_on <= run.window.start,
        ),
        code=f"sha256:{code_hash()}",
        rule=1,
        method=1,
        decisions=run.decisions,
        left_out=left_out,
        **({"versions": versions} if versions else {}),
        measures=measures,
        **({} if together is None else {"accumulated": together}),
        verdicts=tuple(verdicts),
        articles=tuple(summarise(charter, verdicts, system=run.system.id, facts=facts)),
    )


def decided_by(rows: pa.Table) -> tuple[DecidedBy, ...]:
    """The rows of `VERSIONS` as a document writes them."""
    return tuple(
        DecidedBy(
            version=row["value1"],
            first=dt.date.fromisoformat(row["part"]),
            last=dt.date.fromisoformat(row["column"]),
            n=row["n"],
        )
        for row in rows.to_pylist()
    )


def _window(window: Window, system: System) -> WindowOfAudit:
    return WindowOfAudit(start=window.start, end=window.end, timezone=system.timezone)


def _with_references(
    workspace: Workspace, run: Run, document: AuditDocument, judging: InForce, facts: Facts
) -> AuditDocument:
    today = dt.datetime.now(run.system.zone).date()
    found = changed_references(
        workspace,
        document,
        run.system,
        charter=judging.charter,
        facts=facts,
        read=lambda: evidence.load(workspace.unsealed, run.evidence),
        stands=standing(run.system, run.window, as_of=run.as_of, today=today),
    )
    return document.changed(references=tuple(found)) if found else document
