"""Counts by score at thresholds of any kind, from the rows: the cube `scores` knows equal bins alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from boussole.audits.counts.read import decided, decision_sql, outcome_sql, positions
from boussole.audits.cubes.update import rows_of, sealed_months
from boussole.audits.lake.tables import literal, quote
from boussole.audits.measures import Cells, Counts, Floats
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

MOST_THRESHOLDS = 1000
"""Of more different scores, those at so many equal steps of their order are taken."""


@dataclass(frozen=True, kw_only=True)
class AtThresholds:
    """Counts of one attribute (groups, thresholds, decision, outcome): scores from a threshold up to the next."""

    thresholds: Floats
    counts: Counts


def counts_at(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    tables: Sequence[Cells],
    *,
    as_of: dt.date,
    thresholds: Sequence[float] | None = None,
    apart: Sequence[Apart] = (),
) -> list[AtThresholds] | None:
    """Counts of a window for each table of groups, at some thresholds or, without any, at the scores that occur.

    The lowest score that occurs is always among the thresholds: there, everybody is selected. None where rows of the
    window were purged. Rows set `apart` are not counted.
    """
    if sealed_months(connection, system, within=window):
        return None
    rows = f"(SELECT *, {outcome_sql(system, as_of)} AS seen {rows_of(system, window, apart)} AND score IS NOT NULL)"
    at = _thresholds(connection, rows, thresholds)
    return [_counted(connection, system, rows, cells, at) for cells in tables]


def _thresholds(connection: duckdb.DuckDBPyConnection, rows: str, wanted: Sequence[float] | None) -> Floats:
    occurring = connection.execute(f"SELECT DISTINCT score FROM {rows} ORDER BY score").fetchnumpy()["score"]
    values = np.asarray(occurring, dtype=np.float64)
    if wanted is not None:
        return np.unique(np.concatenate([values[:1], np.asarray(list(wanted), dtype=np.float64)]))
    if len(values) <= MOST_THRESHOLDS:
        return values
    return np.unique(values[np.linspace(0, len(values) - 1, MOST_THRESHOLDS).round().astype(np.intp)])


def _counted(
    connection: duckdb.DuckDBPyConnection, system: System, rows: str, cells: Cells, thresholds: Floats
) -> AtThresholds:
    values = [f"{quote('g_' + name)} AS value{i + 1}" for i, name in enumerate(cells.by)]
    found = connection.execute(
        f'SELECT {literal("*".join(cells.by))} AS "by", {"".join(value + ", " for value in values)}'
        f"score, {decision_sql(system)} AS decision, seen, CAST(sum(weight) AS BIGINT) AS n FROM {rows} GROUP BY ALL"
    ).to_arrow_table()
    counts = np.zeros((len(cells.groups), len(thresholds), 2, 3), dtype=np.int64)
    if found.num_rows:
        step = np.searchsorted(thresholds, found["score"].to_numpy(), side="right") - 1
        outcome = found["seen"].fill_null(2).to_numpy()
        where = (positions(found, cells), step, decided(found), outcome)
        np.add.at(counts, where, found["n"].to_numpy())
    return AtThresholds(thresholds=thresholds, counts=counts)
