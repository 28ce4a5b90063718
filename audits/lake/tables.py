"""The tables of the lake, one schema per system and one that all share: making them, asking them, what cubes hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from boussole.audits.errors import LakeError
from boussole.audits.lake.rows import KEPT, SHARED, log_columns
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.decisions import FLAGS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

if TYPE_CHECKING:
    import duckdb

KEYS = {
    "by": "VARCHAR",  # '' for everybody, 'gender', 'gender*age'
    "value1": "VARCHAR",
    "value2": "VARCHAR",
    "value3": "VARCHAR",
}
AMOUNT = "DECIMAL(38,15)"
FIGURES = ("exposure", "exposure_ratio", "skew")
"""Figures of lists to which it is known what each person brings: each is Σ x ÷ Σ y over places."""
MOMENTS = ("x", "y", "xx", "xy", "yy")
SEEN = "seen"
"""How many places in lists the people of a bucket hold."""
OF_PEOPLE = (SEEN, *(f"{figure}_{moment}" for figure in FIGURES for moment in MOMENTS))
"""The columns of lists that rows for people have, in buckets of their own."""
RANKED = {  # sums over the lists of at least two known groups, of one group or (by set, no value) of them all
    "lists": "BIGINT",  # of everybody: all lists
    "n": "BIGINT",  # people; of everybody: all decisions, in lists or not
    "exposure": AMOUNT,  # 1 / log2(1 + rank)
    "shared_lists": "BIGINT",  # lists that also hold whom the group is compared with
    "weight": AMOUNT,  # over shared lists: n1 n0 / (n1 + n0), then the same times mean exposures
    "own_exposure": AMOUNT,
    "other_exposure": AMOUNT,
    "divergence": AMOUNT,  # of them all: NDKL
    "long_lists": "BIGINT",  # lists in which somebody is not among the first places
    "top": "BIGINT",  # over long lists: people among the first places, people, log ratio
    "pool": "BIGINT",
    "skew": AMOUNT,
    "skew_at_random": AMOUNT,  # the same in random order
    SEEN: "BIGINT",  # where people are the clusters, in buckets of their own: what those of a bucket bring
    **{f"{figure}_{moment}": AMOUNT for figure in FIGURES for moment in MOMENTS},
}
CUBES = {
    "daily": {"day": "DATE", "model_version": "VARCHAR", **KEYS, "bucket": "UTINYINT", **FLAGS, "n": "BIGINT"},
    "cells": {"month": "DATE", **KEYS, **FLAGS, "n": "BIGINT"},
    "strata": {
        "month": "DATE",
        **KEYS,
        "controls": "VARCHAR",  # 'occupation*distance': the controls that a stratum holds a value of
        "stratum": "VARCHAR",
        "bucket": "UTINYINT",
        **FLAGS,
        "n": "BIGINT",
    },
    "scores": {
        "month": "DATE",
        **KEYS,
        "range": "VARCHAR",  # the declared range, which the bins divide
        "bin": "SMALLINT",  # of the score: -1 missing; else the number of edges at or below it; the highest has its own
        "bucket": "UTINYINT",  # 0 where no clusters are declared
        "decision": "UTINYINT",
        "outcome": "UTINYINT",
        "n": "BIGINT",
        "total": "DECIMAL(38,0)",  # of the scores, above the lowest, in their units (`build.score_units`)
        "squares": "DECIMAL(38,0)",  # of the same
    },
    "histograms": {
        "day": "DATE",
        "feature": "VARCHAR",
        "by": "VARCHAR",
        "value1": "VARCHAR",  # of a column of categories: the value (bin 0); NULL for others together (bin 1)
        "bin": "SMALLINT",  # -1 missing; else the number of edges at or below the value
        "n": "BIGINT",
        "total": "DECIMAL(38,0)",  # of the values, in units (`edges.units_of`); NULL of months that were purged
    },
    "ranks": {
        "month": "DATE",
        **KEYS,
        "against": "VARCHAR",  # 'gender=M', or '' for all others: whom groups are compared with in their lists
        "bucket": "UTINYINT",
        **RANKED,
    },
}
SUMS = dict.fromkeys(CUBES, ("n",)) | {
    "ranks": tuple(RANKED),
    "scores": ("n", "total", "squares"),
    "histograms": ("n", "total"),
}
"""The columns of a cube that are added up; the others are its keys."""


def quote(name: str) -> str:
    """Quote an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Quote an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def is_value(column: str, value: str | None) -> str:
    """Return SQL that tells whether a column holds a value, or none (never NULL)."""
    return f"{column} IS NOT DISTINCT FROM {'NULL' if value is None else literal(value)}"


