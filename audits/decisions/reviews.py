"""Rows of reviews that cannot be true: a review before what it reviews, an agent who is in two teams at once."""

from __future__ import annotations

import duckdb

from boussole.audits.cubes.reviews import older
from boussole.audits.decisions.contracts import Contract
from boussole.audits.lake.tables import describe, literal, table
from boussole.audits.systems.columns import Human

OLDER = "the review is older than the decision it is about"
TWO_TEAMS = "this agent is in another team in the same month"


def reject_reviews(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: str) -> None:
    """Adds such rows to `rejected`. `rows`: SQL of the rows that are good so far, with the roles of a review."""
    human = contract.system.log.human
    assert human is not None  # noqa: S101 (its log is declared)
    if human.recorded_at:
        known = table(contract.system, "decisions")
        early = (
            f"SELECT r.row FROM {rows} r JOIN {known} d ON d.id = r.id WHERE {older('r.recorded_at', 'd.decided_at')}"
        )
        _reject(connection, early, human.recorded_at, OLDER)
    if human.team:
        _reject(connection, _in_two_teams(connection, contract, rows, human), human.team, TWO_TEAMS)


def _in_two_teams(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: str, human: Human) -> str:
    """SQL: rows in which an agent is not in the team of their first review of the month."""
    month, held = "date_trunc('month', recorded_at)", table(contract.system, "human_actions")
    moment = "recorded_at" if human.recorded_at else "CAST(NULL AS TIMESTAMP) AS recorded_at"
    before = ""
    if "team" in describe(connection, held):
        before = f" UNION ALL SELECT 0 AS nth, batch, row, agent, team, recorded_at FROM {held} WHERE agent IS NOT NULL"
    every = f"SELECT 1 AS nth, 0 AS batch, row, agent, team, {moment} FROM {rows}{before}"
    first = f"first_value(team) OVER (PARTITION BY agent, {month} ORDER BY nth, batch, row)"
    found = f"SELECT nth, row, team, {first} AS first_team FROM ({every})"
    return f"SELECT row FROM ({found}) WHERE nth = 1 AND team <> first_team"


def _reject(connection: duckdb.DuckDBPyConnection, rows: str, column: str, reason: str) -> None:
    connection.execute(
        f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(reason)}, NULL FROM ({rows}) "
        "WHERE row NOT IN (SELECT row FROM rejected)"
    )
