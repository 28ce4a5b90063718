"""A search over undeclared intersections for the subgroup most at a disadvantage, at 5 % over all (Bonferroni)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import numpy as np

from boussole.audits.counts.read import months_sql
from boussole.audits.counts.withheld import Earlier
from boussole.audits.cubes.build import MAX_DEPTH
from boussole.audits.cubes.update import count_rows, rows_of
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.tables import days_sql, literal, quote, table
from boussole.audits.measures import Counts, Interval
from boussole.audits.metrics.selection import SELECTION_RATIO
from boussole.audits.searchable import searchable
from boussole.audits.suppression.apart import Apart
from boussole.audits.suppression.rules import SINGLES_OUT
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.score import ratio_z
from boussole.audits.uncertainty.tests import p_beyond
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

ALPHA = 0.05
CONFIRMED = 30
"""How many subgroups, those that stand out most, are counted again on rows."""
TOLD = 5
Items = frozenset[tuple[str, str | None]]
Known = Mapping[Items, tuple[int, int]]
"""Selected and assessed of every combination of values (None: unknown), of everybody under no items."""


@dataclass(frozen=True, kw_only=True)
class Subgroup:
    """A subgroup, its selection rate over that of everybody else whose values are known, and the corrected p."""

    group: Mapping[str, str]
    rates: tuple[float, float]
    value: float
    interval: Interval | None
    n: int
    p: float


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What was looked at, and the subgroups that stand out, the worst first."""

    window: Window
    depth: int
    minimum: int
    scanned: int
    found: tuple[Subgroup, ...]

    def document(self) -> dict[str, Any]:
        """The search as JSON."""
        return asdict(self) | {"window": {"start": str(self.window.start), "end": str(self.window.end)}}


@dataclass(frozen=True)
class _Cell:
    """Counts (selected, assessed) of a subgroup and of everybody else."""

    items: Items
    k: tuple[int, int]
    n: tuple[int, int]


def scan(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    depth: int = MAX_DEPTH,
    minimum: int | None = None,
    earlier: Earlier | None = None,
) -> Scan:
    """Find the subgroups that stand out in a window (the system's own when not given), by up to `depth` attributes.

    Left out are those of fewer than `minimum` decisions (default: 100), hidden ones, and the better of two nested ones.
    Raises BoussoleError without groups, where nothing is decided, and where rows of the window were purged.
    Source: Chung et al. (2019), Slice Finder, ICDE; Bonferroni.
    """
    if not system.groups:
        raise BoussoleError(
            f"'{system.id}' declares no groups.", where=system.id, next_step="Add `groups` to its system file."
        )
    least = max(minimum or 100, system.privacy.suppress_below)
    with searchable(workspace, system, start=start, end=end, as_of=as_of, earlier=earlier) as seen:
        connection, window, out = seen.connection, seen.window, seen.apart
        known = _counted(connection, system, window, names=seen.names, depth=depth, apart=out)
        cells = [cell for cell in _cells(known) if min(cell.n) >= least]
        shown = list(_shown(cells, known, [_items(by, group) for by, group in seen.hidden], system))
        striking = _most_striking(shown, system)
        confirmed = _confirmed(connection, system, window, striking, scanned=len(shown), apart=out)
    found = tuple(_apart(confirmed, known, system))
    return Scan(window=window, depth=depth, minimum=least, scanned=len(shown), found=found)


def _items(by: Sequence[str], group: Sequence[str | None]) -> Items:
    return frozenset(zip(by, group, strict=True))


def _counted(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    names: Collection[str],
    depth: int,
    apart: Sequence[Apart],
) -> Known:
    rows = connection.execute(
        'SELECT "by", value1, value2, value3, CAST(sum(n) FILTER (decision = 1) AS BIGINT), CAST(sum(n) AS BIGINT) '
        f"FROM {_source(connection, system, window, apart)} GROUP BY ALL"
    ).fetchall()
    found = {}
    for by, *values, k, n in rows:
        attributes = by.split("*") if by else []
        if len(attributes) <= depth and set(attributes) <= set(names):
            found[_items(attributes, values[: len(attributes)])] = (k or 0, n)
    return found


def _source(connection: duckdb.DuckDBPyConnection, system: System, window: Window, apart: Sequence[Apart]) -> str:
    """SQL: the cube `cells` where the window is made of whole months and nobody is set apart, else the rows."""
    if apart:
        return count_rows(connection, system, "cells", window, apart=apart)
    months = f"(FROM {table(system, 'cells')} WHERE {months_sql(window)})"
    row = connection.execute(
        f"""SELECT (SELECT sum(n) FROM {months} WHERE "by" = '') IS NOT DISTINCT FROM
        (SELECT sum(n) FROM {table(system, "daily")} WHERE "by" = '' AND {days_sql(window)})"""
    ).fetchone()
    return months if row and row[0] else count_rows(connection, system, "cells", window)


