"""Changes of the columns of a log from file to file; and rows that were set aside and came corrected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import duckdb

from boussole.audits.decisions.contracts import Contract, columns_of
from boussole.audits.decisions.contracts.columns import WHOLE
from boussole.audits.decisions.examine import NOTED, bad_lines, fingerprint, left_out
from boussole.audits.decisions.quarantine import CORRECTION, close
from boussole.audits.decisions.report import SchemaChange, rows_told
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake import clocks
from boussole.audits.lake.tables import holds, literal, one, quote, table
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.model import System
from boussole.audits.systems.values import UNDECLARED

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
        f"AND (resolved IS NULL OR reason NOT IN ({_listed_cleared(OF_IDENTITY)}) OR resolved IN ({_CORRECTIONS}))"
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
        by_id = f"CASE WHEN e.reason IN ({_listed_cleared(OF_IDENTITY)}) THEN {wrong_id} ELSE {fault} END"
    else:
        by_id = same  # many rows speak of one decision
    connection.execute(
        "INSERT INTO closing SELECT DISTINCT e.batch, e.row FROM still_open e "
        f"LEFT JOIN versions v ON v.batch = e.batch JOIN marked m ON m.mark = e.mark WHERE coalesce({by_id}, false)"
    )


def _listed_cleared(values: Sequence[str]) -> str:
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


MOST_NAMED = 5
LONGEST_VALUE = 40
MORE = "…"
_FAMILIES = {
    "number": (*WHOLE, "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM"),
    "true or false": ("BOOLEAN",),
    "date": ("DATE", "TIMESTAMP", "TIME"),
}


def note_changes(
    connection: duckdb.DuckDBPyConnection,
    opened: OpenSource,
    contract: Contract,
    *,
    origin: str,
    batch: int,
    part: bool,
) -> tuple[SchemaChange, ...]:
    """Compare a source with the columns its log had so far, remember both, and return what changed."""
    changes = [*([] if part else _columns(connection, opened, contract)), *_values(connection, contract, batch)]
    changes += _infinite(connection, opened, contract)
    changes += [*noted(connection, contract), *_stopped_again(connection, contract, batch)]
    changes += _reviewed_before(connection, contract, batch)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    rows = [[contract.system.id, contract.log, origin, batch, c.kind, c.column, c.detail, now] for c in changes]
    if rows:
        connection.executemany("INSERT INTO lake.main.schema_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return tuple(changes)


def _columns(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> list[SchemaChange]:
    """A source without types (CSV) says nothing of the types of its columns."""
    key = [contract.system.id, contract.log]
    known = f"lake.main.seen_columns WHERE system = {literal(key[0])} AND log = {literal(key[1])}"
    seen: dict[str, str | None] = {}
    if holds(connection, "lake.main.seen_columns"):
        seen = dict(connection.execute(f'SELECT "column", type FROM {known}').fetchall())
    now = {name: family(kind) if opened.typed else None for name, kind in opened.types.items()}
    changes = [
        SchemaChange(kind="absent_column", column=name, detail="")
        for name in columns_of(contract.system, contract.log).optional
        if contract.log == "decisions" and name not in now and not seen
    ]
    if seen:
        needs = columns_of(contract.system, contract.log)
        read = {*needs.needed, *needs.optional, *needs.beside}
        changes += [
            SchemaChange(kind="read_column" if name in read else "new_column", column=name, detail="")
            for name in now
            if name not in seen
        ]
        changes += [SchemaChange(kind="lost_column", column=name, detail="") for name in seen if name not in now]
    for name, kind in now.items():
        before = seen.get(name)
        if kind and before and kind != before:
            changes.append(SchemaChange(kind="changed_type", column=name, detail=f"{before} -> {kind}"))
    merged = {name: kind or seen.get(name) for name, kind in now.items()}
    if merged != seen:
        if seen:
            connection.execute(f"DELETE FROM {known}")
        connection.executemany(
            "INSERT INTO lake.main.seen_columns VALUES (?, ?, ?, ?)", [[*key, *item] for item in merged.items()]
        )
    return changes


def family(kind: str) -> str:
    """Return the kind of values of a DuckDB type; an integer column that becomes floating is no change."""
    word = re.split(r"[( _]", kind, maxsplit=1)[0]
    return next((name for name, kinds in _FAMILIES.items() if word in kinds), kind.lower())


def _values(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> list[SchemaChange]:
    """Return categories of groups, controls and features that this batch brings for the first time."""
    system = contract.system
    if contract.log != "decisions":
        return []
    return [*_undeclared(connection, system, batch), *_new_values(connection, system, batch)]


def _undeclared(connection: duckdb.DuckDBPyConnection, system: System, batch: int) -> list[SchemaChange]:
    closed = {name: group.column for name, group in system.groups.items() if group.closed}
    if not closed:
        return []
    counts = ", ".join(
        f"count(*) FILTER ({quote(f'g_{name}')} = {literal(UNDECLARED)}), count({quote(f'g_{name}')})"
        for name in closed
    )
    query = f"SELECT {counts} FROM {table(system, 'decisions')} WHERE batch = {batch}"
    found = connection.execute(query).fetchone() or ()
    pairs = zip(closed.values(), found[::2], found[1::2], strict=True)
    return [_few_or_most(column, rows, known) for column, rows, known in pairs if rows]


def _few_or_most(column: str, rows: int, known: int) -> SchemaChange:
    """How many of the rows of a batch that have a value have one that no file declares."""
    if 2 * rows > known:
        return SchemaChange(kind="mostly_undeclared", column=column, detail=f"{rows} of {known}")
    return SchemaChange(kind="undeclared_value", column=column, detail=str(rows))


def _new_values(connection: duckdb.DuckDBPyConnection, system: System, batch: int) -> list[SchemaChange]:
    decisions = table(system, "decisions")
    if not holds(connection, f"{decisions} WHERE batch <> {batch}"):
        return []
    return [
        change
        for role, column in _watched(system).items()
        for change in _fresh(connection, system, quote(role), column=column, batch=batch)
    ]


def _watched(system: System) -> dict[str, str]:
    """The columns of the lake in which new categories are looked for, each with its column in the log."""
    open_groups = {
        f"g_{name}": group.column
        for name, group in system.groups.items()
        if not (group.bands or group.closed) and group.source == "log"
    }
    watched = open_groups | {f"c_{name}": control.column for name, control in system.controls.items()}
    return watched | {f"f_{name}": name for name in system.categories}


def _fresh(
    connection: duckdb.DuckDBPyConnection, system: System, role: str, *, column: str, batch: int
) -> Iterator[SchemaChange]:
    """What a batch brings that a column never held: values that many rows have, and how many values few have."""
    counted = f"SELECT {role} AS value, {_enough(system)} AS enough, bool_and(batch = {batch}) AS fresh"
    found = connection.execute(
        f"SELECT value, enough FROM ({counted} FROM {table(system, 'decisions')} WHERE {role} IS NOT NULL GROUP BY 1) "
        "WHERE fresh ORDER BY value"
    ).fetchall()
    named = [value for value, enough in found if enough]
    if named:
        yield SchemaChange(kind="new_value", column=column, detail=_listed(named))
    if len(found) > len(named):
        yield SchemaChange(kind="rare_value", column=column, detail=str(len(found) - len(named)))


def _enough(system: System) -> str:
    """SQL: whether a value is that of as many rows (and people, where they are known) as a group needs to be told."""
    limit = system.privacy.suppress_below
    people = f" AND count(DISTINCT person) >= {limit}" if system.log.person else ""
    return f"(count(*) >= {limit}{people})"


def _infinite(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> list[SchemaChange]:
    """Features that hold infinite numbers: they count as missing, which nobody would guess from the figures."""
    if contract.log != "decisions":
        return []
    watched = [name for name in contract.system.numbers if family(opened.types.get(name, "")) == "number"]
    if not watched:
        return []
    sides = ", ".join(f"coalesce(bool_or(isinf({contract.read.double(name)})), false)" for name in watched)
    found = connection.execute(f"SELECT {sides} FROM {opened.relation}").fetchone() or ()
    return [
        SchemaChange(kind="infinite_value", column=name, detail="")
        for name, infinite in zip(watched, found, strict=True)
        if infinite
    ]


def noted(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Iterator[SchemaChange]:
    """What the contract tells of rows that came in: in how many, and in which first."""
    if not contract.notes:
        return
    told = [f"(notes & {1 << place}) > 0" for place in range(len(contract.notes))]
    counts = ", ".join(f"count(*) FILTER ({sql}), min(row) FILTER ({sql})" for sql in told)
    found = connection.execute(f"SELECT {counts} FROM {NOTED} WHERE true{left_out(connection)}").fetchone()
    pairs = zip(contract.notes, (found or ())[::2], (found or ())[1::2], strict=True)
    for (_, column, kind), rows, first in pairs:
        if rows:
            yield SchemaChange(kind=kind, column=column, detail=rows_told(rows, first))


def _stopped_again(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> Iterator[SchemaChange]:
    """STOPs of a batch by people who had said it before."""
    section, held = contract.system.contacts, table(contract.system, "contacts")
    if contract.log != "contacts" or section is None:
        return
    came = f'SELECT person, "at", row FROM {held} WHERE batch = {batch} AND {section.stop}'
    if not holds(connection, f"({came})"):
        return
    people = f"SELECT person FROM ({came})"
    first = (
        f'SELECT person, min("at") AS first FROM {held} WHERE {section.stop} AND person IN ({people}) GROUP BY person'
    )
    query = f'SELECT count(*), min(row) FROM ({came}) c JOIN ({first}) f USING (person) WHERE c."at" > f.first'
    rows, row = connection.execute(query).fetchall()[0]
    if rows:
        yield SchemaChange(kind="stop_again", column=section.kind, detail=rows_told(rows, row))


def _reviewed_before(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> Iterator[SchemaChange]:
    """Decisions of a batch of which a review came in before them that is older than they are."""
    system = contract.system
    if contract.log != "decisions" or "human_actions" not in system.logs:
        return
    decisions, reviews = table(system, "decisions"), table(system, "human_actions")
    if not holds(connection, reviews):
        return
    said = clocks.stored(system, "human_actions", "recorded_at", alias="a.")
    decided = clocks.stored(system, "decisions", "decided_at", alias="d.")
    query = (
        f"SELECT count(DISTINCT d.row), min(d.row) FROM {reviews} a JOIN {decisions} d ON d.id = a.id "
        f"WHERE d.batch = {batch} AND {clocks.surely_before(said, decided)}"
    )
    rows, row = connection.execute(query).fetchall()[0]
    if rows:
        yield SchemaChange(kind="early_review", column=system.log.decided_at or "", detail=rows_told(rows, row))


def _listed(values: list[str]) -> str:
    shown = ", ".join(value[:LONGEST_VALUE] for value in values[:MOST_NAMED])
    return f"{shown}, {MORE}" if len(values) > MOST_NAMED else shown
