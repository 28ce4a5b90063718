"""Which rows of a source are good: faults, duplicates, sealed months, and what the log holds already.

The answer is temporary tables, above all `rejected` (row, column, reason, value) and `known` (row, and whether the log
holds it: a bad row that was set aside before is known too, and may be `waiting` still).
"""

from __future__ import annotations

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.identity import hold_id
from boussole.audits.decisions.keyed import keyed_once
from boussole.audits.decisions.reviews import reject_reviews, reject_two_teams
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import keep, literal, one, quote, table
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs.log_type import Retention

PURGED = (Reason.SEALED, Reason.PAST)
"""Reasons for which nothing of a row is kept, or a purge would be undone."""
NOTED = "noted_rows"
"""The temporary table of rows with a fault or with a note: of notes one bit for each, in the order of the contract."""
ANSWERS = {
    "known": "row BIGINT, held BOOLEAN, waiting BOOLEAN DEFAULT false",
    "held_rows": "row BIGINT, batch BIGINT, place BIGINT, roles VARCHAR[], label VARCHAR",  # see `held`
    "told": "row BIGINT, batch BIGINT, place BIGINT, same BOOLEAN",  # see `cleared`
    "known_ids": "row BIGINT, id VARCHAR",  # rows known by their id alone, with it as it is stored
}
"""Temporary tables that are empty before a source is held to what the lake holds."""


def examine(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenSource,
    contract: Contract,
    *,
    lake: bool,
    growing: bool,
    part: bool = False,
) -> None:
    """Fills `rejected` and `known`, but for what the log holds; without `lake`, purged months do not count.

    Raises SourceError for an id that identifies nothing, unless the source is only a `part` of one (corrected rows).
    """
    _reject_faults(connection, opened, contract)
    for name, columns in ANSWERS.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if contract.kind.once:
        _reject_repeated(connection, opened, contract, identifies=not part)
    if lake:
        _leave_purged(connection, opened, contract, growing=growing)
        good = f"(FROM {opened.relation} WHERE true{left_out(connection)})"
        if contract.log == "human_actions":
            reject_reviews(connection, contract, good)
        elif contract.log == "decisions":
            reject_two_teams(connection, contract, good)


