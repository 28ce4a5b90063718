"""A table or query of a DuckDB file."""

from __future__ import annotations

from audits.decisions import ingest
from audits.systems import System
from audits.systems.model import DuckdbSource
from audits.workspace import Workspace
from experiments.sync.report import Progress, SyncReport, failure, troubles


def sync_duckdb(workspace: Workspace, system: System, source: DuckdbSource, *, tell: Progress) -> SyncReport:
    """A table is compared by content each time; rows that the lake holds already are known by their id."""
    uri = f"duckdb:{workspace.home / source.path}?table={source.table}"
    tell(f"{system.id}: {source.table}", 0, 1)
    try:
        report = ingest(workspace, system, uri, log=source.log, growing=True)
    except troubles() as error:
        return SyncReport(system=system.id, source=uri, failures=(failure(error, uri),))
    tell(f"{system.id}: {source.table}", 1, 1)
    if report.already:
        return SyncReport(system=system.id, source=uri, known=1)
    return SyncReport(system=system.id, source=uri, ingested=(report,))
