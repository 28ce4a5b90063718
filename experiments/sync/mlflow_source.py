"""One MLflow experiment of one system: its runs are looked at, and what is new in them is brought in."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from audits.errors import BoussoleError
from audits.systems import System
from audits.systems.model import MlflowSource
from audits.workspace import Workspace
from experiments.marks import MARGIN, Mark, attempted, read_mark, update_mark
from experiments.store import open_experiment
from experiments.sync import lake
from experiments.sync.fetching import Fetched, fetch_all
from experiments.sync.looking import Look, look
from experiments.sync.report import Progress, SyncReport, UnreachableError, failure, troubles

if TYPE_CHECKING:
    from mlflow.entities import Experiment


def sync_mlflow(
    workspace: Workspace, system: System, source: MlflowSource, *, full: bool, tell: Progress
) -> SyncReport:
    """Imports the new files of the runs of one experiment, log by log."""
    name = f"mlflow:{source.experiment}"
    now = int(time.time() * 1000)
    attempted(workspace, system.id, name, now=now)
    try:
        store, experiment = open_experiment(workspace, source.experiment)
        mark = _mark_of(workspace, system, name, experiment)
        known = lake.origins(workspace, system)
        seen = look(workspace, system, store, experiment.experiment_id, mark=mark, known=known, now=now, full=full)
    except troubles() as error:
        return failed(workspace, system, name, failure(error, name))
    wanted = [item for item in seen.found if full or item.origin not in known]
    title = f"{system.id}: MLflow"
    tell(title, 0, len(wanted))
    done = fetch_all(workspace, system, wanted, tell=lambda count: tell(title, count, len(wanted)))
    fresh = tuple(report for report in done.reports if not report.already)
    passed_over = sum(mark.runs[run.run_id][1] for run in seen.runs if run.run_id not in seen.listed)
    report = SyncReport(
        system=system.id,
        source=name,
        ingested=fresh,
        known=passed_over + len(seen.found) - len(fresh) - len(done.failures) - done.waiting,
        failures=tuple(error for _, error in seen.failures) + tuple(error for _, error in done.failures),
    )
    _remember(workspace, report, mark, seen, done, now=now)
    return report


def failed(workspace: Workspace, system: System, name: str, error: BoussoleError) -> SyncReport:
    """The report of a source that could not be read at all."""
    update_mark(workspace, system.id, name, lambda mark: replace(mark, failure=str(error)))
    return SyncReport(system=system.id, source=name, failures=(error,))


def _mark_of(workspace: Workspace, system: System, name: str, experiment: Experiment) -> Mark:
    """What is remembered of this very experiment; one of the same name in another store begins anew."""
    mark = read_mark(workspace, system.id, name)
    identity = f"{experiment.experiment_id} {experiment.creation_time}"
    if mark.store in (None, identity):
        return replace(mark, store=identity)
    return replace(mark, store=identity, since=None, whole=None, traces_since=None, runs={}, unread=[])


def _remember(workspace: Workspace, report: SyncReport, mark: Mark, seen: Look, done: Fetched, *, now: int) -> None:
    """Where the next sync begins; runs of which something could not be used are looked at again, however old."""
    unread = {run_id for run_id, _ in seen.failures} | {item.run.run_id for item, _ in done.failures}
    silent = done.waiting or any(isinstance(error, UnreachableError) for error in report.failures)
    runs = {
        run.run_id: [now, seen.listed[run.run_id], run.start, run.end, run.artifacts, run.signature, run.tagged]
        for run in seen.runs
        if run.run_id in seen.listed and run.run_id not in unread and not silent
    }
    told = str(report.failures[0]) if report.failures else None

    def change(old: Mark) -> Mark:
        return replace(
            old,
            store=mark.store,
            since=mark.since if silent else now - MARGIN,
            whole=now if seen.whole and not silent else mark.whole,
            runs={**mark.runs, **runs},
            unread=sorted(unread),
            failure=told,
            last_success=old.last_success if told else now,
            last_new=now if report.ingested else old.last_new,
        )

    update_mark(workspace, report.system, report.source, change)
