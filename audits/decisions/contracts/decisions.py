"""The contract of the decision log."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence

from boussole.audits.decisions.contracts.base import ROW, Contract, Needs, day_of
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.lake import clocks
from boussole.audits.lake.rows import LOGGED
from boussole.audits.lake.tables import literal
from boussole.audits.privacy.pseudonyms import bucket
from boussole.audits.reasons import Reason
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Group, Human, band_names
from boussole.audits.systems.values import UNDECLARED

LAST_PLACE = 1_000_000_000
"""Ranks are stored as 32-bit integers."""


def needs(system: System) -> Needs:
    """What can come later in a log of its own (outcomes, stages, what a human did) need not be there."""
    log = system.log
    decision = log.decision.column if log.decision else None
    names: list[str | None] = [*log.key, log.decided_at, decision, log.request, log.rank, log.person]
    names += [log.team, log.use, log.weight, log.model_version, *system.watched]
    names += [log.score.column if log.score else None]
    names += [group.column for group in system.groups.values() if group.source == "log"]
    names += [control.column for control in system.controls.values()]
    human = log.human
    reviews = [human.recorded_at, human.agent, human.team] if human else []
    return Needs.of(names, later_columns(system), reviews)


def later_columns(system: System) -> list[str]:
    """Columns of what happens after a decision."""
    log = system.log
    names: list[str | None] = [log.outcome.column if log.outcome else None, *log.stages]
    names += [log.human.decision, log.human.seconds] if log.human else []
    return [name for name in names if name]


def contract(
    system: System, types: Mapping[str, str], *, period: dt.date | None, now: dt.datetime, content: str
) -> Contract:
    """Return the contract of a log of decisions; `period` dates rows without time, `content` is the source's hash."""
    made = Contract(system, "decisions", ColumnReader(types), " + ".join(system.log.key) or ROW)
    _identity(made, content)
    _time(made, period or system.log.period, now)
    _decision(made)
    _numbers(made)
    _outcome(made)
    _texts(made)
    _groups(made, now.date())
    made.select |= {name: made.select[_role(name)] for name in LOGGED if _role(name) in made.select}
    return made.complete()


def _role(logged: str) -> str:
    """The column of what is in force that a `logged_` column belongs to."""
    return "human_seconds" if logged == "logged_seconds" else logged.removeprefix("logged_")


def _identity(contract: Contract, content: str) -> None:
    log = contract.system.log
    contract.identify(log.key, content=content)
    for role, column in (("person", log.person), ("request", log.request), ("team", log.team)):
        if column:
            contract.select[role] = contract.identifier(column)
    contract.select["bucket"] = _cluster_bucket(contract)


def _cluster_bucket(contract: Contract) -> str:
    """SQL: the bucket of the cluster (person, else request); a row without one stands for itself."""
    log, text = contract.system.log, contract.read.text
    clusters = [text(column) for column in (log.person, log.request) if column]
    if not clusters:
        # Knuth's multiplicative hash, its high bits
        return f"CAST((row * 2654435761) % 4294967296 // 65536 % {BUCKETS} AS UTINYINT)"
    contract.texts.append(f"coalesce({', '.join([*clusters, contract.identity])})")
    return bucket(contract.texts[-1])


def _time(contract: Contract, period: dt.date | None, now: dt.datetime) -> None:
    column = contract.system.log.decided_at
    if column is None or period is not None:
        day = literal(period)
        contract.select |= {"decided_at": f"CAST({day} AS TIMESTAMP)", "day": f"CAST({day} AS DATE)"}
        return
    contract.select["day"] = day_of(contract.moment("decided_at", column, now=now))


