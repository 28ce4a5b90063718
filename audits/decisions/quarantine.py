"""Rows set aside: why, what they held (sealed), listed, counted, exported, corrected and brought in again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from boussole.audits import private_files
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.contracts.base import EARLIEST
from boussole.audits.decisions.examine import PURGED, bad_lines, fingerprint
from boussole.audits.decisions.files.opened import BATCH, COLUMN, REASON, ROW, OpenSource
from boussole.audits.errors import NoLakeError, SourceError
from boussole.audits.formulas import escaped
from boussole.audits.lake import reading, writing
from boussole.audits.lake.rows import QUARANTINE
from boussole.audits.lake.tables import create_system, exists, literal, one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.privacy import text
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

CORRECTION = "quarantine:"
"""How the origin of a corrected export begins."""
LINE = "_line"
"""Where a line could not be split into columns: the line itself."""
WAITING = "resolved IS NULL AND discarded IS NULL"
"""SQL: whether a row is set aside still."""


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Rows of one source that were set aside for one reason and are neither corrected nor discarded yet."""

    log: LogName
    batch: int
    origin: str
    at: dt.datetime
    column: str
    reason: str
    rows: int
    first_row: int


def set_aside(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, batch: int) -> None:
    """Write the rows of `rejected`, with their content sealed and without texts that are never stored."""
    section = contract.system.section(contract.log)
    unstored = contract.kind.unstored(section) if section is not None else set()
    columns = ", ".join(
        f"{quote(name)} := CAST({'NULL' if name in unstored else quote(name)} AS VARCHAR)" for name in opened.columns
    )
    line = "NULL" if unstored else f"to_json(struct_pack({LINE} := line))"
    purged = ", ".join(literal(reason) for reason in PURGED)
    bad_lines(connection, opened)
    content = (
        f"SELECT row, CAST(to_json(struct_pack({columns})) AS VARCHAR) AS content, "
        f"{fingerprint(opened)} AS fingerprint, {contract.mark()} AS mark, {_read(contract, 'day')} AS day, "
        f"{_read(contract, 'weight')} AS weight "
        f"FROM {opened.relation} WHERE row IN (SELECT row FROM rejected) AND row NOT IN (SELECT row FROM bad_lines) "
        f"UNION ALL SELECT row, CAST({line} AS VARCHAR), "
        f"{pseudonym('line')}, NULL, NULL, NULL FROM bad_lines"
    )
    kept = f"r.reason NOT IN ({purged})"
    column = contract.system.log.weight if contract.log == "decisions" else None
    weighed = f' AND r."column" IS DISTINCT FROM {literal(column)}' if column else ""
    known_day = f"c.day BETWEEN DATE '{EARLIEST}' AND current_date + 1"  # else its date is what is wrong
    connection.execute(
        f"INSERT INTO {table(contract.system, 'quarantine')} BY NAME SELECT {literal(contract.log)} AS log, "
        f'{batch} AS batch, r.row, r."column", r.reason, r.value, '
        f"seal_text(CASE WHEN {kept} THEN c.content END) AS content, "
        f"CASE WHEN {kept} THEN c.fingerprint END AS fingerprint, CASE WHEN {kept} THEN c.mark END AS mark, "
        f"CASE WHEN NOT {known_day} THEN NULL WHEN {kept} THEN c.day ELSE date_trunc('month', c.day) END AS day, "
        f"CASE WHEN {kept}{weighed} THEN c.weight END AS weight "
        f"FROM rejected r LEFT JOIN ({content}) c ON c.row = r.row"
    )


def _read(contract: Contract, name: str) -> str:
    """Return SQL of the day or weight of a row, as far as it can be read."""
    if contract.log in (contract.system.main_log, "generations") and name in contract.select:
        return f"TRY({contract.select[name]})"
    return f"CAST(NULL AS {QUARANTINE[name]})"


def list_rows(workspace: Workspace, system: System) -> list[SetAside]:
    """What is set aside and neither corrected nor discarded yet, oldest first."""
    with reading(workspace) as connection:
        return waiting(connection, system) if exists(connection, system) else []


def waiting(connection: duckdb.DuckDBPyConnection, system: System) -> list[SetAside]:
    """The rows that are set aside and wait, from a lake that is open and holds the system."""
    found = connection.execute(
        f"""SELECT q.log, q.batch, i.origin, i.at, q."column", q.reason, count(*), min(q.row)
        FROM {table(system, "quarantine")} q JOIN lake.main.ingested i ON i.batch = q.batch
        WHERE {WAITING} GROUP BY ALL ORDER BY q.batch, min(q.row), q."column" """
    ).fetchall()
    names = ("log", "batch", "origin", "at", "column", "reason", "rows", "first_row")
    return [SetAside(**dict(zip(names, row, strict=True))) for row in found]


def still_waiting(connection: duckdb.DuckDBPyConnection, system: System, condition: str) -> int:
    """Count the rows of the quarantine that meet a condition (SQL over its columns) and still wait."""
    rows = f"SELECT q.batch, q.row, q.mark, q.resolved, q.discarded FROM {table(system, 'quarantine')} q"
    return one(
        connection,
        f"WITH RECURSIVE traced AS ({rows} WHERE {condition} UNION {rows} JOIN traced t ON q.batch = t.resolved "
        f"WHERE t.mark IS NULL OR q.mark = t.mark) SELECT count(*) FROM traced WHERE {WAITING}",
    )


