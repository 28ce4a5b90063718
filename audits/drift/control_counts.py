"""Drift of categories: how many decisions had each value of a control, exactly, by whole months, from the cube of
profiles.

Distances are of everybody. A value that some but few have in a window is counted with the others: a rare occupation can
tell of one person.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from audits.cubes import build
from audits.drift.bins import Binned, categories
from audits.drift.compared import Pair
from audits.drift.counts import WindowCounts
from audits.drift.distances import distance_measures
from audits.drift.measures import index_measures
from audits.lake.tables import has_table, literal, table
from audits.measures import Measure
from audits.systems.model import System
from audits.windows import Window, period_of

CONTROL = "control"
UNKNOWN, OTHERS = "?", "*"
"""Decisions without a value, and those whose value too few have."""
NOT_COUNTED, TOO_MANY = "not_counted", "too_many_strata"
Values = Counter[str]


@dataclass(frozen=True, kw_only=True)
class ControlCounts:
    """`values`: of each control, how many decisions of a window had each value; a window that is not in it was not
    counted as a whole. `pooled`: windows with too many profiles to count."""

    values: Mapping[str, Mapping[Window, Values]]
    pooled: frozenset[Window]


def read_controls(connection: duckdb.DuckDBPyConnection, system: System, counts: WindowCounts) -> ControlCounts:
    """Values of the controls in those windows that are whole months, under the controls of today.

    The profiles are kept by group: the groups of one attribute, the unknown too, add up to everybody.
    """
    months = {month for window in counts.windows if (found := _months(window)) for month in found}
    if not system.controls or not system.attributes or not months or not has_table(connection, system, "strata"):
        return ControlCounts(values={}, pooled=frozenset())
    listed = ", ".join(f"DATE '{month.start}'" for month in sorted(months))
    rows = connection.execute(
        f"SELECT month, stratum, CAST(sum(n) AS BIGINT) FROM {table(system, 'strata')} "
        f'WHERE "by" = {literal("*".join(system.attributes[0]))} AND controls = {literal(build.controls_of(system))} '
        f"AND month IN ({listed}) GROUP BY ALL"
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
        rows = [row for month in _months(window) for row in by_month.get(month, ())]
        if not rows or sum(n for _, n in rows) != counts.decisions(window):
            continue
        if any(stratum == build.POOLED for stratum, _ in rows):
            pooled.add(window)
            continue
        found = {name: Values() for name in system.controls}
        for stratum, n in rows:
            for name, value in zip(system.controls, build.control_values(stratum), strict=True):
                found[name][UNKNOWN if value is None else value] += n
        for name, each in found.items():
            values[name][window] = each
    return ControlCounts(values=values, pooled=frozenset(pooled))


def _months(window: Window) -> list[Window]:
    """The months that a window is made of; none where it cuts one."""
    found, day = [], window.start
    while day <= window.end:
        month = period_of(day, "month")
        if month.start != day or month.end > window.end:
            return []
        found.append(month)
        day = month.end + dt.timedelta(days=1)
    return found


def control_measures(found: ControlCounts, counts: WindowCounts, pair: Pair, system: System) -> list[Measure]:
    """Every distance of each control between two windows, of everybody.

    `params`: the shares of each value, in both; `new` and `gone`: values that one of the windows does not have.
    Undefined: `not_counted`, where a window is not made of whole months or was counted under other controls;
    `too_many_strata`; `one_bin`.
    """
    effect = counts.design_effect(pair[1], system)
    measures: list[Measure] = []
    for name, windows in found.values.items():
        if not all(window in windows for window in pair):
            reason = TOO_MANY if found.pooled & set(pair) else NOT_COUNTED
            measures.append(
                Measure(metric="psi", by=(CONTROL,), group=(key_of(name, system),), status="undefined", reason=reason)
            )
            continue
        binned = _binned(name, (windows[pair[0]], windows[pair[1]]), system)
        own = [*index_measures(binned, design_effect=effect), *distance_measures(binned, design_effect=effect)]
        one = len(binned.reference) < 2
        measures += [replace(each, value=None, status="undefined", reason="one_bin") if one else each for each in own]
    return measures


def key_of(name: str, system: System) -> str:
    """What a control is called among the inputs: its name, told apart where a feature has the same."""
    return f"{name} ({CONTROL})" if name in system.watched else name


def _binned(name: str, sides: tuple[Values, Values], system: System) -> Binned:
    pairs = told(sides, fewest=system.privacy.suppress_below)
    binned = categories(CONTROL, key_of(name, system), pairs)
    real = {value: pair for value, pair in pairs.items() if value not in (UNKNOWN, OTHERS)}
    more = {
        "new": [value for value, (before, _) in real.items() if not before],
        "gone": [value for value, (_, now) in real.items() if not now],
        "values": len(set(sides[0]) | set(sides[1])),
    }
    return replace(binned, about={**binned.about, **more})


def told(sides: tuple[Values, Values], *, fewest: int) -> dict[str, tuple[int, int]]:
    """Values with their counts in both windows, the most frequent first; those that some but few have are together.

    Where they are few together as well, the rarest of the others joins them: everybody less the others would tell.

    >>> told((Values(clerk=90, cook=40, miner=3), Values(clerk=80, cook=50, diver=20)), fewest=11)
    {'clerk': (90, 80), 'diver': (0, 20), '*': (43, 50)}
    """
    pairs = {value: (sides[0][value], sides[1][value]) for value in {**sides[0], **sides[1]}}
    ordered = sorted(pairs, key=lambda value: (-sum(pairs[value]), value))
    few = {value for value in ordered if any(0 < n < fewest for n in pairs[value])}
    while few and (short := _short(pairs, few, fewest)):
        rarest = (value for value in reversed(ordered) if value not in few and any(pairs[value][at] for at in short))
        if (more := next(rarest, None)) is None:
            break
        few.add(more)
    kept = {value: pairs[value] for value in ordered if value not in few}
    if few:
        kept[OTHERS] = (sum(pairs[value][0] for value in few), sum(pairs[value][1] for value in few))
    return kept


def _short(pairs: Mapping[str, tuple[int, int]], few: set[str], fewest: int) -> list[int]:
    """The windows in which those together are some, but few."""
    return [at for at in (0, 1) if 0 < sum(pairs[value][at] for value in few) < fewest]
