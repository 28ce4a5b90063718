"""Bringing a source into the lake, exactly once, in one transaction with its cubes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from audits.cubes.update import add_batch
from audits.decisions.contract import Contract, build_contract, needed_columns
from audits.decisions.pseudonyms import set_key
from audits.decisions.report import IngestReport, Rejection
from audits.decisions.sources import Opened, open_source
from audits.errors import LakeError, SourceError
from audits.lake import quote, reading, writing
from audits.lake.tables import create_system, decision_columns, literal, table
from audits.systems.model import System
from audits.workspace import Workspace

DUPLICATE_IN_FILE = "the id appears earlier in the file"
DUPLICATE_IN_LAKE = "the id is already in the log"


class RefusedError(SourceError):
    """A source of which nothing was accepted; `report` says why, row by row."""

    def __init__(self, report: IngestReport, what: str) -> None:
        self.report = report
        reasons = "; ".join(rejection.sentence() for rejection in report.rejections)
        super().__init__(
            f"{what}: {reasons}.", where=report.origin, next_step="Correct these rows and import the file again."
        )


def ingest(
    workspace: Workspace,
    system: System,
    source: str | Path,
    *,
    origin: str | None = None,
    period: dt.date | None = None,
    strict: bool = False,
) -> IngestReport:
    """Validates a source and brings its good rows into the lake with their cubes, in one transaction.

    Bad rows go to the quarantine with row number, column and reason. A source whose content was imported before
    changes nothing (`already`). With `strict`, one bad row refuses the whole source.

    Raises SourceError when the source cannot be read, RefusedError when no row (or with `strict`, not every row)
    is acceptable; nothing is written then.
    """
    with writing(workspace) as connection:
        create_system(connection, system)
        opened, contract = _prepare(connection, workspace, system, source, period)
        name = origin or opened.name
        known = connection.execute(
            "SELECT accepted, quarantined FROM lake.main.ingested WHERE sha256 = ? AND system = ? "
            "ORDER BY batch LIMIT 1",
            [opened.sha256, system.id],
        ).fetchone()
        if known:
            report = IngestReport(
                system=system.id,
                origin=name,
                sha256=opened.sha256,
                accepted=known[0],
                quarantined=known[1],
                already=True,
            )
        else:
            report = _examine(connection, opened, contract, name)
            _refuse(report, strict=strict)
            batch = _next_batch(connection)
            _insert(connection, contract, opened, batch)
            add_batch(connection, system, batch)
        _record(connection, report)
        return report


def validate(
    workspace: Workspace, system: System, source: str | Path, *, period: dt.date | None = None
) -> IngestReport:
    """What an import would accept and refuse, without writing anything (ids are compared within the source only)."""
    connection = duckdb.connect(config={"memory_limit": workspace.settings.memory_limit.replace(" ", "")})
    try:
        opened, contract = _prepare(connection, workspace, system, source, period)
        return _examine(connection, opened, contract, opened.name, lake=False)
    finally:
        connection.close()


def ingested_origins(workspace: Workspace) -> set[str]:
    """Names of all sources that were imported, for a sync that lists only what is new."""
    try:
        with reading(workspace) as connection:
            return {row[0] for row in connection.execute("SELECT origin FROM lake.main.ingested").fetchall()}
    except LakeError:
        return set()


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    source: str | Path,
    period: dt.date | None,
) -> tuple[Opened, Contract]:
    if system.columns is None:
        raise SourceError(
            f"the system '{system.id}' is only declared: it has no decision log.",
            where=str(source),
            next_step="Give its system file `columns`, or import into another system.",
        )
    set_key(connection, workspace.pseudonym_key())
    opened = open_source(connection, source, needed_columns(system))
    now = dt.datetime.now(system.zone).replace(tzinfo=None)
    return opened, build_contract(system, opened.types, period=period, now=now)


def _examine(
    connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, origin: str, *, lake: bool = True
) -> IngestReport:
    """Counts good rows and lists the bad ones in the temporary table `rejected` (row, fault, column, reason, value)."""
    _reject_faults(connection, opened, contract)
    _reject_duplicates(connection, opened, contract, lake=lake)
    total = _one(connection, f"SELECT count(*) FROM {opened.relation}") + len(opened.bad_lines)
    if total == 0:
        raise SourceError("the file holds no row.", where=opened.name, next_step="Export it again with its rows.")
    groups = connection.execute(
        'SELECT "column", reason, count(*), min(row) FROM rejected GROUP BY ALL ORDER BY min(row), "column"'
    ).fetchall()
    bad = sum(row[2] for row in groups)
    return IngestReport(
        system=contract.system.id,
        origin=origin,
        sha256=opened.sha256,
        accepted=total - bad,
        quarantined=bad,
        rejections=tuple(Rejection(column=c, reason=r, rows=n, first_row=f) for c, r, n, f in groups),
    )


def _reject_faults(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> None:
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE rejected (row BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR)'
    )
    for line in opened.bad_lines:
        connection.execute("INSERT INTO rejected VALUES (?, ?, ?, NULL)", [line.row, line.column, line.reason])
    names = " ".join(f"WHEN {i} THEN {literal(column)}" for i, (_, column, _, _) in enumerate(contract.faults, 1))
    reasons = " ".join(f"WHEN {i} THEN {literal(reason)}" for i, (_, _, reason, _) in enumerate(contract.faults, 1))
    shown = " ".join(
        f"WHEN {i} THEN left(CAST({quote(column)} AS VARCHAR), 40)"
        for i, (_, column, _, show) in enumerate(contract.faults, 1)
        if show
    )
    value = f"CASE fault {shown} END" if shown else "NULL"
    faults = " ".join(f"WHEN {condition} THEN {i}" for i, (condition, *_) in enumerate(contract.faults, 1))
    connection.execute(
        f"INSERT INTO rejected SELECT row, CASE fault {names} END, CASE fault {reasons} END, {value} "
        f"FROM (SELECT *, CASE {faults} ELSE 0 END AS fault FROM {opened.relation}) WHERE fault > 0"
    )


def _reject_duplicates(
    connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *, lake: bool
) -> None:
    """The first row of an id is kept; later ones, and ids that the lake knows, are refused."""
    column = contract.system.log.id
    ids = f"SELECT row, {contract.select['id']} AS id FROM {opened.relation}"
    if _one(connection, "SELECT count(*) FROM rejected"):
        ids += " WHERE row NOT IN (SELECT row FROM rejected)"
    twice = f"SELECT id FROM ({ids}) GROUP BY id HAVING count(*) > 1"
    if _one(connection, f"SELECT count(*) FROM ({twice})"):
        connection.execute(
            f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(DUPLICATE_IN_FILE)}, NULL FROM ("
            f"SELECT row, row_number() OVER (PARTITION BY id ORDER BY row) AS nth FROM ({ids}) "
            f"WHERE id IN ({twice})) WHERE nth > 1"
        )
    decisions = table(contract.system, "decisions")
    if lake and _one(connection, f"SELECT count(*) FROM (FROM {decisions} LIMIT 1)"):
        connection.execute(
            f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(DUPLICATE_IN_LAKE)}, NULL "
            f"FROM ({ids}) WHERE id IN (SELECT id FROM {decisions}) AND row NOT IN (SELECT row FROM rejected)"
        )


def _refuse(report: IngestReport, *, strict: bool) -> None:
    if report.accepted == 0:
        raise RefusedError(report, "no row could be accepted")
    if strict and report.quarantined:
        raise RefusedError(report, "refused because of --strict")


def _insert(connection: duckdb.DuckDBPyConnection, contract: Contract, opened: Opened, batch: int) -> None:
    system = contract.system
    names = ", ".join(quote(name) for name in decision_columns(system))
    roles = ", ".join(contract.select[name] for name in decision_columns(system) if name not in ("batch", "row"))
    good = (
        "" if not _one(connection, "SELECT count(*) FROM rejected") else "WHERE row NOT IN (SELECT row FROM rejected)"
    )
    connection.execute(
        f"INSERT INTO {table(system, 'decisions')} ({names}) SELECT {batch}, row, {roles} FROM {opened.relation} {good}"
    )
    connection.execute(
        f'INSERT INTO {table(system, "quarantine")} SELECT {batch}, row, "column", reason, value FROM rejected'
    )


def _record(connection: duckdb.DuckDBPyConnection, report: IngestReport) -> None:
    """Remembers a source; known content under another name is remembered with nothing accepted."""
    known = connection.execute(
        "SELECT 1 FROM lake.main.ingested WHERE sha256 = ? AND system = ? AND origin = ?",
        [report.sha256, report.system, report.origin],
    ).fetchone()
    if known:
        return
    accepted, quarantined = (0, 0) if report.already else (report.accepted, report.quarantined)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    batch = _next_batch(connection)
    connection.execute(
        "INSERT INTO lake.main.ingested VALUES (?, ?, ?, ?, ?, ?, ?)",
        [report.sha256, report.system, report.origin, batch, accepted, quarantined, now],
    )


def _next_batch(connection: duckdb.DuckDBPyConnection) -> int:
    return _one(connection, "SELECT coalesce(max(batch), 0) + 1 FROM lake.main.ingested")


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