def _cells(known: Known) -> Iterator[_Cell]:
    """Yield every subgroup of known values beside everybody else whose values are known."""
    totals: dict[frozenset[str], list[int]] = {}
    for items, (k, n) in known.items():
        if None not in dict(items).values():
            total = totals.setdefault(frozenset(name for name, _ in items), [0, 0])
            total[0], total[1] = total[0] + k, total[1] + n
    for items, (k, n) in known.items():
        if items and None not in dict(items).values():
            all_k, all_n = totals[frozenset(name for name, _ in items)]
            yield _Cell(items=items, k=(k, all_k - k), n=(n, all_n - n))


def _shown(cells: Sequence[_Cell], known: Known, hidden: Sequence[Items], system: System) -> Iterator[_Cell]:
    """Yield the cells that may be shown: nothing hidden around them, no handful below a wider group."""
    for cell in cells:
        if not any(each <= cell.items for each in hidden) and _tells_no_handful([cell], known, system):
            yield cell


def _tells_no_handful(cells: Sequence[_Cell], known: Known, system: System) -> bool:
    """Whether subtracting cells of the same attributes from any wider group leaves nobody, or not few."""
    for items in _wider(cells[0].items):
        inside = [cell for cell in cells if items <= cell.items]
        k, n = known[items]
        for whole, parts in ((k, [c.k[0] for c in inside]), (n - k, [c.n[0] - c.k[0] for c in inside])):
            left = whole - sum(parts)
            if 0 < left < system.privacy.suppress_below or (whole < SINGLES_OUT and any(parts)):
                return False
    return True


def _wider(items: Items) -> Iterator[Items]:
    for size in range(len(items)):
        yield from map(frozenset, itertools.combinations(items, size))


def _most_striking(cells: Sequence[_Cell], system: System) -> list[_Cell]:
    """The cells whose rate is furthest from that of everybody else on the bad side, as if rows were independent."""
    sign = 1.0 if SELECTION_RATIO.bad_side(favourable=system.log.favourable) == "below" else -1.0
    distances = [(sign * ratio_z(cell.k, cell.n, ratio=1.0), cell) for cell in cells if cell.k[1]]
    distances.sort(key=lambda each: (each[0], str(_named(each[1], system))))
    return [cell for z, cell in distances[:CONFIRMED] if z < 0]


def _confirmed(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    cells: Sequence[_Cell],
    *,
    scanned: int,
    apart: Sequence[Apart],
) -> list[tuple[_Cell, Subgroup]]:
    """The cells that stand out over all that was scanned, counted again on rows with their clusters."""
    side, found = SELECTION_RATIO.bad_side(favourable=system.log.favourable), []
    for cell in cells:
        k, n = _buckets(connection, system, window, cell.items, apart)
        interval, test = compare_rates(k, n, scale="ratio", clustered=system.cluster is not None)
        p = min(1.0, scanned * p_beyond(test, threshold=1.0, bad_side=side))
        if p <= ALPHA:
            rates = cell.k[0] / cell.n[0], cell.k[1] / cell.n[1]
            value = rates[0] / rates[1]
            group = _named(cell, system)
            told = Subgroup(group=group, rates=rates, value=value, interval=interval, n=cell.n[0], p=p)
            found.append((cell, told))
    return found


def _named(cell: _Cell, system: System) -> dict[str, str]:
    """The values of a cell, in the order of the system file."""
    values = dict(cell.items)
    return {name: str(values[name]) for name in system.groups if name in values}


def _buckets(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, items: Items, apart: Sequence[Apart]
) -> tuple[tuple[Counts, Counts], tuple[Counts, Counts]]:
    """Selected and assessed by bucket, of a subgroup and of everybody else whose values are known."""
    inside = " AND ".join(f"{quote(f'g_{name}')} = {literal(value)}" for name, value in items)
    known = " AND ".join(f"{quote(f'g_{name}')} IS NOT NULL" for name, _ in items)
    rows = connection.execute(
        f"SELECT CASE WHEN {inside} THEN 0 ELSE 1 END, bucket, decision, CAST(sum(weight) AS BIGINT) "
        f"{rows_of(system, window, apart)} AND {known} GROUP BY ALL"
    ).fetchall()
    counts = np.zeros((2, BUCKETS, 2), dtype=np.int64)
    for part, bucket, decision, n in rows:
        counts[part, bucket, decision] = n
    k, n = counts[..., 1], counts.sum(axis=-1)
    return (k[0], k[1]), (n[0], n[1])


def _apart(found: Sequence[tuple[_Cell, Subgroup]], known: Known, system: System) -> Iterator[Subgroup]:
    """The worst first, without those that are part of one already told, hold it, or with it would tell of a handful."""
    below = SELECTION_RATIO.bad_side(favourable=system.log.favourable) == "below"

    def nearest(subgroup: Subgroup) -> float:
        ends = subgroup.interval
        return subgroup.value if ends is None else ends.high if below else -ends.low

    told: list[_Cell] = []
    for cell, subgroup in sorted(found, key=lambda each: (nearest(each[1]), str(each[1].group))):
        alike = [other for other in told if dict(other.items).keys() == dict(cell.items).keys()]
        apart = not any(cell.items <= other.items or other.items <= cell.items for other in told)
        if apart and len(told) < TOLD and _tells_no_handful([cell, *alike], known, system):
            told.append(cell)
            yield subgroup
