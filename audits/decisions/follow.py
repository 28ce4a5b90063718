"""What follows from a new batch: what is in force of decisions, replies, and the cubes."""

from __future__ import annotations

import duckdb

from audits.cubes.update import add_batch
from audits.decisions import effective
from audits.decisions.contracts import Contract
from audits.decisions.sources import Opened
from audits.lake.tables import one, table


def follow(
    connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, batch: int, *, growing: bool
) -> tuple[int, int]:
    """Brings decisions and cubes in line with a new batch; returns decisions updated and decisions waited for."""
    system = contract.system
    if contract.log in ("outcomes", "human_actions"):
        ids = f"SELECT id FROM {table(system, contract.log)} WHERE batch = {batch}"
        done = effective.overlay_and_count(connection, system, ids)
        return done.updated, done.waiting
    if contract.log == "contacts":
        return _answer(connection, opened, contract), 0
    if contract.log != "decisions":
        return 0, 0
    later = effective.anything_later(connection, system)
    if later:
        fresh = f"SELECT id FROM {table(system, 'decisions')} WHERE batch = {batch}"
        effective.overlay(connection, system, f"SELECT id FROM ({later}) WHERE id IN ({fresh})")
    add_batch(connection, system, batch)
    if not one(connection, "SELECT count(*) FROM known WHERE held"):
        return 0, 0
    changed = effective.restate(connection, opened, contract, takes_back=growing)
    return (effective.overlay_and_count(connection, system, changed).updated if changed else 0), 0


def _answer(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> int:
    """Takes over replies that have come since their message was first told."""
    held = table(contract.system, "contacts")
    replies = (
        f"SELECT {contract.select['id']} AS id, max({contract.select['reply_at']}) AS reply_at "
        f"FROM {opened.relation} WHERE row IN (SELECT row FROM known WHERE held) GROUP BY 1"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE replies AS SELECT r.* FROM ({replies}) r JOIN {held} c ON c.id = r.id "
        "WHERE r.reply_at IS NOT NULL AND c.reply_at IS DISTINCT FROM r.reply_at"
    )
    found = one(connection, "SELECT count(*) FROM replies")
    if found:
        connection.execute(f"UPDATE {held} SET reply_at = r.reply_at FROM replies r WHERE {held}.id = r.id")
    return found
