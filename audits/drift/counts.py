"""What drift reads from the cubes: of many windows at once, everybody's decisions and the bins of each column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from audits.cubes import build
from audits.cubes.read import decision_sql, outcome_sql
from audits.drift.bins import Histogram
from audits.lake.tables import table
from audits.measures import Counts
from audits.systems.kinds import BUCKETS
from audits.systems.model import System
from audits.uncertainty.jackknife import cluster_size
from audits.windows import Window

Bins = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the model, and the first and last day on which it decided."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, kw_only=True)
class WindowCounts:
    """Counts of several windows. `everybody` by window: (buckets, decision, outcome), as `Cells` has them; `bins` by
    column: (windows, bins) between its `edges`, the missing last, as `Histogram` has them."""

    windows: Mapping[Window, int]
    everybody: Counts
    edges: Mapping[str, Sequence[float]]
    bins: Mapping[str, Bins]

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
        """By how much repeated people can multiply a sampling error at most, as an audit of that window has it."""
        counts = self.everybody[self.windows[window]].sum(axis=(1, 2))
        return cluster_size(counts) if system.cluster is not None and counts.sum() else 1.0

    def histogram(self, column: str, reference: Window, current: Window) -> Histogram:
        """The bins of one column in two windows."""
        return Histogram(
            column, tuple(self.edges[column]), *(self._side(column, each) for each in (reference, current))
        )

    def _side(self, column: str, window: Window) -> tuple[int, ...]:
        """The bins of one window; before a column ever held a value it has none, and all its decisions lack it."""
        counts: list[int] = self.bins[column][self.windows[window]].tolist()
        return tuple(counts) if any(counts) else (*counts[:-1], self.decisions(window))


def read_windows(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    windows: Sequence[Window],
    edges: Mapping[str, Sequence[float]],
    *,
    as_of: dt.date,
) -> WindowCounts:
    """Counts of windows that may share days, from the cubes `daily` and `histograms`."""
    found = {window: i for i, window in enumerate(dict.fromkeys(windows))}
    listed = ", ".join(f"({i}, DATE '{window.start}', DATE '{window.end}')" for window, i in found.items())
    joined = f"JOIN (VALUES {listed}) AS w(i, starts, ends) ON day BETWEEN starts AND ends" if found else "WHERE false"
    return WindowCounts(
        windows=found,
        everybody=_everybody(connection, system, joined, len(found), as_of=as_of),
        edges=edges,
        bins=_bins(connection, system, joined, len(found), edges),
    )


def _everybody(
    connection: duckdb.DuckDBPyConnection, system: System, joined: str, windows: int, *, as_of: dt.date
) -> Counts:
    rows = connection.execute(
        f"SELECT i, bucket, coalesce({decision_sql(system)}, 0) AS decision, "
        f"coalesce({outcome_sql(system, as_of)}, 2) AS outcome, CAST(sum(n) AS BIGINT) AS n "
        f"""FROM (FROM {table(system, "daily")} WHERE "by" = '') {joined} GROUP BY ALL"""
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
) -> dict[str, Bins]:
    rows = connection.execute(
        "SELECT feature, i, bin, CAST(sum(n) AS BIGINT) "
        f"""FROM (FROM {table(system, "histograms")} WHERE "by" = '') {joined} GROUP BY ALL"""
    ).fetchall()
    found = {name: np.zeros((windows, len(inner) + 2), dtype=np.int64) for name, inner in edges.items()}
    for name, i, bin_, n in rows:
        if name in found:
            found[name][i, len(edges[name]) + 1 if bin_ == build.MISSING else bin_] = n
    return found


def read_versions(connection: duckdb.DuckDBPyConnection, system: System) -> list[Version]:
    """The versions of the model that decided, by their first day; none where the log names no version."""
    rows = connection.execute(
        f"SELECT model_version, min(day), max(day) FROM {table(system, 'daily')} "
        """WHERE "by" = '' AND model_version IS NOT NULL GROUP BY model_version ORDER BY min(day), model_version"""
    ).fetchall()
    return [Version(name=name, first=first, last=last) for name, first, last in rows]


def read_deciding(
    connection: duckdb.DuckDBPyConnection, system: System, windows: Sequence[Window]
) -> dict[Window, dict[str, float]]:
    """Which share of the decisions of each window each version made, of windows that hold any; what no version is
    named for is in none."""
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
