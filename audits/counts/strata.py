"""Counts by stratum of the controls, for measures that compare like with like."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from boussole.audits.counts.read import decided, decision_sql, furthest_sql, months_sql, positions
from boussole.audits.cubes import build
from boussole.audits.cubes.update import count_rows, sealed_months
from boussole.audits.lake.tables import KEYS, days_sql, literal, table
from boussole.audits.measures import Cells, Strata
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

STRATA = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("stratum", pa.string()),
        ("bucket", pa.uint8()),
        ("decision", pa.uint8()),
        ("furthest", pa.uint8()),
        ("n", pa.int64()),
    ]
)


TOO_MANY = pa.table({name: [0 if name in ("bucket", "decision", "n") else None] for name in STRATA.names}, STRATA)


def read_strata(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Count a window by group × stratum × bucket × decision × furthest stage, in a fixed order (`STRATA`).

    Counts come from the cube `strata` where it covers the window, else, and with `exact` or `apart`, from the rows;
    empty without controls or rows. More than `MOST_STRATA` strata give one row that says so (`TOO_MANY`).
    """
    read = [by for by in system.attributes if not set(by) & set(without)]
    if not system.controls or not read:
        return STRATA.empty_table()
    if exact or apart or not _covers(connection, system, window, read[0]):
        if sealed_months(connection, system, within=window):
            return STRATA.empty_table()
        source = count_rows(connection, system, "strata", window, apart=apart)
    else:
        source = f"(FROM {table(system, 'strata')} WHERE {months_sql(window)})"
    names = ", ".join(literal("*".join(by)) for by in read)
    bucket = "bucket" if system.cluster else "CAST(0 AS UTINYINT) AS bucket"
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE strata_read AS SELECT "by", value1, value2, value3, stratum, {bucket}, '
        f"{decision_sql(system)} AS decision, {furthest_sql(system)}, CAST(sum(n) AS BIGINT) AS n FROM {source} "
        f'WHERE "by" IN ({names}) GROUP BY ALL'
    )
    try:
        if _too_many(connection):
            return TOO_MANY
        return _coded(connection.execute("FROM strata_read ORDER BY ALL").to_arrow_table()).cast(STRATA)
    finally:
        connection.execute("DROP TABLE strata_read")


def _too_many(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(
        "SELECT count(DISTINCT stratum) > ? OR bool_or(stratum = ?) FROM strata_read",
        [build.MOST_STRATA, build.POOLED],
    ).fetchone()
    return bool(row and row[0])


def _coded(rows: pa.Table) -> pa.Table:
    """Replace the values of each control by their numbers in alphabetical order, `-` where unknown."""
    names = rows["stratum"].to_pylist()
    values = {name: build.control_values(name) for name in set(names)}
    known = [sorted({value for value in each if value is not None}) for each in zip(*values.values(), strict=True)]
    places = [{value: i for i, value in enumerate(each)} for each in known]
    codes = {
        name: "|".join("-" if value is None else str(place[value]) for value, place in zip(found, places, strict=True))
        for name, found in values.items()
    }
    coded = pa.array([codes[name] for name in names], pa.string())
    return rows.set_column(rows.schema.get_field_index("stratum"), "stratum", coded)


def _covers(connection: duckdb.DuckDBPyConnection, system: System, window: Window, by: tuple[str, ...]) -> bool:
    """Whether the cube counts just the decisions that `daily` counts: no part of a month, no other controls."""
    name = literal("*".join(by))
    months = months_sql(window)
    row = connection.execute(
        f"""SELECT (SELECT coalesce(sum(n), 0) FROM {table(system, "strata")} WHERE {months} AND "by" = {name}
        AND controls = {literal(build.controls_of(system))}) = (SELECT coalesce(sum(n), 0)
        FROM {table(system, "daily")} WHERE {days_sql(window)} AND "by" = '')
        AND NOT EXISTS (FROM {table(system, "strata")} WHERE {months} AND "by" = {name}
        AND controls <> {literal(build.controls_of(system))})"""
    ).fetchone()
    return bool(row and row[0])


def strata_of(rows: pa.Table, tables: Sequence[Cells]) -> list[Strata]:
    """One table of counts by stratum for each table of groups, with the groups in the same order."""
    return [_strata(rows, cells) for cells in tables if cells.by]


def _strata(rows: pa.Table, cells: Cells) -> Strata:
    own = rows.filter(pa.compute.equal(rows["by"], "*".join(cells.by)))
    names = own["stratum"].to_pylist()
    order = sorted(set(names))
    place = {name: i for i, name in enumerate(order)}
    counts = np.zeros((len(cells.groups), len(order), BUCKETS if cells.clustered else 1, 2), dtype=np.int64)
    where = (positions(own, cells), np.array([place[name] for name in names], dtype=np.intp))
    np.add.at(counts, (*where, own["bucket"].to_numpy(), decided(own)), own["n"].to_numpy())
    return Strata(
        by=cells.by,
        groups=cells.groups,
        strata=tuple(tuple(None if code == "-" else code for code in name.split("|")) for name in order),
        counts=counts,
        clustered=cells.clustered,
        too_many=rows.equals(TOO_MANY),
    )
