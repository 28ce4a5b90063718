"""What follows from a new batch: what is in force of decisions, cells that were filled in since, and the cubes."""

from __future__ import annotations

import duckdb

from boussole.audits.cubes.logs import COUNTERS, counted_logs, recount
from boussole.audits.cubes.update import add_batch
from boussole.audits.decisions import effective
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake.tables import one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs.log_type import Follow


def follow(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, batch: int, *, growing: bool
) -> tuple[int, int]:
    """Brings decisions and cubes in line with a new batch; returns rows updated and decisions waited for."""
    done = _follow(connection, opened, contract, batch, growing=growing)
    for log in counted_logs(connection, contract.system):
        if (days := _days_of(contract, log, batch)) is not None:
            row = connection.execute(f"SELECT min(day) FROM {days}").fetchone()
            if row is not None and row[0] is not None:
                recount(connection, contract.system, log, since=row[0])
    return done


def _follow(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, batch: int, *, growing: bool
) -> tuple[int, int]:
    match contract.kind.follow:
        case Follow.CUBES:
            return _count(connection, opened, contract, batch, growing=growing), 0
        case Follow.DECISIONS:
            ids = f"SELECT id FROM {table(contract.system, contract.log)} WHERE batch = {batch}"
            done = effective.overlay_and_count(connection, contract.system, ids)
            return done.updated, done.waiting
        case Follow.RENEWED:
            return _renew(connection, opened, contract), 0
        case Follow.NOTHING:
            return 0, 0


def _days_of(contract: Contract, log: LogName, batch: int) -> str | None:
    """SQL: the rows whose days a batch touches of what is counted of a log; None for none."""
    own, source = f"{table(contract.system, contract.log)} WHERE batch = {batch}", COUNTERS[log].source
    if contract.log == source == log:
        return own
    if source != "decisions" or contract.log not in (source, log):
        return None
    actions = table(contract.system, log)
    told = f"SELECT id FROM {own if contract.log == log else actions}"
    batches = f" AND batch = {batch}" if contract.log == source else ""
    return f"{table(contract.system, source)} WHERE id IN ({told}){batches}"


def _count(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, batch: int, *, growing: bool
) -> int:
    """Counts new decisions, with what was said of them before; returns how many that were known are restated."""
    system = contract.system
    later = effective.anything_later(connection, system)
    if later:
        fresh = f"SELECT id FROM {table(system, 'decisions')} WHERE batch = {batch}"
        effective.overlay(connection, system, f"SELECT id FROM ({later}) WHERE id IN ({fresh})")
    add_batch(connection, system, batch)
    if not one(connection, "SELECT count(*) FROM known WHERE held"):
        return 0
    changed = effective.restate(connection, opened, contract, takes_back=growing)
    return effective.overlay_and_count(connection, system, changed).updated if changed else 0


def _renew(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> int:
    """Takes over what has come since a row was first told, such as the reply to a message."""
    held = table(contract.system, contract.log)
    role, _ = contract.kind.renewed or ("", "")
    cell = quote(role)
    fresh = (
        f"SELECT {contract.select['id']} AS id, max({contract.select[role]}) AS {cell} "
        f"FROM {opened.relation} WHERE row IN (SELECT row FROM known WHERE held) GROUP BY 1"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE renewed AS SELECT r.* FROM ({fresh}) r JOIN {held} h ON h.id = r.id "
        f"WHERE r.{cell} IS NOT NULL AND h.{cell} IS DISTINCT FROM r.{cell}"
    )
    found = one(connection, "SELECT count(*) FROM renewed")
    if found:
        connection.execute(f"UPDATE {held} SET {cell} = r.{cell} FROM renewed r WHERE {held}.id = r.id")
    return found
