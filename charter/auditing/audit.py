"""Audits of one window, and of several windows and systems that are sealed together: all of them, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from boussole.audits import evidence
from boussole.audits.counts.left_out import periods_held
from boussole.audits.counts.read import days_of
from boussole.audits.decisions import IngestReport
from boussole.audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from boussole.audits.lake import reading
from boussole.audits.runs import Run, code_hash, measure_window
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, complete_periods, ended_periods, period_of, unread_period
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.accumulating import accumulated
from boussole.charter.auditing.differences import differences
from boussole.charter.auditing.published import hold_groups, publications
from boussole.charter.auditing.references import changed_references
from boussole.charter.document import AuditDocument, CharterOfAudit, Evidence, LeftOut, WindowOfAudit
from boussole.charter.document.audit import SCHEMA
from boussole.charter.document.measures import AccumulatedFigures, measures_of
from boussole.charter.document.versions import DecidedBy
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.verdicts import judge
from boussole.charter.records import audits_of, open_records, save_audit
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


@dataclass(frozen=True, kw_only=True)
class LogPeriod:
    """One period of a log and its decisions; `complete`: it is over, and its sources were read since."""

    window: Window
    decisions: int
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class PeriodAudit:
    """A period with its document; `unchanged` where a stored audit says the same, which is then the document."""

    window: Window
    document: AuditDocument
    unchanged: bool


def periods_of(workspace: Workspace, system: System) -> list[LogPeriod]:
    """All periods of a log of the system's kind, oldest first, those without decisions included."""
    with reading(workspace) as connection:
        days = days_of(connection, system)
        held = periods_held(connection, system)
    kind = system.windows.audit
    if kind == "all":
        return [LogPeriod(window=window, decisions=n) for window, n in held.items()]
    windows = ended_periods(days.first, period_of(days.last, kind).end, kind)
    complete = complete_periods(days, kind)
    return [LogPeriod(window=each, decisions=held.get(each, 0), complete=each in complete) for each in windows]


@dataclass(frozen=True, kw_only=True)
class UnreadPeriod:
    """A period that is over, and whose sources were not read since; `read`: the day they last were, if one is noted."""

    window: Window
    read: dt.date | None


def unread_of(workspace: Workspace, system: System) -> UnreadPeriod | None:
    """The newest period of a log, where it is over and nobody knows whether all of it has come in."""
    with reading(workspace) as connection:
        days = days_of(connection, system)
    window = unread_period(days, system.windows.audit)
    return None if window is None else UnreadPeriod(window=window, read=days.read)


def audit_periods(
    workspace: Workspace,
    system: System,
    periods: Sequence[LogPeriod],
    *,
    judging: InForce,
    as_of: dt.date | None = None,
    exact: bool = False,
    beside: Sequence[AuditDocument] = (),
) -> list[PeriodAudit]:
    """Audits periods in their order without sealing any; each hides what earlier ones and those `beside` oblige to."""
    stored: dict[Window, AuditDocument] = {}
    for document in audits_of(workspace, system.id):
        stored[document.window.days] = document
    made: list[AuditDocument] = []
    found: list[PeriodAudit] = []
    for period in periods:
        document = run_audit(
            workspace,
            system,
            start=period.window.start,
            end=period.window.end,
            as_of=as_of,
            exact=exact,
            dry_run=True,
            judging=judging,
            beside=[*beside, *made],
        )
        before = stored.get(period.window)
        same = before is not None and unchanged(before, document)
        found.append(
            PeriodAudit(window=period.window, document=before if same and before else document, unchanged=same)
        )
        made += [] if same else [document]
    return found


def unchanged(stored: AuditDocument, made: AuditDocument) -> bool:
    """Whether an audit says what a stored one of its window says, of the same declaration of its system."""
    same_system = stored.evidence.system == made.evidence.system
    return same_system and not differences(_own(stored), _own(made), texts=False)


def _own(document: AuditDocument) -> AuditDocument:
    return document.changed(left_out=document.left_out.changed(other_periods=0))