def left_out(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL: the condition, to be added with AND, of rows neither rejected nor known; empty when all are good."""
    parts = [name for name in ("rejected", "known") if one(connection, f"SELECT count(*) FROM {name}")]
    return "".join(f" AND row NOT IN (SELECT row FROM {name})" for name in parts)


def fingerprint(opened: OpenSource) -> str:
    """SQL: a keyed hash of all that is read of a source row."""
    return pseudonym(content(opened))


def content(opened: OpenSource) -> str:
    """SQL: all that is read of a source row, as one text."""
    values = ", ".join(f"coalesce(CAST({quote(column)} AS VARCHAR), chr(1))" for column in opened.columns)
    return f"concat_ws(chr(2), {values})"


def bad_lines(connection: duckdb.DuckDBPyConnection, opened: OpenSource) -> None:
    """The temporary table of the lines that could not be split, as they came."""
    connection.execute("CREATE OR REPLACE TEMP TABLE bad_lines (row BIGINT, line VARCHAR)")
    lines = [[line.row, line.text] for line in opened.bad_lines]
    if lines:
        connection.executemany("INSERT INTO bad_lines VALUES (?, ?)", lines)


def _reject_faults(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE rejected (row BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR)'
    )
    for line in opened.bad_lines:
        connection.execute("INSERT INTO rejected VALUES (?, ?, ?, NULL)", [line.row, line.column, line.reason])
    names = " ".join(f"WHEN {i} THEN {literal(column)}" for i, (_, column, _, _) in enumerate(contract.faults, 1))
    reasons = " ".join(f"WHEN {i} THEN {literal(reason)}" for i, (_, _, reason, _) in enumerate(contract.faults, 1))
    shown = " ".join(
        f"WHEN {i} THEN {_shown(column, reason)}"
        for i, (_, column, reason, show) in enumerate(contract.faults, 1)
        if show
    )
    value = f"CASE fault {shown} END" if shown else "NULL"
    faults = " ".join(f"WHEN {condition} THEN {i}" for i, (condition, *_) in enumerate(contract.faults, 1))
    noted = quote("row:notes")
    notes = " + ".join(f"(CASE WHEN {sql} THEN {1 << i} ELSE 0 END)" for i, (sql, *_) in enumerate(contract.notes))
    keep(
        connection,
        NOTED,
        f"SELECT row, fault, {noted} AS notes, {value} AS value FROM (SELECT *, CASE {faults} ELSE 0 END AS fault, "
        f"CAST({notes or 0} AS BIGINT) AS {noted} FROM {opened.relation}) WHERE fault > 0 OR {noted} > 0",
    )
    connection.execute(
        f"INSERT INTO rejected SELECT row, CASE fault {names} END, CASE fault {reasons} END, value FROM {NOTED} "
        "WHERE fault > 0"
    )


def _shown(column: str, reason: str) -> str:
    """SQL: what is kept of a bad value beside its reason; of one that is too long its length."""
    text = f"CAST({quote(column)} AS VARCHAR)"
    return f"CAST(length({text}) AS VARCHAR)" if Reason.of(reason) is Reason.TOO_LONG else f"left({text}, 40)"


def source_rows(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *roles: str) -> str:
    """SQL: row number and some roles of the rows that are good so far."""
    listed = ", ".join(f"{contract.select[role]} AS {quote(role)}" for role in roles)
    return f"(SELECT row, {listed} FROM {opened.relation} WHERE true{left_out(connection)})"


def _reject(connection: duckdb.DuckDBPyConnection, rows: str, column: str, reason: Reason) -> None:
    connection.execute(f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(reason)}, NULL FROM ({rows})")


def _reject_repeated(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, identifies: bool
) -> None:
    """The first row of an id is kept; later ones are refused: all of the source, where `identifies` is held to it."""
    if not _any_repeated(connection, opened, contract):
        return
    good = f"FROM {opened.relation} WHERE true{left_out(connection)}"
    rows = f"(SELECT row, {contract.identity} AS id, hash({content(opened)}) AS held {good})"
    first = "PARTITION BY id ORDER BY row"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT row, held <> told AS differs FROM (SELECT *, row_number() "
        f"OVER ({first}) AS nth, first_value(held) OVER ({first}) AS told FROM {rows}) WHERE nth > 1"
    )
    if identifies:
        hold_id(connection, opened, contract, rows=one(connection, f"SELECT count(*) {good}"))
    _reject(connection, "SELECT row FROM repeated", contract.id_column, Reason.DUPLICATE_IN_FILE)


def _any_repeated(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> bool:
    """Whether an id may be there twice: if not even two of the ids' 64-bit hashes are equal, none is.

    Ids are compared as they came: their pseudonyms would tell the same and cost more than all the rest.
    """
    good = f"FROM {opened.relation} WHERE true{left_out(connection)}"
    hashes = f"SELECT count(*) - count(DISTINCT hash({contract.identity})) {good}"
    return one(connection, hashes) > 0


def _leave_purged(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, growing: bool
) -> None:
    """Rows that a purge removed do not come back: of a growing source they are known, of another one refused."""
    found = _purged(connection, contract)
    if found is None:
        return
    condition, roles, column, reason = found
    rows = f"SELECT row FROM {source_rows(connection, opened, contract, *roles)} WHERE {condition}"
    if growing:
        connection.execute(f"INSERT INTO known (row, held) SELECT row, false FROM ({rows})")
    else:
        _reject(connection, rows, column, reason)


def _purged(connection: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[str, list[str], str, Reason] | None:
    """The condition of such rows and the roles it needs, with the column and the reason that are told."""
    system, log = contract.system, contract.log
    if log == "decisions":
        sealed = table(system, "sealed")
        months = f"CAST(date_trunc('month', day) AS DATE) IN (SELECT month FROM {sealed})"
        column = system.log.decided_at or contract.id_column
        return (months, ["day"], column, Reason.SEALED) if one(connection, f"SELECT count(*) FROM {sealed}") else None
    limit = purged_before(connection, system.id)
    if limit is None:
        return None
    if contract.kind.retention is Retention.DAY:
        return f"day < DATE '{limit}'", ["day"], contract.id_column, Reason.PAST
    waiting = f"id NOT IN (SELECT id FROM {table(system, 'decisions')})"
    return f"recorded_at < DATE '{limit}' AND {waiting}", ["id", "recorded_at"], contract.id_column, Reason.PAST


def names_known(contract: Contract, *, growing: bool) -> bool:
    """Whether rows are known by their id alone."""
    return contract.kind.compared == "never" or (contract.kind.compared == "files" and growing)


def know_by_id(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """Rows whose id the log holds are known."""
    rows = source_rows(connection, opened, contract, "id")
    know_ids(connection, rows, held=table(contract.system, contract.log))


def know_ids(connection: duckdb.DuckDBPyConnection, rows: str, *, held: str) -> None:
    """Those of some rows (SQL with their number and id) whose id other rows (SQL) hold are known."""
    connection.execute(f"INSERT INTO known_ids SELECT row, id FROM {rows} WHERE id IN (SELECT id FROM {held})")
    connection.execute("INSERT INTO known (row, held) SELECT row, true FROM known_ids")


def know_by_words(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """Rows that say only what their log says already: with its date, or as the newest word where there are no dates."""
    held, good = table(contract.system, contract.log), left_out(connection)
    what, moment = contract.kind.identity, contract.select["recorded_at"]
    newest = (
        f"SELECT * FROM {held} WHERE recorded_at IS NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(what)} ORDER BY batch DESC, row DESC) = 1"
    )
    facts = (*what, *contract.kind.says, "recorded_at")
    same = " AND ".join(f"h.{name} IS NOT DISTINCT FROM s.{name}" for name in facts)
    times = connection.execute(
        f"SELECT min({moment}), max({moment}) FROM {opened.relation} WHERE true{good}"
    ).fetchall()
    dated = "recorded_at BETWEEN TIMESTAMP '{}' AND TIMESTAMP '{}'".format(*times[0]) if times[0][0] else "false"
    held_rows = f"(SELECT * FROM {held} WHERE {dated} UNION ALL {newest})"
    with keyed_once(connection, contract, opened.relation, good) as (keyed, relation):
        said = keyed.insertion(relation, 0, good)
        connection.execute(
            "INSERT INTO known (row, held) SELECT row, true FROM "
            f"(SELECT s.row, EXISTS (FROM {held_rows} h WHERE {same}) AS there FROM ({said}) s) "
            "GROUP BY row HAVING bool_and(there)"
        )
