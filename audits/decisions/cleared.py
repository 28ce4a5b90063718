"""Rows set aside that a later source brings again, or corrects: not set aside twice, or closed by it."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.examine import (
    bad_lines,
    fingerprint,
)
from boussole.audits.decisions.quarantine import CORRECTION, close
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake.tables import holds, literal, one, table
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason

OF_IDENTITY = (Reason.DUPLICATE_IN_FILE, Reason.DUPLICATE_IN_LAKE, Reason.DIFFERS, Reason.CHANGED)
"""Reasons that say that the id stands somewhere else already."""
_CORRECTIONS = f"SELECT batch FROM lake.main.ingested WHERE starts_with(origin, {literal(CORRECTION)})"


def recognise(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """Mark rows of `rejected` that were set aside before for the same reason, or corrected since, as known."""
    aside = table(contract.system, "quarantine")
    if not holds(connection, "rejected") or not holds(connection, f"{aside} WHERE log = {literal(contract.log)}"):
        return
    bad_lines(connection, opened)
    printed = (
        f"SELECT row, {fingerprint(opened)} AS print FROM {opened.relation} "
        "WHERE row IN (SELECT row FROM rejected) AND row NOT IN (SELECT row FROM bad_lines) "
        f"UNION ALL SELECT row, {pseudonym('line')} FROM bad_lines"
    )
    number = "row_number() OVER (PARTITION BY print ORDER BY"
    now = (
        f'SELECT p.*, r."column", r.reason, {number} p.row) AS nth FROM ({printed}) p JOIN rejected r ON r.row = p.row'
    )
    before = (
        f'SELECT fingerprint AS print, batch, row AS place, "column", reason, resolved, discarded, '
        f"{number} batch, row) AS nth FROM {aside} WHERE log = {literal(contract.log)} AND fingerprint IS NOT NULL "
        f"AND (resolved IS NULL OR reason NOT IN ({_listed(OF_IDENTITY)}) OR resolved IN ({_CORRECTIONS}))"
    )
    connection.execute(
        "INSERT INTO told SELECT n.row, b.batch, b.place, b.resolved IS NOT NULL OR "
        '(b."column" = n."column" AND b.reason = n.reason) '
        f"FROM ({now}) n JOIN ({before}) b USING (print, nth)"
    )
    waiting = f"SELECT t.row, false, q.resolved IS NULL AND q.discarded IS NULL FROM told t JOIN {aside} q"
    connection.execute(
        f"INSERT INTO known {waiting} ON q.batch = t.batch AND q.row = t.place AND q.log = {literal(contract.log)} "
        "WHERE t.same"
    )
    connection.execute("DELETE FROM rejected WHERE row IN (SELECT row FROM told WHERE same)")


def close_corrected(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, origin: str, batch: int
) -> int:
    """Closes rows set aside that a source brings in, or sets aside anew in their place. Returns how many."""
    aside = table(contract.system, "quarantine")
    if not holds(connection, aside):
        return 0
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE still_open AS SELECT q.batch, q.row, q.mark, q.reason, i.origin "
        f"FROM {aside} q JOIN lake.main.ingested i ON i.batch = q.batch WHERE q.log = {literal(contract.log)} "
        f"AND q.resolved IS NULL AND q.batch <> {batch} "
        "AND (q.batch, q.row) NOT IN (SELECT (batch, place) FROM told WHERE same)"
    )
    if not one(connection, "SELECT count(*) FROM still_open"):
        return 0
    _versions(connection, contract)
    _close_by_place(connection, opened)
    if one(connection, "SELECT count(*) FROM still_open"):
        _close_by_id(connection, opened, contract, origin=origin)
    closed = one(connection, "SELECT count(*) FROM closing")
    if closed:
        close(connection, contract.system, contract.log, rows="closing", batch=batch)
    return closed


def _close_by_place(connection: duckdb.DuckDBPyConnection, opened: OpenSource) -> None:
    """Collect, into `closing`, rows set aside before and good ones at the place of those set aside."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE closing AS SELECT e.batch, e.row FROM still_open e JOIN versions v "
        f"ON v.batch = e.batch JOIN {opened.relation} s ON s.row = e.row WHERE v.in_place "
        "AND s.row NOT IN (SELECT row FROM rejected) AND s.row NOT IN (SELECT row FROM known WHERE NOT held) "
        "UNION SELECT batch, place FROM told WHERE NOT same"
    )
    connection.execute("DELETE FROM still_open WHERE (batch, row) IN (SELECT (batch, row) FROM closing)")


def _close_by_id(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, origin: str) -> None:
    """Collect, into `closing`, rows whose id the source holds, at the cost of a pseudonym for each row."""
    _mark_rows(connection, opened, contract)
    same = f"e.origin = {literal(origin)}"
    if contract.kind.once:
        fault = f"m.accepted OR {same} OR v.later"
        wrong_id = f"v.later OR (v.batch IS NULL AND {same})"
        by_id = f"CASE WHEN e.reason IN ({_listed(OF_IDENTITY)}) THEN {wrong_id} ELSE {fault} END"
    else:
        by_id = same  # many rows speak of one decision
    connection.execute(
        "INSERT INTO closing SELECT DISTINCT e.batch, e.row FROM still_open e "
        f"LEFT JOIN versions v ON v.batch = e.batch JOIN marked m ON m.mark = e.mark WHERE coalesce({by_id}, false)"
    )


def _listed(values: Sequence[str]) -> str:
    return ", ".join(map(literal, values))


def _mark_rows(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """The rows of a source whose id is that of a row set aside, and whether they are accepted."""
    rows = f"SELECT row, {contract.mark()} AS mark FROM {opened.relation}"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE marked AS SELECT row, mark, row NOT IN (SELECT row FROM rejected) "
        f"AND row NOT IN (SELECT row FROM known) AS accepted FROM ({rows}) "
        "WHERE mark IN (SELECT mark FROM still_open) AND row NOT IN (SELECT row FROM known WHERE NOT held)"
    )


def _versions(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Sources of which the log holds rows: whether all these are in this source too, and at the same place."""
    held = table(contract.system, contract.log)
    brought = f"SELECT batch, count(*) AS n FROM {held} WHERE batch IN (SELECT batch FROM still_open) GROUP BY batch"
    found = "SELECT batch, count(*) AS n, count(*) FILTER (row = place) AS placed FROM held_rows GROUP BY batch"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE versions AS SELECT b.batch, coalesce(f.n >= b.n, false) AS later, "
        f"coalesce(f.n >= b.n AND f.placed = f.n, false) AS in_place "
        f"FROM ({brought}) b LEFT JOIN ({found}) f USING (batch)"
    )
