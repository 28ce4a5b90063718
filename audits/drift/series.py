"""Drift over time: every window since the reference, exactly, from the cubes, and nothing of groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import duckdb

from boussole.audits.counts.read import days_of
from boussole.audits.cubes import build
from boussole.audits.cubes.values import UNKNOWN, Pools, Values, pool_of, pools_of
from boussole.audits.decisions.report import READ_AS
from boussole.audits.drift.compared import Pair, compared, group_columns, group_measure, value_measures
from boussole.audits.drift.counts import (
    ByScore,
    VersionDays,
    WindowCounts,
    rate_steps,
    read_by_score,
    read_deciding,
    read_versions,
    read_windows,
)
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.recurring import NOBODY, Recurring, read_recurring
from boussole.audits.drift.splits import Step as RateStep
from boussole.audits.lake import reading
from boussole.audits.lake.tables import literal, table
from boussole.audits.measures import Measure
from boussole.audits.standing import standing
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.model import System
from boussole.audits.windows import LogDays, Window, before, complete_periods, period_of, reference_window, whole_months
from boussole.audits.workspace import Workspace

CONTROL = "control"
NOT_COUNTED, TOO_MANY = "not_counted", "too_many_strata"


@dataclass(frozen=True, kw_only=True)
class ControlCounts:
    """Counts of each control by window and value (`values`), windows with too many profiles (`pooled`), and `pools`."""

    values: Mapping[str, Mapping[Window, Values]]
    pooled: frozenset[Window]
    pools: Mapping[str, Pools] = field(default_factory=dict)


def read_controls(connection: duckdb.DuckDBPyConnection, system: System, counts: WindowCounts) -> ControlCounts:
    """Count the values of the controls in those windows that are whole months, under the controls of today."""
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
    """Measure every distance of each control between two windows, of everybody.

    Undefined: `is_group`; `not_counted`, a window is not made of whole months or has other controls; `too_many_strata`.
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


SET_ASIDE = "set_aside"


@dataclass(frozen=True, kw_only=True)
class SchemaMove:
    """A change of a column of the decision log, `on` the first day of the file that shows it, by its `kind`."""

    on: dt.date
    kind: str
    column: str


def schema_moves(connection: duckdb.DuckDBPyConnection, system: System) -> list[SchemaMove]:
    """The changes of watched columns, of the score, of groups and of controls, oldest first, each told once a day."""
    noted = _noted(connection, system)
    rows = [row for row in noted if row[1] in columns_of(system) and row[0] not in READ_AS]
    if not rows:
        return []
    batches = ", ".join(str(batch) for batch in sorted({row[2] for row in rows}))
    days: dict[int, dt.date] = dict(
        connection.execute(
            f"SELECT batch, min(day) FROM {table(system, 'decisions')} WHERE batch IN ({batches}) GROUP BY batch"
        ).fetchall()
    )
    found = {
        SchemaMove(on=days.get(batch, at.date()), kind=kind, column=column): None for kind, column, batch, at in rows
    }
    return sorted(found, key=lambda move: (move.on, move.column, move.kind))


def columns_of(system: System) -> set[str]:
    """The columns of the log that anything about drift rests on."""
    score = system.log.score
    named = {*system.watched, *([score.column] if score else [])}
    named |= {group.column for group in system.groups.values() if group.source == "log"}
    return named | {control.column for control in system.controls.values()}


def _noted(connection: duckdb.DuckDBPyConnection, system: System) -> list[tuple[str, str, int, dt.datetime]]:
    """Kind, column, batch and moment of import of each change."""
    noted = 'SELECT kind, "column", batch, "at" FROM lake.main.schema_changes WHERE system = $system AND log = $log'
    noted += (
        f""" UNION ALL SELECT DISTINCT '{SET_ASIDE}', q."column", q.batch, i."at" """
        f"FROM {table(system, 'quarantine')} q JOIN lake.main.ingested i USING (batch) "
        "WHERE q.log = $log AND q.resolved IS NULL AND i.system = $system"
    )
    return connection.execute(noted, {"system": system.id, "log": "decisions"}).fetchall()


Step = Literal["month", "week", "day"]
Against = Literal["reference", "previous", "examined"]
Examined = Callable[[Window], Window | None]
"""Tells which window a committee had examined last before another began."""
MOST: dict[Step, int] = {"month": 36, "week": 53, "day": 92}
"""Windows that are looked back at, the newest ones."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One window and the one it is compared with; `reason` where there is nothing to compare."""

    window: Window
    against: Window | None
    decisions: int
    reason: str | None
    measures: Sequence[Measure]

    def measure(self, metric: str, group: str) -> Measure | None:
        """The measure of a metric and a group; None where the window has none."""
        return next((each for each in self.measures if (each.metric, each.group) == (metric, (group,))), None)


@dataclass(frozen=True, kw_only=True)
class DriftSeries:
    """The windows of a system, oldest first; `columns` with values, `empty` ones; `unfinished`: none has ended."""

    system: System
    step: Step
    against: Against
    points: Sequence[Point]
    columns: Sequence[str]
    empty: Sequence[str]
    versions: Sequence[VersionDays]
    unfinished: bool
    selected: Sequence[RateStep] = ()
    """The share of everybody that was selected, window by window."""
    changes: Sequence[SchemaMove] = ()
    """What became of watched columns, of the score, of groups and controls since the first window or its reference."""
    deciding: Mapping[Window, Mapping[str, float]] = field(default_factory=dict)
    """Which share of the decisions of a window each version made."""
    recurring: Recurring = NOBODY
    """How far months are alike because the same people come back."""


