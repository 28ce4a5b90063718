"""The contracts of what comes after a decision: outcomes and stages, and what a human made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from boussole.audits.decisions.contracts.base import Contract, Needs
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.contracts.decisions import human_decision, known_stages, no_negative_time, unknown_team
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal
from boussole.audits.privacy.pseudonyms import bucket, pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Human


def outcome_needs(system: System) -> Needs:
    """The id of the decision, and an outcome, a stage, or several of them."""
    log = system.log
    recorded = log.outcome.recorded_at if log.outcome else None
    return Needs.of([*log.key, recorded], [log.outcome.column if log.outcome else None, *log.stages])


def outcomes(system: System, types: Mapping[str, str], *, now: dt.datetime) -> Contract:
    """Return the contract of outcomes: one row for each thing that a source row says."""
    log = system.log
    made = Contract(system, "outcomes", ColumnReader(types), " + ".join(log.key))
    made.identify(log.key)
    if log.outcome and log.outcome.recorded_at:
        made.moment("recorded_at", log.outcome.recorded_at, now=now)
    said = {stage: made.read.matches(stage, [True]) for stage in log.stages if made.has(stage)}
    known_stages(made, list(said))
    cells = [(f"stage:{stage}", stage, value) for stage, value in said.items()]
    if log.outcome and made.has(log.outcome.column):
        column = log.outcome.column
        cells.insert(0, ("outcome", column, made.read.matches(column, log.outcome.positive)))
    if not cells:
        names = ", ".join(outcome_needs(system).optional)
        raise SourceError(f"none of these columns is there: {names}.", next_step="Add one, or correct the system file.")
    empty = " AND ".join(made.read.absent(column) for _, column, _ in cells)
    made.fault(empty, cells[0][1], Reason.SAYS_NOTHING)
    made.rows = [
        ({"what": literal(what), "value": f"CAST({value} AS UTINYINT)"}, f"NOT {made.read.absent(column)}")
        for what, column, value in cells
    ]
    return made.complete()


def human_needs(system: System) -> Needs:
    """The columns that a log of human actions needs: the id of the decision and what the human decided."""
    human = system.log.human
    assert human is not None  # noqa: S101 (its log is declared)
    needed = [*system.log.key, human.decision, human.recorded_at, human.agent, human.team]
    return Needs.of(needed, [human.seconds, human.words])


def human_actions(system: System, types: Mapping[str, str], *, now: dt.datetime) -> Contract:
    """Return the contract of human actions: one row for each action on a decision."""
    log, human = system.log, system.log.human
    assert human is not None  # noqa: S101
    made = Contract(system, "human_actions", ColumnReader(types), " + ".join(log.key))
    made.identify(log.key)
    if human.recorded_at:
        made.moment("recorded_at", human.recorded_at, now=now)
    made.fault(made.read.absent(human.decision), human.decision, Reason.DECISION_MISSING)
    human_decision(made, "decision")
    if human.seconds and made.has(human.seconds):
        made.number("seconds", human.seconds)
        no_negative_time(made, human.seconds)
    if human.words and made.has(human.words):
        made.whole("words", human.words)
    _reviewer(made, human)
    return made.complete()


def _reviewer(made: Contract, human: Human) -> None:
    """Read who reviewed, as a pseudonym, and in which team, whose bucket is used."""
    read = made.read
    if human.agent is None:
        return
    made.fault(read.blank(human.agent), human.agent, Reason.AGENT_MISSING)
    made.select["agent"] = pseudonym(read.text(human.agent))
    made.select["bucket"] = bucket(read.text(human.team or human.agent))
    if human.team is None:
        return
    made.fault(read.blank(human.team), human.team, Reason.TEAM_MISSING)
    made.words("team", human.team)
    unknown_team(made, human)