def _decision(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    if log.decision is None:
        contract.select["decision"] = "CAST(NULL AS UTINYINT)"
        return
    contract.select["decision"] = f"CAST({read.matches(log.decision.column, log.decision.selected)} AS UTINYINT)"
    contract.fault(read.absent(log.decision.column), log.decision.column, Reason.DECISION_MISSING)
    _known_decision(contract, log.decision.column)
    if log.human and contract.has(log.human.decision):
        human_decision(contract, "human")
    if log.human:
        _review(contract, log.human)
    present = {stage: 1 << i for i, stage in enumerate(log.stages) if contract.has(stage)}
    if present:
        bits = [f"(CASE WHEN {read.matches(stage, [True])} THEN {bit} ELSE 0 END)" for stage, bit in present.items()]
        contract.select["stages"] = f"CAST({' + '.join(bits)} AS UTINYINT)"
    known_stages(contract, list(present))


def human_decision(contract: Contract, role: str) -> None:
    """What a human decided, in the values of the decision itself."""
    log, read = contract.system.log, contract.read
    assert log.human is not None and log.decision is not None  # noqa: S101, PT018 (its log is declared)
    column = log.human.decision
    selected = read.matches(column, log.decision.selected)
    contract.select[role] = f"CASE WHEN NOT {read.absent(column)} THEN CAST({selected} AS UTINYINT) END"
    _known_decision(contract, column)


def _review(contract: Contract, human: Human) -> None:
    """Add the checks of reviews in a log of decisions, which are those of `later.human_actions`."""
    read = contract.read
    if human.recorded_at and contract.has(human.recorded_at) and "decided_at" in contract.moments:
        early = clocks.surely_before(contract.look_at(human.recorded_at), contract.moments["decided_at"])
        contract.fault(early, human.recorded_at, Reason.OLD_REVIEW)
    if human.agent and human.team and contract.has(human.agent) and contract.has(human.team):
        told = f"NOT {read.blank(human.agent)} AND NOT {read.blank(human.team)}"
        unknown_team(contract, human, among=told)


def unknown_team(contract: Contract, human: Human, *, among: str = "true") -> None:
    """A team that is none of those that the system file lists, where it lists any."""
    if human.team and human.teams is not None:
        known = f"coalesce({contract.read.text(human.team)} IN ({', '.join(map(literal, human.teams))}), false)"
        contract.fault(f"{among} AND NOT {known}", human.team, Reason.UNKNOWN_TEAM, show=True)


def no_negative_time(contract: Contract, seconds: str) -> None:
    negative = f"coalesce({contract.read.double(seconds)} < 0, false)"
    contract.fault(negative, seconds, Reason.NEGATIVE_TIME, show=True)


def known_stages(contract: Contract, stages: Sequence[str]) -> None:
    """Require that stages are true or false, and that no stage is denied to whom reached a later one."""
    read = contract.read
    for stage in stages:
        strange = f"NOT {read.absent(stage)} AND NOT {read.matches(stage, [True, False])}"
        contract.fault(strange, stage, Reason.NO_STAGE, show=True)
    for before, stage in itertools.pairwise(stages):
        contract.note(f"{read.matches(stage, [True])} AND {read.matches(before, [False])}", stage, "stage_skipped")


def _known_decision(contract: Contract, column: str) -> None:
    decision, read = contract.system.log.decision, contract.read
    if decision is not None and decision.not_selected is not None:
        strange = (
            f"NOT {read.absent(column)} AND NOT {read.matches(column, [*decision.selected, *decision.not_selected])}"
        )
        contract.fault(strange, column, Reason.NO_DECISION, show=True)


def _numbers(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    contract.select["weight"] = "CAST(1 AS BIGINT)"
    if log.weight:
        value = read.double(log.weight)
        contract.select["weight"] = f"CAST({read.number(log.weight)} AS BIGINT)"
        whole = f"coalesce(isfinite({value}) AND {value} BETWEEN 0 AND 1e15 AND {value} = floor({value}), false)"
        contract.fault(f"NOT {whole}", log.weight, Reason.WEIGHT)
    if log.score:
        low, high = log.score.range
        contract.number("score", log.score.column)
        outside = f"coalesce(NOT ({read.double(log.score.column)} BETWEEN {low!r} AND {high!r}), false)"
        contract.fault(outside, log.score.column, Reason.SCORE.told(low=f"{low:g}", high=f"{high:g}"))
    if log.rank:
        # NaN is how data frames write that somebody is not in the list.
        contract.select["rank"] = read.number(log.rank)
        place = read.double(log.rank)
        whole = f"coalesce({place} BETWEEN 1 AND {LAST_PLACE} AND {place} = floor({place}), false)"
        contract.fault(f"NOT {read.absent(log.rank)} AND NOT {whole}", log.rank, Reason.RANK)
    if log.human and log.human.seconds and contract.has(log.human.seconds):
        contract.number("human_seconds", log.human.seconds)
        no_negative_time(contract, log.human.seconds)
    ranges = {feature.column: feature.range for feature in contract.system.features}
    for feature in contract.system.numbers:
        # NaN is how data frames write a missing feature: it is counted as missing, not refused.
        contract.select[f"f_{feature}"] = read.number(feature)
        contract.fault(read.no_number(feature), feature, Reason.WORDS)
        contract.within(feature, ranges[feature])


def _outcome(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    if log.outcome is None or not contract.has(log.outcome.column):
        return
    column = log.outcome.column
    seen = f"NOT {read.absent(column)}"
    if log.outcome.observed_for == "selected":
        seen += f" AND {contract.select['decision']} = 1"
    positive = read.matches(column, log.outcome.positive)
    contract.select["outcome"] = f"CASE WHEN {seen} THEN CAST({positive} AS UTINYINT) END"


def _texts(contract: Contract) -> None:
    log, system = contract.system.log, contract.system
    roles = {"model_version": log.model_version, "use": log.use}
    roles |= {f"c_{name}": control.column for name, control in system.controls.items()}
    for role, column in roles.items():
        if column:
            contract.words(role, column)


def _groups(contract: Contract, today: dt.date) -> None:
    """Declare the values of watched categories and of groups."""
    read = contract.read
    for feature in contract.system.categories:
        contract.select[f"f_{feature}"] = f"CASE WHEN NOT {read.absent(feature)} THEN {read.text(feature)} END"
        contract.no_formula(feature)
    for name, group in contract.system.groups.items():
        if group.source == "sensitive" or (group.expires and group.expires < today):
            continue
        contract.select[f"g_{name}"] = group_value(read, group)
        if group.bands:
            contract.fault(
                read.no_number(group.column) + f" AND NOT {read.absent(group.column)}", group.column, Reason.NO_NUMBER
            )
            contract.within(group.column, group.range)
        else:
            contract.no_formula(group.column)
        if group.undeclared == "set_aside":
            contract.fault(
                f"{undeclared(read, group)} AND NOT {read.absent(group.column)}", group.column, Reason.NOT_DECLARED
            )


def undeclared(read: ColumnReader, group: Group) -> str:
    """SQL: whether what a column holds is none of the values that its group declares; never NULL."""
    return f"NOT coalesce({read.text(group.column)} IN ({', '.join(map(literal, group.values))}), false)"


def group_value(read: ColumnReader, group: Group) -> str:
    """SQL: the value of a group, or its band; NULL where there is none. Of a value that is not declared, no letter."""
    column = group.column
    if group.closed:
        told = f"CASE WHEN {undeclared(read, group)} THEN {literal(UNDECLARED)} ELSE {read.text(column)} END"
        return f"CASE WHEN NOT {read.absent(column)} THEN {told} END"
    if not group.bands:
        return f"CASE WHEN NOT {read.absent(column)} THEN {read.text(column)} END"
    names = band_names(group.bands)
    value = read.number(column)
    cases = " ".join(
        f"WHEN ({value}) < {edge!r} THEN {literal(n)}" for edge, n in zip(group.bands, names, strict=False)
    )
    return f"CASE WHEN ({value}) IS NULL THEN NULL {cases} ELSE {literal(names[-1])} END"
