"""What is in force of a decision: its own log, overlaid by the newest outcome, stages and human action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes.reviews import each_once, keep_newest
from boussole.audits.cubes.update import rebuild_months
from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake import clocks
from boussole.audits.lake.clocks import Moment
from boussole.audits.lake.tables import holds, keep, let_go, literal, one, place_of, table
from boussole.audits.log_names import LogName
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Human

LATER = ("human", "outcome", "stages", "human_seconds")
LOGGED = {name: f"logged_{name.removeprefix('human_')}" for name in LATER}
"""Columns of what is in force, each with that of what the log of decisions itself says."""


@dataclass(frozen=True, kw_only=True)
class Overlaid:
    """Decisions that changed, their months, ids that no decision has, and the month of the first one (`since`)."""

    updated: int
    waiting: int
    months: list[dt.date]
    since: dt.date | None


def keep_touched(connection: duckdb.DuckDBPyConnection, system: System, rows: str, told: str = "t.id") -> None:
    """Keep the decisions that rows `t` (SQL, with `id`) are about as the table `touched`, with `told` (SQL)."""
    held = ", ".join(f"d.{name}" for pair in LOGGED.items() for name in pair)
    place = place_of(connection, system, alias="d.")
    decided = clocks.stored(system, "decisions", "decided_at", alias="d.")
    keep(
        connection,
        "touched",
        f"SELECT {told}, {place} AS place, CAST(date_trunc('month', d.day) AS DATE) AS month, d.decision, "
        f"{decided.local} AS decided_at, {decided.code} AS decided_again, {held} "
        f"FROM ({rows}) t LEFT JOIN {table(system, 'decisions')} d ON d.id = t.id",
    )


def overlay(connection: duckdb.DuckDBPyConnection, system: System, ids: str | None) -> Overlaid:
    """Update the decisions of these ids (SQL, one column `id`; None: those `touched`) by everything said of them.

    The newest statement counts: by `recorded_at` where there is one, else by order of arrival.
    """
    if ids is not None:
        keep_touched(connection, system, f"SELECT DISTINCT id FROM ({ids}) WHERE id IS NOT NULL")
    elif not each_once(connection, "touched"):
        keep(connection, "touched", "SELECT DISTINCT ON (id, place) * FROM touched")
    keep_newest(connection, "said", _said(system), "place, what")
    keep_newest(connection, "acted", _acted(system))
    keep(connection, "in_force", _in_force(system))
    looked = connection.execute("SELECT count(DISTINCT id) FILTER (place IS NULL), min(month) FROM touched").fetchall()[
        0
    ]
    let_go(connection, "touched", "said", "acted")
    months = connection.execute("SELECT DISTINCT month FROM in_force ORDER BY month").fetchall()
    updated = one(connection, "SELECT count(*) FROM in_force")
    if updated:
        _replace(connection, system)
    let_go(connection, "in_force")
    return Overlaid(updated=updated, waiting=looked[0], months=[row[0] for row in months], since=looked[1])


def _replace(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Writes decisions anew with what is `in_force` of them: an UPDATE of the lake takes twice as long."""
    decisions = table(system, "decisions")
    values = ", ".join(f"f.{name} AS {name}" for name in LATER)
    place = place_of(connection, system)
    found = f"SELECT *, {place} AS place FROM {decisions}"
    anew = f"SELECT d.* EXCLUDE (place) REPLACE ({values}) FROM ({found}) d JOIN in_force f ON f.place = d.place"
    struck = f"DELETE FROM {decisions} WHERE {place} IN (SELECT place FROM in_force)"
    if place == "rowid":
        connection.execute(f"INSERT INTO {decisions} {anew}")
        connection.execute(struck)
    else:  # by batch and row, what is written anew would be struck out with what it replaces
        keep(connection, "anew", anew)
        connection.execute(struck)
        connection.execute(f"INSERT INTO {decisions} FROM anew")
        let_go(connection, "anew")


def overlay_and_count(connection: duckdb.DuckDBPyConnection, system: System, ids: str | None) -> Overlaid:
    """Update these decisions, and count the cubes of the touched months."""
    done = overlay(connection, system, ids)
    rebuild_months(connection, system, done.months, later=True)
    return done


def anything_later(connection: duckdb.DuckDBPyConnection, system: System) -> str | None:
    """SQL: the ids that later logs speak of; None when they are empty."""
    logs = [
        table(system, log)
        for log in ("outcomes", "human_actions")
        if log in system.logs and holds(connection, table(system, log))
    ]
    return " UNION ALL ".join(f"SELECT id FROM {name}" for name in logs) or None


