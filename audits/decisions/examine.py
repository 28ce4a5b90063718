"""Which rows of a source are good: faults, duplicates, sealed months, and what the log holds already.

The answer is two temporary tables: `rejected` (row, column, reason, value) and `known` (row, and whether the log holds
it: a bad row that was set aside before is known too).
"""

from __future__ import annotations

import duckdb

from audits.decisions.contracts import Contract
from audits.decisions.sources import Opened
from audits.lake.tables import literal, quote, table
from audits.privacy.pseudonyms import pseudonym
from audits.privacy.removals import purged_before

DUPLICATE_IN_FILE = "the id appears earlier in the file"
DUPLICATE_IN_LAKE = "the id is already in the log"
CHANGED = "the decision differs from the one in the log, which stays as it was"
SEALED = "its month is sealed: its rows were purged"
PAST = "it is older than what was purged"
PURGED = (SEALED, PAST)
"""Reasons for which nothing of a row is kept, or a purge would be undone."""
ONE_ROW_AN_ID = ("decisions", "contacts", "generations")
"""Logs in which an id stands once."""


def examine(
    connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *, lake: bool, growing: bool
) -> None:
    """Fills `rejected` and `known`; without `lake`, rows are compared within the source only."""
    _reject_faults(connection, opened, contract)
    connection.execute("CREATE OR REPLACE TEMP TABLE known (row BIGINT, held BOOLEAN)")
    if contract.log in ONE_ROW_AN_ID:
        _reject_repeated(connection, opened, contract)
    if not lake:
        return
    _leave_purged(connection, opened, contract, growing=growing)
    if one(connection, f"SELECT count(*) FROM (FROM {table(contract.system, contract.log)} LIMIT 1)"):
        _compare(connection, opened, contract, growing=growing)
    if growing:
        _known_rejections(connection, opened, contract)


