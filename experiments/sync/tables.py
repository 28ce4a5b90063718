"""A table or a query of a DuckDB file."""

from __future__ import annotations

import time
from dataclasses import replace

from boussole.audits.decisions import ingest
from boussole.audits.decisions.databases import PREFIX, DatabaseAddress
from boussole.audits.systems import System
from boussole.audits.systems.parts import DuckdbSource
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import SyncMark, attempted, failed, update_mark
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
