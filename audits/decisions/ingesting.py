"""Bringing a source into the lake, exactly once, in one transaction with its cubes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from boussole.audits.cubes.bands import hold_bands
from boussole.audits.cubes.update import add_batches
from boussole.audits.decisions import sensitive
from boussole.audits.decisions.changes import close_corrected, note_changes, noted, recognise
from boussole.audits.decisions.contracts import Contract, build_contract, check_declared, columns_of
from boussole.audits.decisions.databases import PREFIX, DatabaseAddress
from boussole.audits.decisions.examine import (
    WrittenBatch,
    examine,
    fingerprint,
    follow,
    hold_bounded,
    keyed_once,
    know_by_id,
    know_by_words,
    left_out,
    names_known,
)
from boussole.audits.decisions.held import hold_batch, hold_source, take_out
from boussole.audits.decisions.identity import hold_rows
from boussole.audits.decisions.ingested import imported_before, next_batch, record
from boussole.audits.decisions.overview import keep_spare
from boussole.audits.decisions.quarantine import CORRECTION, WAITING, set_aside, still_waiting
from boussole.audits.decisions.report import IngestReport, Rejection, SchemaChange
from boussole.audits.decisions.shared import note_shared
from boussole.audits.decisions.sources import OpenSource, open_source, reading_whole
from boussole.audits.errors import SourceError
from boussole.audits.lake import quote, writing
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.readings import note_reading
from boussole.audits.lake.rows import log_columns
from boussole.audits.lake.tables import create_system, holds, literal, one, table
from boussole.audits.log_names import LogName
from boussole.audits.privacy import text
from boussole.audits.privacy.pseudonyms import set_key
from boussole.audits.reasons import with_length
from boussole.audits.systems.gaps import hold_known
from boussole.audits.systems.model import Files, System
from boussole.audits.texts import reading as looked_at
from boussole.audits.workspace import Workspace


def resume(connection: duckdb.DuckDBPyConnection, system: System, source: str | Path, *, log: LogName) -> str | Path:
    """The source from its mark on, where it has a column that only grows and was read before."""
    address = _growing(source)
    if address is None:
        return source
    row = connection.execute(
        "SELECT mark FROM lake.main.marks WHERE system = ? AND source = ?", [system.id, _key(address, log)]
    ).fetchone()
    return replace(address, since=row[0] if row else None).uri()


def leave(
    connection: duckdb.DuckDBPyConnection, system: System, source: str | Path, *, log: LogName, mark: str | None
) -> None:
    """Stores up to where a source has been read."""
    address = _growing(source)
    if address is None or mark is None or mark == address.since:
        return
    key = [system.id, _key(address, log)]
    connection.execute("DELETE FROM lake.main.marks WHERE system = ? AND source = ?", key)
    connection.execute("INSERT INTO lake.main.marks VALUES (?, ?, ?)", [*key, mark])


def _growing(source: str | Path) -> DatabaseAddress | None:
    if not str(source).startswith(PREFIX):
        return None
    address = DatabaseAddress.parse(str(source))
    return address if address.after is not None else None


def _key(address: DatabaseAddress, log: LogName) -> str:
    return f"{log} {replace(address, since=None).uri()}"


class RefusedSourceError(SourceError):
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
    log: LogName = "decisions",
    origin: str | None = None,
    period: dt.date | None = None,
    strict: bool = False,
    growing: bool = False,
    files: Files | None = None,
    added: Mapping[str, str] | None = None,
) -> IngestReport:
    """Validate a source and bring its good rows into a log of the lake, in one transaction with the cubes.

    Bad rows go to the quarantine with row number, column and reason; with `strict`, one of them refuses the whole
    source. `growing`: a table that is read again, whose empty cells take back what it said.
    Raises SystemFileError while a line of the system file is still to be filled in, SourceError for a source that
    cannot be read, RefusedSourceError when no row is acceptable; nothing is written then.
    """
    with writing(workspace) as connection:
        create_system(connection, system)
        report = ingest_into(
            connection,
            workspace,
            system,
            source,
            log=log,
            origin=origin,
            period=period,
            strict=strict,
            growing=growing,
            files=files,
            added=added,
        )
        note_shared(connection, workspace, system)
        return report


def ingest_into(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    source: str | Path,
    *,
    log: LogName,
    origin: str | None = None,
    period: dt.date | None = None,
    strict: bool = False,
    growing: bool = False,
    files: Files | None = None,
    added: Mapping[str, str] | None = None,
    uncounted: list[int] | None = None,
) -> IngestReport:
    """Bring a source into the lake within an open transaction (`writing`).

    `uncounted` gets the batch of decisions if the caller adds it to the cubes (`add_batches`).
    """
    hold_known(workspace.home / "systems", system.id)
    if log == "decisions":
        hold_bands(connection, system)
    source = resume(connection, system, source, log=log)
    opened, contract = _prepare(connection, workspace, system, source, log=log, period=period, files=files, added=added)
    name = origin or opened.name
    report = imported_before(connection, system, log=log, origin=name, sha256=opened.sha256, growing=growing)
    if report is None:
        if log == "decisions" and not name.startswith(CORRECTION):
            hold_rows(connection, system, origin=name, sha256=opened.sha256)
        with reading_whole(source):
            report = _examine(connection, opened, contract, name, growing=growing)
            _refuse(report, strict=strict)
            batches = list[int]() if uncounted is None else uncounted
            report = _write(
                connection, workspace, opened, contract, report, strict=strict, growing=growing, uncounted=batches
            )
            if uncounted is None:
                add_batches(connection, system, batches)
    else:
        report = replace(report, again=_set_aside_still(connection, opened, contract, name))
    record(connection, system, report)
    leave(connection, system, source, log=log, mark=opened.mark)
    if log == system.main_log and not name.startswith(CORRECTION):
        note_reading(connection, system, "import")
    return replace(report, read=opened.reading.sentence() if opened.reading else None)


def _set_aside_still(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, origin: str) -> int:
    """Count the rows of a source that was imported before and that wait in the quarantine."""
    aside = f"{table(contract.system, 'quarantine')} WHERE log = {literal(contract.log)} AND {WAITING}"
    if not holds(connection, aside):
        return 0
    same = f"sha256 = {literal(opened.sha256)} OR origin = {literal(origin)}"
    brought = f"SELECT batch FROM lake.main.ingested WHERE system = {literal(contract.system.id)} AND ({same})"
    printed = f"SELECT {fingerprint(opened)} FROM {opened.relation}"
    return still_waiting(
        connection,
        contract.system,
        f"log = {literal(contract.log)} AND (batch IN ({brought}) OR fingerprint IN ({printed}))",
    )


def validate(
    workspace: Workspace,
    system: System,
    source: str | Path,
    *,
    log: LogName = "decisions",
    period: dt.date | None = None,
    files: Files | None = None,
) -> IngestReport:
    """What an import would accept and refuse, without writing anything (ids are compared within the source only)."""
    limit = workspace.settings.memory_limit.replace(" ", "")
    with scratch(memory_limit=limit) as connection:
        opened, contract = _prepare(connection, workspace, system, source, log=log, period=period, files=files)
        with reading_whole(source):
            report = _examine(connection, opened, contract, opened.name, lake=False)
            told = tuple(noted(connection, contract))
        return replace(report, changes=told, read=opened.reading.sentence() if opened.reading else None)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    source: str | Path,
    *,
    log: LogName,
    period: dt.date | None,
    files: Files | None,
    added: Mapping[str, str] | None = None,
) -> tuple[OpenSource, Contract]:
    check_declared(system, log, where=str(source))
    set_key(connection, workspace)
    opened = open_source(connection, source, columns_of(system, log), (files or Files()).over(system.files), added)
    now = dt.datetime.now(system.zone).replace(tzinfo=None)
    contract = build_contract(system, opened.types, log=log, period=period, now=now, content=opened.sha256)
    return replace(opened, relation=contract.over(opened.relation)), contract


def _examine(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenSource,
    contract: Contract,
    origin: str,
    *,
    lake: bool = True,
    growing: bool = False,
) -> IngestReport:
    examine(connection, opened, contract, lake=lake, growing=growing, part=origin.startswith(CORRECTION))
    hold_bounded(connection, opened, contract, lake=lake)
    if lake:
        _compare(connection, opened, contract, growing=growing)
    total = one(connection, f"SELECT count(*) FROM {opened.relation}") + len(opened.bad_lines)
    if total == 0 and not growing:
        raise SourceError("the file holds no row.", where=opened.name, next_step="Export it again with its rows.")
    return _report(connection, contract, origin, opened.sha256, total=total)


def _compare(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, growing: bool) -> None:
    """Holds the rows of a source to those of its log; those of a file that have an id once they are written."""
    if holds(connection, table(contract.system, contract.log)):
        if not contract.kind.once:
            know_by_words(connection, opened, contract)
        elif growing and names_known(contract, growing=growing):
            know_by_id(connection, opened, contract)
        elif growing:
            hold_source(connection, opened, contract)
    if growing:
        recognise(connection, opened, contract)


def _report(
    connection: duckdb.DuckDBPyConnection, contract: Contract, origin: str, sha256: str, *, total: int
) -> IngestReport:
    """What the tables `rejected` and `known` say of a source of so many rows."""
    groups = connection.execute(
        'SELECT "column", reason, count(*), min(row), max(TRY_CAST(value AS BIGINT)) FROM rejected '
        'GROUP BY "column", reason ORDER BY min(row), "column"'
    ).fetchall()
    bad = sum(row[2] for row in groups)
    known, again = (one(connection, f"SELECT count(*) FROM known{only}") for only in ("", " WHERE waiting"))
    return IngestReport(
        system=contract.system.id,
        log=contract.log,
        origin=origin,
        sha256=sha256,
        accepted=total - bad - known,
        quarantined=bad,
        known=known,
        again=again,
        rejections=tuple(
            Rejection(column=c, reason=with_length(r, longest), rows=n, first_row=f) for c, r, n, f, longest in groups
        ),
    )


def _refuse(report: IngestReport, *, strict: bool) -> None:
    if report.accepted == 0 and report.known == 0 and report.quarantined:
        raise RefusedSourceError(report, "no row could be accepted")
    if strict and (report.quarantined or report.again):
        raise RefusedSourceError(report, "refused because of --strict")


def _write(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    opened: OpenSource,
    contract: Contract,
    report: IngestReport,
    *,
    strict: bool,
    growing: bool,
    uncounted: list[int],
) -> IngestReport:
    """Good rows into their log, bad ones into the quarantine, then everything that follows from them."""
    system, log, batch = contract.system, contract.log, next_batch(connection)
    unclear: tuple[SchemaChange, ...] = ()
    text.register(connection, workspace)
    looked_at.register(connection)
    total, part = report.accepted + report.quarantined + report.known, report.origin.startswith(CORRECTION)
    if report.accepted:
        names = ", ".join(quote(name) for name in log_columns(system, log))
        good = left_out(connection)
        with keyed_once(connection, contract, opened.relation, good) as (keyed, relation):
            rows = keyed.insertion(relation, batch, good)
            if log == "decisions":
                rows, unclear = sensitive.joined(connection, workspace, contract, rows, source=opened.relation)
            connection.execute(f"INSERT INTO {table(system, log)} ({names}) SELECT {names} FROM ({rows})")
        if hold_batch(connection, contract, batch, growing=growing):
            keep_spare(connection, system, log, batch)
            take_out(connection, contract, batch)
    if not (growing or part):  # what comes out of the quarantine goes back to it
        recognise(connection, opened, contract)
    report = _report(connection, contract, report.origin, report.sha256, total=total)
    _refuse(report, strict=strict)
    cleared = close_corrected(connection, opened, contract, origin=report.origin, batch=batch)
    if report.quarantined:
        set_aside(connection, opened, contract, batch)
    changes = note_changes(connection, opened, contract, origin=report.origin, batch=batch, part=part)
    updated, waiting = follow(
        connection,
        WrittenBatch(opened=opened, contract=contract, batch=batch, growing=growing, uncounted=uncounted),
    )
    return replace(
        report,
        cleared=cleared,
        updated=updated,
        waiting=waiting,
        changes=(*changes, *sensitive.travelling(system, opened.types), *unclear),
    )


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A file, the name under which the lake remembers it, and columns to add with one value in every row."""

    source: Path
    origin: str
    added: Mapping[str, str] = field(default_factory=dict)


def ingest_many(
    workspace: Workspace, system: System, files: Sequence[Incoming], *, log: LogName = "decisions"
) -> list[IngestReport]:
    """Ingest each file in turn, all or none of them. Raises what `ingest` raises for the first that cannot be used."""
    with writing(workspace) as connection:
        create_system(connection, system)
        reports, uncounted = list[IngestReport](), list[int]()
        for file in files:
            reports.append(
                ingest_into(
                    connection,
                    workspace,
                    system,
                    file.source,
                    log=log,
                    origin=file.origin,
                    added=file.added,
                    uncounted=uncounted,
                )
            )
        add_batches(connection, system, uncounted)
        note_shared(connection, workspace, system)
        return reports
