"""Keeping the cubes in step with the decisions, in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import ibis

from boussole.audits.cubes import build, ranks
from boussole.audits.cubes.edges import Bins, bins_of, declare_again
from boussole.audits.cubes.logs import counted_logs, recount
from boussole.audits.cubes.values import histograms
from boussole.audits.errors import LakeError
from boussole.audits.lake.rows import decision_columns
from boussole.audits.lake.tables import CUBES, create_system, days_sql, holds, is_value, keys_of, quote, summed, table
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

AT_ONCE = ("histograms", "ranks")
"""Cubes that hold nothing of what comes after a decision."""
FROM_BASE = ("daily", "cells")
"""Cubes that are rolled up from the base table instead of the rows."""
MOST_KEPT = 64
_KEPT: dict[tuple[str, str], dict[str, str]] = {}


def add_batches(connection: duckdb.DuckDBPyConnection, system: System, batches: Sequence[int]) -> None:
    """Adds the decisions of some batches, whose bins are declared, to the cubes of the days and months they fall in."""
    if batches:
        _merge(connection, system, batches=batches)


def rebuild(connection: duckdb.DuckDBPyConnection, system: System, *, bins: bool = False) -> None:
    """Compute all cubes of a system anew from its rows; edges and sealed months stay as they are.

    `bins`: the bins of features are chosen anew first. Raises LakeError where rows were purged.
    """
    create_system(connection, system)
    sealed = sealed_months(connection, system)
    if bins and sealed:
        raise LakeError(
            f"the rows of {', '.join(f'{month:%Y-%m}' for month in sealed)} were purged: they cannot be counted anew.",
            where=f"system '{system.id}'",
            next_step="Keep the bins: rebuild without --bins.",
        )
    if not system.only_writes:
        _rebuild_decisions(connection, system, sealed, bins=bins)
    for log in counted_logs(connection, system):
        recount(connection, system, log)


def _rebuild_decisions(
    connection: duckdb.DuckDBPyConnection, system: System, sealed: Sequence[dt.date], *, bins: bool
) -> None:
    if bins:
        declare_again(connection, system)
    for name in CUBES:
        connection.execute(f"DELETE FROM {table(system, name)} WHERE NOT {_in_months(name, sealed)}")
    _merge(connection, system)


def rebuild_months(
    connection: duckdb.DuckDBPyConnection, system: System, months: Sequence[dt.date], *, later: bool = False
) -> None:
    """Compute the cubes of some months anew, sealed months excepted; `later`: only those of what follows a decision."""
    sealed = sealed_months(connection, system)
    wanted = [month for month in months if month not in sealed]
    if not wanted:
        return
    cubes = [name for name in CUBES if not later or name not in AT_ONCE]
    for name in cubes:
        connection.execute(f"DELETE FROM {table(system, name)} WHERE {_in_months(name, wanted)}")
    _merge(connection, system, months=wanted, cubes=cubes)


def sealed_months(
    connection: duckdb.DuckDBPyConnection, system: System, *, within: Window | None = None
) -> list[dt.date]:
    """Months whose rows were purged, by their first day: their counts stay as they were then."""
    if not holds(connection, table(system, "sealed")):
        return []
    found = [row[0] for row in connection.execute(f"SELECT month FROM {table(system, 'sealed')}").fetchall()]
    return sorted(month for month in found if within is None or within.start.replace(day=1) <= month <= within.end)


def count_rows(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    cube: str,
    window: Window,
    *,
    outcome: str = "outcome",
    rows: str | None = None,
    apart: Sequence[Apart] = (),
) -> str:
    """Count the rows of a window, days and months together, into a temporary table like a cube. Returns its name.

    `rows`: SQL of other rows with the columns of a decision; `outcome`: SQL of the outcome of a row.
    """
    statements, name = statements_of(system, bins_of(connection, system)), f"counted_{cube}"
    last = f"DATE '{window.end}' AS day, CAST({outcome} AS UTINYINT) AS outcome"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW picked AS SELECT * REPLACE ({last}) {rows or rows_of(system, window, apart)}"
    )
    if cube in FROM_BASE:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE base AS {statements['base']}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statements[cube]}")
    if cube in FROM_BASE:
        connection.execute("DROP TABLE base")
    connection.execute("DROP VIEW picked")
    return name


def rows_of(system: System, window: Window, apart: Sequence[Apart] = (), *, held: str | None = None) -> str:
    """SQL: the rows of a window, without those that are set apart. `held`: SQL of the decisions with more columns."""
    rows = f"FROM {held or table(system, 'decisions')} WHERE {days_sql(window)}"
    return " AND NOT ".join([rows, *map(apart_sql, apart)])


def apart_sql(apart: Apart) -> str:
    """SQL: whether a decision is among those that are set apart."""
    return f"({days_sql(apart.days)} AND {is_value(quote(f'g_{apart.attribute}'), apart.value)})"


def count_ranks(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, apart: Sequence[Apart] = ()
) -> str:
    """Return SQL of the cube `ranks` of a window, counted from the rows without the lists of people set `apart`."""
    rows = rows_of(system, window, apart)
    if apart:
        held = f"SELECT request {rows_of(system, window)} AND ({' OR '.join(map(apart_sql, apart))})"
        rows += f" AND (request IS NULL OR request NOT IN (SELECT request FROM ({held}) WHERE request IS NOT NULL))"
    ranks.count_lists(connection, statements_of(system, bins_of(connection, system)), rows, into="ranks_now")
    last = f"SELECT DATE '{window.end}' AS day {rows}"
    return ranks.added_up(["FROM ranks_now", ranks.everybody(last)])


def _in_months(cube: str, months: Sequence[dt.date]) -> str:
    """SQL: whether a row of a cube belongs to one of these months (their first days)."""
    if not months:
        return "false"
    day = "month" if "month" in CUBES[cube] else "CAST(date_trunc('month', day) AS DATE)"
    listed = ", ".join(f"DATE '{month}'" for month in months)
    return f"({day} IN ({listed}))"


def _merge(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    *,
    batches: Sequence[int] | None = None,
    months: Sequence[dt.date] | None = None,
    cubes: Sequence[str] = tuple(CUBES),
) -> None:
    """Adds decisions to the cubes: those of some batches, of some months, or all."""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW picked AS FROM {table(system, 'decisions')} WHERE {_picked(batches, months)}"
    )
    statements = statements_of(system, bins_of(connection, system))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE base AS {statements['base']}")
    for name in cubes:
        if name == "ranks" and system.ranked:
            _add(connection, system, name, _ranks_delta(connection, system, statements, batches))
        elif name in statements and name != "ranks":
            _add(connection, system, name, statements[name])
    connection.execute("DROP TABLE base")
    connection.execute("DROP VIEW picked")


def _ranks_delta(
    connection: duckdb.DuckDBPyConnection, system: System, statements: dict[str, str], batches: Sequence[int] | None
) -> str:
    """Return SQL of what the picked decisions change in the cube `ranks`."""
    parts = ["FROM ranks_now", ranks.everybody("FROM picked")]
    earlier = _earlier(connection, system, batches)
    rows = "FROM picked WHERE request IS NOT NULL"
    if earlier:
        ranks.count_lists(connection, statements, earlier, into="ranks_before")
        parts.append(ranks.negative("ranks_before"))
        rows = f"{rows} UNION ALL {earlier}"
    ranks.count_lists(connection, statements, rows, into="ranks_now")
    return ranks.added_up(parts)


def _earlier(connection: duckdb.DuckDBPyConnection, system: System, batches: Sequence[int] | None) -> str | None:
    """SQL: the rows that other batches brought of the lists of some; None where there are none."""
    if batches is None:
        return None
    month = "CAST(date_trunc('month', day) AS DATE)"
    days = connection.execute(
        "SELECT date_trunc('month', min(day)), last_day(max(day)) FROM picked WHERE request IS NOT NULL"
    ).fetchone()
    if days is None or days[0] is None:
        return None
    others = (
        f"FROM {table(system, 'decisions')} WHERE NOT {_picked(batches, None)} AND request IS NOT NULL "
        f"AND day BETWEEN DATE '{days[0]:%Y-%m-%d}' AND DATE '{days[1]:%Y-%m-%d}'"
    )
    if not connection.execute(f"SELECT 1 {others} LIMIT 1").fetchone():
        return None
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE touched_lists AS SELECT DISTINCT {month} AS m, request FROM picked"
    )
    earlier = f"SELECT d.* FROM ({others}) d SEMI JOIN touched_lists t ON t.m = {month} AND t.request = d.request"
    return earlier if connection.execute(f"SELECT 1 FROM ({earlier}) LIMIT 1").fetchone() else None


def _picked(batches: Sequence[int] | None, months: Sequence[dt.date] | None) -> str:
    """SQL: the decisions of some batches, of some months, or all."""
    if months is not None:
        return _in_months("daily", months)
    return "true" if batches is None else f"batch IN ({', '.join(map(str, batches))})"


def statements_of(system: System, bins: Bins) -> dict[str, str]:
    """Return SQL of the base table and of each cube, kept for each set of bins, as Ibis takes seconds."""
    declared = system.model_dump_json()
    columns = {name: _ibis_type(kind) for name, kind in decision_columns(system).items()}

    def every() -> dict[str, Any]:
        decisions, base = ibis.table(columns, name="picked"), ibis.table(_schema_of_base(system), name="base")
        return {
            "base": build.base(decisions, system),
            "daily": build.daily(base, system),
            "cells": build.cells(base, system),
            "strata": build.strata(decisions, system),
            "scores": build.scores(decisions, system),
            **(ranks.statements(ibis.table(columns, name="competing"), system) if system.ranked else {}),
        }

    def binned() -> dict[str, Any]:
        return {"histograms": histograms(ibis.table(columns, name="picked"), system, bins.edges, bins.values)}

    return _sql((declared, ""), every) | _sql((declared, repr(bins)), binned)


def _sql(key: tuple[str, str], make: Callable[[], dict[str, Any]]) -> dict[str, str]:
    """The SQL of what a function makes, where it is none yet, kept by a key."""
    if key not in _KEPT:
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = {
            name: cube if isinstance(cube, str) else str(ibis.to_sql(cube, dialect="duckdb"))
            for name, cube in make().items()
            if cube is not None
        }
    return _KEPT[key]


def _schema_of_base(system: System) -> dict[str, str]:
    columns = decision_columns(system)
    keys = ["day", "model_version", "bucket", "decision", "human", "outcome", "stages"]
    keys += [f"g_{name}" for name in system.groups]
    return {key: _ibis_type(columns[key]) for key in keys} | {"n": "int64"}


def _add(connection: duckdb.DuckDBPyConnection, system: System, name: str, counts: str) -> None:
    """Sums new counts into a cube: rows of the touched periods are replaced by their sums."""
    target, period = table(system, name), "month" if "month" in CUBES[name] else "day"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE delta AS {counts}")
    touched = f"{period} IN (SELECT DISTINCT {period} FROM delta)"
    known = connection.execute(f"SELECT count(*) FROM {target} WHERE {touched}").fetchone()
    if known and known[0]:
        keys = ", ".join(quote(column) for column in keys_of(name))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE delta AS SELECT {keys}, {summed(name)} "
            f"FROM (FROM delta UNION ALL FROM {target} WHERE {touched}) GROUP BY ALL"
        )
        connection.execute(f"DELETE FROM {target} WHERE {touched}")
    if name == "strata":
        _pool_strata(connection)
    left = " WHERE lists <> 0 OR n <> 0 OR seen <> 0" if name == "ranks" else ""
    connection.execute(f"INSERT INTO {target} SELECT * FROM delta{left} ORDER BY ALL")
    connection.execute("DROP TABLE delta")


def _pool_strata(connection: duckdb.DuckDBPyConnection) -> None:
    """Pools the strata of months that have too many: the cube would be as long as the log."""
    over = connection.execute(
        "SELECT month FROM delta GROUP BY month HAVING count(DISTINCT stratum) > ? OR bool_or(stratum = ?)",
        [build.MOST_STRATA, build.POOLED],
    ).fetchall()
    if not over:
        return
    months = ", ".join(f"DATE '{month}'" for (month,) in over)
    pooled = f"CASE WHEN month IN ({months}) THEN '{build.POOLED}' ELSE stratum END AS stratum"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE delta AS SELECT * REPLACE ({pooled}, CAST(sum(n) AS BIGINT) AS n) "
        "FROM delta GROUP BY ALL"
    )


_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "INTEGER": "int32",
    "SMALLINT": "int16",
    "UTINYINT": "uint8",
    "DOUBLE": "float64",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


def _ibis_type(kind: str) -> str:
    return _TYPES[kind]
