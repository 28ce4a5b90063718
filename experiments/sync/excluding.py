"""What became of imported runs in MLflow: deleted ones leave the figures, restored ones come back, and it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boussole.audits.decisions.overview import Exclusion, exclude, in_force, include
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import SyncMark
from boussole.experiments.sync import lake
from boussole.experiments.sync.report import RunChange
from boussole.experiments.sync.runs import stage_of
from boussole.experiments.sync.store_listing import StoreListing

if TYPE_CHECKING:
    from mlflow import MlflowClient

GONE = "gone"


def follow_deletions(
    workspace: Workspace,
    system: System,
    store: MlflowClient,
    *,
    imported: set[str],
    deleted: set[str],
    seen: StoreListing,
    mark: SyncMark,
) -> list[RunChange]:
    """Excludes and takes back what has to be, and says it; what is as it was costs no transaction."""
    out = {origin.removeprefix(lake.RUN): item for origin, item in in_force(workspace, system).items()}
    changes: list[Exclusion | None] = []
    for run_id, reason in sorted(_lost(store, imported - out.keys(), deleted=deleted, seen=seen, mark=mark)):
        changes.append(exclude(workspace, system, lake.RUN + run_id, reason=reason))
    here = {run.run_id for run in seen.runs}
    for run_id, item in sorted(out.items()):
        if run_id in deleted or (item.reason == GONE and not seen.whole):
            continue
        if run_id in here or stage_of(store, run_id) == "active":
            changes.append(include(workspace, system, lake.RUN + run_id, reason="restored"))
    return [
        RunChange(origin=item.origin, excluded=item.excluded, reason=item.reason, decisions=item.decisions)
        for item in changes
        if item is not None
    ]


def _lost(
    store: MlflowClient, imported: set[str], *, deleted: set[str], seen: StoreListing, mark: SyncMark
) -> Iterator[tuple[str, str]]:
    for run_id in imported & deleted:
        yield run_id, "deleted"
    if not seen.whole:
        return
    shown = imported & mark.runs.keys() - deleted - {run.run_id for run in seen.runs}
    for run_id in shown:
        _, _, start, end, *_ = mark.runs[run_id]
        if seen.since is not None and max(start, end or 0) < seen.since:
            continue
        stage = stage_of(store, run_id)
        if stage != "active":
            yield run_id, "deleted" if stage == "deleted" else GONE
