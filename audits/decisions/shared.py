"""Which systems hold the same decisions: those with equal id and day, else equal person and moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.errors import SystemFileError
from boussole.audits.lake.tables import holds, literal, one, quote
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

LONG = 16
"""An id of that many characters is no running number: it means one decision, whatever day a log gives it."""
NEAR = 31
"""Days by which two systems may date one decision differently."""
AGREEING = 0.9
"""Rows that bear one id are the same decisions where that share of them says the same of what both systems read."""


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Two systems that hold the same decisions, and in which months (their first days)."""

    systems: tuple[str, str]
    months: tuple[dt.date, ...]


def note_shared(connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System) -> None:
    """Compares the decisions of a system that came since the last time with those of all other systems."""
    mark = f"lake.main.shared_rows WHERE system = {literal(system.id)} AND other IS NULL"
    compared = holds(connection, "lake.main.shared_rows") and holds(connection, mark)
    since = one(connection, f"SELECT max(batch) FROM {mark}") if compared else -1
    last = one(connection, f"SELECT coalesce(max(batch), -1) FROM {_decisions(system.id)}")
    if last <= since:
        return
    others = _others(connection, system.id)
    if others:
        set_key(connection, workspace)
        for other, months in _months(connection, system, _declared(workspace, others), f"batch > {since}").items():
            _note(connection, system.id, other, months)
    if compared:
        connection.execute(f"DELETE FROM {mark}")
    connection.execute("INSERT INTO lake.main.shared_rows VALUES (?, NULL, NULL, ?)", [system.id, last])


def sharing(connection: duckdb.DuckDBPyConnection) -> list[Sharing]:
    """All pairs of systems that hold the same decisions, in the order of their ids."""
    found: dict[tuple[str, str], list[dt.date]] = {}
    rows = connection.execute(
        "SELECT system, other, month FROM lake.main.shared_rows WHERE other IS NOT NULL ORDER BY ALL"
    ).fetchall()
    for system, other, month in rows:
        found.setdefault((system, other), []).append(month)
    return [Sharing(systems=pair, months=tuple(months)) for pair, months in found.items()]


def holding_same(connection: duckdb.DuckDBPyConnection, system: System, others: Collection[str]) -> set[str]:
    """Return the other systems that hold decisions of one, or of one that does, and so on."""
    pairs = {each.systems for each in sharing(connection)}
    found, reached = set[str](), [system.id]
    while reached:
        at = reached.pop()
        near = {name for pair in pairs if at in pair for name in pair} - found - {system.id}
        found |= near
        reached += near
    return found & set(others)


def same_content(connection: duckdb.DuckDBPyConnection, system: str, other: str) -> bool:
    """Whether both systems were given a file or table of decisions with just the same content."""
    return bool(
        one(
            connection,
            "SELECT count(*) FROM lake.main.ingested a JOIN lake.main.ingested b USING (sha256) WHERE a.log = "
            f"'decisions' AND b.log = 'decisions' AND a.system = {literal(system)} AND b.system = {literal(other)}",
        )
    )


def matches(system: System, other: System | None) -> list[str]:
    """SQL: the ways in which a decision of a system (`s`) can be one of another (`o`); of an unknown one, all."""
    ways = [
        f"{left} = {right} AND (s.day = o.day OR length(s.id) >= {LONG})"
        for left, right in _identities(_private(system, *system.log.key), _private(other, *_key(other)), "id")
    ]
    if system.log.person and (other is None or (other.log.person and other.log.key != system.log.key)):
        person = other and other.log.person
        pairs = _identities(
            _private(system, system.log.person), _private(other, *([person] if person else [])), "person"
        )
        ways += [f"{left} = {right} AND s.decided_at = o.decided_at" for left, right in pairs]
    return ways


def _identities(private: bool | None, other: bool | None, name: str) -> list[tuple[str, str]]:
    """SQL: the pairs that are equal where both name the same, stored in clear or as pseudonyms."""
    found = [(f"s.{name}", f"o.{name}")]
    if not private and other is not False:
        found.append((pseudonym(f"s.{name}"), f"o.{name}"))
    if private and not other:
        found.append((f"s.{name}", pseudonym(f"o.{name}")))
    return found


def _key(system: System | None) -> Sequence[str]:
    return system.log.key if system else ()


