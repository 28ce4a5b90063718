"""What drift reads of scores: everybody's decisions by score and outcome, of many months at once, from the cube."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from boussole.audits.counts.apart import lost
from boussole.audits.counts.read import decided, decision_sql, outcome_sql
from boussole.audits.counts.scores import read_scores
from boussole.audits.cubes import build
from boussole.audits.lake.tables import literal, table
from boussole.audits.measures import Counts
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, ended_periods, period_of

Columns = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ByScore:
    """Counts (bins, buckets, decision, outcome) of the windows that can be counted; the last bin has no score."""

    counts: Mapping[Window, Counts]
    clustered: bool

    def scored(self, window: Window) -> Counts:
        """The counts of the decisions of a window that have a score, by score."""
        return self.counts[window][:-1]


def read_by_score(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    windows: Sequence[Window],
    *,
    as_of: dt.date,
    apart: Sequence[Apart] = (),
) -> ByScore:
    """Count windows by score: whole months from the cube, others and those with rows set `apart` from their rows."""
    clustered = system.cluster is not None
    if system.log.score is None or system.log.outcome is None:
        return ByScore(counts={}, clustered=clustered)
    months = _months(connection, system, windows, as_of=as_of)
    for month in [month for month in months if within(apart, month)]:
        months[month] = _of_rows(connection, system, month, as_of=as_of, apart=apart)
    found = {}
    for window in dict.fromkeys(windows):
        parts = [months.get(month) for month in ended_periods(window.start, window.end, "month")]
        if _whole(window) and all(part is not None for part in parts):
            found[window] = np.sum([part for part in parts if part is not None], axis=0)
        elif not _whole(window):
            counts = _of_rows(connection, system, window, as_of=as_of, apart=apart)
            if counts is not None:
                found[window] = counts
    return ByScore(counts=found, clustered=clustered)


def _of_rows(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, as_of: dt.date, apart: Sequence[Apart]
) -> Counts | None:
    """The counts of one window without what is set apart; None where rows would be needed that are gone."""
    out = within(apart, window)
    if lost(connection, system, out):
        return None
    rows = read_scores(connection, system, window, as_of=as_of, without=list(system.groups), apart=out)
    if not rows.num_rows:
        return None
    columns = {name: rows[name].to_numpy() for name in ("bin", "bucket", "n")}
    columns |= {"decision": decided(rows), "outcome": rows["outcome"].fill_null(2).to_numpy()}
    at = np.zeros(rows.num_rows, dtype=np.intp)
    return np.asarray(_placed(columns, at, 1, clustered=system.cluster is not None)[0], dtype=np.int64)


def _whole(window: Window) -> bool:
    """Whether a window begins and ends with a month."""
    return window.start.day == 1 and window.end == period_of(window.end, "month").end


def _months(
    connection: duckdb.DuckDBPyConnection, system: System, windows: Sequence[Window], *, as_of: dt.date
) -> dict[Window, Counts | None]:
    """Each whole month of the windows that the cube counts as `daily` does, in the range of today."""
    every = {month for each in windows if _whole(each) for month in ended_periods(each.start, each.end, "month")}
    if not every:
        return {}
    listed = sorted(every)
    named = ", ".join(f"({i}, DATE '{month.start}', DATE '{month.end}')" for i, month in enumerate(listed))
    joined, declared = f"(VALUES {named}) AS w(i, starts, day)", literal(build.range_of(system))
    cells = connection.execute(
        f"SELECT i, bin, bucket, coalesce({decision_sql(system)}, 0) AS decision, "
        f"coalesce({outcome_sql(system, as_of)}, 2) AS outcome, "
        f"CAST(sum(n) AS BIGINT) AS n FROM (SELECT * FROM {table(system, 'scores')} "
        f"""WHERE "by" = '' AND range = {declared}) JOIN {joined} ON month = starts GROUP BY ALL"""
    ).fetchnumpy()
    counts = _placed(cells, np.asarray(cells["i"], dtype=np.intp), len(listed), clustered=system.cluster is not None)
    daily = connection.execute(
        f"SELECT i, CAST(sum(n) AS BIGINT) FROM (SELECT day AS decided, n FROM {table(system, 'daily')} "
        f"""WHERE "by" = '') JOIN {joined} ON decided BETWEEN starts AND day GROUP BY ALL"""
    ).fetchall()
    decisions = dict(daily)
    return {month: counts[i] for i, month in enumerate(listed) if decisions.get(i, 0) == counts[i].sum() > 0}


def _placed(columns: Columns, at: Counts, parts: int, *, clustered: bool) -> Counts:
    """Counts in their cells; a missing score is bin −1, the last."""
    found = np.zeros((parts, build.SCORE_BINS + 2, BUCKETS if clustered else 1, 2, 3), dtype=np.int64)
    where = [np.asarray(columns[name], dtype=np.intp) for name in ("bin", "bucket", "decision", "outcome")]
    np.add.at(found, (at, where[0], where[1] * clustered, where[2], where[3]), np.asarray(columns["n"], dtype=np.int64))
    return found
