"""The end of a legal basis: the values of such a group leave the lake, its rows and its counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb

from boussole.audits.lake.connection import Name, columns, qualified, tables
from boussole.audits.lake.tables import CUBES, keys_of, literal, quote, summed
from boussole.audits.systems.model import System


def ended(system: System, today: dt.date) -> list[str]:
    """Groups whose legal basis ended before today."""
    return [name for name, group in system.groups.items() if group.expires and group.expires < today]


def still_held(connection: duckdb.DuckDBPyConnection, system: System, groups: Sequence[str]) -> list[str]:
    """Return the groups of which the lake still holds a value."""
    return [name for name in groups if any(_holds(connection, query) for query in _values(connection, system, name))]


def blanks(connection: duckdb.DuckDBPyConnection, system: System, groups: Sequence[str]) -> dict[Name, dict[str, str]]:
    """For each table of rows, the columns that are emptied."""
    empty = {f"g_{name}": "CAST(NULL AS VARCHAR)" for name in groups}
    found = {
        name: [column for column in empty if column in columns(connection, name)] for name in _rows(connection, system)
    }
    return {name: {column: empty[column] for column in present} for name, present in found.items() if present}


def merged_cubes(system: System, groups: Sequence[str]) -> dict[Name, str]:
    """The SELECT that fills each cube anew: the groups' values are unknown, as a rebuild would count them."""
    return {(system.id, cube): _merged(system, cube, groups) for cube in CUBES}


def _merged(system: System, cube: str, groups: Sequence[str]) -> str:
    values = [column for column in CUBES[cube] if column.startswith("value")]
    listed = ", ".join(literal(name) for name in groups)
    unknown = ", ".join(
        f"""CASE WHEN string_split("by", '*')[{i}] IN ({listed}) THEN NULL ELSE {column} END AS {column}"""
        for i, column in enumerate(values, 1)
    )
    if cube == "ranks":  # it holds no unknown values
        return f"""FROM {qualified((system.id, cube))} WHERE NOT list_has_any(string_split("by", '*'), [{listed}])"""
    keys = ", ".join(quote(column) for column in keys_of(cube))
    rows = f"SELECT * REPLACE ({unknown}) FROM {qualified((system.id, cube))}"
    return f"SELECT {keys}, {summed(cube)} FROM ({rows}) GROUP BY ALL ORDER BY ALL"


def _rows(connection: duckdb.DuckDBPyConnection, system: System) -> list[Name]:
    return [
        name for name in tables(connection) if name[0] == system.id and name[1] in ("decisions", "excluded_decisions")
    ]


def _values(connection: duckdb.DuckDBPyConnection, system: System, group: str) -> list[str]:
    """Queries that find something where a value of the group is held."""
    column = f"g_{group}"
    held = [
        f"FROM {qualified(name)} WHERE {quote(column)} IS NOT NULL"
        for name in _rows(connection, system)
        if column in columns(connection, name)
    ]
    for cube, kinds in CUBES.items():
        for i, value in enumerate([name for name in kinds if name.startswith("value")], 1):
            named = f"""string_split("by", '*')[{i}] = {literal(group)}"""
            held.append(f"FROM {qualified((system.id, cube))} WHERE {named} AND {value} IS NOT NULL")
    return held


def _holds(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    return connection.execute(f"SELECT 1 {query} LIMIT 1").fetchone() is not None
