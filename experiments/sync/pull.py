"""Pulling what is new from the sources of each system into the lake, tables of DuckDB among them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from boussole.audits.decisions import ingest
from boussole.audits.decisions.databases import PREFIX, DatabaseAddress
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import writing
from boussole.audits.lake.connection import tidy
from boussole.audits.lake.readings import note_reading
from boussole.audits.systems import System
from boussole.audits.systems.parts import DuckdbSource, Source
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import SyncMark, attempted, failed, update_mark
from boussole.experiments.sync.lake import waiting
from boussole.experiments.sync.mlflow_source import sync_mlflow
from boussole.experiments.sync.report import Progress, SyncReport, failure, troubles


def address_of(workspace: Workspace, source: DuckdbSource) -> DatabaseAddress:
    """What a source of the system file reads."""
    return DatabaseAddress(
        path=workspace.home / source.path, table=source.table, query=source.query, after=source.after
    )


def name_of(workspace: Workspace, source: DuckdbSource) -> str:
    """How a source is called in reports, in the lake and on pages."""
    name = f"{PREFIX}{source.path}?{address_of(workspace, source).what}"
    return name if source.log == "decisions" else f"{name} ({source.log})"


def sync_duckdb(
    workspace: Workspace, system: System, source: DuckdbSource, *, full: bool, tell: Progress
) -> SyncReport:
    """Reads a table or query from its mark on, or all of it (`full`, or without growing column), for what is new."""
    address = address_of(workspace, source)
    name, now = name_of(workspace, source), int(time.time() * 1000)
    attempted(workspace, system.id, name, now=now)
    title = f"{system.id}: {address.path.name}"
    tell(title, 0, 1)
    try:
        uri = (replace(address, after=None) if full else address).uri()
        report = ingest(workspace, system, uri, log=source.log, origin=name, growing=True)
    except troubles() as error:
        problem = failure(error, name)
        failed(workspace, system.id, name, str(problem))
        return SyncReport(system=system.id, source=name, failures=(problem,))
    tell(title, 1, 1)
    new = not report.already and bool(report.accepted or report.quarantined or report.updated)

    def change(old: SyncMark) -> SyncMark:
        return replace(old, failure=None, last_success=now, last_new=now if new else old.last_new)

    update_mark(workspace, system.id, name, change)
    if not new:
        return SyncReport(system=system.id, source=name, known=1)
    return SyncReport(system=system.id, source=name, ingested=(report,))


def sync(
    workspace: Workspace, *, system_id: str | None = None, full: bool = False, progress: Progress | None = None
) -> list[SyncReport]:
    """Imports what is new in every source (of one system, or of all), and reports source by source.

    A file or a source that cannot be used is among the `failures` of its report and stops no other. Runs are looked at
    since 30 days before the last complete sync, or all of them where `full`. Raises BoussoleError for an unknown
    system, or one without sources.
    """
    systems = [workspace.system(system_id)] if system_id else list(workspace.systems.values())
    if system_id and not systems[0].sources:
        raise BoussoleError(
            f"the system '{system_id}' has no source to pull from.",
            where=str(workspace.home / "systems" / f"{system_id}.yaml"),
            next_step="Name one under `sources`, or bring a file in with `boussole import`.",
        )
    tell = progress or (lambda *_: None)
    pulls = ((system, source) for system in systems for source in system.sources)
    reports = [_pull(workspace, system, source, full=full, tell=tell) for system, source in pulls]
    reports = [
        replace(each, waiting=waiting(workspace, workspace.system(each.system), each.source)) for each in reports
    ]
    _note_readings(workspace, systems, reports)
    if any(report.ingested for report in reports):
        tidy(workspace)
    return reports


def _note_readings(workspace: Workspace, systems: Sequence[System], reports: Sequence[SyncReport]) -> None:
    failed = {report.system for report in reports if report.failures}
    read = [system for system in systems if system.syncs and system.id not in failed]
    if read:
        with writing(workspace) as connection:
            for system in read:
                note_reading(connection, system, "sync")


def _pull(workspace: Workspace, system: System, source: Source, *, full: bool, tell: Progress) -> SyncReport:
    if source.mlflow:
        return sync_mlflow(workspace, system, source.mlflow, full=full, tell=tell)
    assert source.duckdb is not None  # noqa: S101 (the model allows one of the two)
    return sync_duckdb(workspace, system, source.duckdb, full=full, tell=tell)