def standing(system: System) -> str:
    """Return SQL of the rows that are set aside and not corrected yet, discarded or not.

    Columns: log, batch, column, reason, day (of bared rows the first of the month), weight, discarded, bare.
    """
    return (
        f'SELECT log, batch, "column", reason, day, weight, discarded IS NOT NULL AS discarded, '
        f"content IS NULL AS bare, first_month, last_month "
        f"FROM {table(system, 'quarantine')} WHERE resolved IS NULL"
    )


def export(workspace: Workspace, system: System, path: Path, *, log: LogName = "decisions") -> int:
    """Write the rows of a log that are set aside to a CSV file readable by its owner only. Returns how many.

    Cells that a spreadsheet would run get an apostrophe. Raises SourceError when there is nothing to write.
    """
    with reading(workspace) as connection:
        found = []
        if exists(connection, system):
            found = connection.execute(
                f'SELECT batch, row, "column", reason, content FROM {table(system, "quarantine")} '
                f"WHERE log = {literal(log)} AND {WAITING} AND content IS NOT NULL ORDER BY batch, row"
            ).fetchall()
    if not found:
        raise SourceError(
            f"nothing of the log `{log}` of the system '{system.id}' is set aside with its content.",
            next_step="See `boussole quarantine list`.",
        )
    opened = [json.loads(item or "{}") for item in text.unseal(workspace, [row[4] for row in found])]
    columns = list(dict.fromkeys(name for item in opened for name in item))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [BATCH, ROW, COLUMN, REASON, *columns])
    writer.writeheader()
    for (batch, row, column, reason, _), item in zip(found, opened, strict=True):
        values = {name: escaped(value) if isinstance(value, str) else value for name, value in item.items()}
        writer.writerow({BATCH: batch, ROW: row, COLUMN: column, REASON: reason, **values})
    private_files.write(path, file.getvalue())  # its owner's alone, also where the file was there before
    return len(found)


def close(connection: duckdb.DuckDBPyConnection, system: System, log: LogName, *, rows: str, batch: int) -> None:
    """Closes rows set aside, those of a table with `batch` and `row`, that a later batch stands for."""
    aside = table(system, "quarantine")
    connection.execute(
        f"UPDATE {aside} SET resolved = {batch} FROM {rows} c WHERE {aside}.batch = c.batch AND {aside}.row = c.row "
        f"AND log = {literal(log)} AND resolved IS NULL"
    )


@dataclass(frozen=True, kw_only=True)
class RowSelection:
    """The rows of a log of one column, one reason, one source or some numbers; all of them where none is given."""

    column: str | None = None
    because: str | None = None
    origin: str | None = None
    rows: Sequence[int] = ()

    def words(self) -> str:
        """Describe the selection in one line."""
        said = [f"{name} '{value}'" for name, value in (("column", self.column), ("reason", self.because)) if value]
        said += [f"file '{self.origin}'"] if self.origin else []
        said += [f"row {', '.join(map(str, self.rows))}"] if self.rows else []
        return ", ".join(said) or "all"

    def condition(self) -> str:
        """SQL: whether a row of the quarantine is one of them."""
        parts = [f"{name} = {literal(v)}" for name, v in (('"column"', self.column), ("reason", self.because)) if v]
        if self.origin:
            parts.append(f"batch IN (SELECT batch FROM lake.main.ingested WHERE origin = {literal(self.origin)})")
        if self.rows:
            parts.append(f"row IN ({', '.join(str(int(row)) for row in self.rows)})")
        return " AND ".join(parts) or "true"


@dataclass(frozen=True, kw_only=True)
class Discard:
    """What was decided of rows set aside: which and how many, why, in which role, when (UTC)."""

    system: str
    log: LogName
    chosen: str
    rows: int
    reason: str
    role: str
    at: dt.datetime


def discard(
    workspace: Workspace, system: System, chosen: RowSelection, *, reason: str, role: str, log: LogName = "decisions"
) -> Discard:
    """Leave rows that are set aside out for good, in one transaction; a later correction still brings them in.

    Raises SourceError without a reason or a role, and when nothing that is set aside is chosen.
    """
    if not reason.strip() or not role.strip():
        raise SourceError("a reason and a role are needed.", next_step="Give --reason and --role in words.")
    with writing(workspace) as connection:
        create_system(connection, system)
        target = table(system, "quarantine")
        meant = f"log = {literal(log)} AND {WAITING} AND {chosen.condition()}"
        rows = one(connection, f"SELECT count(*) FROM {target} WHERE {meant}")
        if rows == 0:
            raise SourceError(
                f"nothing of the log `{log}` of the system '{system.id}' is set aside that was chosen "
                f"({chosen.words()}).",
                next_step="See `boussole quarantine list`.",
            )
        connection.execute(f"UPDATE {target} SET discarded = (SELECT n FROM lake.main.turn) WHERE {meant}")
        made = Discard(
            system=system.id,
            log=log,
            chosen=chosen.words(),
            rows=rows,
            reason=reason.strip(),
            role=role.strip(),
            at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
        )
        connection.execute(
            "INSERT INTO lake.main.discards SELECT ?, ?, ?, ?, ?, ?, ?, n FROM lake.main.turn",
            list(vars(made).values()),
        )
        return made


def discards(workspace: Workspace) -> list[Discard]:
    """Everything that was ever discarded, oldest first."""
    try:
        with reading(workspace) as connection:
            return discards_in(connection)
    except NoLakeError:
        return []


def discards_in(connection: duckdb.DuckDBPyConnection) -> list[Discard]:
    """Everything that was ever discarded, oldest first, from a lake that is open."""
    found = connection.execute("SELECT * EXCLUDE (turn) FROM lake.main.discards ORDER BY turn").fetchall()
    names = ("system", "log", "chosen", "rows", "reason", "role", "at")
    return [Discard(**dict(zip(names, row, strict=True))) for row in found]
