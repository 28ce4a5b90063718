"""One decision, as the lake holds it, for the person concerned: nothing of anybody else, and no sensitive group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.lake import reading
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import describe, exists, has_table, literal, one, quote, table
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.refusals import UnexplainedError

MOST_COMPARED = 2_000
"""Decisions that a person's data are compared with, at most: their averages say enough."""
Cell = float | str | None


@dataclass(frozen=True, kw_only=True)
class SingleDecision:
    """What the log says of one decision. Nothing of it is about anybody but the person it concerns.

    `reached`: by stage, whether the person came that far; empty without stages. `features`: the logged value of each
    watched input. `compared`: for each of them the values of at most `MOST_COMPARED` decisions of the same version and
    month, to take averages of, never to show; empty where fewer than the smallest group were made.
    """

    decided_on: dt.date
    version: str | None
    selected: bool | None
    human: bool | None
    score: float | None
    rank: int | None
    reached: Mapping[str, bool]
    features: Mapping[str, Cell]
    compared: Sequence[Mapping[str, Cell]]


def read_decision(workspace: Workspace, system: System, words: Sequence[str]) -> SingleDecision:
    """The decision of an id; `words` are the values of the columns that identify one, in their order.

    Raises UnexplainedError where the system keeps no single decisions, and where there is none of this id: with what is
    known of it (purged, set aside, out of the figures) and the next step.
    """
    require_key(system, words)
    with reading(workspace) as connection:
        if not exists(connection, system):
            raise UnexplainedError("unknown")
        set_key(connection, workspace)
        rows = _rows(connection, system, _stored_id(system, words))
        if not rows:
            raise _missing(connection, system, words)
        if len(rows) > 1:
            raise UnexplainedError("several", n=len(rows))
        return _single(connection, system, rows[0])


def require_key(system: System, words: Sequence[str]) -> None:
    """Raises UnexplainedError for a system that keeps no single decision, and for words that are no id of one."""
    if not system.decides or not system.log.key or system.log.weight is not None:
        raise UnexplainedError("not_single")
    if len(words) != len(system.log.key) or not all(words):
        raise UnexplainedError("key", columns=", ".join(system.log.key)).about("decision")


def _identity(words: Sequence[str]) -> str:
    """SQL of what identifies a decision, in clear: as `contracts` reads it from a file."""
    texts = ", ".join(literal(word) for word in words)
    return texts if len(words) == 1 else f"CAST(to_json([{texts}]) AS VARCHAR)"


def _stored_id(system: System, words: Sequence[str]) -> str:
    private = set(system.log.key) & set(system.privacy.pseudonymise)
    return pseudonym(_identity(words)) if private else _identity(words)


Row = dict[str, object]


def _rows(connection: duckdb.DuckDBPyConnection, system: System, id_: str) -> list[Row]:
    """The rows of an id, without groups, controls, person, team, or anything else that is not for the sheet."""
    held = table(system, "decisions")
    there = describe(connection, held)
    features = [f"f_{name}" for name in system.watched if f"f_{name}" in there]
    names = ["day", "model_version", "decision", "human", "score", "rank", "stages", *features]
    listed = ", ".join(quote(name) for name in names)
    found = connection.execute(f"SELECT {listed} FROM {held} WHERE id = {id_}").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def _single(connection: duckdb.DuckDBPyConnection, system: System, row: Row) -> SingleDecision:
    bits = row["stages"]
    stages = system.log.stages
    features = {name: row.get(f"f_{name}") for name in system.watched}
    return SingleDecision(
        decided_on=row["day"],  # type: ignore[arg-type]
        version=None if row["model_version"] is None else str(row["model_version"]),
        selected=_yes(row["decision"]),
        human=_yes(row["human"]),
        score=row["score"],  # type: ignore[arg-type]
        rank=row["rank"],  # type: ignore[arg-type]
        reached={} if bits is None else {name: bool(int(str(bits)) >> i & 1) for i, name in enumerate(stages)},
        features=features,  # type: ignore[arg-type]
        compared=list(_compared(connection, system, row)),
    )


def _yes(value: object) -> bool | None:
    return None if value is None else value == 1


def _compared(connection: duckdb.DuckDBPyConnection, system: System, row: Row) -> Iterator[Mapping[str, Cell]]:
    """The inputs of decisions of the same version and month, always the same ones; none where they are too few."""
    names = [name for name in system.watched if f"f_{name}" in row]
    month = f"date_trunc('month', day) = date_trunc('month', DATE '{row['day']}')"
    version = "model_version IS NOT DISTINCT FROM ?"
    held = table(system, "decisions")
    made = connection.execute(f"SELECT count(*) FROM {held} WHERE {month} AND {version}", [row["model_version"]])
    n = made.fetchone()
    if not names or n is None or n[0] < system.privacy.suppress_below:
        return
    listed = ", ".join(quote(f"f_{name}") for name in names)
    query = f"SELECT {listed} FROM {held} WHERE {month} AND {version} ORDER BY hash(id), id LIMIT {MOST_COMPARED}"
    for values in connection.execute(query, [row["model_version"]]).fetchall():
        yield dict(zip(names, values, strict=True))


def _missing(connection: duckdb.DuckDBPyConnection, system: System, words: Sequence[str]) -> UnexplainedError:
    """Why there is no decision of an id, as far as that is known."""
    aside = f"SELECT count(*) FROM {table(system, 'quarantine')} WHERE log = 'decisions' AND resolved IS NULL"
    if one(connection, f"{aside} AND mark = {pseudonym(_identity(words))}"):
        return UnexplainedError("aside")
    twin = "excluded_decisions"
    out = f"SELECT count(*) FROM {table(system, twin)} WHERE id = {_stored_id(system, words)}"
    if has_table(connection, system, twin) and one(connection, out):
        return UnexplainedError("excluded")
    before = purged_before(connection, system.id)
    return UnexplainedError("purged", day=before) if before else UnexplainedError("unknown")
