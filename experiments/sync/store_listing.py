"""Looking at an experiment: its runs, their files, and what of them cannot be data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from boussole.audits.decisions.files.kinds import kind_of
from boussole.audits.errors import BoussoleError, SourceError, nearest
from boussole.audits.log_names import LOGS
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import MARGIN, SyncMark
from boussole.experiments.store import FOLDER
from boussole.experiments.sync import lake
from boussole.experiments.sync.fetching import RemoteFile, RunListing, due, list_files
from boussole.experiments.sync.runs import TrackedRun, active_runs, newest_runs, run_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

FEW = 2000
"""Runs that a server tells so quickly that a sync asks for all of the last weeks each time."""
DAY = 24 * 3600 * 1000


@dataclass
class StoreListing:
    """The runs of a store that a sync has to read: `found` are files of logs, in the order in which logs are read.

    Runs were looked for from `since` on (None: of any age), `whole` or only down to what is known. `listed` counts
    the files of logs of each run that was listed; `beside` are its files outside `boussole/`.
    """

    runs: list[TrackedRun]
    since: int | None
    whole: bool
    listed: dict[str, int] = field(default_factory=dict)
    found: list[RemoteFile] = field(default_factory=list)
    beside: dict[str, list[str]] = field(default_factory=dict)
    failures: list[tuple[str, BoussoleError]] = field(default_factory=list)


def look(
    workspace: Workspace,
    system: System,
    store: MlflowClient,
    experiment: str,
    *,
    mark: SyncMark,
    known: set[str],
    deleted: set[str],
    now: int,
    full: bool,
) -> StoreListing:
    """Looks at the runs of an experiment that are not deleted, and lists those that are new, changed or due."""
    since = None if full or mark.since is None or not lake.run_ids(known) else min(mark.since, now - MARGIN)
    untagged = is_only_reader(workspace, system, store.get_experiment(experiment).name)
    seen = {
        run_id: RunListing(TrackedRun(run_id, *rest), listed, files)
        for run_id, (listed, files, *rest) in mark.runs.items()
        if run_id not in mark.unread
    }
    if since is not None and _is_glance(workspace, mark, now=now):
        signatures = {run_id: item.run.signature for run_id, item in seen.items()}
        runs = newest_runs(store, experiment, system.id, since=since, untagged=untagged, known=signatures)
        found = {run.run_id for run in runs}
        recent = (item.run for item in seen.values() if max(item.run.start, item.run.end or 0) >= since)
        made = StoreListing(runs + [run for run in recent if run.run_id not in found], since, whole=False)
    else:
        runs = active_runs(store, experiment, system.id, since=since, untagged=untagged)
        made = StoreListing(runs, since, whole=True)
    made.runs = [run for run in made.runs if run.run_id not in deleted]
    there = {run.run_id for run in made.runs}
    made.runs += [run for run_id in mark.unread if run_id not in there and (run := run_of(store, run_id))]
    chosen = due(made.runs, seen, now=now, full=full or since is None)
    for run, paths in zip(chosen, list_files(chosen, workspace.tracking_uri), strict=True):
        _sort(made, system, run, paths)
    made.found.sort(key=lambda item: (LOGS.index(item.log), item.run.start, item.origin))
    return made


def _is_glance(workspace: Workspace, mark: SyncMark, *, now: int) -> bool:
    """Whether the newest runs are enough this time: a server takes many seconds to tell tens of thousands."""
    remote = workspace.tracking_uri.startswith(("http:", "https:"))
    return remote and len(mark.runs) > FEW and mark.whole is not None and 0 <= now - mark.whole < DAY


def is_only_reader(workspace: Workspace, system: System, experiment: str) -> bool:
    """Whether no other system reads this experiment: then what carries no system's tag can only be this one's."""
    readers = {
        other.id
        for other in workspace.systems.values()
        for source in other.sources
        if source.mlflow and source.mlflow.experiment == experiment
    }
    return readers <= {system.id}


def _sort(made: StoreListing, system: System, run: TrackedRun, paths: Iterable[str]) -> None:
    """Files of logs, files outside `boussole/`, and files in folders of no log: these are reported, not passed over."""
    files = [path for path in paths if path.startswith(f"{FOLDER}/")] if run.tagged else []
    made.beside[run.run_id] = [path for path in paths if "/" not in path]
    lost: set[str] = set()
    before = len(made.found)
    for path in files:
        folder = PurePosixPath(path).parts[1]
        if folder in system.logs and path.count("/") > 1:
            made.found.append(RemoteFile(run, path, folder))
        elif folder in LOGS or kind_of(path):
            lost.add(folder if path.count("/") > 1 else "")
    made.listed[run.run_id] = len(made.found) - before
    made.failures += [(run.run_id, _no_log(system, run, folder)) for folder in sorted(lost)]


def _no_log(system: System, run: TrackedRun, folder: str) -> BoussoleError:
    where = f"mlflow:{run.run_id}/{FOLDER}/{folder}".rstrip("/")
    if folder in LOGS:
        return SourceError(
            f"the system file of '{system.id}' declares no log `{folder}`, so its files cannot be read.",
            where=where,
            next_step=f"Declare the columns of `{folder}` in the system file, or remove the folder from the run.",
        )
    what = f"`{folder}` is not a log. {nearest(folder, LOGS)}" if folder else "data files lie in the folder of no log."
    return SourceError(what, where=where, next_step=f"Put them below {FOLDER}/LOG/, where LOG is {', '.join(LOGS)}.")
