"""One MLflow experiment of one system: its runs are looked at, and what is new in them is brought in."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from boussole.audits.decisions.declared_values import DeclaredValue, store_declared
from boussole.audits.decisions.overview import Exclusion, exclude, in_force, include, settle
from boussole.audits.errors import BoussoleError
from boussole.audits.systems import System
from boussole.audits.systems.parts import MlflowSource
from boussole.audits.workspace import Workspace
from boussole.experiments import gabarit
from boussole.experiments.marks import MARGIN, SyncMark, attempted, failed, read_mark, update_mark
from boussole.experiments.store import open_experiment
from boussole.experiments.sync import lake
from boussole.experiments.sync.fetching import FetchResult, StoreListing, download, fetch_all, look
from boussole.experiments.sync.report import Progress, RunChange, SyncReport, UnreachableSourceError, failure, troubles
from boussole.experiments.sync.runs import TrackedRun, deleted_ids, stage_of
from boussole.experiments.sync.traces import TracesResult, sync_traces

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment


def sync_declared(workspace: Workspace, system: System, seen: StoreListing, *, known: set[str], full: bool) -> int:
    """Reads the files of the template that are new; returns how many, and adds what could not be read to `seen`."""
    wanted = [
        (run, name)
        for run in seen.runs
        for name in seen.beside.get(run.run_id, ())
        if name in gabarit.FILES and (full or f"{lake.RUN}{run.run_id}/{name}" not in known)
    ]
    rows: list[DeclaredValue] = []
    files: list[tuple[str, str]] = []
    for run, name in wanted:
        try:
            rows += _read(workspace, run, name)
        except troubles() as error:
            problem = failure(error, f"{lake.RUN}{run.run_id}/{name}")
            seen.failures.append((run.run_id, problem))
            if isinstance(problem, UnreachableSourceError):
                break
        else:
            files.append((lake.RUN + run.run_id, name))
    if files:
        store_declared(workspace, system, files, rows)
    return len(files)


def _read(workspace: Workspace, run: TrackedRun, name: str) -> list[DeclaredValue]:
    moment = dt.datetime.fromtimestamp((run.end or run.start) / 1000, dt.UTC).replace(tzinfo=None)
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        lines = gabarit.read(download(workspace, run, name, Path(folder) / "file"))
    return [
        DeclaredValue(
            run=lake.RUN + run.run_id,
            file=name,
            logged_at=moment,
            kind=gabarit.FILES[name],
            groups=line.groups,
            metric=line.metric,
            value=line.value,
            count=line.count,
        )
        for line in lines
    ]


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


T = TypeVar("T")


@dataclass
class _Pull:
    workspace: Workspace
    system: System
    name: str
    now: int
    full: bool
    store: MlflowClient
    experiment: Experiment
    mark: SyncMark
    known: set[str]
    deleted: set[str]
    seen: StoreListing


def sync_mlflow(
    workspace: Workspace, system: System, source: MlflowSource, *, full: bool, tell: Progress
) -> SyncReport:
    """Imports the new files of the runs of one experiment, log by log; then its traces; then what became of runs."""
    name = f"mlflow:{source.experiment}"
    now = int(time.time() * 1000)
    attempted(workspace, system.id, name, now=now)
    try:
        pull = _begin(workspace, system, name, now=now, full=full)
    except troubles() as error:
        problem = failure(error, name)
        failed(workspace, system.id, name, str(problem))
        return SyncReport(system=system.id, source=name, failures=(problem,))
    done = _files(pull, tell)
    traced = _step(pull, lambda: _traces(pull), TracesResult(since=pull.mark.traces_since or 0))
    declared = _step(pull, lambda: sync_declared(workspace, system, pull.seen, known=pull.known, full=full), 0)
    imported = lake.run_ids(pull.known | {report.origin for report in done.reports})
    changes: list[RunChange] = _step(
        pull,
        lambda: follow_deletions(
            workspace, system, pull.store, imported=imported, deleted=pull.deleted, seen=pull.seen, mark=pull.mark
        ),
        [],
    )
    report = replace(_report(pull, done, traced), changes=tuple(changes), declared=declared)
    _remember(pull, report, done, traced)
    return report


def _step(pull: _Pull, step: Callable[[], T], nothing: T) -> T:
    """What a step gives; where it fails, that is told and the other steps go on."""
    try:
        return step()
    except troubles() as error:
        pull.seen.failures.append(("", failure(error, pull.name)))
        return nothing


def _begin(workspace: Workspace, system: System, name: str, *, now: int, full: bool) -> _Pull:
    store, experiment = open_experiment(workspace, name.removeprefix("mlflow:"))
    mark = _mark_of(workspace, system, name, experiment)
    known = lake.origins(workspace, system)
    number = str(experiment.experiment_id)
    templates = any(origin.endswith(tuple(gabarit.FILES)) for origin in known)
    deleted = deleted_ids(store, number, system.id, untagged=templates)
    seen = look(workspace, system, store, number, mark=mark, known=known, deleted=deleted, now=now, full=full)
    return _Pull(workspace, system, name, now, full, store, experiment, mark, known, deleted, seen)


def _mark_of(workspace: Workspace, system: System, name: str, experiment: Experiment) -> SyncMark:
    """What is remembered of this very experiment; one of the same name in another store begins anew."""
    mark = read_mark(workspace, system.id, name)
    identity = f"{experiment.experiment_id} {experiment.creation_time}"
    if mark.store in (None, identity):
        return replace(mark, store=identity)
    return replace(mark, store=identity, since=None, whole=None, traces_since=None, runs={}, unread=[])


def _files(pull: _Pull, tell: Progress) -> FetchResult:
    wanted = [item for item in pull.seen.found if pull.full or item.origin not in pull.known]
    title = f"{pull.system.id}: MLflow"
    tell(title, 0, len(wanted))
    done = fetch_all(pull.workspace, pull.system, wanted, tell=lambda count: tell(title, count, len(wanted)))
    out = in_force(pull.workspace, pull.system) if done.reports else {}
    runs = {lake.RUN + run_id for run_id in lake.run_ids({report.origin for report in done.reports})}
    if out and (runs & out.keys() or any(report.already for report in done.reports)):
        # A run that is not deleted may hold what only deleted ones had brought, and one may be deleted meanwhile.
        settle(pull.workspace, pull.system)
    return done


def _traces(pull: _Pull) -> TracesResult:
    if "generations" not in pull.system.logs:
        return TracesResult(since=0)
    return sync_traces(
        pull.workspace,
        pull.system,
        pull.store,
        pull.experiment,
        mark=pull.mark,
        whole=pull.seen.whole,
        now=pull.now,
        full=pull.full,
    )


def _report(pull: _Pull, done: FetchResult, traced: TracesResult) -> SyncReport:
    seen = pull.seen
    fresh = [report for report in done.reports if not report.already]
    passed_over = sum(pull.mark.runs[run.run_id][1] for run in seen.runs if run.run_id not in seen.listed)
    failures: list[BoussoleError] = [error for _, error in seen.failures]
    return SyncReport(
        system=pull.system.id,
        source=pull.name,
        ingested=(*fresh, *traced.reports),
        known=passed_over + len(seen.found) - len(fresh) - len(done.failures) - done.waiting,
        failures=(*failures, *(error for _, error in done.failures)),
        known_traces=traced.known,
        feedback=traced.updated,
    )


def _remember(pull: _Pull, report: SyncReport, done: FetchResult, traced: TracesResult) -> None:
    """Where the next sync begins; runs of which something could not be used are looked at again, however old."""
    seen, mark, now = pull.seen, pull.mark, pull.now
    held = pull.known | {item.origin for item in done.reports}
    unread = {run_id for run_id, _ in seen.failures if run_id}
    unread |= {item.run.run_id for item in seen.found if item.origin not in held}
    silent = bool(done.waiting) or any(isinstance(error, UnreachableSourceError) for error in report.failures)
    runs = {
        run.run_id: [now, seen.listed[run.run_id], run.start, run.end, run.artifacts, run.signature, run.tagged]
        for run in seen.runs
        if run.run_id in seen.listed and run.run_id not in unread and not silent
    }
    told = str(report.failures[0]) if report.failures else None

    def change(old: SyncMark) -> SyncMark:
        return replace(
            old,
            store=mark.store,
            since=mark.since if silent else now - MARGIN,
            whole=now if seen.whole and not silent else mark.whole,
            traces_since=traced.since,
            runs={**mark.runs, **runs},
            unread=sorted(unread),
            failure=told,
            last_success=old.last_success if told else now,
            last_new=now if report.ingested else old.last_new,
        )

    update_mark(pull.workspace, report.system, report.source, change)
