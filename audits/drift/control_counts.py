"""Drift of controls: how many decisions had each value, exactly, by whole months, from the cube of profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from boussole.audits.cubes import build
from boussole.audits.cubes.pooling import Pools, pool_of, pools_of
from boussole.audits.cubes.values import UNKNOWN, Values
from boussole.audits.drift.compared import Pair, group_columns, group_measure, value_measures
from boussole.audits.drift.counts import WindowCounts
from boussole.audits.lake.tables import literal, table
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of, whole_months

CONTROL = "control"
NOT_COUNTED, TOO_MANY = "not_counted", "too_many_strata"


@dataclass(frozen=True, kw_only=True)
class ControlCounts:
    """`values`: of each control, how many decisions of a window had each value; a window that is not in it was not
    counted as a whole. `pooled`: windows with too many profiles to count. `pools`: values of each control without a
    name."""

    values: Mapping[str, Mapping[Window, Values]]
    pooled: frozenset[Window]
    pools: Mapping[str, Pools] = field(default_factory=dict)


def read_controls(connection: duckdb.DuckDBPyConnection, system: System, counts: WindowCounts) -> ControlCounts:
    """Values of the controls in those windows that are whole months, under the controls of today.

    The profiles are kept by group: the groups of one attribute, the unknown too, add up to everybody.
    """
    months = {month for window in counts.windows if (found := whole_months(window)) for month in found}
    if not system.controls or not system.attributes or not months:
        return ControlCounts(values={}, pooled=frozenset())
    rows = connection.execute(
        f"SELECT month, stratum, CAST(sum(n) AS BIGINT) FROM {table(system, 'strata')} "
        f'WHERE "by" = {literal("*".join(system.attributes[0]))} AND controls = {literal(build.controls_of(system))} '
        "GROUP BY ALL"
    ).fetchall()
    by_month: dict[Window, list[tuple[str, int]]] = {}
    for month, stratum, n in rows:
        by_month.setdefault(period_of(month, "month"), []).append((stratum, n))
    return _of_windows(by_month, system, counts)


def _of_windows(
    by_month: Mapping[Window, Sequence[tuple[str, int]]], system: System, counts: WindowCounts
) -> ControlCounts:
    values: dict[str, dict[Window, Values]] = {name: {} for name in system.controls}
    pooled = set()
    for window in counts.windows:
        rows = [row for month in whole_months(window) for row in by_month.get(month, ())]
        if not rows or sum(n for _, n in rows) != counts.decisions(window):
            continue
        if any(stratum == build.POOLED for stratum, _ in rows):
            pooled.add(window)
            continue
        for name, each in _values(rows, system).items():
            values[name][window] = each
    return ControlCounts(values=values, pooled=frozenset(pooled), pools=_pools(by_month, system))


def _pools(by_month: Mapping[Window, Sequence[tuple[str, int]]], system: System) -> dict[str, Pools]:
    """The values of each control that have no name; a month with too many profiles is told in no window."""
    counted = {
        month.start: _values(rows, system)
        for month, rows in by_month.items()
        if all(stratum != build.POOLED for stratum, _ in rows)
    }
    fewest = system.privacy.suppress_below
    return {
        name: pools_of({day: values[name] for day, values in counted.items()}, fewest=fewest)
        for name in system.controls
    }


def _values(rows: Sequence[tuple[str, int]], system: System) -> dict[str, Values]:
    """How many decisions had each value of each control, from counts of profiles."""
    found = {name: Values() for name in system.controls}
    for stratum, n in rows:
        for name, value in zip(system.controls, build.control_values(stratum), strict=True):
            found[name][UNKNOWN if value is None else value] += n
    return found


def control_measures(found: ControlCounts, counts: WindowCounts, pair: Pair, system: System) -> list[Measure]:
    """Every distance of each control between two windows, of everybody.

    Undefined: `is_group`, where it is a column of groups; `not_counted`, where a window is not made of whole months or
    was counted under other controls; `too_many_strata`; and as other columns of categories are.
    """
    effect = counts.design_effect(pair[1], system)
    measures: list[Measure] = []
    for name, windows in found.values.items():
        key = key_of(name, system)
        if system.controls[name].column in group_columns(system):
            measures.append(group_measure(CONTROL, key))
            continue
        if all(window in windows for window in pair):
            sides = windows[pair[0]], windows[pair[1]]
            fewest = system.privacy.suppress_below
            pool = pool_of(found.pools.get(name, ()), *pair)
            measures += value_measures(CONTROL, key, sides, fewest=fewest, design_effect=effect, pool=pool)
            continue
        reason = TOO_MANY if found.pooled & set(pair) else NOT_COUNTED
        measures.append(Measure(metric="psi", by=(CONTROL,), group=(key,), status="undefined", reason=reason))
    return measures


def key_of(name: str, system: System) -> str:
    """What a control is called among the inputs: its name, told apart where a feature has the same."""
    return f"{name} ({CONTROL})" if name in system.watched else name
