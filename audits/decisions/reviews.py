"""Rows of reviews that cannot be true: a review before what it reviews, an agent who is in two teams at once."""

from __future__ import annotations

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.effective import keep_touched
from boussole.audits.lake import clocks
from boussole.audits.lake.clocks import Moment
from boussole.audits.lake.tables import holds, keep, literal, table
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.columns import Human


def looked_up(contract: Contract) -> bool:
    """Whether the decisions that a source speaks of are `touched` since it was examined, by its rows."""
    human = contract.system.log.human if contract.log == "human_actions" else None
    return human is not None and human.recorded_at is not None


def reject_reviews(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: str) -> None:
    """Add unacceptable reviews to `rejected`; `rows`: SQL of the rows of the source that are good so far."""
    human = contract.system.log.human
    assert human is not None  # noqa: S101 (its log is declared)
    if human.recorded_at:
        at = contract.moments["recorded_at"]
        said = (
            f"SELECT row, {contract.select['id']} AS id, {at.local} AS recorded_at, {at.twice} AS twice, "
            f"{at.code} AS code FROM {rows}"
        )
        decided = clocks.stored(contract.system, "decisions", "decided_at", alias="d.")
        early = clocks.surely_before(Moment("t.recorded_at", "t.twice", "t.code"), decided)
        told = f"t.row, t.id, {early} AS early"
        keep_touched(connection, contract.system, said, told)
        _reject(connection, "SELECT row FROM touched WHERE early", human.recorded_at, Reason.OLD_REVIEW)
    reject_two_teams(connection, contract, rows)


def reject_two_teams(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: str) -> None:
    """Add rows to `rejected` in which an agent is in another team than before in the month."""
    human = contract.system.log.human
    if human is None or not (human.team and contract.has(human.team) and contract.has(human.agent)):
        return
    came = _came(contract, rows, human)
    if _moved(connection, contract, came):
        _reject(connection, _in_two_teams(connection, contract, came), human.team, Reason.TWO_TEAMS)


def _came(contract: Contract, rows: str, human: Human) -> str:
    """SQL: who reviewed in which team and month, as it came; of a log of decisions, where it says so."""
    read, at, named = contract.read, contract.select.get("recorded_at"), ""
    if contract.log == "decisions":
        at = contract.select["decided_at"]
        if human.recorded_at and contract.has(human.recorded_at):
            at = f"coalesce({contract.look_at(human.recorded_at).local}, {at})"
        named = f" WHERE NOT {read.blank(str(human.agent))} AND NOT {read.blank(str(human.team))}"
    return (
        f"SELECT row, {read.text(str(human.agent))} AS clear, {read.text(str(human.team))} AS team, "
        f"{_month(str(at))} FROM {rows}{named}"
    )


def _moved(connection: duckdb.DuckDBPyConnection, contract: Contract, came: str) -> bool:
    """Fill `moved` with the agents who are in two teams in some month. Returns whether there are any."""
    keep(connection, "agent_months", f"SELECT DISTINCT clear, team, month FROM ({came})")
    names = "SELECT DISTINCT clear FROM agent_months"
    keep(connection, "agent_names", f"SELECT clear, {pseudonym('clear')} AS agent FROM ({names})")
    now = "SELECT agent, month, team FROM agent_months JOIN agent_names USING (clear)"
    held = f"SELECT DISTINCT agent, month, team FROM ({_held(connection, contract)})"
    two = f"SELECT agent FROM ({now} UNION ALL {held}) GROUP BY agent, month HAVING count(DISTINCT team) > 1"
    keep(connection, "moved", f"FROM agent_names WHERE agent IN ({two})")
    return holds(connection, "moved")


def _held(connection: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """SQL: what the log holds of agents of the source, in its months."""
    held = table(contract.system, "human_actions")
    first, last = connection.execute("SELECT min(month), max(month) FROM agent_months").fetchall()[0]
    near = f" AND recorded_at >= DATE '{first}' AND recorded_at < DATE '{last}' + INTERVAL 1 MONTH" if first else ""
    return (
        f"SELECT batch, row, agent, {_month('recorded_at')}, team FROM {held} "
        f"WHERE agent IN (SELECT agent FROM agent_names){near}"
    )


def _month(moment: str) -> str:
    return f"CAST(date_trunc('month', {moment}) AS DATE) AS month"


def _in_two_teams(connection: duckdb.DuckDBPyConnection, contract: Contract, came: str) -> str:
    """SQL: rows in which an agent is not in the team of their first review of the month."""
    every = (
        f"SELECT 1 AS nth, 0 AS batch, row, agent, month, team FROM ({came}) JOIN moved USING (clear) "
        f"UNION ALL SELECT 0, h.* FROM ({_held(connection, contract)}) h SEMI JOIN moved USING (agent)"
    )
    first = "first_value(team) OVER (PARTITION BY agent, month ORDER BY nth, batch, row)"
    found = f"SELECT nth, row, team, {first} AS first_team FROM ({every})"
    return f"SELECT row FROM ({found}) WHERE nth = 1 AND team <> first_team"


def _reject(connection: duckdb.DuckDBPyConnection, rows: str, column: str, reason: Reason) -> None:
    connection.execute(
        f"INSERT INTO rejected SELECT row, {literal(column)}, {literal(reason)}, NULL FROM ({rows}) "
        "WHERE row NOT IN (SELECT row FROM rejected)"
    )
