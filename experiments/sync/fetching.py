"""Which files a run holds, and bringing them into the lake: several small ones in one transaction, each whole.

Those on this machine's own disk are looked at each time; behind a server, runs that are new, changed or failed, and of
the others the most overdue.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.files.kinds import kind_of
from boussole.audits.decisions.ingesting import Incoming, ingest_many
from boussole.audits.errors import BoussoleError, SourceError, nearest
from boussole.audits.log_names import LOGS, LogName
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import MARGIN, SyncMark
from boussole.experiments.run_version import version_column
from boussole.experiments.store import FOLDER, client, quiet_mlflow
from boussole.experiments.sync import lake
from boussole.experiments.sync.report import UnreachableSourceError, failure, troubles
from boussole.experiments.sync.runs import TrackedRun, active_runs, newest_runs, run_of

if TYPE_CHECKING:
    from mlflow import MlflowClient


AGAIN = 500
"""Runs known before that one sync lists again behind a server."""
HANDS = 8
"""Listings that wait for the server at the same time."""

List = Callable[[TrackedRun, str], list[tuple[str, bool]]]
"""Paths directly below a folder of a run, each with whether it is a folder itself."""


@dataclass(frozen=True)
class RunListing:
    """What a sync remembers of a run: the run as it was, when it was listed, how many files of logs it had."""

    run: TrackedRun
    listed: int
    files: int


def local_folder(artifacts: str) -> Path | None:
    """The folder of artifacts that this machine can read itself; None for those behind a server.

    >>> local_folder("file:///data/l%27%C3%A9t%C3%A9").as_posix()
    "/data/l'été"
    >>> local_folder("mlflow-artifacts:/1/ab/artifacts") is None
    True
    """
    parts = urlsplit(artifacts)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(artifacts) if not parts.scheme else None


def due(runs: Sequence[TrackedRun], seen: Mapping[str, RunListing], *, now: int, full: bool) -> list[TrackedRun]:
    """The runs to list, in the order given."""
    fresh, old = [], []
    for run in runs:
        known = seen.get(run.run_id)
        if full or local_folder(run.artifacts) is not None or known is None or known.run.signature != run.signature:
            fresh.append(run)
        else:
            old.append((_overdue(run, known, now), run))
    old.sort(key=lambda pair: pair[0], reverse=True)
    chosen = {run.run_id for run in fresh} | {run.run_id for _, run in old[:AGAIN]}
    return [run for run in runs if run.run_id in chosen]


def _overdue(run: TrackedRun, known: RunListing, now: int) -> tuple[float, int]:
    """Time since the last listing, in ages that the run had then; ties go to the one listed longest ago."""
    age = max(known.listed - (run.end or known.listed), 1000)
    return (now - known.listed) / age, -known.listed


def list_files(runs: Sequence[TrackedRun], tracking_uri: str) -> list[list[str]]:
    """For each run, the paths of its files: all below `boussole/`, and those beside it."""
    lister = _remote(tracking_uri)
    here = {run.run_id: list(_walk(run, _local)) for run in runs if local_folder(run.artifacts) is not None}
    away = [run for run in runs if run.run_id not in here]
    with ThreadPoolExecutor(HANDS) as pool:
        there = pool.map(lambda run: list(_walk(run, lister)), away)
        here |= {run.run_id: files for run, files in zip(away, there, strict=True)}
    return [here[run.run_id] for run in runs]


def _walk(run: TrackedRun, lister: List, folder: str = "") -> Iterator[str]:
    """Files below a folder, at the top only in `boussole/`, without what writers of data sets leave beside them."""
    for path, is_folder in lister(run, folder):
        if Path(path).name.startswith(("_", ".")):
            continue
        if not is_folder:
            yield path
        elif folder or path == FOLDER:
            yield from _walk(run, lister, path)


def _local(run: TrackedRun, folder: str) -> list[tuple[str, bool]]:
    top = local_folder(run.artifacts)
    place = top / folder if top else None
    if place is None or not place.is_dir():
        return []
    prefix = f"{folder}/" if folder else ""
    return sorted((prefix + item.name, item.is_dir()) for item in place.iterdir())


def _remote(tracking_uri: str) -> List:
    artifacts = quiet_mlflow().artifacts

    def listed(run: TrackedRun, folder: str) -> list[tuple[str, bool]]:
        top = run.artifacts.rstrip("/")
        items = artifacts.list_artifacts(artifact_uri=f"{top}/{folder}" if folder else top, tracking_uri=tracking_uri)
        prefix = f"{folder}/" if folder else ""
        return sorted((prefix + Path(item.path).name, bool(item.is_dir)) for item in items)

    return listed


TOGETHER = 50
"""Files of one transaction at most: between two transactions other writers have their turn."""
TOGETHER_BYTES = 64 * 2**20


@dataclass(frozen=True)
class RemoteFile:
    """A file of a run that the lake does not know yet, or whose content is to be compared."""

    run: TrackedRun
    path: str
    log: LogName

    @property
    def origin(self) -> str:
        return f"mlflow:{self.run.run_id}/{self.path}"


@dataclass
class FetchResult:
    """What became of files so far."""

    reports: list[IngestReport]
    failures: list[tuple[RemoteFile, BoussoleError]]
    waiting: int = 0


def fetch_all(
    workspace: Workspace, system: System, wanted: Sequence[RemoteFile], *, tell: Callable[[int], None]
) -> FetchResult:
    """Imports files log by log; a bad one is told and does not stop the others, a silent server does."""
    done = FetchResult([], [])
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        for group in _groups(workspace, wanted, Path(folder), done):
            _bring_in(workspace, system, group, done)
            for _, path in group:
                path.unlink() if Path(folder) in path.parents else None
            tell(len(done.reports) + len(done.failures))
    done.waiting = len(wanted) - len(done.reports) - len(done.failures)
    return done


def _groups(
    workspace: Workspace, wanted: Sequence[RemoteFile], folder: Path, done: FetchResult
) -> Iterator[list[tuple[RemoteFile, Path]]]:
    """Files of one log on this machine's disk, as many as one transaction takes; ends when the server falls silent."""
    group: list[tuple[RemoteFile, Path]] = []
    size = 0
    for number, item in enumerate(wanted):
        try:
            path = download(workspace, item.run, item.path, folder / str(number))
        except troubles() as error:
            done.failures.append((item, failure(error, item.origin)))
            if isinstance(done.failures[-1][1], UnreachableSourceError):
                break
            continue
        length = path.stat().st_size
        if group and (group[0][0].log != item.log or len(group) >= TOGETHER or size + length > TOGETHER_BYTES):
            yield group
            group, size = [], 0
        group.append((item, path))
        size += length
    if group:
        yield group


