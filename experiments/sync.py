"""Pulling what is new from the sources of each system into the lake."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from audits.decisions import IngestReport, ingest, ingested_origins
from audits.errors import BoussoleError, SourceError
from audits.systems import System
from audits.systems.model import DuckdbSource, MlflowSource
from audits.workspace import Workspace
from experiments.marks import read_marks, save_mark
from experiments.store import DECISIONS, TAG, client, quiet_mlflow, store_missing

if TYPE_CHECKING:
    from mlflow import MlflowClient

PAGE = 500
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, kw_only=True)
class SyncReport:
    """What one source of one system gave: imported files, files known before, and files that could not be used."""

    system: str
    source: str
    ingested: tuple[IngestReport, ...] = ()
    known: int = 0
    failures: tuple[BoussoleError, ...] = ()

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "system": self.system,
            "source": self.source,
            "ingested": [report.document() for report in self.ingested],
            "known": self.known,
            "failures": [str(failure) for failure in self.failures],
        }


def sync(
    workspace: Workspace, *, system_id: str | None = None, full: bool = False, progress: Progress | None = None
) -> list[SyncReport]:
    """Imports the new files of every source (of one system, or of all), and reports source by source.

    A file or a source that cannot be used does not stop the others: it is among the `failures` of its report.
    MLflow runs are listed when they started, ended or were still running since 30 days before the last complete
    sync, and files whose origin the lake knows are not downloaded again; `full` lists every run and compares the
    content of every file.

    Raises BoussoleError for an unknown system, or one without sources.
    """
    systems = [workspace.system(system_id)] if system_id else list(workspace.systems.values())
    if system_id and not systems[0].sources:
        raise BoussoleError(
            f"the system '{system_id}' has no source to pull from.",
            where=str(workspace.home / "systems" / f"{system_id}.yaml"),
            next_step="Name one under `sources`, or bring a file in with `boussole import`.",
        )
    tell = progress or (lambda *_: None)
    reports = []
    for system in systems:
        for source in system.sources:
            if source.mlflow:
                reports.append(_sync_mlflow(workspace, system, source.mlflow, full=full, tell=tell))
            elif source.duckdb:
                reports.append(_sync_duckdb(workspace, system, source.duckdb, tell=tell))
    return reports


def _sync_duckdb(workspace: Workspace, system: System, source: DuckdbSource, *, tell: Progress) -> SyncReport:
    """A table is compared by content each time; rows that the lake holds already are refused there by their id."""
    uri = f"duckdb:{workspace.home / source.path}?table={source.table}"
    tell(f"{system.id}: {source.table}", 0, 1)
    try:
        report = ingest(workspace, system, uri)
    except _troubles() as error:
        return SyncReport(system=system.id, source=uri, failures=(_failure(error, uri),))
    tell(f"{system.id}: {source.table}", 1, 1)
    if report.already:
        return SyncReport(system=system.id, source=uri, known=1)
    return SyncReport(system=system.id, source=uri, ingested=(report,))


def _sync_mlflow(
    workspace: Workspace, system: System, source: MlflowSource, *, full: bool, tell: Progress
) -> SyncReport:
    name = f"mlflow:{source.experiment}"
    key = f"{system.id} {name}"
    known = ingested_origins(workspace)
    # A lake that was made anew knows no run: then the mark says nothing.
    since = (
        None if full or not any(origin.startswith("mlflow:") for origin in known) else read_marks(workspace).get(key)
    )
    started = int(time.time() * 1000)
    try:
        store, experiment = _open(workspace, source.experiment)
        runs = _runs(store, experiment, system, since=since)
        found = [(run_id, path) for run_id in runs for path in _files(store, run_id, DECISIONS)]
    except _troubles() as error:
        return SyncReport(system=system.id, source=name, failures=(_failure(error, name),))
    wanted = [item for item in found if full or _origin(*item) not in known]
    reports, failures = _fetch_all(store, workspace, system, wanted, tell=tell)
    if not failures:
        save_mark(workspace, key, started)
    fresh = tuple(report for report in reports if not report.already)
    untouched = len(found) - len(fresh) - len(failures)
    return SyncReport(system=system.id, source=name, ingested=fresh, known=untouched, failures=tuple(failures))


def _troubles() -> tuple[type[Exception], ...]:
    """What can go wrong with one file or one source without being a fault of Boussole."""
    return (BoussoleError, OSError, duckdb.Error, quiet_mlflow().MlflowException)


def _fetch_all(
    store: MlflowClient, workspace: Workspace, system: System, wanted: list[tuple[str, str]], *, tell: Progress
) -> tuple[list[IngestReport], list[BoussoleError]]:
    """Imports files one by one; a bad one is told and does not stop the others."""
    reports: list[IngestReport] = []
    failures: list[BoussoleError] = []
    for done, (run_id, path) in enumerate(wanted):
        tell(f"{system.id}: MLflow", done, len(wanted))
        try:
            reports.append(_fetch(store, workspace, system, run_id=run_id, path=path))
        except _troubles() as error:
            failures.append(_failure(error, _origin(run_id, path)))
    tell(f"{system.id}: MLflow", len(wanted), len(wanted))
    return reports, failures


def _open(workspace: Workspace, experiment: str) -> tuple[MlflowClient, str]:
    """A client and the id of an existing experiment."""
    if not store_missing(workspace):
        store = client(workspace)
        found = store.get_experiment_by_name(experiment)
        if found is not None:
            return store, str(found.experiment_id)
    raise SourceError(
        f"there is no MLflow experiment '{experiment}'.",
        where=workspace.tracking_uri,
        next_step="Log decisions to it, or correct `sources` of the system file or `mlflow_tracking_uri`.",
    )


def _runs(store: MlflowClient, experiment: str, system: System, *, since: int | None) -> Iterator[str]:
    """Ids of the runs with the system's tag, filtered and paged by the server, oldest first."""
    tagged = f"tags.`{TAG}` = '{system.id}'"
    recent = [f"attributes.{when} >= {since}" for when in ("start_time", "end_time")] + [
        "attributes.status = 'RUNNING'"
    ]
    starts: dict[str, int] = {}
    for query in [tagged] if since is None else [f"{tagged} and {clause}" for clause in recent]:
        token = None
        while True:
            page = store.search_runs([experiment], query, max_results=PAGE, page_token=token)
            starts |= {run.info.run_id: run.info.start_time for run in page}
            token = page.token
            if not token:
                break
    return iter(sorted(starts, key=lambda run_id: (starts[run_id], run_id)))


def _files(store: MlflowClient, run_id: str, folder: str) -> Iterator[str]:
    """Artifact paths below a folder; what writers of data sets leave beside them (`_SUCCESS`, `.crc`) is no data."""
    for item in store.list_artifacts(run_id, folder):
        if Path(item.path).name.startswith(("_", ".")):
            continue
        if item.is_dir:
            yield from _files(store, run_id, item.path)
        else:
            yield item.path


def _fetch(store: MlflowClient, workspace: Workspace, system: System, *, run_id: str, path: str) -> IngestReport:
    """Downloads one file, imports it, and leaves no copy of it behind."""
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        local = store.download_artifacts(run_id, path, folder)
        return ingest(workspace, system, local, origin=_origin(run_id, path))


def _origin(run_id: str, path: str) -> str:
    return f"mlflow:{run_id}/{path}"


def _failure(error: Exception, origin: str) -> BoussoleError:
    """The error of one file, with the origin that its reader knows in place of a temporary path."""
    if isinstance(error, BoussoleError):
        return SourceError(error.what, where=origin, next_step=error.next_step)
    reason = str(error).split("\n")[0].rstrip(".")
    return SourceError(f"it could not be read: {reason}.", where=origin, next_step="Run the sync again.")
