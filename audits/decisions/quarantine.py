"""Rows set aside: why, what they held (sealed), listed, exported, corrected and brought in again."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from audits.decisions.contracts import Contract
from audits.decisions.examine import PURGED, fingerprint
from audits.decisions.opened import BATCH, COLUMN, REASON, ROW, Opened
from audits.errors import SourceError
from audits.lake import reading
from audits.lake.tables import exists, literal, quote, table
from audits.privacy import text
from audits.systems.kinds import LogName
from audits.systems.model import System
from audits.workspace import Workspace

CORRECTION = "quarantine:"
"""How the origin of a corrected export begins."""
LINE = "_line"
"""Where a line could not be split into columns: the line itself."""


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Rows of one source that were set aside for one reason and are not corrected yet."""

    log: LogName
    batch: int
    origin: str
    at: dt.datetime
    column: str
    reason: str
    rows: int
    first_row: int


def set_aside(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, batch: int) -> None:
    """Writes the rows of the temporary table `rejected`, with their content sealed; of purged ones, without it."""
    columns = ", ".join(f"{quote(name)} := CAST({quote(name)} AS VARCHAR)" for name in opened.columns)
    purged = ", ".join(literal(reason) for reason in PURGED)
    lines = [[line.row, line.text] for line in opened.bad_lines]
    connection.execute("CREATE OR REPLACE TEMP TABLE bad_lines (row BIGINT, line VARCHAR)")
    if lines:
        connection.executemany("INSERT INTO bad_lines VALUES (?, ?)", lines)
    content = (
        f"SELECT row, CAST(to_json(struct_pack({columns})) AS VARCHAR) AS content, {fingerprint(opened)} AS mark "
        f"FROM {opened.relation} WHERE row IN (SELECT row FROM rejected WHERE reason NOT IN ({purged})) "
        f"AND row NOT IN (SELECT row FROM bad_lines) "
        f"UNION ALL SELECT row, CAST(to_json(struct_pack({LINE} := line)) AS VARCHAR), NULL FROM bad_lines"
    )
    connection.execute(
        f"INSERT INTO {table(contract.system, 'quarantine')} SELECT {literal(contract.log)}, {batch}, r.row, "
        f'r."column", r.reason, r.value, seal_text(c.content), c.mark, NULL '
        f"FROM rejected r LEFT JOIN ({content}) c ON c.row = r.row"
    )


def list_rows(workspace: Workspace, system: System) -> list[SetAside]:
    """What is set aside and not corrected yet, oldest first."""
    with reading(workspace) as connection:
        return waiting(connection, system) if exists(connection, system) else []


def waiting(connection: duckdb.DuckDBPyConnection, system: System) -> list[SetAside]:
    """The same, of a lake that is open and holds the system."""
    found = connection.execute(
        f"""SELECT q.log, q.batch, i.origin, i.at, q."column", q.reason, count(*), min(q.row)
        FROM {table(system, "quarantine")} q JOIN lake.main.ingested i ON i.batch = q.batch
        WHERE q.resolved IS NULL GROUP BY ALL ORDER BY q.batch, min(q.row), q."column" """
    ).fetchall()
    names = ("log", "batch", "origin", "at", "column", "reason", "rows", "first_row")
    return [SetAside(**dict(zip(names, row, strict=True))) for row in found]


def export(workspace: Workspace, system: System, path: Path, *, log: LogName = "decisions") -> int:
    """Writes the rows of a log that are set aside, as they came, to a CSV file; returns how many.

    The file holds personal data in clear: it is readable by its owner only. Raises SourceError when nothing is set
    aside.
    """
    with reading(workspace) as connection:
        found = []
        if exists(connection, system):
            found = connection.execute(
                f'SELECT batch, row, "column", reason, content FROM {table(system, "quarantine")} '
                f"WHERE log = {literal(log)} AND resolved IS NULL ORDER BY batch, row"
            ).fetchall()
    if not found:
        raise SourceError(
            f"nothing of the log `{log}` of the system '{system.id}' is set aside.",
            next_step="See `boussole quarantine list`.",
        )
    opened = [json.loads(item or "{}") for item in text.unseal(workspace, [row[4] for row in found])]
    columns = list(dict.fromkeys(name for item in opened for name in item))
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [BATCH, ROW, COLUMN, REASON, *columns])
        writer.writeheader()
        for (batch, row, column, reason, _), item in zip(found, opened, strict=True):
            writer.writerow({BATCH: batch, ROW: row, COLUMN: column, REASON: reason, **item})
    return len(found)


def resolve(
    connection: duckdb.DuckDBPyConnection, system: System, *, corrected: str, log: LogName, sha256: str
) -> None:
    """Closes rows that a corrected source brought in again; `corrected` is SQL with `batch` and `row`."""
    target = table(system, "quarantine")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE corrected AS {corrected}")
    connection.execute(
        f"UPDATE {target} SET resolved = (SELECT max(batch) FROM lake.main.ingested WHERE sha256 = ? AND system = ?) "
        f"FROM corrected c WHERE {target}.batch = c.batch AND {target}.row = c.row AND log = ? AND resolved IS NULL",
        [sha256, system.id, log],
    )
