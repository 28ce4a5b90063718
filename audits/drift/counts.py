"""What drift reads from the cubes: of many windows at once, everybody's decisions and the bins of each column."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np

from boussole.audits.counts.apart import lost, still_known
from boussole.audits.counts.read import decided, decision_sql, outcome_sql
from boussole.audits.counts.scores import read_scores
from boussole.audits.cubes import build
from boussole.audits.cubes.edges import edges_of, units_of
from boussole.audits.cubes.sums import BinSums
from boussole.audits.cubes.update import apart_sql
from boussole.audits.cubes.values import UNKNOWN, Histogram, Pools, Values, pool_of, read_pools, value_at
from boussole.audits.drift.splits import Step
from boussole.audits.lake.tables import literal, table, whole_sum
from boussole.audits.measures import SELECTED, Counts
from boussole.audits.parts import Floats
from boussole.audits.suppression.rules import Apart, within
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import cluster_size
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


@dataclass(frozen=True, kw_only=True)
class VersionDays:
    """A version of the model, and the first and last day on which it decided."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, kw_only=True)
class WindowCounts:
    """Counts of several windows.

    `everybody` by window: (buckets, decision, outcome); `bins` by column: (windows, bins) between its `edges`, the
    missing last; `totals`: sums of values in units of `summed_in` (NaN where purged); `values` by column of categories
    and window; `pools`: those of them without a name.
    """

    windows: Mapping[Window, int]
    everybody: Counts
    edges: Mapping[str, Sequence[float]]
    bins: Mapping[str, Counts]
    totals: Mapping[str, Floats] = field(default_factory=dict)
    summed_in: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    values: Mapping[str, Mapping[Window, Values]] = field(default_factory=dict)
    pools: Mapping[str, Pools] = field(default_factory=dict)

    def decisions(self, window: Window) -> int:
        """How many decisions a window holds."""
        return int(self.everybody[self.windows[window]].sum())

    def units(self, window: Window, system: System) -> int:
        """Decisions; where rows repeat people, people for sure where these are fewer: the hash buckets they fill."""
        counts = self.everybody[self.windows[window]].sum(axis=(1, 2))
        filled = int(np.count_nonzero(counts))
        people = system.cluster == "person" and filled < BUCKETS
        return min(int(counts.sum()), filled) if people else int(counts.sum())

    def design_effect(self, window: Window, system: System) -> float:
        """Return by how much repeated people can multiply a sampling error at most."""
        counts = self.everybody[self.windows[window]].sum(axis=(1, 2))
        return cluster_size(counts) if system.cluster is not None and counts.sum() else 1.0

    def histogram(self, column: str, reference: Window, current: Window) -> Histogram:
        """The bins of one column in two windows."""
        before, now = (self._side(column, each) for each in (reference, current))
        sums = self._sums(column, reference, current)
        return Histogram(column, tuple(self.edges[column]), before, now, sums=sums)

    def _sums(self, column: str, reference: Window, current: Window) -> BinSums | None:
        """The sums of both windows; None where a purge removed a part of them."""
        if column not in self.totals:
            return None
        sides = [self.totals[column][self.windows[window]][:-1] for window in (reference, current)]
        if np.isnan(sides).any():
            return None
        origin, scale = self.summed_in[column]
        one, two = (tuple(side.tolist()) for side in sides)
        return BinSums(origin=origin, scale=scale, reference=one, current=two)

    def value_counts(self, column: str, window: Window) -> Values:
        """How many decisions of a window had each value of a column of categories; all lack it before it ever came."""
        return self.values[column].get(window, Values({UNKNOWN: self.decisions(window)}))

    def pool(self, column: str, pair: tuple[Window, Window]) -> frozenset[str]:
        """The values of a column that have no name where two windows are told."""
        return pool_of(self.pools.get(column, ()), *pair)

    def _side(self, column: str, window: Window) -> tuple[int, ...]:
        """The bins of one window; before a column ever held a value it has none, and all its decisions lack it."""
        counts: list[int] = self.bins[column][self.windows[window]].tolist()
        return tuple(counts) if any(counts) else (*counts[:-1], self.decisions(window))


def rate_steps(counts: WindowCounts, windows: Sequence[Window], system: System) -> list[Step]:
    """Return the share of everybody that was selected, by window that holds at least `suppress_below` decisions."""
    found = []
    for window in windows if system.decides else ():
        size = counts.decisions(window)
        if counts.units(window, system) < max(system.privacy.suppress_below, 1):
            continue
        rate = float(counts.everybody[counts.windows[window]][:, SELECTED].sum()) / size
        se = math.sqrt(rate * (1 - rate) * counts.design_effect(window, system) / size)
        found.append(Step(window=window, estimate=rate, se=se, size=size))
    return found


