"""Sensitive features that never travel with decisions, joined from a keyed file or table while rows come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes.update import rebuild_months
from boussole.audits.decisions.contracts.base import Contract
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.contracts.decisions import group_value
from boussole.audits.decisions.report import SchemaChange
from boussole.audits.decisions.sensitive_file import KeyedFile, open_keyed
from boussole.audits.lake import has_lake, writing
from boussole.audits.lake.connection import columns as columns_of
from boussole.audits.lake.connection import qualified, tables
from boussole.audits.lake.tables import create_system, exists, quote
from boussole.audits.privacy.expiry import ended
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

VALUES = "sensitive_values"
MARK = "sensitive"


@dataclass(frozen=True, kw_only=True)
class JoinResult:
    """What a new reading of the file changed: rows, and the months whose counts were made anew."""

    rows: int
    months: tuple[dt.date, ...]
    changes: tuple[SchemaChange, ...] = ()


def in_force(system: System, today: dt.date | None = None) -> list[str]:
    """Groups that are joined while rows come in and whose legal basis has not ended."""
    over = ended(system, today or dt.datetime.now(system.zone).date())
    return [name for name, group in system.groups.items() if group.source == "sensitive" and name not in over]


def travelling(system: System, columns: Iterable[str]) -> tuple[SchemaChange, ...]:
    """Sensitive columns that a log carries although they must not: they are not read."""
    banned = {group.column.casefold() for group in system.groups.values() if group.source == "sensitive"}
    return tuple(
        SchemaChange(kind="sensitive_column", column=name, detail="") for name in columns if name.casefold() in banned
    )


def joined(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, contract: Contract, rows: str, *, source: str
) -> tuple[str, tuple[SchemaChange, ...]]:
    """Return SQL of decisions about to be stored, with their sensitive values, and the faults of the file.

    `rows`: SQL with the columns of `decisions`; `source`: their relation with clear identifiers. Somebody who is
    absent, or there with different values, is unknown. Raises SourceError when the file is missing or cannot be read.
    """
    system, groups = contract.system, in_force(contract.system)
    if not groups:
        return rows, ()
    assert system.columns is not None  # noqa: S101 (a group `from: sensitive` needs columns.person)
    people = f"SELECT {contract.read.text(str(system.columns.person))} FROM {source}"
    keyed = open_keyed(connection, workspace, system, groups)
    changes = _prepare(connection, system, keyed, groups, only=people)
    replaced = ", ".join(f"v.{quote('g_' + name)} AS {quote('g_' + name)}" for name in groups)
    return f"SELECT r.* REPLACE ({replaced}) FROM ({rows}) r LEFT JOIN {VALUES} v ON v.person = r.person", changes


def refresh(workspace: Workspace, system: System, *, force: bool = False) -> JoinResult | None:
    """Join all stored decisions anew when the file has changed since they were; None when there is nothing to do."""
    groups = in_force(system)
    if not groups or not has_lake(workspace):
        return None
    with writing(workspace) as connection:
        if not exists(connection, system):
            return None
        create_system(connection, system)
        keyed = open_keyed(connection, workspace, system, groups)
        if not force and not _changed(connection, system, keyed, groups):
            return None
        set_key(connection, workspace)
        changes = _prepare(connection, system, keyed, groups)
        rows, months = _rejoin(connection, system, groups)
        rebuild_months(connection, system, months)
        return JoinResult(rows=rows, months=tuple(months), changes=changes)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    keyed: KeyedFile,
    groups: Sequence[str],
    *,
    only: str | None = None,
) -> tuple[SchemaChange, ...]:
    """Fills the temporary table of values by person, the person as decisions hold them."""
    read = ColumnReader(keyed.types)
    told = {name: _told(read, system, name) for name in groups}
    listed = ", ".join(f"{sql} AS {quote(name)}" for name, sql in told.items())
    among = f" WHERE k IN ({only})" if only else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sensitive_rows AS SELECT * FROM "
        f"(SELECT {read.text(keyed.key)} AS k, {listed} FROM {keyed.relation}){among}"
    )
    one = ", ".join(f"CASE WHEN {_agree(name)} THEN max({quote(name)}) END AS {quote('g_' + name)}" for name in groups)
    assert system.columns is not None  # noqa: S101 (a group `from: sensitive` needs columns.person)
    person = pseudonym("k") if system.columns.person in system.privacy.pseudonymise else "k"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {VALUES} AS SELECT {person} AS person, * EXCLUDE (k) FROM "
        f"(SELECT k, {one} FROM sensitive_rows WHERE k IS NOT NULL GROUP BY k)"
    )
    return tuple(_unclear(connection, system, groups))


def _told(read: ColumnReader, system: System, name: str) -> str:
    """SQL: the value of a group; what a spreadsheet would run, or what is no number where there are bands, is none."""
    group = system.groups[name]
    value = group_value(read, group)
    return (
        value
        if group.bands or not read.is_text(group.column)
        else (f"CASE WHEN NOT {read.formula(group.column)} THEN {value} END")
    )


def _agree(name: str) -> str:
    """SQL: all rows of a person say the same."""
    return f"count(DISTINCT coalesce({quote(name)}, chr(1))) = 1"


def _unclear(connection: duckdb.DuckDBPyConnection, system: System, groups: Sequence[str]) -> Iterable[SchemaChange]:
    counts = ", ".join(f"count(*) FILTER ({quote(name)})" for name in groups)
    each = ", ".join(f"NOT {_agree(name)} AS {quote(name)}" for name in groups)
    row = connection.execute(
        f"SELECT {counts} FROM (SELECT {each} FROM sensitive_rows WHERE k IS NOT NULL GROUP BY k)"
    ).fetchone()
    for name, people in zip(groups, row or (), strict=True):
        if people:
            column = system.groups[name].column
            yield SchemaChange(kind="sensitive_unclear", column=column, detail=f"{people} of the people")


def _changed(connection: duckdb.DuckDBPyConnection, system: System, keyed: KeyedFile, groups: Sequence[str]) -> bool:
    """Whether the file, or what is taken from it, is another one than at the last joining; remembers this one."""
    mark = f"{keyed.sha256} {','.join(groups)}"
    key = [system.id, MARK]
    row = connection.execute("SELECT mark FROM lake.main.marks WHERE system = ? AND source = ?", key).fetchone()
    if row and row[0] == mark:
        return False
    connection.execute("DELETE FROM lake.main.marks WHERE system = ? AND source = ?", key)
    connection.execute("INSERT INTO lake.main.marks VALUES (?, ?, ?)", [*key, mark])
    return True


def _rejoin(connection: duckdb.DuckDBPyConnection, system: System, groups: Sequence[str]) -> tuple[int, list[dt.date]]:
    """Brings stored decisions in line with the table of values. Returns rows changed and their months."""
    names = [quote(f"g_{name}") for name in groups]
    differs = " OR ".join(f"d.{name} IS DISTINCT FROM v.{name}" for name in names)
    rows = 0
    months: list[dt.date] = []
    for table in tables(connection):
        if table[0] != system.id or not table[1].endswith("decisions") or "person" not in columns_of(connection, table):
            continue
        held = qualified(table)
        new = ", ".join(f"v.{name} AS {name}" for name in names)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE rejoined AS SELECT d.id, CAST(date_trunc('month', d.day) AS DATE) AS month, "
            f"{new} FROM {held} d LEFT JOIN {VALUES} v ON v.person = d.person WHERE {differs}"
        )
        found = connection.execute("SELECT count(*), list(DISTINCT month ORDER BY month) FROM rejoined").fetchone()
        if found and found[0]:
            values = ", ".join(f"{name} = r.{name}" for name in names)
            connection.execute(f"UPDATE {held} SET {values} FROM rejoined r WHERE {held}.id = r.id")
            rows += int(found[0])
            months += found[1] if table[1] == "decisions" else []
    return rows, months
