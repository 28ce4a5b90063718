"""An audit from end to end: measured, judged by the charter, sealed. Writes the document `boussole.audit/1`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from audits import evidence
from audits.decisions import IngestReport
from audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from audits.errors import BoussoleError
from audits.runs import Run, code_hash, measure_window
from audits.standing import standing
from audits.systems.model import System
from audits.workspace import Workspace
from charter.facts import Facts, facts_of
from charter.in_force import InForce, in_force
from charter.left_out import held_to
from charter.published import hold_groups, publications
from charter.records import open_records, save_audit
from charter.references import changed_references
from charter.verdict import worst
from charter.verdicts import judge, summarise

SCHEMA = "boussole.audit/1"


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
    beside: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Measures a window of a system, judges it by the charter in force and seals the result in the ledger.

    Raises BoussoleError for a shadow: what decides nothing keeps no promise, and breaks none.
    With `dry_run` the document is returned without being stored or sealed. `judging`: another charter than the one in
    force in the workspace. `beside`: documents that will be sealed before this one, as good as stored.
    """
    if system.shadow_of is not None:
        raise BoussoleError(
            f"'{system.id}' decides nothing: it is a shadow of '{system.shadow_of}', and no verdict is made on it.",
            next_step=f"Set it beside that system: `boussole compare --shadow {system.id}`.",
        )
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
    document = audit_document(run, judging, facts=facts)
    if all(each["system"] != system.id for each in beside):  # else the audit before has the same declaration
        document |= _references(workspace, run, document, judging, facts)
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
) -> tuple[dict[str, Any], list[IngestReport]]:
    """Audits files alone: what they hold, from first to last day, is measured and judged, and nothing is kept.

    `files` is given an empty private folder to fetch into and names what to audit. The charter is that of the
    `parent` workspace, else the packaged one. Neither drift nor anything else that needs a second period is examined.

    Raises SourceError for files that cannot be read or of which no row is acceptable; other bad rows are in the
    reports.
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


def audit_document(run: Run, judging: InForce, *, facts: Facts | None = None) -> dict[str, Any]:
    """The audit document of a run; its evidence gets `entry` and `root` when it is sealed."""
    charter, act = judging.charter, judging.act
    measures = [measure.document() for measure in run.measures]
    left_out = None if run.left_out is None else held_to(charter, run.left_out.document())
    verdicts = judge(
        charter,
        run.system,
        measures,
        window_start=run.window.start,
        window_end=run.window.end,
        facts=facts,
        left_out=left_out,
    )
    return {
        "schema": SCHEMA,
        "system": run.system.id,
        "window": run.window.document(run.system),
        "reference": run.reference.document(run.system) if run.reference else None,
        "as_of": run.as_of.isoformat(),
        "snapshot": run.snapshot,
        "evidence": {
            "cubes": f"sha256:{run.evidence}",
            "rows": f"sha256:{run.rows}",
            "system": f"sha256:{run.declaration}",
            "statements": facts.until if facts else 0,
            "entry": None,
            "root": None,
        },
        "charter": {
            "id": charter.id,
            "version": charter.version,
            "sha256": charter.sha256,
            "adopted_before_window": act is not None and act.proven_on <= run.window.start,
        },
        "code": f"sha256:{code_hash()}",
        "decisions": run.decisions,
        **({} if left_out is None else {"left_out": left_out}),
        "measures": measures,
        "verdicts": verdicts,
        "articles": summarise(charter, verdicts, system=run.system.id, facts=facts),
    }


def _references(
    workspace: Workspace, run: Run, document: Mapping[str, Any], judging: InForce, facts: Facts
) -> dict[str, Any]:
    """The key `references` of a document: references that changed since the audit before, and changed an answer."""
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
    return {"references": found} if found else {}


def worst_of(document: Mapping[str, Any]) -> str:
    """The worst verdict of an audit document among its measured questions."""
    return worst(verdict["verdict"] for verdict in document["verdicts"])
