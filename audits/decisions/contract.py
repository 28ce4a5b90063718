"""The contract of a log as SQL: each column is read into its role, each row gets its first fault or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from audits.decisions.columns import ColumnReader
from audits.decisions.pseudonyms import pseudonym
from audits.lake.tables import decision_columns, literal
from audits.systems.model import BUCKETS, Group, System, band_names

EARLIEST = dt.date(1990, 1, 1)


@dataclass
class Contract:
    """SQL of one system's log.

    `select` maps each column of the lake to an expression over the source's columns; `faults` are tested in
    order: the first that holds is the row's fault, as (SQL condition, column, reason, show the value).
    """

    system: System
    read: ColumnReader
    select: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def fault(self, condition: str, column: str, reason: str, *, show: bool = False) -> None:
        self.faults.append((condition, column, reason, show))


def needed_columns(system: System) -> list[str]:
    """The columns of the source that the system file names, each once."""
    log = system.log
    names: list[str | None] = [log.id, log.decided_at, log.decision.column, log.request, log.rank, log.person]
    names += [log.team, log.use, log.weight, log.model_version, *log.stages, *system.features]
    names += [log.score.column if log.score else None, log.outcome.column if log.outcome else None]
    names += [log.human.decision, log.human.seconds] if log.human else []
    names += [group.column for group in system.groups.values() if group.source == "log"]
    names += [control.column for control in system.controls.values()]
    return list(dict.fromkeys(name for name in names if name))


def build_contract(
    system: System, types: Mapping[str, str], *, period: dt.date | None = None, now: dt.datetime
) -> Contract:
    """The contract of a log whose columns have these DuckDB types; `period` dates rows when the log has no time."""
    contract = Contract(system, ColumnReader(types))
    _identity(contract)
    _time(contract, period or system.log.period, now)
    _decision(contract)
    _numbers(contract)
    _outcome(contract)
    _texts(contract)
    _groups(contract)
    order = decision_columns(system)
    contract.select = {
        name: contract.select.get(name, f"CAST(NULL AS {kind})")
        for name, kind in order.items()
        if name not in ("batch", "row")
    }
    return contract


def _identity(contract: Contract) -> None:
    log, private, text = contract.system.log, contract.system.privacy.pseudonymise, contract.read.text
    contract.fault(contract.read.blank(log.id), log.id, "the id is missing")
    for role, column in (("id", log.id), ("person", log.person), ("request", log.request), ("team", log.team)):
        if column:
            contract.select[role] = pseudonym(text(column)) if column in private else text(column)
    contract.select["bucket"] = f"CAST({_cluster_hash(contract)} % {BUCKETS} AS UTINYINT)"


def _cluster_hash(contract: Contract) -> str:
    """SQL: a portable hash of the cluster (person, else request); a row without one stands for itself."""
    clusters = [contract.select[role] for role in ("person", "request") if role in contract.select]
    if not clusters:
        return "((row * 2654435761) % 4294967296 // 65536)"  # Knuth's multiplicative hash, its high bits
    return f"md5_number_lower(coalesce({', '.join([*clusters, contract.select['id']])}))"


def _time(contract: Contract, period: dt.date | None, now: dt.datetime) -> None:
    column = contract.system.log.decided_at
    if column is None or period is not None:
        day = literal(period)
        contract.select |= {"decided_at": f"CAST({day} AS TIMESTAMP)", "day": f"CAST({day} AS DATE)"}
        return
    local = contract.read.moment(column, contract.system.timezone)
    contract.select |= {"decided_at": local, "day": f"CAST({local} AS DATE)"}
    contract.fault(contract.read.absent(column), column, "the date is missing")
    contract.fault(f"({local}) IS NULL", column, "not a date (write 2026-09-30 or 2026-09-30T14:05:00)")
    latest = now + dt.timedelta(days=1)
    condition = f"({local}) < DATE '{EARLIEST}' OR ({local}) > TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'"
    contract.fault(condition, column, f"the date is before {EARLIEST.year} or in the future")


def _decision(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    contract.select["decision"] = f"CAST({read.matches(log.decision.column, log.decision.selected)} AS UTINYINT)"
    contract.fault(read.absent(log.decision.column), log.decision.column, "the decision is missing")
    _known_decision(contract, log.decision.column)
    if log.human:
        column = log.human.decision
        selected = read.matches(column, log.decision.selected)
        contract.select["human"] = f"CASE WHEN NOT {read.absent(column)} THEN CAST({selected} AS UTINYINT) END"
        _known_decision(contract, column)
    if log.stages:
        bits = [f"(CASE WHEN {read.matches(s, [True])} THEN {1 << i} ELSE 0 END)" for i, s in enumerate(log.stages)]
        contract.select["stages"] = f"CAST({' + '.join(bits)} AS UTINYINT)"
        for stage in log.stages:
            strange = f"NOT {read.absent(stage)} AND NOT {read.matches(stage, [True, False])}"
            contract.fault(strange, stage, "a stage is true or false", show=True)


def _known_decision(contract: Contract, column: str) -> None:
    decision, read = contract.system.log.decision, contract.read
    if decision.not_selected is not None:
        strange = (
            f"NOT {read.absent(column)} AND NOT {read.matches(column, [*decision.selected, *decision.not_selected])}"
        )
        contract.fault(strange, column, "neither a `selected` nor a `not_selected` value", show=True)


def _numbers(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    contract.select["weight"] = "CAST(1 AS BIGINT)"
    if log.weight:
        value = read.double(log.weight)
        contract.select["weight"] = f"CAST({read.number(log.weight)} AS BIGINT)"
        whole = f"coalesce(isfinite({value}) AND {value} BETWEEN 0 AND 1e15 AND {value} = floor({value}), false)"
        contract.fault(f"NOT {whole}", log.weight, "the weight must be a whole number, 0 or more")
    if log.score:
        low, high = log.score.range
        _number(contract, "score", log.score.column)
        outside = f"coalesce(NOT ({read.double(log.score.column)} BETWEEN {low!r} AND {high!r}), false)"
        contract.fault(outside, log.score.column, f"the score is outside [{low:g}, {high:g}]")
    if log.rank:
        _number(contract, "rank", log.rank)
    if log.human and log.human.seconds:
        _number(contract, "human_seconds", log.human.seconds)
    for feature in contract.system.features:
        # NaN is how data frames write a missing feature: it is counted as missing, not refused.
        contract.select[f"f_{feature}"] = read.number(feature)
        contract.fault(read.no_number(feature), feature, "not a number")


def _number(contract: Contract, role: str, column: str) -> None:
    contract.select[role] = contract.read.number(column)
    contract.fault(contract.read.no_number(column), column, "not a number")
    contract.fault(contract.read.not_finite(column), column, "NaN or infinite")


def _outcome(contract: Contract) -> None:
    log, read = contract.system.log, contract.read
    if log.outcome is None:
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
            contract.select[role] = contract.read.text(column)
            _formula_fault(contract, column)


def _formula_fault(contract: Contract, column: str) -> None:
    if contract.read.is_text(column):
        contract.fault(contract.read.formula(column), column, "a spreadsheet formula, not a value")


def _groups(contract: Contract) -> None:
    read = contract.read
    for name, group in contract.system.groups.items():
        if group.source == "sensitive":
            continue  # joined at the door from its keyed file; unknown until then
        contract.select[f"g_{name}"] = _group_value(read, group)
        if group.bands:
            contract.fault(
                read.no_number(group.column) + f" AND NOT {read.absent(group.column)}", group.column, "not a number"
            )
        else:
            _formula_fault(contract, group.column)


def _group_value(read: ColumnReader, group: Group) -> str:
    column = group.column
    if not group.bands:
        return f"CASE WHEN NOT {read.absent(column)} THEN {read.text(column)} END"
    names = band_names(group.bands)
    value = read.number(column)
    cases = " ".join(
        f"WHEN ({value}) < {edge!r} THEN {literal(n)}" for edge, n in zip(group.bands, names, strict=False)
    )
    return f"CASE WHEN ({value}) IS NULL THEN NULL {cases} ELSE {literal(names[-1])} END"
