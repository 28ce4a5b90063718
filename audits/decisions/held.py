"""Rows whose id the log holds: the same in what is stored of them at a decision, or what differs (`held_rows`)."""

from __future__ import annotations

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.examine import ANSWERS, know_ids, names_known, source_rows
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.lake.tables import holds, literal, one, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Group
from boussole.audits.systems.values import UNDECLARED

PERIOD = "period"
"""What dates the rows of a log without time."""


def compared(system: System, contract: Contract) -> dict[str, str]:
    """The stored columns that are held to those of the log, each with the source column that people know it by."""
    part = system.section(contract.log)
    if part is None:
        names = decided(system)
    else:
        kept = [each.role for each in contract.kind.reads if each.how != "id" and each.role in contract.select]
        names = {role: getattr(part, role) for role in kept}
    return {role: name for role, name in names.items() if name and not contract.select[role].startswith("CAST(NULL")}


def decided(system: System) -> dict[str, str | None]:
    """The same of a decision, whatever its source holds."""
    log = system.log
    names: dict[str, str | None] = {
        "decided_at": log.decided_at or PERIOD,
        "decision": log.decision.column if log.decision else None,
    }
    names |= {"score": log.score.column if log.score else None}
    roles = ("model_version", "weight", "person", "request", "rank", "team", "use")
    names |= {role: getattr(log, role) for role in roles}
    names |= {f"g_{name}": group.column for name, group in system.groups.items() if group.source == "log"}
    names |= {f"c_{name}": control.column for name, control in system.controls.items()}
    return names | {f"f_{column}": column for column in system.watched}


def hold_source(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract) -> None:
    """Holds the good rows of a growing source to the log: the same are known, others are rejected."""
    roles = compared(contract.system, contract)
    fresh = source_rows(connection, opened, contract, "id", *roles)
    match(connection, contract.system, contract.log, roles, fresh=fresh, earlier="true")
    _sort(connection)


def hold_batch(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int, *, growing: bool) -> bool:
    """Compare the rows of a new batch with those of earlier ones. Returns whether the log holds any of them."""
    by_name = names_known(contract, growing=growing)
    if not contract.kind.once or (growing and by_name):
        return False
    target = table(contract.system, contract.log)
    earlier = f"batch <> {batch}{_of_same_days(connection, contract, batch)}"
    if not holds(connection, f"{target} WHERE {earlier}"):
        return False
    if by_name:
        fresh, held = f"(FROM {target} WHERE batch = {batch})", f"{target} WHERE {earlier}"
        know_ids(connection, fresh, held=held)
        return holds(connection, "known_ids")
    again = f"SELECT row FROM {target} WHERE batch = {batch} AND id IN (SELECT id FROM {target} WHERE {earlier})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE again AS {again}")
    if not one(connection, "SELECT count(*) FROM again"):
        return False
    fresh = f"(SELECT * FROM {target} WHERE batch = {batch} AND row IN (FROM again))"
    roles = compared(contract.system, contract)
    match(connection, contract.system, contract.log, roles, fresh=fresh, earlier=earlier)
    _sort(connection)
    return True