def restate(
    connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, takes_back: bool
) -> str | None:
    """Store what a source says of decisions. Returns SQL of the ids that changed, None where none did."""
    said = [name for name in LATER if not contract.select[name].startswith("CAST(NULL")]
    if not said:
        return None
    logged = {name: LOGGED[name] for name in said}
    new = {name: f"s.{name}" if takes_back else f"coalesce(s.{name}, d.{logged[name]})" for name in said}
    listed = "".join(f", {contract.select[name]} AS {name}" for name in said)
    if "stages" in said and not takes_back:
        listed += f", {_said_stages(contract)} AS mask"
        new["stages"] = "CAST((coalesce(d.logged_stages, 0) & (255 - s.mask)) | (s.stages & s.mask) AS UTINYINT)"
    decisions = table(contract.system, "decisions")
    rows = (
        f"SELECT {contract.select['id']} AS id{listed} FROM {opened.relation} "
        "WHERE row IN (SELECT row FROM known WHERE held)"
    )
    values = ", ".join(f"{value} AS {name}" for name, value in new.items())
    differs = " OR ".join(f"{value} IS DISTINCT FROM d.{logged[name]}" for name, value in new.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE restated AS SELECT s.id, {values} FROM ({rows}) s JOIN {decisions} d "
        f"ON d.id = s.id WHERE {differs}"
    )
    if not one(connection, "SELECT count(*) FROM restated"):
        return None
    taken = ", ".join(f"{column} = s.{name}" for name, column in logged.items())
    connection.execute(f"UPDATE {decisions} SET {taken} FROM restated s WHERE {decisions}.id = s.id")
    return "SELECT id FROM restated"


def _said_stages(contract: Contract) -> str:
    """SQL: the stages of which a row says something, as bits."""
    stages = {stage: 1 << i for i, stage in enumerate(contract.system.log.stages) if contract.has(stage)}
    bits = [f"(CASE WHEN {contract.read.absent(stage)} THEN 0 ELSE {bit} END)" for stage, bit in stages.items()]
    return " + ".join(bits)


def _in_force(system: System) -> str:
    """SQL: touched decisions whose values are not (any more) what is said of them, with the values in force."""
    seen = "t.decision = 1 AND " if system.log.outcome and system.log.outcome.observed_for == "selected" else ""
    new = {
        "human": "coalesce(a.decision, t.logged_human)",
        "human_seconds": "CASE WHEN a.place IS NULL THEN t.logged_seconds ELSE a.seconds END",
        "outcome": f"CASE WHEN {seen}true THEN coalesce(s.outcome, t.logged_outcome) END",
        "stages": "CASE WHEN coalesce(s.mask, 0) = 0 THEN t.logged_stages "
        "ELSE CAST((coalesce(t.logged_stages, 0) & (255 - s.mask)) | s.bits AS UTINYINT) END",
    }
    listed = ", ".join(f"{expression} AS {name}" for name, expression in new.items())
    differs = " OR ".join(f"{name} IS DISTINCT FROM old_{name}" for name in LATER)
    old = ", ".join(f"t.{name} AS old_{name}" for name in LATER)
    return (
        f"SELECT place, month, {', '.join(LATER)} FROM (SELECT t.place, t.month, {listed}, {old} FROM touched t "
        f"LEFT JOIN ({_outcomes(system)}) s ON s.place = t.place LEFT JOIN acted a ON a.place = t.place "
        f"WHERE t.place IS NOT NULL) WHERE {differs}"
    )


def _outcomes(system: System) -> str:
    """SQL: the newest outcome of each touched decision, and its stages as bits."""
    stages = " ".join(f"WHEN {literal('stage:' + name)} THEN {1 << i}" for i, name in enumerate(system.log.stages))
    bit = f"CASE what {stages} ELSE 0 END" if stages else "0"
    return (
        f"SELECT place, max(value) FILTER (what = 'outcome') AS outcome, bit_or({bit}) AS mask, "
        f"bit_or(CASE WHEN value = 1 THEN {bit} ELSE 0 END) AS bits FROM said GROUP BY place"
    )


def _said(system: System) -> str:
    """SQL: what was said of the outcome and the stages of touched decisions."""
    return _later(system, "outcomes", {"what": "VARCHAR", "value": "UTINYINT"})


def _acted(system: System) -> str:
    """Return SQL of human actions on touched decisions, without reviews that are older than their decision."""
    told = _later(system, "human_actions", {"decision": "UTINYINT", "seconds": "DOUBLE"})
    if "human_actions" not in system.logs:
        return told
    said = clocks.stored(system, "human_actions", "recorded_at", alias="l.")
    decided = clocks.Moment.of("t.decided_at", system.timezone, "t.decided_again")
    return f"{told} AND NOT {clocks.surely_before(said, decided)}"


def _later(system: System, log: LogName, columns: Mapping[str, str]) -> str:
    """SQL: these columns of a log, of touched decisions; `recorded_at` in the order of instants."""
    columns = {**columns, "recorded_at": "TIMESTAMP", "batch": "BIGINT", "row": "BIGINT"}
    if log not in system.logs:
        none = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
        return f"SELECT CAST(NULL AS BIGINT) AS place, {none} WHERE false"
    at = clocks.ordered(clocks.stored(system, log, "recorded_at", alias="l."))
    listed = ", ".join(f"{at} AS {name}" if name == "recorded_at" else f"l.{name}" for name in columns)
    return (
        f"SELECT t.place, {listed} FROM {table(system, log)} l JOIN touched t ON t.id = l.id WHERE t.place IS NOT NULL"
    )


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
