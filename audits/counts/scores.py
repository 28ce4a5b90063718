"""Counts by score, for measures of how well scores tell outcomes apart and whether they mean what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.counts.read import decided, decision_sql, months_sql, outcome_sql, positions
from boussole.audits.cubes import build
from boussole.audits.cubes.update import count_rows, sealed_months
from boussole.audits.lake.tables import KEYS, days_sql, literal, table
from boussole.audits.measures import Cells, Floats, Scores
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

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
