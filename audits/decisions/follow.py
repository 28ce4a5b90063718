"""What follows from a new batch: what is in force of decisions, cells that were filled in since, and the cubes."""

from __future__ import annotations

import duckdb

from boussole.audits.cubes.logs import COUNTERS, recount
from boussole.audits.cubes.update import add_batch
from boussole.audits.decisions import effective
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake.tables import one, quote, table
from boussole.audits.systems.logs.log_type import Follow


def follow(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, batch: int, *, growing: bool
) -> tuple[int, int]:
    """Brings decisions and cubes in line with a new batch; returns rows updated and decisions waited for."""
    done = _follow(connection, opened, contract, batch, growing=growing)
    if contract.log in COUNTERS:
        _count_log(connection, contract, batch)
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


def _count_log(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> None:
    held = table(contract.system, contract.log)
    row = connection.execute(f"SELECT min(day) FROM {held} WHERE batch = {batch}").fetchone()
    if row is not None and row[0] is not None:
        recount(connection, contract.system, contract.log, since=row[0])


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