def read_windows(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    windows: Sequence[Window],
    *,
    as_of: dt.date,
    apart: Sequence[Apart] = (),
) -> WindowCounts:
    """Count windows that may share days, from the cubes `daily` and `histograms`, without rows that are set `apart`."""
    found = {window: i for i, window in enumerate(dict.fromkeys(windows))}
    listed = ", ".join(f"({i}, DATE '{window.start}', DATE '{window.end}')" for window, i in found.items())
    days = "CAST(unnest(range(starts, ends + 1, INTERVAL 1 DAY)) AS DATE) AS day"
    joined = f"JOIN (SELECT i, {days} FROM (VALUES {listed}) AS v(i, starts, ends)) AS w USING (day)"
    edges = edges_of(connection, system)
    bins, totals = _bins(connection, system, joined, len(found), edges)
    return WindowCounts(
        windows=found,
        everybody=_everybody(connection, system, joined, len(found), as_of=as_of, apart=apart),
        edges=edges,
        bins=bins,
        totals=totals,
        summed_in={name: units_of(name, inner, system) for name, inner in edges.items()},
        values=_values(connection, system, joined, list(found)),
        pools=read_pools(connection, system),
    )


def _everybody(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    joined: str,
    windows: int,
    *,
    as_of: dt.date,
    apart: Sequence[Apart],
) -> Counts:
    source = f"""SELECT day, bucket, decision, outcome, n FROM {table(system, "daily")} WHERE "by" = ''"""
    if known := still_known(connection, system, apart):
        out = " OR ".join(map(apart_sql, known))
        rows_out = f"SELECT day, bucket, decision, outcome, -weight FROM {table(system, 'decisions')} WHERE {out}"
        source = f"{source} UNION ALL {rows_out}"
    rows = connection.execute(
        f"SELECT i, bucket, coalesce({decision_sql(system)}, 0) AS decision, "
        f"coalesce({outcome_sql(system, as_of)}, 2) AS outcome, CAST(sum(n) AS BIGINT) AS n "
        f"FROM ({source}) {joined} GROUP BY ALL"
    ).fetchnumpy()
    counts = np.zeros((windows, BUCKETS, 2, 3), dtype=np.int64)
    *where, n = (np.asarray(column) for column in rows.values())
    np.add.at(counts, tuple(where), n)
    return counts


def _bins(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    joined: str,
    windows: int,
    edges: Mapping[str, Sequence[float]],
) -> tuple[dict[str, Counts], dict[str, Floats]]:
    """Counts and sums by column, (windows, bins) each, the missing last. Months that were purged have no sums."""
    cube = table(system, "histograms")
    rows = connection.execute(
        f"SELECT feature, i, bin, CAST(sum(n) AS BIGINT), coalesce(CAST({whole_sum('total')} AS DOUBLE), 'nan') "
        f"""FROM (FROM {cube} WHERE "by" = '') {joined} GROUP BY ALL ORDER BY feature"""
    ).fetchnumpy()
    features, i, bin_, n, sums = (np.asarray(column) for column in rows.values())
    counts = {name: np.zeros((windows, len(inner) + 2), dtype=np.int64) for name, inner in edges.items()}
    totals = {name: np.zeros((windows, len(inner) + 2)) for name, inner in edges.items()}
    for name in edges:
        start, end = np.searchsorted(features, [name, name + "\0"])
        where = i[start:end], np.where(bin_[start:end] == build.MISSING, len(edges[name]) + 1, bin_[start:end])
        counts[name][where], totals[name][where] = n[start:end], sums[start:end]
    return counts, totals


def _values(
    connection: duckdb.DuckDBPyConnection, system: System, joined: str, windows: Sequence[Window]
) -> dict[str, dict[Window, Values]]:
    """Count how many decisions had each value, by column of categories and window."""
    if not system.categories:
        return {}
    listed = ", ".join(literal(name) for name in system.categories)
    rows = connection.execute(
        "SELECT feature, i, bin, value1, CAST(sum(n) AS BIGINT) "
        f"""FROM (FROM {table(system, "histograms")} WHERE "by" = '' AND feature IN ({listed})) {joined} GROUP BY ALL"""
    ).fetchall()
    found: dict[str, dict[Window, Values]] = {name: {} for name in dict.fromkeys(row[0] for row in rows)}
    for name, i, bin_, value, n in rows:
        found[name].setdefault(windows[i], Values())[value_at(bin_, value)] += n
    return found


def read_versions(connection: duckdb.DuckDBPyConnection, system: System) -> list[VersionDays]:
    """The versions of the model that decided, by their first day; none where the log names no version."""
    rows = connection.execute(
        f"SELECT model_version, min(day), max(day) FROM {table(system, 'daily')} "
        """WHERE "by" = '' AND model_version IS NOT NULL GROUP BY model_version ORDER BY min(day), model_version"""
    ).fetchall()
    return [VersionDays(name=name, first=first, last=last) for name, first, last in rows]


def read_deciding(
    connection: duckdb.DuckDBPyConnection, system: System, windows: Sequence[Window]
) -> dict[Window, dict[str, float]]:
    """Return the share of the decisions of each window that each named version made."""
    listed = list(dict.fromkeys(windows))
    joined = ", ".join(f"({i}, DATE '{window.start}', DATE '{window.end}')" for i, window in enumerate(listed))
    rows = connection.execute(
        f"""SELECT i, model_version, sum(n) / sum(sum(n)) OVER (PARTITION BY i) FROM (FROM {table(system, "daily")} """
        f"""WHERE "by" = '') JOIN (VALUES {joined}) AS w(i, starts, ends) ON day BETWEEN starts AND ends """
        "GROUP BY i, model_version"
    ).fetchall()
    found: dict[Window, dict[str, float]] = {listed[i]: {} for i, *_ in rows}
    for i, name, share in rows:
        if name is not None:
            found[listed[i]][name] = float(share)
    return found