def download(workspace: Workspace, run: TrackedRun, path: str, folder: Path) -> Path:
    """A file where this machine can read it: in a new folder, unless the artifacts lie on its own disk."""
    top = local_folder(run.artifacts)
    if top is not None:
        return top / path
    folder.mkdir()
    return Path(
        quiet_mlflow().artifacts.download_artifacts(
            artifact_uri=f"{run.artifacts.rstrip('/')}/{path}",
            dst_path=str(folder),
            tracking_uri=workspace.tracking_uri,
        )
    )


def _bring_in(workspace: Workspace, system: System, group: list[tuple[RemoteFile, Path]], done: FetchResult) -> None:
    """One transaction for the whole group; where one file spoils it, each file gets a transaction of its own."""
    files, known = list[Incoming](), list[tuple[RemoteFile, Path]]()
    for item, path in group:
        try:
            files.append(Incoming(source=path, origin=item.origin, added=_version(workspace, system, item, path)))
            known.append((item, path))
        except troubles() as error:
            done.failures.append((item, failure(error, item.origin)))
    if len(files) > 1:
        try:
            done.reports += ingest_many(workspace, system, files, log=group[0][0].log)
        except troubles():
            pass
        else:
            return
    for (item, path), file in zip(known, files, strict=True):
        try:
            done.reports.append(ingest(workspace, system, path, log=item.log, origin=file.origin, added=file.added))
        except troubles() as error:
            done.failures.append((item, failure(error, item.origin)))


def _version(workspace: Workspace, system: System, item: RemoteFile, path: Path) -> dict[str, str]:
    """The column of the model version, as the run says it, where its file lacks it."""
    return version_column(system, item.log, path, lambda: client(workspace).get_run(item.run.run_id).data.tags)


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
