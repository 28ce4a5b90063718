"""What an audit reads of the columns that drift watches: numbers by bin and categories by value, in two windows."""

from __future__ import annotations

import duckdb

from audits.cubes.edges import bins_of
from audits.cubes.read import decisions_of, read_histograms
from audits.drift.values import UNKNOWN, Categories, Values, Watched, value_at
from audits.lake.tables import table
from audits.systems.model import System
from audits.windows import Window


def read_watched(
    connection: duckdb.DuckDBPyConnection, system: System, reference: Window, current: Window
) -> list[Watched]:
    """The score and the features that ever held a value: numbers in the order of the system file, then categories.

    Values that some but fewer than `suppress_below` decisions have in a window are counted together.
    """
    bins = bins_of(connection, system)
    found: list[Watched] = [*read_histograms(connection, system, reference, current, bins.edges)]
    for name in system.categories:
        if name in bins.values:
            sides = (_values(connection, system, name, reference), _values(connection, system, name, current))
            found.append(Categories.of(name, sides, fewest=system.privacy.suppress_below))
    return found


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
    return found or +Values({UNKNOWN: decisions_of(connection, system, window)})
