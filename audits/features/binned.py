"""Ordinary features in bins: numbers in tenths of the window's decisions, categories by value."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np

from boussole.audits.cubes.update import rows_of
from boussole.audits.lake.tables import describe, keep, literal, quote, table
from boussole.audits.searchable import Searchable
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints

BINS = 10
MOST = 40
"""So many values of a category are told apart: those that most decisions have; the others are one bin."""
ROWS = "explored"
"""The table of a connection that holds the rows of a window with the bins of their features (`b0`, `b1` …)."""


@dataclass(frozen=True, kw_only=True)
class Bin:
    """A bin of a feature: one value; or numbers from `low` to below `high`, each open where it is None; or `rest`: all
    other values (`others`), or no value at all (`missing`)."""

    value: str | None = None
    low: float | None = None
    high: float | None = None
    rest: Literal["others", "missing"] | None = None

    def __str__(self) -> str:
        if self.value is not None or self.rest is not None:
            return self.value if self.value is not None else f"({self.rest})"
        if self.low is None:
            return "(any)" if self.high is None else f"under {self.high:g}"
        if self.high is None:
            return f"{self.low:g} or more"
        return f"{self.low:g} to {self.high:g}"


OTHERS, MISSING = Bin(rest="others"), Bin(rest="missing")


@dataclass(frozen=True, kw_only=True)
class BinnedFeature:
    """A feature in bins: a watched feature or a control. `column`: of the rows in bins, where each has its number."""

    name: str
    column: str
    bins: tuple[Bin, ...]


def bin_features(seen: Searchable, system: System) -> list[BinnedFeature]:
    """The features and controls of a window that vary, in the order of the system file; keeps `ROWS` of the window.

    Edges of numbers are rounded to three digits. Categories that fewer than `suppress_below` decisions have are
    counted together. A feature that is a group by another name is left out: `groups` says what it tells.
    """
    connection, found, parts = seen.connection, list[BinnedFeature](), list[str]()
    rows = rows_of(system, seen.window, seen.apart)
    held = describe(connection, table(system, "decisions"))
    for name, source, number in _sources(system):
        if source not in held:
            continue
        column = f"b{len(found)}"
        sql, bins = (_number if number else _category)(connection, rows, source, system.privacy.suppress_below)
        if len(bins) > 2:
            found.append(BinnedFeature(name=name, column=column, bins=bins))
            parts.append(f"CAST({sql} AS SMALLINT) AS {column}")
    groups = [quote(f"g_{name}") for name in seen.names]
    columns = ", ".join([*parts, *groups, "bucket", "decision", "weight"])
    keep(connection, ROWS, f"SELECT {columns} {rows} AND decision IS NOT NULL")
    return found


def _sources(system: System) -> list[tuple[str, str, bool]]:
    """Each feature: its name, its column in the lake, and whether it is a number."""
    groups = {group.column for group in system.groups.values()}
    numbers = [(each.column, f"f_{each.column}", each.kind == "number") for each in system.features]
    watched = {each.column for each in system.features}
    controls = [(c.column, f"c_{name}", False) for name, c in system.controls.items() if c.column not in watched]
    return [each for each in (*numbers, *controls) if each[0] not in groups]


def _number(connection: duckdb.DuckDBPyConnection, rows: str, source: str, _fewest: int) -> tuple[str, tuple[Bin, ...]]:
    """SQL of the number of the bin of a number, and the bins."""
    column, cuts = quote(source), ", ".join(f"{i / BINS}" for i in range(1, BINS))
    row = connection.execute(
        f"SELECT quantile_disc({column}, [{cuts}]), min({column}), max({column}) {rows}"
    ).fetchone()
    if row is None or row[0] is None:
        return "0", (MISSING,)
    edges = sorted({float(f"{edge:.3g}") for edge in row[0]} - {float(f"{row[1]:.3g}")})
    edges = [edge for edge in edges if row[1] < edge <= row[2]]
    within = " + ".join(["0", *(f"CAST({column} >= {edge!r} AS INTEGER)" for edge in edges)])
    ends = [None, *edges, None]
    bins = [Bin(low=low, high=high) for low, high in itertools.pairwise(ends)]
    return f"coalesce({within}, {len(bins)})", (*bins, MISSING)


def _category(
    connection: duckdb.DuckDBPyConnection, rows: str, source: str, fewest: int
) -> tuple[str, tuple[Bin, ...]]:
    """The same of words: the values that most decisions have, in the order of their names, then the others."""
    column = quote(source)
    counted = connection.execute(
        f"SELECT {column}, CAST(sum(weight) AS BIGINT) AS n {rows} AND {column} IS NOT NULL GROUP BY ALL "
        f"ORDER BY n DESC, {column}"
    ).fetchall()
    named = sorted(str(value) for value, n in counted[:MOST] if n >= fewest)
    cases = " ".join(f"WHEN {column} = {literal(value)} THEN {at}" for at, value in enumerate(named))
    if not named:
        return "0", (MISSING,)
    others = (OTHERS,) if len(named) < len(counted) else ()
    last = len(named) + len(others)
    sql = f"CASE {cases} WHEN {column} IS NULL THEN {last} ELSE {len(named)} END"
    return sql, (*(Bin(value=each) for each in named), *others, MISSING)


def counted(
    connection: duckdb.DuckDBPyConnection, by: Sequence[tuple[str, Sequence[str] | int]], *, where: str = "true"
) -> Ints:
    """Decisions of `ROWS` by some columns, decision and bucket: an array of these axes in this order.

    `by`: each column with its values, or, of bins, with how many there are. Rows of other values are left out.
    """
    names = [quote(column) for column, _ in by]
    sizes = [values if isinstance(values, int) else len(values) for _, values in by]
    rows = connection.execute(
        f"SELECT {', '.join([*names, 'decision', 'bucket'])}, CAST(sum(weight) AS BIGINT) FROM {ROWS} "
        f"WHERE {where} GROUP BY ALL"
    ).fetchall()
    places = [None if isinstance(values, int) else {value: i for i, value in enumerate(values)} for _, values in by]
    found = np.zeros((*sizes, 2, BUCKETS), dtype=np.int64)
    for *keys, decision, bucket, n in rows:
        at = [key if place is None else place.get(key) for key, place in zip(keys, places, strict=True)]
        if None not in at:
            found[(*at, decision, bucket)] += n
    return found
