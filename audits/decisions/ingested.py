"""What was brought in already: by content, by source, and in which order."""

from __future__ import annotations

import datetime as dt

import duckdb

from boussole.audits.decisions.report import IngestReport
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import holds, one
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

TABLE = "lake.main.ingested"


def ingested_origins(workspace: Workspace) -> set[str]:
    """Names of all sources that were imported, for a sync that lists only what is new."""
    try:
        with reading(workspace) as connection:
            return {row[0] for row in connection.execute(f"SELECT origin FROM {TABLE}").fetchall()}
    except NoLakeError:
        return set()


def imported_before(
    connection: duckdb.DuckDBPyConnection, system: System, *, log: LogName, origin: str, sha256: str, growing: bool
) -> IngestReport | None:
    """Return the report of a source that brings nothing new; None when it has to be read.

    A file counts once, whatever its name, in one time zone; a growing table is new as soon as it differs.
    """
    if not holds(connection, TABLE):
        return None
    found = connection.execute(
        f"SELECT sha256, origin, accepted, quarantined, timezone FROM {TABLE} WHERE system = ? AND log = ? "
        f"AND {'origin = ?' if growing else 'sha256 = ?'} ORDER BY batch",
        [system.id, log, origin if growing else sha256],
    ).fetchall()
    if growing:
        found = [row for row in found[-1:] if row[0] == sha256]
    elif LOG_TYPES[log].news_again:
        found = [row for row in found if row[1] == origin]
    found = [row for row in found if row[4] == system.timezone]
    if not found:
        return None
    return IngestReport(
        system=system.id,
        log=log,
        origin=origin,
        sha256=sha256,
        accepted=found[0][2],
        quarantined=found[0][3],
        already=True,
    )


def record(connection: duckdb.DuckDBPyConnection, system: System, report: IngestReport) -> None:
    """Remembers a source; known content under another name is remembered with nothing accepted."""
    if report.already:
        there = connection.execute(
            f"SELECT 1 FROM {TABLE} WHERE sha256 = ? AND system = ? AND log = ? AND origin = ?",
            [report.sha256, report.system, report.log, report.origin],
        ).fetchone()
        if there:
            return
    counts = (0, 0) if report.already else (report.accepted, report.quarantined)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection.execute(
        f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [report.sha256, system.id, report.log, report.origin, next_batch(connection), *counts, now, system.timezone],
    )


def next_batch(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the batch that is being written."""
    return one(connection, f"SELECT coalesce(max(batch), 0) + 1 FROM {TABLE}")
