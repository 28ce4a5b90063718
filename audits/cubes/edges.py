"""The bins of watched columns, chosen once and kept with the system, and the units in which values are summed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import duckdb

from boussole.audits.cubes import build
from boussole.audits.lake.tables import days_sql, quote, table
from boussole.audits.systems.model import System
from boussole.audits.windows import reference_window

MOST_BINS = 200
WHOLE = 10_000
ENDS = (5, 10, 20, 30)
"""Ten-thousandths of the decisions that bins at each end leave outside."""
DIGITS = 9
"""Values are summed in units of which a thousand million or less lie between the outermost edges."""
FARTHEST = 10**17
"""Units: a value farther from the lowest edge than that is summed as lying there."""
PLACES = 6
"""Digits of an edge, within the width of all."""
LARGEST = 290
"""Powers of ten beyond which a computer has no numbers left to reckon with."""


@dataclass(frozen=True)
class Bins:
    """What the watched columns of a system are counted in: `edges` of the score and of numbers, names of `values`."""

    edges: Mapping[str, Sequence[float]]
    values: Mapping[str, Sequence[str]]


def bins_of(connection: duckdb.DuckDBPyConnection, system: System) -> Bins:
    """The bins as they are kept; of a column that never held a value there are none."""
    return Bins(edges_of(connection, system), values_of(connection, system))


def values_of(connection: duckdb.DuckDBPyConnection, system: System) -> dict[str, list[str]]:
    """Return the values that are counted by name, for each column of categories."""
    if not system.categories:
        return {}
    rows = connection.execute(
        f"SELECT feature, list(value ORDER BY value) FROM {table(system, 'values')} GROUP BY feature"
    ).fetchall()
    return {feature: list(values) for feature, values in rows if feature in system.categories}


def edges_of(connection: duckdb.DuckDBPyConnection, system: System) -> dict[str, list[float]]:
    """Inner edges of each histogram, as fixed when its feature was first seen."""
    rows = connection.execute(
        f"SELECT feature, list(edge ORDER BY position) FROM {table(system, 'edges')} GROUP BY feature"
    ).fetchall()
    return {feature: list(edges) for feature, edges in rows}


def units_of(feature: str, edges: Sequence[float], system: System) -> tuple[float, float]:
    """Return from where values of a column are summed, and how many units make one of the column."""
    score = system.log.score
    if feature == "score" and score is not None:
        return score.range[0], build.score_units(*score.range)
    return feature_units(edges)


def feature_units(edges: Sequence[float]) -> tuple[float, float]:
    """Return the units in which values of a feature are summed: from its lowest edge, in a power of ten."""
    if not edges:
        return 0.0, 1.0
    width = edges[-1] - edges[0] or abs(edges[0]) or 1.0
    digits = DIGITS - math.ceil(math.log10(min(width, 10.0**LARGEST)))
    return edges[0], 10.0 ** max(-LARGEST, min(LARGEST, digits))


def declare_bins(connection: duckdb.DuckDBPyConnection, system: System, batch: int) -> None:
    """Choose the edges of the score and of each feature that has none, and name new values of categories."""
    _declare(connection, system, f"{table(system, 'decisions')} WHERE batch = {batch}")


def declare_again(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Chooses the edges of features anew: from the decisions of the reference window, or all where there are none."""
    window, decisions = reference_window(system), table(system, "decisions")
    days = f"{decisions} WHERE {days_sql(window)}" if window else ""
    some = bool(days) and connection.execute(f"SELECT 1 FROM {days} LIMIT 1").fetchone() is not None
    connection.execute(f"DELETE FROM {table(system, 'edges')}")
    connection.execute(f"DELETE FROM {table(system, 'values')}")
    _declare(connection, system, days if some else f"{decisions} WHERE true")
    _declare(connection, system, f"{decisions} WHERE true")


def _declare(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> None:
    known = bins_of(connection, system)
    found: dict[str, list[float]] = {}
    if system.log.score and "score" not in known.edges:
        low, high = system.log.score.range
        found["score"] = [*build.score_edges(low, high), high]
    found |= {name: _chosen(connection, name, rows) for name in system.numbers if name not in known.edges}
    _keep_edges(connection, system, found)
    for name in system.categories:
        _name_values(connection, system, name, rows, room=MOST_BINS - len(known.values.get(name, ())))


def _keep_edges(connection: duckdb.DuckDBPyConnection, system: System, found: Mapping[str, Sequence[float]]) -> None:
    """Keep edges in one statement, as the lake would else write a file for each edge."""
    rows = [(feature, i, edge) for feature, edges in found.items() for i, edge in enumerate(edges)]
    if rows:
        connection.execute(
            f"INSERT INTO {table(system, 'edges')} "
            "SELECT unnest(?::VARCHAR[]), unnest(?::SMALLINT[]), unnest(?::DOUBLE[])",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _name_values(connection: duckdb.DuckDBPyConnection, system: System, feature: str, rows: str, *, room: int) -> None:
    """Names values that have no name yet, the most frequent first, while there is room."""
    column, names = quote(f"f_{feature}"), table(system, "values")
    found = connection.execute(
        f"SELECT {column} FROM {rows} AND {column} IS NOT NULL "
        f"AND {column} NOT IN (SELECT value FROM {names} WHERE feature = $feature) "
        f"GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {max(room, 0)}",
        {"feature": feature},
    ).fetchall()
    if found:
        connection.execute(
            f"INSERT INTO {names} SELECT ?, unnest(?::VARCHAR[])", [feature, [value for (value,) in found]]
        )


def _chosen(connection: duckdb.DuckDBPyConnection, feature: str, rows: str) -> list[float]:
    """Every value of a column where they are few, else its quantiles; none where it has no value."""
    column = quote(f"f_{feature}")
    few = connection.execute(
        f"SELECT DISTINCT {column} FROM {rows} AND {column} IS NOT NULL LIMIT {MOST_BINS + 1}"
    ).fetchall()
    if len(few) <= MOST_BINS:
        return sorted(value for (value,) in few)
    return shortened(quantiles(connection, column, f"{rows} AND {column} IS NOT NULL"))


def quantiles(connection: duckdb.DuckDBPyConnection, column: str, rows: str) -> list[float]:
    """Return the different values at the shares where bins begin, in order."""
    row = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
    size = row[0] if row else 0
    shares = {0, *ENDS, *(WHOLE - end for end in ENDS), *(WHOLE * i // MOST_BINS for i in range(1, MOST_BINS + 1))}
    places = ", ".join(str(max(1, math.ceil(Fraction(size * share, WHOLE)))) for share in sorted(shares))
    placed = f"SELECT {column} AS value, row_number() OVER (ORDER BY {column}) AS place FROM {rows}"
    found = connection.execute(f"SELECT DISTINCT value FROM ({placed}) WHERE place IN ({places})").fetchall()
    return sorted(value for (value,) in found)


def shortened(edges: Sequence[float]) -> list[float]:
    """Round edges to no more digits than it takes to tell them apart."""
    _, scale = feature_units([min(edges), max(edges)])
    places = round(math.log10(scale)) - DIGITS + PLACES
    return sorted({round(edge, places) + 0.0 for edge in edges})
