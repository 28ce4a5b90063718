"""How a file is examined, row by row, before it is brought in; and the keyed hashes that pseudonyms are made by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.cubes.edges import declare_bins
from boussole.audits.cubes.logs import COUNTERS, counted_logs, recount
from boussole.audits.cubes.update import add_batches
from boussole.audits.decisions import effective
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.effective import looked_up, reject_reviews, reject_two_teams
from boussole.audits.decisions.identity import hold_id
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.errors import SourceError
from boussole.audits.lake import clocks
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import describe, holds, keep, literal, one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.privacy.pseudonyms import bucket, pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs.log_type import Follow, Retention
from boussole.audits.systems.values import too_many

FEW_ROWS = 10_000
"""In fewer rows than this nothing is gained."""
AGAIN = 2
"""In so many rows a value must stand on average, or it is as well hashed in each of them."""


@contextmanager
def keyed_once(
    connection: duckdb.DuckDBPyConnection, contract: Contract, relation: str, good: str
) -> Iterator[tuple[Contract, str]]:
    """Yield the contract and the relation of a source with the keyed hashes of its texts; `good`: SQL of its rows."""
    kept: list[str] = []
    source, rows = f"{relation} WHERE true{good}", one(connection, f"SELECT count(*) FROM {relation}")
    hashes = _hashes(contract) if rows >= FEW_ROWS else {}
    select = dict(contract.select)
    if looked_up(contract) and select["id"] == contract.mark():
        select["id"] = quote("touched:id")
        ids = "(SELECT DISTINCT row, id FROM touched)"
        relation = f"(SELECT s.*, t.id AS {select['id']} FROM {relation} s LEFT JOIN {ids} t ON t.row = s.row)"
    for text, roles in hashes.items():
        name = f"keyed_{len(kept)}"
        keep(connection, name, f"SELECT DISTINCT {text} AS clear FROM {source}")
        kept.append(name)
        if one(connection, f"SELECT count(*) FROM {name}") * AGAIN > rows:
            continue
        columns = {role: quote(f"{name}:{role}") for role in roles}
        listed = ", ".join(f"{hashed.format('clear')} AS {columns[role]}" for role, hashed in roles.items())
        keep(connection, name, f"SELECT clear, {listed} FROM {name}")
        told = quote(f"{name}:text")
        relation = (
            f"(SELECT s.*, {', '.join(f'{name}.{column}' for column in columns.values())} "
            f"FROM (SELECT *, {text} AS {told} FROM {relation}) s LEFT JOIN {name} ON {name}.clear = s.{told})"
        )
        select |= columns
    yield replace(contract, select=select), relation
    for name in kept:
        connection.execute(f"DROP TABLE {name}")


def _hashes(contract: Contract) -> dict[str, dict[str, str]]:
    """Texts whose keyed hash is stored, each with the roles that it is stored in, and SQL with a place for the text."""
    texts = dict.fromkeys([*map(contract.read.text, contract.read.types), *contract.texts])
    ways = (pseudonym("{}"), bucket("{}"))
    found = {
        text: {role: way for role, sql in contract.select.items() for way in ways if sql == way.format(text)}
        for text in texts
        if text != contract.identity
    }
    return {text: roles for text, roles in found.items() if roles}


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
    """Fill `rejected` and `known`; without `lake`, purged months do not count.

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
    """Whether an id may be there twice, by the 64-bit hashes of the ids."""
    good = f"FROM {opened.relation} WHERE true{left_out(connection)}"
    hashes = f"SELECT count(*) - count(DISTINCT hash({contract.identity})) {good}"
    return one(connection, hashes) > 0


def _leave_purged(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, growing: bool
) -> None:
    """Keep out rows that a purge removed: of a growing source they are known, of another one refused."""
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
    """Mark rows whose id the log holds as known."""
    rows = source_rows(connection, opened, contract, "id")
    know_ids(connection, rows, held=table(contract.system, contract.log))


def know_ids(connection: duckdb.DuckDBPyConnection, rows: str, *, held: str) -> None:
    """Mark rows (SQL with their number and id) whose id other rows (SQL) hold as known."""
    connection.execute(f"INSERT INTO known_ids SELECT row, id FROM {rows} WHERE id IN (SELECT id FROM {held})")
    connection.execute("INSERT INTO known (row, held) SELECT row, true FROM known_ids")


def know_by_words(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """Mark rows as known that say only what their log says already, by its date or as the newest word."""
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


def hold_bounded(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, lake: bool) -> None:
    """Raise SourceError where a source brings too many values of groups whose values the file does not declare."""
    system = contract.system
    if contract.log != "decisions":
        return
    free = [name for name, group in system.groups.items() if not group.order and group.source == "log"]
    if not free:
        return
    rows = f"{opened.relation} WHERE true{left_out(connection)}"
    came = _values(connection, rows, {name: contract.select[f"g_{name}"] for name in free})
    target = table(system, "decisions")
    known = describe(connection, target) if lake else {}
    stored = {name: quote(f"g_{name}") for name in free if f"g_{name}" in known}
    held = _values(connection, target, stored) if stored else {}
    fresh = {name for name in free if came[name] - held.get(name, set())}
    if not fresh:
        return
    sizes = {name: len(group.order) for name, group in system.groups.items()}
    sizes |= {name: len(came[name] | held.get(name, set())) for name in free}
    found = too_many(sizes, [by for by in system.attributes if fresh & set(by)])
    if found:
        what, many, most = found
        most_of = max(fresh, key=lambda name: (sizes[name], name))
        raise SourceError(
            f"{what}: this file brings {many:,} groups, too many to compare (at most {most}); the column "
            f"'{system.groups[most_of].column}' alone has {sizes[most_of]:,} different values.",
            where=opened.name,
            next_step=f"Write in the system file which values there are, as in `{most_of}: {{column: "
            f"{system.groups[most_of].column}, values: [A, B]}}` (others count as undeclared), or its `bands`; or take "
            "the group out.",
        )


def _values(connection: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str]) -> dict[str, set[str]]:
    listed = ", ".join(f"list(DISTINCT {sql})" for sql in columns.values())
    found = connection.execute(f"SELECT {listed} FROM {rows}").fetchone() or ()
    return {name: set(values or ()) - {None} for name, values in zip(columns, found, strict=True)}


@dataclass(frozen=True, kw_only=True)
class WrittenBatch:
    """A new batch and its source; `uncounted`: batches that the caller still counts; `growing`: a growing table."""

    opened: OpenSource
    contract: Contract
    batch: int
    growing: bool
    uncounted: list[int]


def follow(connection: duckdb.DuckDBPyConnection, brought: WrittenBatch) -> tuple[int, int]:
    """Brings decisions and cubes in line with a new batch. Returns rows updated and decisions waited for."""
    contract = brought.contract
    updated, waiting, since = _follow(connection, brought)
    for log in counted_logs(connection, contract.system):
        spoken_of = log == contract.log and COUNTERS[log].source == "decisions"
        first = since if spoken_of else _first_day(connection, contract, log, brought.batch)
        if first is not None:
            recount(connection, contract.system, log, since=first)
    return updated, waiting


def _follow(connection: duckdb.DuckDBPyConnection, brought: WrittenBatch) -> tuple[int, int, dt.date | None]:
    """Return rows updated, decisions waited for, and the month of the first decision that later rows are about."""
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
    """Count new decisions, with what was said of them before. Returns how many known ones are restated."""
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
