"""Two versions of a model side by side: their decisions, what both measure, and how each comparison changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import numpy as np

from boussole.audits.counts.rare import numbers_in
from boussole.audits.counts.read import COUNTS, cells_from_counts, counts_sql
from boussole.audits.document_part import given
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.tables import is_value, literal, quote
from boussole.audits.measure_params import Params
from boussole.audits.measures import Cells, Measure
from boussole.audits.metrics.adjusted import comparison_measures
from boussole.audits.metrics.definition import Rate, RateComparison
from boussole.audits.metrics.measure import families
from boussole.audits.metrics.view import View
from boussole.audits.sides import Side
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import ONE_IN, SET_APART, Suppression, smallest, suppress, with_groups
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.change import ComparisonChange, Units

VERSIONS = ("production", "candidate")


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """One judged comparison in both versions; `change` is None, with a reason, where it cannot be followed."""

    production: Measure
    candidate: Measure
    change: ComparisonChange | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class _SideCounts:
    side: Side
    tables: Sequence[Cells]
    apart: Sequence[Key] = ()
    views: dict[tuple[str, ...], View] = field(default_factory=dict)


def changes(system: System, production: Side, candidate: Side) -> list[VersionChange]:
    """Compare every judged comparison of every group in both versions, on what both can show."""
    with scratch() as connection:
        named = list(_named(production, candidate))
        for side, name in named:
            connection.register(f"{name}_rows", side.rows)
            _leave_out(connection, name, [])
        seen = [_seen(connection, system, side, name) for side, name in named]
        numbers = numbers_in([each.tables for each in seen], system)
        if numbers.names:
            for side, name in named:
                connection.register(f"{name}_rows", numbers.rows(side.rows))
            seen = [_seen(connection, system, side, name) for side, name in named]
        apart = _too_small(system, seen)
        if apart:
            for _, name in named:
                _leave_out(connection, name, apart)
            seen = [replace(_seen(connection, system, side, name), apart=apart) for side, name in named]
        _show(system, seen)
        return [
            made
            for by in system.attributes
            for comparison in families(system).comparisons
            for made in _followed(connection, system, seen, by, comparison)
        ]


def _named(production: Side, candidate: Side) -> Iterator[tuple[Side, str]]:
    yield from zip((production, candidate), VERSIONS, strict=True)


def _seen(connection: duckdb.DuckDBPyConnection, system: System, side: Side, name: str) -> _SideCounts:
    read_on = [by for by in [(), *system.attributes] if side.standing.ended(by) is None]
    counts = connection.execute(counts_sql(name, read_on)).to_arrow_table().cast(COUNTS)
    read = [cells for cells in cells_from_counts(counts, system) if side.standing.ended(cells.by) is None]
    return _SideCounts(side=side, tables=read)


def _leave_out(connection: duckdb.DuckDBPyConnection, name: str, apart: Sequence[Key]) -> None:
    """The rows of a version under its name, without those of groups that are set apart."""
    out = [is_value(quote(f"g_{by[0]}"), value) for by, (value,) in apart]
    where = f" WHERE NOT ({' OR '.join(out)})" if out else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {name}_rows{where}")


def _too_small(system: System, seen: Sequence[_SideCounts]) -> list[Key]:
    """The groups that are set apart in both versions because they are too small in one, where they are few in both."""
    room = [int(each.tables[0].sizes().sum()) / ONE_IN for each in seen]
    found: list[Key] = []
    for key in dict.fromkeys(key for each in seen for key, _ in smallest(each.tables, system=system)):
        left = [has - _size(each.tables, key) for has, each in zip(room, seen, strict=True)]
        if min(left) >= 0:
            room, found = left, [*found, key]
    return found


def _size(tables: Sequence[Cells], key: Key) -> int:
    by, group = key
    return sum(
        int(cells.sizes()[cells.groups.index(group)]) for cells in tables if by == cells.by and group in cells.groups
    )


def _show(system: System, seen: Sequence[_SideCounts]) -> None:
    """Gives both sides one view: what either hides is hidden, what either may not read yet is not read."""
    apart = dict.fromkeys(seen[0].apart, SET_APART)
    hidden = [suppress(each.tables, system=system) for each in seen]
    union = Suppression(
        decisions={**hidden[0].decisions, **hidden[1].decisions, **apart},
        outcomes={**hidden[0].outcomes, **hidden[1].outcomes, **apart},
    )
    waits = [each.side.standing.readable_from for each in seen if each.side.standing.readable_from]
    for each in seen:
        stands = WindowStanding(readable_from=max(waits, default=None), expired=each.side.standing.expired)
        for cells in with_groups(each.tables, apart):
            each.views[cells.by] = View(table=cells, system=system, suppression=union, standing=stands)


def _followed(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    seen: Sequence[_SideCounts],
    by: tuple[str, ...],
    comparison: RateComparison,
) -> Iterator[VersionChange]:
    """Yield one comparison of each group that a version has; expired groups have none."""
    views = [each.views[by] for each in seen if by in each.views]
    if len(views) < len(VERSIONS):
        return
    before, after = ({m.group: m for m in comparison_measures(view, comparison)} for view in views)
    for group in dict.fromkeys([*after, *before]):
        production = before[group] if group in before else _without_value(after[group])
        candidate = after[group] if group in after else _without_value(production)
        reason = production.reason or candidate.reason
        change = None
        if reason is None:
            rest = _rest(views, candidate, comparison.rate)
            change = ComparisonChange(
                units=_units(connection, system, candidate, comparison.rate, rest),
                scale=comparison.scale,
                bad_side=given(Params.of(candidate.params).bad_side),
            )
        yield VersionChange(production=production, candidate=candidate, change=change, reason=reason)


def _without_value(there: Measure) -> Measure:
    """Return the same comparison for a version that has no decision about the group."""
    params = {name: there.params[name] for name in ("against", "bad_side", "scale")}
    return Measure(
        metric=there.metric, by=there.by, group=there.group, status="undefined", reason="group_absent", params=params
    )


def _rest(views: Sequence[View], measure: Measure, rate: Rate) -> list[tuple[str, ...]]:
    """The groups that one is compared with: its reference, else all others that both versions may show."""
    reference = views[0].system.reference_of(measure.by)
    if reference is not None:
        return [reference]
    known = [_values(view.table.groups[i]) for view in views for i in view.known if i not in view.hidden(rate)]
    return [group for group in dict.fromkeys(known) if group != measure.group]


def _values(group: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(str(value) for value in group)


def _units(
    connection: duckdb.DuckDBPyConnection, system: System, measure: Measure, rate: Rate, rest: list[tuple[str, ...]]
) -> Units:
    """Return what both versions decided about each unit of a comparison, alike units together."""
    columns = ", ".join(quote(f"g_{name}") for name in measure.by)
    part = f"CASE WHEN {_among(columns, [measure.group or ()])} THEN 0 WHEN {_among(columns, rest)} THEN 1 END"
    sides = " UNION ALL ".join(
        f"SELECT unit, {i} AS version, {part} AS part, decision, coalesce(outcome, 2) AS outcome, n FROM {name}"
        for i, name in enumerate(VERSIONS)
    )
    if system.log.weight is None:
        count, key = "sum(CASE WHEN {} THEN n ELSE 0 END)", "unit"
        both, times = "count(DISTINCT version) = 2", "1"
    else:
        count, key = "max(CASE WHEN {} THEN 1 ELSE 0 END)", "version, part, decision, outcome"
        both, times = "false", "sum(n)"
    conditions = [
        f"version = {version} AND part = {part_} AND {_cells(cells)}"
        for version in (0, 1)
        for part_ in (0, 1)
        for cells in (rate.numerator, rate.denominator)
    ]
    named = ", ".join(f"CAST({count.format(sql)} AS BIGINT) AS c{i}" for i, sql in enumerate(conditions))
    kind = ", ".join([*(f"c{i}" for i in range(8)), "paired"])
    rows = connection.execute(
        f"SELECT {kind}, CAST(sum(times) AS BIGINT) AS times FROM ("
        f"SELECT {named}, {both} AS paired, {times} AS times FROM ({sides}) WHERE part IS NOT NULL GROUP BY {key}) "
        "WHERE c1 + c3 + c5 + c7 > 0 GROUP BY ALL"
    )
    found = rows.to_arrow_table()
    counts = np.stack([found[f"c{i}"].to_numpy() for i in range(8)], axis=1).reshape(-1, 2, 2, 2)
    return Units.alike(counts, found["times"].to_numpy(), found["paired"].to_numpy())


def _among(columns: str, groups: Sequence[Sequence[str]]) -> str:
    if not groups:
        return "false"
    listed = ", ".join(f"({', '.join(literal(value) for value in group)})" for group in groups)
    return f"coalesce(({columns}) IN ({listed}), false)"


def _cells(cells: Sequence[tuple[int, int]]) -> str:
    return f"(decision, outcome) IN ({', '.join(f'({decision}, {outcome})' for decision, outcome in cells)})"