def days_sql(window: Window, column: str = "day") -> str:
    """SQL: whether a day lies in a window."""
    return f"{column} BETWEEN DATE '{window.start}' AND DATE '{window.end}'"


def table(system: System, name: str) -> str:
    """The qualified name of a system's table."""
    return f"lake.{quote(system.id)}.{quote(name)}"


def cube_of(log: str) -> str:
    """Return the name of the table of counts of a log that is counted by itself."""
    return f"{log}_counted"


def keys_of(cube: str) -> list[str]:
    """The columns of a cube that tell its rows apart."""
    return [column for column in CUBES[cube] if column not in SUMS[cube]]


def summed(cube: str) -> str:
    """SQL: the sums of a cube's columns that are added up, in order."""
    kinds = {column: CUBES[cube][column] for column in SUMS[cube]}
    return ", ".join(f"CAST({whole_sum(column)} AS {kind}) AS {quote(column)}" for column, kind in kinds.items())


def whole_sum(column: str) -> str:
    """SQL: the sum of a column; NULL where a part of it is NULL: a purge removes sums of values with their rows."""
    return f"CASE WHEN count({quote(column)}) = count(*) THEN sum({quote(column)}) END"


def create_shared(connection: duckdb.DuckDBPyConnection) -> None:
    """The shared tables, and the one row of `turn`."""
    for name, columns in SHARED.items():
        _create(connection, f"lake.main.{name}", columns)
    connection.execute("INSERT INTO lake.main.turn SELECT 0 WHERE NOT EXISTS (FROM lake.main.turn)")


def create_system(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Create the schema of a system and add the columns that its file declares since; none is ever dropped."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{quote(system.id)}")
    for log in ("decisions", *system.logs):
        _create(connection, table(system, log), log_columns(system, log))
        if cube := LOG_TYPES[log].cube:
            _create(connection, table(system, cube_of(log)), cube)
    for name, columns in {**CUBES, **KEPT}.items():
        _create(connection, table(system, name), columns)
    add_missing(connection, table(system, "decisions"), log_columns(system, "decisions"))


def exists(connection: duckdb.DuckDBPyConnection, system: System) -> bool:
    """Whether the lake holds a schema for this system."""
    return has_table(connection, system, "decisions")


def has_table(connection: duckdb.DuckDBPyConnection, system: System, name: str) -> bool:
    """Whether a system's schema holds a table: it may know of a log of which nothing has come yet."""
    return _there(connection, table(system, name))


def describe(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return column names and DuckDB types of a relation, without columns declared since rows last came in."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def keep(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Holds the rows of a query for as long as the connection is open, by a name; those of before go."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {rows}")


def let_go(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Gives back the memory of tables that are held (`keep`) and no longer asked for."""
    for name in names:
        connection.execute(f"DROP TABLE IF EXISTS {name}")


UNCOMMITTED = 10**18
"""From which number on DuckLake numbers rows that are not committed yet. Once some of these were struck out, several
rows may bear one number."""


def place_of(connection: duckdb.DuckDBPyConnection, system: System, *, alias: str = "") -> str:
    """Return SQL of the whole number that tells a decision from all others; `alias`: of the decisions, with a dot."""
    written = f"SELECT 1 FROM {table(system, 'decisions')} WHERE rowid >= {UNCOMMITTED} LIMIT 1"
    if connection.execute(written).fetchone() is None:
        return f"{alias}rowid"
    return f"(CAST({alias}batch AS BIGINT) * {2**32} + {alias}row)"


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The whole number that a query gives."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def holds(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether a relation has a row; asked of a table without a condition, which is cheap."""
    return connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone() is not None


def _there(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a table is there, a hundred times as fast as from the names of all tables."""
    from duckdb import CatalogException  # logging a frame names columns of these tables without DuckDB

    try:
        connection.execute(f"FROM {name} LIMIT 0")
    except CatalogException:
        return False
    return True


def _create(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str]) -> None:
    body = ", ".join(f"{quote(column)} {kind}" for column, kind in columns.items())
    connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({body})")


def add_missing(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str]) -> None:
    """Gives a table of decisions the columns that the system file declares since; the kind of a feature stays."""
    present = describe(connection, name)
    for column, kind in columns.items():
        if column not in present:
            connection.execute(f"ALTER TABLE {name} ADD COLUMN {quote(column)} {kind}")
        elif column.startswith("f_") and present[column] != kind:
            kept, asked = ("a number" if each == "DOUBLE" else "a category" for each in (present[column], kind))
            raise LakeError(
                f"the feature '{column[2:]}' is kept as {kept} since its first import, not as {asked}.",
                next_step="Give it the `kind` it had; or watch a copy of the column under another name.",
            )
