"""Bringing corrected rows of the quarantine in again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from audits.decisions.ingest import ingest_into
from audits.decisions.quarantine import CORRECTION, resolve
from audits.decisions.report import IngestReport
from audits.decisions.sources import BATCH, ROW
from audits.errors import SourceError
from audits.lake import writing
from audits.lake.tables import create_system, literal, quote, table
from audits.systems.kinds import LogName
from audits.systems.model import System
from audits.workspace import Workspace


def resubmit(
    workspace: Workspace, system: System, path: Path, *, log: LogName = "decisions", period: dt.date | None = None
) -> IngestReport:
    """Imports a corrected export of the quarantine and closes the rows it came from, in one transaction.

    Rows that are still bad are set aside anew, with their new reason, in place of the old. Rows that are not in the
    file stay set aside as they were.

    Raises SourceError when the file is no such export, RefusedError when no row of it is acceptable.
    """
    if path.suffix.lower() != ".csv" or not path.is_file():
        raise SourceError(
            "there is no such CSV file.", where=str(path), next_step="Export one with `boussole quarantine export`."
        )
    with writing(workspace) as connection:
        create_system(connection, system)
        reader = f"read_csv({literal(path)}, all_varchar = true, header = true, ignore_errors = true)"
        names = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()}
        if not {BATCH, ROW} <= names:
            raise SourceError(
                f"the columns {BATCH} and {ROW} are missing: this is no export of the quarantine.",
                where=str(path),
                next_step="Export it again with `boussole quarantine export`, and leave these columns as they are.",
            )
        if log == "decisions" and not system.log.key:
            _hold_unresolved(connection, system, reader, where=str(path))
        origin = f"{CORRECTION}{path.name}"
        report = ingest_into(connection, workspace, system, path, log=log, origin=origin, period=period)
        corrected = (
            f"SELECT DISTINCT TRY_CAST({quote(BATCH)} AS BIGINT) AS batch, TRY_CAST({quote(ROW)} AS BIGINT) AS row "
            f"FROM {reader}"
        )
        resolve(connection, system, corrected=corrected, log=log, sha256=report.sha256)
        return report


def _hold_unresolved(connection: duckdb.DuckDBPyConnection, system: System, reader: str, *, where: str) -> None:
    """Raises SourceError for rows that came in again already: without an id they would count a second time."""
    same = f"TRY_CAST(f.{quote(BATCH)} AS BIGINT) = q.batch AND TRY_CAST(f.{quote(ROW)} AS BIGINT) = q.row"
    again = (
        f"SELECT 1 FROM {reader} f JOIN {table(system, 'quarantine')} q ON {same} "
        "WHERE q.log = 'decisions' AND q.resolved IS NOT NULL LIMIT 1"
    )
    if connection.execute(again).fetchone():
        raise SourceError(
            "some of these rows were brought in again before, and nothing but their row tells them apart.",
            where=where,
            next_step="Export what is still set aside with `boussole quarantine export`, and correct that.",
        )
