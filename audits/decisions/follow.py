"""What follows from a new batch: what is in force of decisions, cells that were filled in since, and the cubes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes.edges import declare_bins
from boussole.audits.cubes.logs import COUNTERS, counted_logs, recount
from boussole.audits.cubes.update import add_batches
from boussole.audits.decisions import effective
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.examine import left_out
from boussole.audits.decisions.reviews import looked_up
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake import clocks
from boussole.audits.lake.tables import holds, one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs.log_type import Follow


@dataclass(frozen=True, kw_only=True)
class WrittenBatch:
    """A new batch, and the source that it came from. `uncounted`: batches of decisions that the caller still adds to
    the cubes, among them this one afterwards; `growing`: the source is a table that grows, not a file."""

    opened: OpenSource
    contract: Contract
    batch: int
    growing: bool
    uncounted: list[int]


def follow(connection: duckdb.DuckDBPyConnection, brought: WrittenBatch) -> tuple[int, int]:
    """Brings decisions and cubes in line with a new batch; returns rows updated and decisions waited for."""
    contract = brought.contract
    updated, waiting, since = _follow(connection, brought)
    for log in counted_logs(connection, contract.system):
        spoken_of = log == contract.log and COUNTERS[log].source == "decisions"
        first = since if spoken_of else _first_day(connection, contract, log, brought.batch)
        if first is not None:
            recount(connection, contract.system, log, since=first)
    return updated, waiting


def _follow(connection: duckdb.DuckDBPyConnection, brought: WrittenBatch) -> tuple[int, int, dt.date | None]:
    """Rows updated, decisions waited for, and the month of the first decision that later rows speak of."""
    contract = brought.contract
    match contract.kind.follow:
        case Follow.CUBES:
            return _count(connection, brought), 0, None
        case Follow.DECISIONS:
            ids = _spoken_of(connection, contract, brought.batch)
            done = effective.overlay_and_count(connection, contract.system, ids)
            return done.updated, done.waiting, done.since
        case Follow.RENEWED:
            return _renew(connection, brought.opened, contract), 0, None
        case Follow.NOTHING:
            return 0, 0, None


def _spoken_of(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> str | None:
    """SQL: the ids of the decisions that a batch speaks of; None where they are `touched` since it was examined."""
    if not looked_up(contract):
        return f"SELECT id FROM {table(contract.system, contract.log)} WHERE batch = {batch}"
    good = left_out(connection)
    if good:
        connection.execute(f"DELETE FROM touched WHERE NOT (true{good})")
    return None


def _first_day(connection: duckdb.DuckDBPyConnection, contract: Contract, log: LogName, batch: int) -> dt.date | None:
    """The first day that a batch touches of what is counted of a log; None for none."""
    own, source = f"{table(contract.system, contract.log)} WHERE batch = {batch}", COUNTERS[log].source
    if contract.log != source:
        return None
    told = f" AND id IN (SELECT id FROM {table(contract.system, log)})" if source != log else ""
    found: list[tuple[dt.date | None]] = connection.execute(f"SELECT min(day) FROM {own}{told}").fetchall()
    return found[0][0]


def _count(connection: duckdb.DuckDBPyConnection, brought: WrittenBatch) -> int:
    """Has new decisions counted, with what was said of them before; returns how many that were known are restated.

    Where some are, months are counted anew from their rows, so that nothing is left uncounted before.
    """
    system, batch, uncounted = brought.contract.system, brought.batch, brought.uncounted
    later = effective.anything_later(connection, system)
    if later:
        fresh = f"SELECT id FROM {table(system, 'decisions')} WHERE batch = {batch}"
        effective.overlay(connection, system, f"SELECT id FROM ({later}) WHERE id IN ({fresh})")
    declare_bins(connection, system, batch)
    uncounted.append(batch)
    if not one(connection, "SELECT count(*) FROM known WHERE held"):
        return 0
    add_batches(connection, system, uncounted)
    uncounted.clear()
    changed = effective.restate(connection, brought.opened, brought.contract, takes_back=brought.growing)
    return effective.overlay_and_count(connection, system, changed).updated if changed else 0


def _renew(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> int:
    """Takes over what has come since a row was first told, such as the reply to a message."""
    held = table(contract.system, contract.log)
    role, _ = contract.kind.renewed or ("", "")
    cell = quote(role)
    if not holds(connection, "known_ids"):
        return 0
    kept, came = _which_hour(contract, role)
    told = f"SELECT row, {contract.select[role]} AS {cell}{came} FROM {opened.relation}"
    newest = f"max(s.{cell}) AS {cell}" + (f", arg_max(coalesce(s.hour, 0), s.{cell}) AS hour" if came else "")
    fresh = f"SELECT k.id, {newest} FROM ({told}) s JOIN known_ids k ON k.row = s.row GROUP BY k.id"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE renewed AS SELECT r.* FROM ({fresh}) r JOIN {held} h ON h.id = r.id "
        f"WHERE r.{cell} IS NOT NULL AND h.{cell} IS DISTINCT FROM r.{cell}"
    )
    found = one(connection, "SELECT count(*) FROM renewed")
    if found:
        connection.execute(f"UPDATE {held} SET {cell} = r.{cell}{kept} FROM renewed r WHERE {held}.id = r.id")
    return found


def _which_hour(contract: Contract, role: str) -> tuple[str, str]:
    """SQL to be added for a moment that is filled in: of two equal hours, which one it is (`lake.clocks`)."""
    moments = clocks.moments_of(contract.log)
    code = contract.moments[role].code if role in contract.moments else "0"
    if role not in moments or code == "0":
        return "", ""
    place = 2 * moments.index(role)
    held = f"{table(contract.system, contract.log)}.{clocks.AGAIN}"
    others = f"coalesce({held}, 0) & {255 - (3 << place)}"
    return f", {clocks.AGAIN} = nullif(({others}) | (r.hour << {place}), 0)", f", {code} AS hour"
