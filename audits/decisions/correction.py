"""Bringing corrected rows of the quarantine in again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from boussole.audits.decisions.files.delimited import DelimitedFile, open_delimited
from boussole.audits.decisions.files.opened import BATCH, ROW
from boussole.audits.decisions.ingesting import ingest_into
from boussole.audits.decisions.quarantine import CORRECTION, close
from boussole.audits.decisions.report import IngestReport
from boussole.audits.decisions.shared import note_shared
from boussole.audits.errors import SourceError
from boussole.audits.lake import writing
from boussole.audits.lake.tables import create_system, literal, one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.model import Files, System
from boussole.audits.workspace import Workspace

PLACES = "corrected_places"
"""The temporary table of the batches and rows that a corrected export speaks of."""


def resubmit(
    workspace: Workspace,
    system: System,
    path: Path,
    *,
    log: LogName = "decisions",
    period: dt.date | None = None,
    files: Files | None = None,
) -> IngestReport:
    """Import a corrected export of the quarantine and close the rows it came from, in one transaction.

    Rows that are still bad are set aside anew; rows that are not in the file stay set aside. Raises SourceError when
    the file is no such export, RefusedError when no row of it is acceptable.
    """
    if path.suffix.lower() != ".csv" or not path.is_file():
        raise SourceError(
            "there is no such CSV file.", where=str(path), next_step="Export one with `boussole quarantine export`."
        )
    with writing(workspace) as connection:
        create_system(connection, system)
        found = _take_places(connection, path, files or Files())
        if log == "decisions" and not system.log.key:
            _hold_unresolved(connection, system, where=str(path))
        origin = f"{CORRECTION}{path.name}"
        # An export has commas between its columns and decimal points, whatever the file its rows came from. One with
        # another separator was saved by a spreadsheet, which writes numbers in its own way.
        written = Files(decimal="." if found.dialect.separator == "," else None, dates=system.files.dates)
        report = ingest_into(
            connection,
            workspace,
            system.model_copy(update={"files": written}),
            path,
            log=log,
            origin=origin,
            period=period,
            files=files,
        )
        same = f"sha256 = {literal(report.sha256)} AND system = {literal(system.id)}"
        batch = one(connection, f"SELECT max(batch) FROM lake.main.ingested WHERE {same}")
        close(connection, system, log, rows=PLACES, batch=batch)
        note_shared(connection, workspace, system)
        return report


def _take_places(connection: duckdb.DuckDBPyConnection, path: Path, files: Files) -> DelimitedFile:
    """Fill the table of places with the batch and row of each exported row. Raises SourceError without them."""
    found = open_delimited(path, files=files, wanted=(BATCH, ROW))
    if not {BATCH, ROW} <= set(found.dialect.head.names):
        raise SourceError(
            f"the columns {BATCH} and {ROW} are missing: this is no export of the quarantine.",
            where=str(path),
            next_step="Export it again with `boussole quarantine export`, and leave these columns as they are.",
        )
    places = ", ".join(f"TRY_CAST({quote(name)} AS BIGINT) AS {name[1:]}" for name in (BATCH, ROW))
    with found.reader() as reader:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {PLACES} AS SELECT {places}, count(*) AS times FROM {reader} GROUP BY ALL"
        )
    return found


def _hold_unresolved(connection: duckdb.DuckDBPyConnection, system: System, *, where: str) -> None:
    """Raise SourceError for rows that came in again already, stand in the file twice, or were never set aside."""
    aside = f"(SELECT batch, row, resolved FROM {table(system, 'quarantine')} WHERE log = 'decisions')"
    faults = {
        "were brought in again before": f"{PLACES} JOIN {aside} USING (batch, row) WHERE resolved IS NOT NULL",
        "stand in the file twice": f"{PLACES} WHERE times > 1",
        "were never set aside": f"{PLACES} ANTI JOIN {aside} USING (batch, row)",
    }
    for what, found in faults.items():
        if connection.execute(f"SELECT 1 FROM {found} LIMIT 1").fetchone():
            raise SourceError(
                f"some of these rows {what}, and nothing but their row tells them apart.",
                where=where,
                next_step="Export what is still set aside with `boussole quarantine export`, and correct that.",
            )