def _of_same_days(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> str:
    """SQL, to be added: the days of a batch, where the moment of a row is part of its id; empty where it is not."""
    if contract.kind.moment not in contract.kind.identity or "day" not in contract.kind.table:
        return ""
    days = f"SELECT min(day), max(day) FROM {table(contract.system, contract.log)} WHERE batch = {batch}"
    first, last = connection.execute(days).fetchall()[0]
    return f" AND day BETWEEN DATE '{first}' AND DATE '{last}'"


def take_out(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> None:
    """Takes the rows of a batch out of the log that earlier ones hold."""
    target, found = (
        table(contract.system, contract.log),
        "SELECT row FROM held_rows UNION ALL SELECT row FROM known_ids",
    )
    connection.execute(f"DELETE FROM {target} WHERE batch = {batch} AND row IN ({found})")


def hold_decisions(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> None:
    """Holds decisions in the form of the log (SQL) to those that it holds."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held_rows ({ANSWERS['held_rows']})")
    roles = {role: name for role, name in decided(system).items() if name}
    match(connection, system, "decisions", roles, fresh=rows, earlier="true")


def match(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    log: LogName,
    roles: dict[str, str],
    *,
    fresh: str,
    earlier: str,
) -> None:
    """Fills `held_rows`: `fresh` is SQL of rows with their ids and roles, `earlier` a condition of those of the log."""
    held = table(system, log)
    differing = ", ".join(f"CASE WHEN {_differs(system, role, log)} THEN {literal(role)} END" for role in roles)
    connection.execute(
        "INSERT INTO held_rows SELECT f.row, e.batch, e.row, "
        f"list_filter([{differing}], lambda role: role IS NOT NULL), NULL "
        f"FROM {fresh} f JOIN (FROM {held} WHERE {earlier}) e ON e.id = f.id"
    )
    if one(connection, "SELECT count(*) FROM held_rows WHERE len(roles) > 0"):
        _leave_unread(connection, held, roles)
        names = " ".join(f"WHEN {literal(role)} THEN {literal(name)}" for role, name in roles.items())
        label = f"list_sort(list_distinct(list_transform(roles, lambda role: CASE role {names} END)))"
        connection.execute(f"UPDATE held_rows SET label = array_to_string({label}, ', ') WHERE len(roles) > 0")


def _differs(system: System, role: str, log: LogName) -> str:
    """Return SQL that tells whether a row says another thing of a role than the log holds."""
    fresh, held = _value("f", role, log), _value("e", role, log)
    if _leaves_first(system, role, log):
        return f"({fresh} <> {held})"
    group = system.groups.get(role.removeprefix("g_")) if role.startswith("g_") else None
    if group is None or not group.closed:
        return f"{fresh} IS DISTINCT FROM {held}"
    then = f"({held} IS NOT DISTINCT FROM {literal(UNDECLARED)} AND {fresh} IS NOT NULL)"
    return f"({_pooled(fresh, group)} IS DISTINCT FROM {_pooled(held, group)} AND NOT {then})"


def _leaves_first(system: System, role: str, log: LogName) -> bool:
    """Whether it is a text that may have left before its row: that it is not there is no difference."""
    kind, part = LOG_TYPES[log], system.section(log)
    return part is not None and role in kind.texts and kind.kept_for(part) is not None


def _pooled(value: str, group: Group) -> str:
    """SQL: a stored value of a group as it would be stored today."""
    known = ", ".join(map(literal, group.values))
    return f"CASE WHEN {value} IN ({known}) THEN {value} WHEN {value} IS NOT NULL THEN {literal(UNDECLARED)} END"


def _value(side: str, role: str, log: LogName) -> str:
    name = f"{side}.{quote(role)}"
    return f"unseal_text({name})" if LOG_TYPES[log].table.get(role) == "BLOB" else name


def _leave_unread(connection: duckdb.DuckDBPyConnection, held: str, roles: dict[str, str]) -> None:
    """A column of which a whole earlier batch holds nothing was not read then: that is no difference."""
    empty = ", ".join(f"CASE WHEN count({quote(role)}) = 0 THEN {literal(role)} END" for role in roles)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE unread AS SELECT batch, list_filter([{empty}], lambda role: role IS NOT NULL) "
        f"AS roles FROM {held} WHERE batch IN (SELECT batch FROM held_rows WHERE len(roles) > 0) GROUP BY batch"
    )
    connection.execute(
        "UPDATE held_rows SET roles = list_filter(held_rows.roles, lambda role: NOT list_contains(u.roles, role)) "
        "FROM unread u WHERE u.batch = held_rows.batch AND len(u.roles) > 0"
    )


def _sort(connection: duckdb.DuckDBPyConnection) -> None:
    """What differs is rejected, the rest is known."""
    connection.execute(
        f"INSERT INTO rejected SELECT row, label, {literal(Reason.DIFFERS)}, NULL FROM held_rows WHERE len(roles) > 0"
    )
    connection.execute("INSERT INTO known (row, held) SELECT row, true FROM held_rows WHERE len(roles) = 0")
