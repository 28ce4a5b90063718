"""Counts by score, by stratum and by list, for measures of scores, adjusted comparisons and exposure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.counts.read import decided, decision_sql, furthest_sql, months_sql, outcome_sql, positions
from boussole.audits.cubes import build, ranks
from boussole.audits.cubes.contenders import FIRST
from boussole.audits.cubes.update import count_ranks, count_rows, sealed_months
from boussole.audits.lake.tables import KEYS, OF_PEOPLE, RANKED, days_sql, literal, quote, summed, table
from boussole.audits.measures import Cells, Lists, ListSums, Scores, Strata
from boussole.audits.parts import Floats
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

RANKS = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("bucket", pa.uint8()),
        *((name, pa.int64() if kind == "BIGINT" else pa.decimal128(38, 15)) for name, kind in RANKED.items()),
    ]
)
PURGED = pa.table({name: [0 if name in ("bucket", *RANKED) else None] for name in RANKS.names}, RANKS)
"""One row about nobody: rows would be needed to count lists, and are gone."""


def read_ranks(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Read sums over the lists of a window by group × bucket, in a fixed order (the schema `RANKS`).

    They come from the cube `ranks` where it covers the window, else, and with `exact` or `apart`, from the rows:
    `PURGED` where these are gone. Empty where no `request` or no `rank` is declared.
    """
    if not system.ranked:
        return RANKS.empty_table()
    if exact or apart or not _covers_list(connection, system, window):
        if sealed_months(connection, system, within=window):
            return PURGED
        source = count_ranks(connection, system, window, apart)
    else:
        source = f"FROM {table(system, 'ranks')} WHERE {months_sql(window)}"
    read = [(), *(by for by in system.attributes if not set(by) & set(without))]
    names = ", ".join(literal("*".join(by)) for by in read)
    keys = ", ".join(quote(name) for name in (*KEYS, "bucket"))
    query = f"""SELECT {keys}, {summed("ranks")} FROM ({source}) WHERE "by" IN ({names}) GROUP BY ALL ORDER BY ALL"""
    return connection.execute(query).to_arrow_table().cast(RANKS)


def _covers_list(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> bool:
    """Whether the cube counts the decisions that `daily` counts, under the references and clusters of today."""
    alone = f"""SELECT 1 FROM {table(system, "ranks")} WHERE {months_sql(window)} AND "by" <> '' GROUP BY month, "by"
        HAVING sum(lists) > 0 AND coalesce(sum(seen), 0) = 0"""
    if system.cluster == "person" and connection.execute(f"{alone} LIMIT 1").fetchone():
        return False
    whom = " OR ".join(
        f"""("by" = {literal("*".join(by))} AND against <> {literal(ranks.against(system, by))})"""
        for by in system.attributes
    )
    row = connection.execute(
        f"""SELECT (SELECT coalesce(sum(n), 0) FROM {table(system, "ranks")} WHERE {months_sql(window)} AND "by" = '')
        = (SELECT coalesce(sum(n), 0) FROM {table(system, "daily")} WHERE "by" = ''
        AND {days_sql(window)})
        AND NOT EXISTS (FROM {table(system, "ranks")} WHERE {months_sql(window)} AND ({whom}))"""
    ).fetchone()
    return bool(row and row[0])


def lists_of(rows: pa.Table, tables: Sequence[Cells]) -> list[Lists]:
    """The sums for each table of groups, with the groups in the same order; none where no list was read."""
    if not rows.num_rows:
        return []
    everybody = rows.filter(pa.compute.equal(rows["by"], ""))
    every = int(pa.compute.sum(everybody["lists"]).as_py() or 0)
    return [_lists(rows, cells, every) for cells in tables if cells.by]


def _lists(rows: pa.Table, cells: Cells, every: int) -> Lists:
    own = rows.filter(pa.compute.equal(rows["by"], "*".join(cells.by)))
    all_groups = own["value1"].is_null().to_numpy()  # of people whose group is not known the cube holds none
    places = np.where(all_groups, -1, positions(own, cells))
    sums, whole = _sums(own, places, len(cells.groups)), _sums(own, np.where(places < 0, 0, -1), 1).at(0)
    return Lists(
        by=cells.by,
        groups=cells.groups,
        sums=sums,
        whole=replace(whole, people=None if sums.people is None else {}),  # what one brings to an order is not known
        every=every,
        purged=rows.equals(PURGED),
    )


def _sums(rows: pa.Table, places: npt.NDArray[np.int64], groups: int) -> ListSums:
    """Sums of the rows that have a place, in that place."""
    buckets = rows["bucket"].to_numpy()
    of_lists, of_people = (places >= 0) & (buckets < FIRST), (places >= 0) & (buckets >= FIRST)

    def exact(name: str, used: npt.NDArray[np.bool_], first: int) -> npt.NDArray[np.object_]:
        found = np.zeros((groups, BUCKETS), dtype=object)
        found[places[used], buckets[used] - first] = np.array(rows[name].to_pylist(), dtype=object)[used]
        return found

    sums = {name: exact(name, of_lists, 0) for name in RANKED if name not in OF_PEOPLE}
    people = {name: exact(name, of_people, FIRST).astype(np.float64) for name in OF_PEOPLE} if of_people.any() else None
    return ListSums(
        totals={name: found.sum(axis=1).astype(np.float64) for name, found in sums.items()},
        parts={name: found.astype(np.float64) for name, found in sums.items()},
        people=people,
    )


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
    if exact or apart or not _covers_strata(connection, system, window, read[0]):
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


def _covers_strata(connection: duckdb.DuckDBPyConnection, system: System, window: Window, by: tuple[str, ...]) -> bool:
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


SCORES = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("bin", pa.int16()),
        ("bucket", pa.uint8()),
        ("decision", pa.uint8()),
        ("outcome", pa.uint8()),
        ("n", pa.int64()),
        ("total", pa.decimal128(38, 0)),
        ("squares", pa.decimal128(38, 0)),
    ]
)


