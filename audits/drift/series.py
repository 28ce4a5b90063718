"""Drift over time: every window since the reference, exactly, from the cubes, whatever the number of decisions.

Nothing of groups is read here: what may be told of groups in a window is what its audit has told, so that no second way
leads around suppression.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from boussole.audits.counts.read import days_of
from boussole.audits.drift.by_score import ByScore, read_by_score
from boussole.audits.drift.compared import compared
from boussole.audits.drift.control_counts import ControlCounts, control_measures, read_controls
from boussole.audits.drift.counts import (
    VersionDays,
    WindowCounts,
    rate_steps,
    read_deciding,
    read_versions,
    read_windows,
)
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.recurring import NOBODY, Recurring, read_recurring
from boussole.audits.drift.schema import SchemaMove, schema_moves
from boussole.audits.drift.splits import Step as RateStep
from boussole.audits.lake import reading
from boussole.audits.measures import Measure
from boussole.audits.standing import standing
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.model import System
from boussole.audits.windows import LogDays, Window, before, complete_periods, period_of, reference_window
from boussole.audits.workspace import Workspace

Step = Literal["month", "week", "day"]
Against = Literal["reference", "previous", "examined"]
Examined = Callable[[Window], Window | None]
"""Tells which window a committee had examined last before another began."""
MOST: dict[Step, int] = {"month": 36, "week": 53, "day": 92}
"""Windows that are looked back at, the newest ones."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One window beside the one it is compared with; `reason` where there is nothing to compare.

    `no_reference`, `no_earlier`, `none_examined`: there is no such window (with decisions); `is_reference`; `overlaps`:
    they share days; `empty_window`: this one holds nothing; `empty_reference`: the other does; `small_group`: one holds
    too few.
    """

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
    """The windows of a system, oldest first. `columns`: the score and the features that ever had a value; `empty`: the
    features that never had one; `unfinished`: no window has ended yet, and the only one is not over."""

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
    """How far every ended window lies from the window of reference, the one before, or the one examined last.

    `as_of` (today when not given) decides which outcomes have matured. `apart`: the rows that audits have left out of
    all figures; what was decided about them is not counted here either.

    Raises BoussoleError where there is no decision.
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
    """The same with the categories that decisions are compared within."""
    if point.reason or point.against is None:
        return point
    found = control_measures(controls, counts, (point.against, point.window), system)
    return replace(point, measures=[*point.measures, *found])


def _with_meaning(point: Point, by_score: ByScore, system: System, *, as_of: dt.date) -> Point:
    """The same with whether scores mean what they meant, where both windows have outcomes by score."""
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
