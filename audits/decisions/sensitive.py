"""Sensitive features that never travel with decisions, joined from a keyed file or table while rows come in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import duckdb

from boussole.audits.cubes.update import rebuild_months
from boussole.audits.decisions.contracts.base import Contract
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.contracts.decisions import group_value
from boussole.audits.decisions.report import SchemaChange
from boussole.audits.errors import SourceError
from boussole.audits.lake import has_lake, writing
from boussole.audits.lake.connection import columns as columns_of
from boussole.audits.lake.connection import qualified, tables
from boussole.audits.lake.tables import create_system, describe, exists, literal, quote
from boussole.audits.privacy.expiry import ended
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

READERS = {".csv": "read_csv({}, all_varchar = true, header = true)", ".parquet": "read_parquet({})"}


@dataclass(frozen=True)
class KeyedFile:
    """A file or table ready to query: SQL, the column of the person, DuckDB types, and a hash of its content."""

    relation: str
    key: str
    types: Mapping[str, str]
    sha256: str


def open_keyed(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, groups: Sequence[str]
) -> KeyedFile:
    """Open the file that a system names under `sensitive`, for some of its groups.

    Raises SourceError when it is missing, lacks a column or cannot be read.
    """
    assert system.sensitive is not None  # noqa: S101 (a group `from: sensitive` needs it)
    where, key = system.sensitive.path, system.sensitive.key
    needed = list(dict.fromkeys([key, *(system.groups[name].column for name in groups)]))
    try:
        relation, path = _relation(connection, workspace, where)
        types = describe(connection, relation)
        missing = [name for name in needed if name not in types]
        if missing:
            # No hint from the names that are there: without a first line of names they are somebody's values.
            raise SourceError(
                f"missing column{'s' if len(missing) > 1 else ''}: {', '.join(missing)}.",
                where=where,
                next_step="Add the column, or correct `sensitive` and `groups` of the system file.",
            )
        listed = ", ".join(quote(name) for name in needed)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE sensitive_source AS SELECT {listed} FROM {relation}")
    except duckdb.Error as error:
        # The reason that DuckDB gives can quote a line of the file: only its kind is told.
        raise SourceError(
            f"the file of sensitive values cannot be read ({type(error).__name__}).",
            where=where,
            next_step="Open it with the tool that made it, and export it again as CSV or Parquet.",
        ) from None
    return KeyedFile("sensitive_source", key, types, _hash(path, needed))


def _relation(connection: duckdb.DuckDBPyConnection, workspace: Workspace, where: str) -> tuple[str, Path]:
    """SQL of the whole file or table, and the file it lies in."""
    path_text, _, query = where.removeprefix("duckdb:").partition("?")
    is_table = where.startswith("duckdb:")
    path = workspace.home / (path_text if is_table else where)
    if not path.is_file():
        raise SourceError(
            "the file of sensitive values is not there.",
            where=where,
            next_step="Put it there, or correct `sensitive.path`, which starts from the folder of the workspace.",
        )
    if is_table:
        names = parse_qs(query).get("table", [])
        if len(names) != 1:
            raise SourceError("which table?", where=where, next_step="Write duckdb:PATH?table=NAME.")
        connection.execute(f"ATTACH IF NOT EXISTS {literal(path)} AS sensitive_file (READ_ONLY)")
        return f"sensitive_file.{quote(names[0])}", path
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(
            f"'{path.suffix}' is not a kind of file that sensitive values can come from.",
            where=where,
            next_step=f"Use one of {', '.join(READERS)}, or duckdb:PATH?table=NAME.",
        )
    return reader.format(literal(path)), path


def _hash(path: Path, needed: Sequence[str]) -> str:
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(repr((content, tuple(needed))).encode()).hexdigest()


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