def read_scores(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    exact: bool = False,
    without: Collection[str] = (),
    outcomes: bool = True,
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Count a window by group × bin × bucket × decision × outcome, in a fixed order (the schema `SCORES`).

    Counts come from the cube `scores` where it covers the window, else, and with `exact` or `apart`, from the rows;
    empty without a score or rows. An absent outcome counts as negative once the window is mature.
    """
    if system.columns is None or system.columns.score is None:
        return SCORES.empty_table()
    read = [by for by in [(), *system.attributes] if not set(by) & set(without)]
    if exact or apart or not _covers(connection, system, window, read):
        if sealed_months(connection, system, within=window):
            return SCORES.empty_table()
        source = count_rows(connection, system, "scores", window, apart=apart)
    else:
        source = f"(FROM {table(system, 'scores')} WHERE {months_sql(window)})"
    names = ", ".join(literal("*".join(by)) for by in read)
    outcome = outcome_sql(system, as_of) if outcomes else "CAST(NULL AS UTINYINT)"
    return (
        connection.execute(
            f'SELECT "by", value1, value2, value3, bin, bucket, {decision_sql(system)} AS decision, '
            f"{outcome} AS outcome, "
            "CAST(sum(n) AS BIGINT) AS n, CAST(sum(total) AS DECIMAL(38,0)) AS total, "
            "CAST(sum(squares) AS DECIMAL(38,0)) AS squares "
            f"""FROM (SELECT *, DATE '{window.end}' AS day FROM {source}) WHERE "by" IN ({names}) """
            "GROUP BY ALL ORDER BY ALL"
        )
        .to_arrow_table()
        .cast(SCORES)
    )


def _covers(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, read: Sequence[tuple[str, ...]]
) -> bool:
    """Whether the cube counts, for every attribute, just the decisions that `daily` counts, in the range of today."""
    daily = (
        f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM {table(system, 'daily')} "
        f"""WHERE {days_sql(window)} AND "by" = ''"""
    )
    own = f"sum(n) FILTER (range = {literal(build.range_of(system))})"
    counted = connection.execute(
        f"""SELECT "by", CAST(coalesce({own}, 0) AS BIGINT), CAST(sum(n) AS BIGINT) FROM {table(system, "scores")} """
        f"""WHERE {months_sql(window)} GROUP BY "by" """
    ).fetchall()
    found = {by: (ours, every) for by, ours, every in counted}
    (decisions,) = connection.execute(daily).fetchall()[0]
    return all(found.get("*".join(by), (0, 0)) == (decisions, decisions) for by in read)


def scores_of(rows: pa.Table, tables: Sequence[Cells], system: System) -> list[Scores]:
    """One table of counts by score for each table of groups, with the groups in the same order; none without scores."""
    if system.columns is None or system.columns.score is None:
        return []
    return [_scores(rows, cells, system.columns.score.range) for cells in tables]


def _scores(rows: pa.Table, cells: Cells, range_: tuple[float, float]) -> Scores:
    own = rows.filter(pa.compute.equal(rows["by"], "*".join(cells.by)))
    group = positions(own, cells)
    bins, buckets = own["bin"].to_numpy(), own["bucket"].to_numpy()
    scored = bins != build.MISSING
    where = (group, bins, buckets, decided(own), own["outcome"].fill_null(2).to_numpy())
    at = tuple(index[scored] for index in where)
    shape = (len(cells.groups), build.SCORE_BINS + 1, BUCKETS if cells.clustered else 1, 2, 3)
    counts, missing = np.zeros(shape, dtype=np.int64), np.zeros(len(cells.groups), dtype=np.int64)
    n = own["n"].to_numpy()
    counts[at] = n[scored]
    np.add.at(missing, group[~scored], n[~scored])
    units, squares = (_placed(own[name], scored, at, shape) for name in ("total", "squares"))
    low, per = range_[0], build.score_units(*range_)
    totals = low * counts + units / per
    return Scores(
        by=cells.by,
        groups=cells.groups,
        range=range_,
        counts=counts,
        totals=totals,
        squares=low * (2 * totals - low * counts) + squares / per**2,
        missing=missing,
        clustered=cells.clustered,
        purged=not rows.num_rows and bool(cells.sizes().sum()),
    )


def _placed(
    column: pa.ChunkedArray, scored: npt.NDArray[np.bool_], at: tuple[npt.NDArray[np.intp], ...], shape: tuple[int, ...]
) -> Floats:
    """Whole numbers of up to 38 digits in their cells. Each cell has one row: nothing is rounded twice."""
    found = np.zeros(shape)
    found[at] = column.cast(pa.float64()).to_numpy()[scored]
    return found
