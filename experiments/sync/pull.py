"""Pulling what is new from the sources of each system into the lake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from boussole.audits.errors import BoussoleError
from boussole.audits.lake import writing
from boussole.audits.lake.readings import note_reading
from boussole.audits.lake.tidy import tidy
from boussole.audits.systems import System
from boussole.audits.systems.parts import Source
from boussole.audits.workspace import Workspace
from boussole.experiments.sync.lake import waiting
from boussole.experiments.sync.mlflow_source import sync_mlflow
from boussole.experiments.sync.report import Progress, SyncReport
from boussole.experiments.sync.tables import sync_duckdb


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
