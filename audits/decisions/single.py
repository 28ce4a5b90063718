"""One decision, as the lake holds it, for the person concerned: nothing of anybody else, and no sensitive group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import describe, exists, has_table, literal, one, quote, table
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


class UnexplainedError(BoussoleError):
    """Why a decision cannot be explained now: `reason` is a word for it, `values` what it names; pages put both in the
    reader's language."""

    def __init__(self, reason: str, what: str, *, next_step: str, **values: str) -> None:
        self.reason, self.values = reason, values
        super().__init__(what, next_step=next_step)


MOST_COMPARED = 2_000
"""Decisions that a person's data are compared with, at most: their averages say enough."""
Cell = float | str | None


@dataclass(frozen=True, kw_only=True)
class SingleDecision:
    """What the log says of one decision.

    `reached`: by stage, whether the person came that far; `features`: the logged value of each watched input;
    `compared`:
    their values in at most `MOST_COMPARED` decisions of the same version and month, empty where these are too few.
    """

    decided_on: dt.date
    decided_at: dt.datetime | None
    version: str | None
    selected: bool | None
    human: bool | None
    score: float | None
    rank: int | None
    reached: Mapping[str, bool]
    features: Mapping[str, Cell]
    compared: Sequence[Mapping[str, Cell]]


def read_decision(workspace: Workspace, system: System, words: Sequence[str]) -> SingleDecision:
    """Return the decision of an id; `words` are the values of the columns that identify one, in their order.

    Raises BoussoleError where the system keeps no single decisions, and where there is none of this id.
    """
    _hold_kept(system)
    if len(words) != len(system.log.key):
        raise UnexplainedError(
            "key",
            f"a decision of '{system.id}' is known by {len(system.log.key)} value(s): {', '.join(system.log.key)}.",
            next_step="Give each of them, in this order.",
            columns=", ".join(system.log.key),
        )
    with reading(workspace) as connection:
        if not exists(connection, system):
            raise UnexplainedError(
                "empty",
                f"no decision of '{system.id}' has come in yet.",
                next_step="Run `boussole sync`, or import a file.",
            )
        set_key(connection, workspace)
        rows = _rows(connection, system, _stored_id(system, words))
        if not rows:
            raise _missing(connection, workspace, system, words)
        if len(rows) > 1:
            raise _several(rows)
        return _single(connection, system, rows[0])


def _hold_kept(system: System) -> None:
    """Raises UnexplainedError for a system of which no single decision is kept."""
    if system.columns is None or system.columns.decision is None:
        raise UnexplainedError(
            "no_decisions",
            f"'{system.id}' logs no decisions about people.",
            next_step="Its purpose and its contact are in the register: `boussole systems list`.",
        )
    if not system.log.key or system.log.weight is not None:
        raise UnexplainedError(
            "not_single",
            f"the log of '{system.id}' keeps no decision by itself: "
            + ("a row stands for several." if system.log.weight else "its rows have no id."),
            next_step="Log one row for each decision and name its id in `columns.id`: only then can one be explained.",
        )


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
    names = ["decided_at", "day", "model_version", "decision", "human", "score", "rank", "stages", *features]
    listed = ", ".join(quote(name) for name in names)
    found = connection.execute(f"SELECT {listed} FROM {held} WHERE id = {id_}").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def _single(connection: duckdb.DuckDBPyConnection, system: System, row: Row) -> SingleDecision:
    log = system.log
    bits = row["stages"]
    at = row["decided_at"] if log.decided_at else None
    features = {name: row.get(f"f_{name}") for name in system.watched}
    return SingleDecision(
        decided_on=row["day"],  # type: ignore[arg-type]
        decided_at=at,  # type: ignore[arg-type]
        version=None if row["model_version"] is None else str(row["model_version"]),
        selected=_yes(row["decision"]),
        human=_yes(row["human"]),
        score=row["score"],  # type: ignore[arg-type]
        rank=row["rank"],  # type: ignore[arg-type]
        reached={} if bits is None else {name: bool(int(str(bits)) >> i & 1) for i, name in enumerate(log.stages)},
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


def _several(rows: Sequence[Row]) -> BoussoleError:
    versions = ", ".join(sorted({f"version {row['model_version']} on {row['day']}" for row in rows}))
    return UnexplainedError(
        "several",
        f"this id stands for {len(rows)} decisions ({versions}): it does not say which one is meant.",
        next_step="Name in `columns.id` of the system file the columns that tell them apart, and import into a "
        "workspace anew.",
        n=str(len(rows)),
    )


def _missing(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, words: Sequence[str]
) -> BoussoleError:
    """Why there is no decision of an id, as far as that is known."""
    mark = pseudonym(_identity(words))
    aside = f"SELECT count(*) FROM {table(system, 'quarantine')} WHERE log = 'decisions' AND resolved IS NULL"
    if one(connection, f"{aside} AND mark = {mark}"):
        return UnexplainedError(
            "aside",
            f"the row of this decision of '{system.id}' was set aside, as something in it cannot be read.",
            next_step="Mend it (`boussole quarantine list`), then ask again. The clock of the request goes on.",
        )
    twin = "excluded_decisions"
    if has_table(connection, system, twin):
        out = f"SELECT count(*) FROM {table(system, twin)} WHERE id = {_stored_id(system, words)}"
        if one(connection, out):
            return UnexplainedError(
                "excluded",
                f"this decision of '{system.id}' was taken out of the figures: its run was deleted or excluded.",
                next_step="Ask the team of the system why, and answer the person from the file; or take the run back "
                "and ask again.",
            )
    if other := _elsewhere(connection, workspace, system, words):
        return UnexplainedError(
            "elsewhere",
            f"'{system.id}' has no decision of this id; '{other}' has one.",
            next_step=f"If that is the one: give --system {other}.",
            other=other,
        )
    before = purged_before(connection, system.id)
    gone = f", and the rows of before {before} were removed for good" if before else ""
    return UnexplainedError(
        "purged" if before else "unknown",
        f"'{system.id}' has no decision of this id{gone}.",
        next_step="Check the id. "
        + (
            "If the decision is older than that, answer from the person's file, and say that the tool's data were "
            "erased on schedule."
            if before
            else "If it was made lately, run `boussole sync` first."
        ),
        day=before.isoformat() if before else "",
    )


def _elsewhere(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, words: Sequence[str]
) -> str | None:
    """Another system that has a decision of this id; one that cannot be asked has none."""
    for other in workspace.systems.values():
        fit = other.id != system.id and other.decides and len(other.log.key) == len(words)
        if fit and exists(connection, other) and _rows(connection, other, _stored_id(other, words)):
            return other.id
    return None
