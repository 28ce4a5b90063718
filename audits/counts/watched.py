"""What an audit reads of the columns that drift watches: numbers by bin and categories by value, in two windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from boussole.audits.cubes import build
from boussole.audits.cubes.edges import bins_of
from boussole.audits.cubes.values import UNKNOWN, Categories, Histogram, Values, Watched, pool_of, read_pools, value_at
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def read_watched(
    connection: duckdb.DuckDBPyConnection, system: System, reference: Window, current: Window
) -> list[Watched]:
    """Read the score and the features that ever held a value; values that few decisions have are counted together."""
    bins = bins_of(connection, system)
    found: list[Watched] = [*read_histograms(connection, system, reference, current, bins.edges)]
    pools = read_pools(connection, system)
    for name in system.categories:
        if name in bins.values:
            sides = (_values(connection, system, name, reference), _values(connection, system, name, current))
            pool = pool_of(pools[name], reference, current)
            found.append(Categories.of(name, sides, fewest=system.privacy.suppress_below, pool=pool))
    return found


def read_histograms(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    reference: Window,
    current: Window,
    edges: Mapping[str, Sequence[float]],
) -> list[Histogram]:
    """Histograms of the score and each feature in two windows, in the order of the system file."""
    names = [name for name in ("score", *system.watched) if name in edges]
    found = []
    for name in names:
        counts = [_bins(connection, system, name, window, len(edges[name])) for window in (reference, current)]
        found.append(Histogram(name, tuple(edges[name]), tuple(counts[0]), tuple(counts[1])))
    return found


def _bins(
    connection: duckdb.DuckDBPyConnection, system: System, feature: str, window: Window, edges: int
) -> Sequence[int]:
    rows = connection.execute(
        f"""SELECT bin, CAST(sum(n) AS BIGINT) FROM {table(system, "histograms")} """
        """WHERE feature = ? AND "by" = '' AND day BETWEEN ? AND ? GROUP BY bin""",
        [feature, window.start, window.end],
    ).fetchall()
    counts: dict[int, int] = dict(rows)
    if not counts:  # before a column ever held a value it has no bins, and all decisions lack it
        return [0] * (edges + 1) + [_decisions(connection, system, window)]
    return [counts.get(i, 0) for i in range(edges + 1)] + [counts.get(build.MISSING, 0)]


def _values(connection: duckdb.DuckDBPyConnection, system: System, feature: str, window: Window) -> Values:
    """How many decisions of a window had each value; before a column ever came, all lack it."""
    rows = connection.execute(
        f"""SELECT bin, value1, CAST(sum(n) AS BIGINT) FROM {table(system, "histograms")} """
        """WHERE feature = ? AND "by" = '' AND day BETWEEN ? AND ? GROUP BY bin, value1""",
        [feature, window.start, window.end],
    ).fetchall()
    found = Values()
    for bin_, value, n in rows:
        found[value_at(bin_, value)] += n
    return found or +Values({UNKNOWN: _decisions(connection, system, window)})


def _decisions(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> int:
    row = connection.execute(
        f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM {table(system, 'daily')} "
        """WHERE "by" = '' AND day BETWEEN ? AND ?""",
        [window.start, window.end],
    ).fetchone()
    return int(row[0]) if row else 0