def drift_series(
    workspace: Workspace,
    system: System,
    *,
    step: Step = "month",
    against: Against = "reference",
    examined: Examined | None = None,
    as_of: dt.date | None = None,
    apart: Sequence[Apart] = (),
) -> DriftSeries:
    """Measure how far every ended window lies from the window of reference, the one before, or the one examined last.

    `as_of` (default: today) decides which outcomes have matured. Raises BoussoleError where there is no decision.
    """
    as_of = as_of or dt.datetime.now(system.zone).date()
    with reading(workspace) as connection:
        days = days_of(connection, system)
        windows = _windows(system, days, step)
        known = {window: found for window in windows if (found := _other(window, system, against, examined))}
        counts = read_windows(
            connection, system, [before(windows[0], step), *windows, *known.values()], as_of=as_of, apart=apart
        )
        pairs = [(window, known.get(window) or _previous(window, counts, against)) for window in windows]
        months = [*windows, *[other for _, other in pairs if other]]
        by_score = read_by_score(connection, system, months if step == "month" else [], as_of=as_of, apart=apart)
        versions = read_versions(connection, system)
        deciding = read_deciding(connection, system, [*windows, *[other for _, other in pairs if other]])
        changes = schema_moves(connection, system)
        recurring = read_recurring(connection, system) if step == "month" else NOBODY
        controls = read_controls(connection, system, counts)
    watched = [name for name in ("score", *system.watched) if name != "score" or system.log.score]
    return DriftSeries(
        system=system,
        step=step,
        against=against,
        points=[
            _with_meaning(
                with_controls(point_of(window, other, counts, system, against, as_of=as_of), controls, counts, system),
                by_score,
                system,
                as_of=as_of,
            )
            for window, other in pairs
        ],
        columns=[name for name in watched if name in counts.edges or name in counts.values],
        empty=[name for name in watched if name not in counts.edges and name not in counts.values],
        versions=versions,
        deciding=deciding,
        recurring=recurring,
        selected=rate_steps(counts, windows, system),
        unfinished=windows[-1].end > days.known_until,
        changes=[move for move in changes if move.on >= min(w.start for w in (windows[0], *known.values()))],
    )


def _windows(system: System, days: LogDays, step: Step) -> list[Window]:
    """Complete windows since the reference: one that is not would tell, looked at twice, what came in between."""
    reference = reference_window(system)
    since = max(days.first, reference.start) if reference and reference.start <= days.last else days.first
    return complete_periods(replace(days, first=since), step)[-MOST[step] :] or [period_of(days.last, step)]


def _other(window: Window, system: System, against: Against, examined: Examined | None) -> Window | None:
    """The window of reference, or the one examined last."""
    if against == "reference":
        return reference_window(system)
    return examined(window) if against == "examined" and examined else None


def _previous(window: Window, counts: WindowCounts, against: Against) -> Window | None:
    """The last window before that holds decisions: no day of a weekend is what a Monday is compared with."""
    if against != "previous":
        return None
    return max((each for each in counts.windows if each.end < window.start and counts.decisions(each)), default=None)


def point_of(
    window: Window, other: Window | None, counts: WindowCounts, system: System, against: Against, *, as_of: dt.date
) -> Point:
    reason = _reason(window, other, counts, system, against)
    return Point(
        window=window,
        against=other,
        decisions=counts.decisions(window),
        reason=reason,
        measures=[] if reason or other is None else compared(counts, (other, window), system, as_of=as_of),
    )


def with_controls(point: Point, controls: ControlCounts, counts: WindowCounts, system: System) -> Point:
    """Add the categories that decisions are compared within."""
    if point.reason or point.against is None:
        return point
    found = control_measures(controls, counts, (point.against, point.window), system)
    return replace(point, measures=[*point.measures, *found])


def _with_meaning(point: Point, by_score: ByScore, system: System, *, as_of: dt.date) -> Point:
    """Add whether scores mean what they meant, where both windows have outcomes by score."""
    other = point.against
    if point.reason or other is None or not {point.window, other} <= set(by_score.counts):
        return point
    pair = [by_score.scored(window) for window in (other, point.window)]
    readable = [standing(system, window, as_of=as_of).readable_from for window in (other, point.window)]
    found = meaning_measures(
        pair[0],
        pair[1],
        clustered=by_score.clustered,
        fewest=system.privacy.suppress_below,
        readable_from=max(filter(None, readable), default=None),
    )
    return replace(point, measures=[*point.measures, *found])


def _reason(window: Window, other: Window | None, counts: WindowCounts, system: System, against: Against) -> str | None:
    if other is None:
        return {"reference": "no_reference", "previous": "no_earlier", "examined": "none_examined"}[against]
    if other == window:
        return "is_reference"
    if other.start <= window.end and window.start <= other.end:
        return "overlaps"
    if not counts.decisions(other):
        return "empty_reference"
    if not counts.decisions(window):
        return "empty_window"
    fewest = min(counts.units(each, system) for each in (other, window))
    return "small_group" if fewest < system.privacy.suppress_below else None
