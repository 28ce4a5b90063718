"""An audit from end to end: measured, judged by the charter, sealed. Writes the document `boussole.audit/1`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from audits.decisions import IngestReport
from audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from audits.metrics.lists_over_time import METRICS as LISTED
from audits.runs import Run, code_hash, measure_window
from audits.suppression import Published, Suppression
from audits.suppression.lattice import Key
from audits.systems.model import System
from audits.windows import Window
from audits.workspace import Workspace
from charter.loading import load_charter
from charter.model import Charter
from charter.records import audits_near, save_audit
from charter.verdicts import judge, summarise

Document = Mapping[str, Any]
UNREAD = ("not_mature", "no_outcomes", "expired")
"""Reasons why a document says nothing at all of a group."""
SCHEMA = "boussole.audit/1"
SEVERITY = ("kept", "not_examined", "unknown", "watch", "broken")
"""Verdicts from the best to the worst, for `--fail-on`."""


def run_audit(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    exact: bool = False,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Measures a window of a system, judges it by the workspace's charter and seals the result in the ledger.

    With `dry_run` the document is returned without being stored or sealed.
    """
    charter = load_charter(workspace)
    run = measure_window(
        workspace,
        system,
        start=start,
        end=end,
        as_of=as_of,
        exact=exact,
        earlier=lambda window: publications(workspace, system, window),
    )
    document = audit_document(run, charter)
    return document if dry_run else save_audit(workspace, document, charter=charter)


def publications(workspace: Workspace, system: System, window: Window) -> list[Published]:
    """What stored audits have shown of windows that hang together with this one."""
    found: dict[Window, list[Document]] = {}
    for document in audits_near(workspace, system.id, window):
        start, end = (dt.date.fromisoformat(document["window"][name]) for name in ("start", "end"))
        found.setdefault(Window(start, end), []).append(document)
    return [publication(shown, documents) for shown, documents in found.items()]


def publication(window: Window, documents: Sequence[Document]) -> Published:
    """What one or several documents of a window told nothing of: what each of them hides."""
    measures = [document["measures"] for document in documents]
    hidden = [_hidden(each) for each in measures]
    stages = {name for each in hidden for name in each.stages}
    return Published(
        window=window,
        hidden=Suppression(
            decisions=_always([each.decisions for each in hidden]),
            outcomes=_always([each.outcomes for each in hidden]),
            stages={name: _always([each.stages[name] for each in hidden if name in each.stages]) for name in stages},
        ),
        attributes={
            tuple(m["by"]) for each in measures for m in each if m["metric"] == "selection_rate" and m["group"]
        },
        figures={m["id"] for each in measures for m in each if m["metric"] in LISTED and _told(m)},
        unknown_hidden=frozenset.intersection(*(_unknown_hidden(each) for each in measures)),
    )


def _always(found: Sequence[Mapping[Key, str]]) -> dict[Key, str]:
    """The groups that are hidden each time."""
    first, *others = found
    return {key: why for key, why in first.items() if all(key in each for each in others)}


def _hidden(measures: Sequence[Document]) -> Suppression:
    """The groups that a document shows nothing of: of their decisions, of what depends on outcomes, at each stage."""
    found: dict[tuple[str, str | None], dict[Key, str]] = {("selection_rate", None): {}, ("precision", None): {}}
    for measure in measures:
        layer = measure["metric"], measure["given"].get("stage")
        if layer[0] == "stage_selection_rate":
            found.setdefault(layer, {})
        of_groups = measure["group"] or (layer[1] and not measure["by"])
        if of_groups and layer in found and (measure["status"] == "suppressed" or measure["reason"] in UNREAD):
            key = tuple(measure["by"]), tuple(measure["group"][name] for name in measure["by"])
            found[layer][key] = measure["reason"]
    decisions, outcomes = found.pop(("selection_rate", None)), found.pop(("precision", None))
    return Suppression(
        decisions=decisions,
        outcomes={**decisions, **outcomes},
        stages={str(stage): keys for (_, stage), keys in found.items()},
    )


def _told(measure: Document) -> bool:
    """Whether a measure says something: that it rests on nothing does too."""
    return bool(measure["status"] == "ok" or measure["reason"] == "no_common_list")


def _unknown_hidden(measures: Sequence[Document]) -> frozenset[tuple[str, ...]]:
    """The attributes of which a document tells nothing about people of unknown group."""
    told = [measure for measure in measures if measure["metric"] == "unknown_selection_rate"]
    return frozenset(tuple(measure["by"]) for measure in told if measure["status"] == "suppressed")


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
        document = run_audit(workspace, audited, start=start, end=end, as_of=as_of, exact=exact, dry_run=True)
    return document, reports


def audit_document(run: Run, charter: Charter) -> dict[str, Any]:
    """The audit document of a run; its evidence gets `entry` and `root` when it is sealed."""
    measures = [measure.document() for measure in run.measures]
    verdicts = judge(charter, run.system, measures, window_start=run.window.start)
    return {
        "schema": SCHEMA,
        "system": run.system.id,
        "window": run.window.document(run.system),
        "reference": run.reference.document(run.system) if run.reference else None,
        "as_of": run.as_of.isoformat(),
        "snapshot": run.snapshot,
        "evidence": {"cubes": f"sha256:{run.evidence}", "entry": None, "root": None},
        "charter": {
            "id": charter.id,
            "version": charter.version,
            "sha256": charter.sha256,
            "adopted_before_window": charter.adopted_on is not None and charter.adopted_on <= run.window.start,
        },
        "code": f"sha256:{code_hash()}",
        "decisions": run.decisions,
        "measures": measures,
        "verdicts": verdicts,
        "articles": summarise(charter, verdicts),
    }


def worst(document: Mapping[str, Any]) -> str:
    """The worst verdict of an audit document among its measured questions."""
    found = [verdict["verdict"] for verdict in document["verdicts"]]
    return max(found, key=SEVERITY.index, default="not_examined")
