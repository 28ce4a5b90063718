"""Bringing files of runs into the lake: several small ones in one transaction, each whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.together import Incoming, ingest_many
from boussole.audits.errors import BoussoleError
from boussole.audits.log_names import LogName
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.run_version import version_column
from boussole.experiments.store import client, quiet_mlflow
from boussole.experiments.sync.listing import local_folder
from boussole.experiments.sync.report import UnreachableSourceError, failure, troubles
from boussole.experiments.sync.runs import TrackedRun

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