def _private(system: System | None, *columns: str) -> bool | None:
    """Whether identifiers of these columns are stored as pseudonyms; None of an unknown system."""
    return None if system is None else bool(set(columns) & set(system.privacy.pseudonymise))


def _decisions(system: str) -> str:
    return f"lake.{quote(system)}.decisions"


def _others(connection: duckdb.DuckDBPyConnection, system: str) -> list[str]:
    """Return all other systems that decisions came in for, also those whose file is gone."""
    rows = connection.execute(
        "SELECT DISTINCT system FROM lake.main.ingested WHERE log = 'decisions' AND system <> ? ORDER BY system",
        [system],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _declared(workspace: Workspace, names: Iterable[str]) -> dict[str, System | None]:
    """These systems as their files say; None of one whose file is gone, or has no log any more."""
    try:
        systems: Mapping[str, System] = workspace.systems
    except SystemFileError:  # of another system: it keeps no rows from coming in
        systems = {}
    found = {name: systems.get(name) for name in names}
    return {name: system if system and system.columns else None for name, system in found.items()}


def _months(
    connection: duckdb.DuckDBPyConnection, system: System, others: Mapping[str, System | None], which: str
) -> dict[str, list[dt.date]]:
    """The months in which each of some systems holds decisions of one; those that hold none are left out."""
    if not others or not one(connection, f"SELECT count(*) FROM {_decisions(system.id)} WHERE {which}"):
        return {}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE compared AS FROM {_decisions(system.id)} WHERE {which}")
    near = connection.execute(
        f"SELECT min(day) - INTERVAL {NEAR} DAY, max(day) + INTERVAL {NEAR} DAY FROM compared"
    ).fetchall()[0]
    days = f"o.day BETWEEN DATE '{near[0]:%Y-%m-%d}' AND DATE '{near[1]:%Y-%m-%d}'"
    parts = [
        f"SELECT {literal(name)} AS other, CAST(date_trunc('month', s.day) AS DATE) AS month, count(*) AS n, "
        f"count(*) FILTER ({_says_the_same(system, other)}) AS same "
        f"FROM compared s JOIN {_decisions(name)} o ON {way} WHERE {days} GROUP BY ALL"
        for name, other in others.items()
        for way in matches(system, other)
    ]
    rows = connection.execute(
        "SELECT other, month FROM (SELECT *, sum(n) OVER w AS n_all, sum(same) OVER w AS same_all FROM "
        f"({' UNION ALL '.join(parts)}) WINDOW w AS (PARTITION BY other)) WHERE same_all >= {AGREEING} * n_all "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    connection.execute("DROP TABLE compared")
    found: dict[str, list[dt.date]] = {}
    for other, month in rows:
        found.setdefault(other, []).append(month)
    return found


def _says_the_same(system: System, other: System | None) -> str:
    """Return SQL that tells whether two rows agree in all that both systems read from a column of one name."""
    if other is None:
        return "true"
    pairs = [("score", "score")] if system.log.score and system.log.score == other.log.score else []
    mine, theirs = _as_they_stand(system), _as_they_stand(other)
    pairs += [(mine[column], theirs[column]) for column in mine.keys() & theirs.keys()]
    return " AND ".join(f"coalesce(s.{quote(a)} = o.{quote(b)}, true)" for a, b in pairs) or "true"


def _as_they_stand(system: System) -> dict[str, str]:
    """The columns of the lake that hold a column of a log as it is, by its name there."""
    groups = system.groups.items()
    found = {group.column: f"g_{name}" for name, group in groups if not group.bands and group.source == "log"}
    found |= {control.column: f"c_{name}" for name, control in system.controls.items()}
    person = system.log.person
    return found | ({person: "person"} if person and person not in system.privacy.pseudonymise else {})


def _note(connection: duckdb.DuckDBPyConnection, system: str, other: str, months: Sequence[dt.date]) -> None:
    """Keeps the months of a pair that are not kept yet."""
    first, second = sorted((system, other))
    for month in months:
        connection.execute(
            "INSERT INTO lake.main.shared_rows SELECT ?, ?, ?, NULL WHERE NOT EXISTS "
            "(FROM lake.main.shared_rows WHERE system = ? AND other = ? AND month = ?)",
            [first, second, month, first, second, month],
        )