def left_out(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL: the condition, to be added with AND, of rows neither rejected nor known; empty when all are good."""
    parts = [name for name in ("rejected", "known") if one(connection, f"SELECT count(*) FROM {name}")]
    return "".join(f" AND row NOT IN (SELECT row FROM {name})" for name in parts)


def fingerprint(opened: Opened) -> str:
    """SQL: a keyed hash of all that is read of a source row."""
    values = ", ".join(f"coalesce(CAST({quote(column)} AS VARCHAR), chr(1))" for column in opened.columns)
    return pseudonym(f"concat_ws(chr(2), {values})")


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The whole number that a query gives."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


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


def _source(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *roles: str) -> str:
    """SQL: row number and some roles of the rows that are good so far."""
    listed = ", ".join(f"{contract.select[role]} AS {quote(role)}" for role in roles)
    return f"(SELECT row, {listed} FROM {opened.relation} WHERE true{left_out(connection)})"


def _reject(connection: duckdb.DuckDBPyConnection, rows: str, column: str, reason: str) -> None:
    connection.execute(f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(reason)}, NULL FROM ({rows})")


def _reject_repeated(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> None:
    """The first row of an id is kept; later ones are refused."""
    if not _any_repeated(connection, opened, contract):
        return
    ids = _source(connection, opened, contract, "id")
    twice = f"SELECT id FROM {ids} GROUP BY id HAVING count(*) > 1"
    nth = f"SELECT row, row_number() OVER (PARTITION BY id ORDER BY row) AS nth FROM {ids} WHERE id IN ({twice})"
    _reject(connection, f"SELECT row FROM ({nth}) WHERE nth > 1", contract.id_column, DUPLICATE_IN_FILE)


def _any_repeated(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> bool:
    """Whether an id may be there twice: if not even two of the ids' 64-bit hashes are equal, none is.

    The id of a decision is compared as it came: its pseudonym would tell the same and costs more than all the rest.
    """
    name = contract.read.text(contract.id_column) if contract.log == "decisions" else contract.select["id"]
    good = f"FROM {opened.relation} WHERE true{left_out(connection)}"
    hashes = one(connection, f"SELECT count(*) FROM (SELECT DISTINCT hash({name}) {good})")
    return hashes < one(connection, f"SELECT count(*) {good}")


def _leave_purged(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *, growing: bool) -> None:
    """Rows that a purge removed do not come back: of a growing source they are known, of another one refused."""
    found = _purged(connection, contract)
    if found is None:
        return
    condition, roles, column, reason = found
    rows = f"SELECT row FROM {_source(connection, opened, contract, *roles)} WHERE {condition}"
    if growing:
        connection.execute(f"INSERT INTO known SELECT row, false FROM ({rows})")
    else:
        _reject(connection, rows, column, reason)


def _purged(connection: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[str, list[str], str, str] | None:
    """The condition of such rows and the roles it needs, with the column and the reason that are told."""
    system, log = contract.system, contract.log
    if log == "decisions":
        sealed = table(system, "sealed")
        months = f"CAST(date_trunc('month', day) AS DATE) IN (SELECT month FROM {sealed})"
        column = system.log.decided_at or contract.id_column
        return (months, ["day"], column, SEALED) if one(connection, f"SELECT count(*) FROM {sealed}") else None
    limit = purged_before(connection, system.id)
    if limit is None:
        return None
    if log in ("contacts", "generations"):
        return f"day < DATE '{limit}'", ["day"], contract.id_column, PAST
    waiting = f"id NOT IN (SELECT id FROM {table(system, 'decisions')})"
    return f"recorded_at < DATE '{limit}' AND {waiting}", ["id", "recorded_at"], contract.id_column, PAST


def _compare(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *, growing: bool) -> None:
    """Holds the rows of a source to those of its log."""
    held = table(contract.system, contract.log)
    if contract.log in ("outcomes", "human_actions"):
        _mark_said(connection, opened, contract, held)
        return
    if contract.log == "decisions" and growing:
        rows = _source(connection, opened, contract, "id", "decision", "day")
        decision = contract.system.log.decision
        differs = f"SELECT s.row FROM {rows} s JOIN {held} d ON d.id = s.id WHERE s.day <> d.day"
        differs += " OR s.decision IS DISTINCT FROM d.decision" if decision else ""
        _reject(connection, differs, decision.column if decision else contract.id_column, CHANGED)
    if _names_known(contract, growing=growing):
        again = f"SELECT row FROM {_source(connection, opened, contract, 'id')} WHERE id IN (SELECT id FROM {held})"
        connection.execute(f"INSERT INTO known SELECT row, true FROM ({again})")


def _names_known(contract: Contract, *, growing: bool) -> bool:
    """Whether rows that the log holds are known; else they are refused, by `reject_held`."""
    return growing or contract.log == "contacts"


def reject_held(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int, *, growing: bool) -> bool:
    """Rejects rows of a new batch whose id an earlier one holds, and takes them out of the log; tells if there are any.

    They are compared in the log, once written: to compare them before would compute every pseudonym twice.
    """
    if contract.log not in ONE_ROW_AN_ID or _names_known(contract, growing=growing):
        return False
    target = table(contract.system, contract.log)
    earlier = f"FROM {target} WHERE batch <> {batch}"
    if not one(connection, f"SELECT count(*) FROM ({earlier} LIMIT 1)"):
        return False
    again = f"SELECT row FROM {target} WHERE batch = {batch} AND id IN (SELECT id {earlier})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held_rows AS {again}")
    if not one(connection, "SELECT count(*) FROM held_rows"):
        return False
    connection.execute(f"DELETE FROM {target} WHERE batch = {batch} AND row IN (FROM held_rows)")
    _reject(connection, "FROM held_rows", contract.id_column, DUPLICATE_IN_LAKE)
    return True


def _mark_said(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, held: str) -> None:
    """Rows that say only what their log says already: with its date, or as the newest word where there are no dates."""
    said = contract.insertion(opened.relation, 0, left_out(connection))
    what = ["id", "what"] if contract.log == "outcomes" else ["id"]
    newest = (
        f"SELECT * FROM {held} WHERE recorded_at IS NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(what)} ORDER BY batch DESC, row DESC) = 1"
    )
    facts = ["value"] if contract.log == "outcomes" else ["decision", "seconds"]
    same = " AND ".join(f"h.{name} IS NOT DISTINCT FROM s.{name}" for name in (*what, *facts, "recorded_at"))
    held_rows = f"(SELECT * FROM {held} WHERE recorded_at IS NOT NULL UNION ALL {newest})"
    connection.execute(
        f"INSERT INTO known SELECT row, true FROM (SELECT s.row, EXISTS (FROM {held_rows} h WHERE {same}) AS there "
        f"FROM ({said}) s) GROUP BY row HAVING bool_and(there)"
    )


def _known_rejections(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> None:
    """Bad rows of a growing source that were set aside before are known, not set aside again."""
    if not one(connection, "SELECT count(*) FROM rejected"):
        return
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT row FROM {opened.relation} "
        f"WHERE row IN (SELECT row FROM rejected) AND {fingerprint(opened)} IN "
        f"(SELECT fingerprint FROM {table(contract.system, 'quarantine')} WHERE log = {literal(contract.log)})"
    )
    connection.execute("INSERT INTO known SELECT row, false FROM again")
    connection.execute("DELETE FROM rejected WHERE row IN (FROM again)")
