"""Two windows side by side, class by class and value by value: shares, counts and intervals, and nothing judged.

Any two windows that have ended can be set beside each other. Numbers are told in the classes of `classes.py`, values
as their distances tell them, so that no choice of windows gives a few people away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from boussole.audits.counts.read import days_of
from boussole.audits.document_part import given
from boussole.audits.drift.classes import Months, fixed_cuts, in_classes, nearest
from boussole.audits.drift.compared import ROLE
from boussole.audits.drift.control_counts import read_controls
from boussole.audits.drift.counts import WindowCounts, read_windows
from boussole.audits.drift.distance_params import psi_of, stored_test
from boussole.audits.drift.series import MOST, Point, Step, point_of, with_controls
from boussole.audits.lake import reading
from boussole.audits.measures import Interval, Measure
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.wilson import wilson
from boussole.audits.windows import Window, complete_periods, reference_window, whole_months
from boussole.audits.workspace import Workspace

CUTS = "cuts_months"
LONGER = ("quarter", "year")
"""Windows of audits that are offered beside months."""


@dataclass(frozen=True, kw_only=True)
class WindowShare:
    """One class of numbers, or one value, in one window."""

    count: int
    share: float
    interval: Interval


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """One column in two windows. `like`: its distance; `begins`: where each class of numbers but the first begins, or
    else `values`: their names; `older`, `newer`: each class or value in both windows, None where few have it;
    `reason`: why there are none.

    Numbers are counted to the nearest ten, and their shares follow from what is told.
    """

    like: Measure
    begins: Sequence[float] = ()
    values: Sequence[str] = ()
    older: Sequence[WindowShare | None] = ()
    newer: Sequence[WindowShare | None] = ()
    reason: str | None = None

    @property
    def name(self) -> str:
        """The column, attribute or role that it is about."""
        return (self.like.group or ("",))[0]


@dataclass(frozen=True, kw_only=True)
class TwoWindows:
    """Two windows, and each column in both; none where they are not compared, for the reason of the point."""

    point: Point
    columns: Sequence[Distribution]


def complete_windows(workspace: Workspace, system: System, *, step: Step) -> list[Window]:
    """The complete windows, of a step, of the kind that audits have and of the reference, the newest first.

    Raises BoussoleError where there is no decision.
    """
    with reading(workspace) as connection:
        days = days_of(connection, system)
    found = complete_periods(days, step)[-MOST[step] :]
    if step == "month" and system.windows.audit in LONGER:
        found += complete_periods(days, system.windows.audit)
    reference = reference_window(system)
    if reference is not None and days.first <= reference.end <= min(days.last, days.known_until):
        found.append(reference)
    return sorted(dict.fromkeys(found), key=lambda each: (each.end, each.start), reverse=True)


def two_windows(
    workspace: Workspace,
    system: System,
    pair: tuple[Window, Window],
    *,
    as_of: dt.date,
    apart: Sequence[Apart] = (),
) -> TwoWindows:
    """The second window of a pair beside the first: what is compared, and every column in both.

    `as_of` decides which outcomes have matured; `apart`: the rows that audits have left out of all figures.
    """
    older, newer = pair
    with reading(workspace) as connection:
        months = _months(connection, system, pair)
        counts = read_windows(connection, system, [older, newer, *months], as_of=as_of, apart=apart)
        controls = read_controls(connection, system, counts)
    found = point_of(newer, older, counts, system, "reference", as_of=as_of)
    return with_columns(with_controls(found, controls, counts, system), counts, months, system)


def _months(connection: duckdb.DuckDBPyConnection, system: System, pair: tuple[Window, Window]) -> list[Window]:
    """The complete months up to the end of the later of two windows."""
    last = max(each.end for each in pair)
    return [month for month in complete_periods(days_of(connection, system), "month") if month.end <= last]


def with_columns(point: Point, counts: WindowCounts, months: Sequence[Window], system: System) -> TwoWindows:
    """A point with each of its columns in both windows; `months`: those that have ended by then."""
    if point.reason or point.against is None:
        return TwoWindows(point=point, columns=[])
    pair = (point.against, point.window)
    columns = [
        _numbers(each, counts, pair, months, system)
        if _of_numbers(each, counts)
        else of_values(each, fewest=system.privacy.suppress_below)
        for each in point.measures
        if each.metric == "psi" and each.group
    ]
    return TwoWindows(point=point, columns=columns)


def _of_numbers(measure: Measure, counts: WindowCounts) -> bool:
    return measure.by == ("feature",) and (measure.group or ("",))[0] in counts.bins


def of_values(measure: Measure, *, fewest: int) -> Distribution:
    """The values that a distance is taken over; without shares where these may not be told.

    Of decisions and of outcomes the last value alone: the other is all that is left.
    """
    empty = Distribution(like=measure)
    if measure.value is None:
        return replace(empty, reason=measure.reason)
    psi = psi_of(measure)
    if not psi.shares or psi.reference_total is None or psi.current_total is None:
        return replace(empty, reason=CUTS)
    totals = psi.reference_total, psi.current_total
    kept = slice(-1, None) if measure.by == (ROLE,) else slice(None)
    effect = given(stored_test(measure).design_effect)
    older, newer = (
        [part if not 0 < part.count < fewest else None for part in _parts([round(n * total) for n in side], effect)]
        for side, total in zip(psi.shares, totals, strict=True)
    )
    return replace(empty, values=list(given(psi.categories)[kept]), older=older[kept], newer=newer[kept])


def _numbers(
    measure: Measure, counts: WindowCounts, pair: tuple[Window, Window], months: Sequence[Window], system: System
) -> Distribution:
    """The classes of a column of numbers.

    A column of groups is told by audits alone, and one that is a control too value by value: other bounds would be a
    second way to what these hide.
    """
    name = (measure.group or ("",))[0]
    empty = Distribution(like=measure)
    if reason := _told_elsewhere(name, system):
        return replace(empty, reason=reason)
    if not all(map(whole_months, pair)):
        return replace(empty, reason=CUTS)
    if measure.value is None and measure.reason != "one_bin":
        return replace(empty, reason=measure.reason)
    by_bin = Months(
        counts={month: counts.bins[name][counts.windows[month]][:-1] for month in months},
        least={month: _least(counts, month, system) for month in months},
    )
    sides = [by_bin.of(window) for window in pair]
    if sides[0] is None or sides[1] is None:
        return replace(empty, reason="small_group")
    edges = counts.edges[name]
    cuts = by_bin.cuts(fixed_cuts(edges, score=name == "score"), max(pair, key=lambda each: each.end))
    if not cuts:
        return replace(empty, reason="one_class")
    older, newer = (
        _parts([nearest(n) for n in in_classes(cuts, side)], counts.design_effect(window, system))
        for side, window in zip((sides[0], sides[1]), pair, strict=True)
    )
    return replace(empty, begins=[edges[at - 1] for at in cuts], older=older, newer=newer)


def _told_elsewhere(name: str, system: System) -> str | None:
    score = system.log.score
    column = score.column if name == "score" and score is not None else name
    if column in {group.column for group in system.groups.values()}:
        return "is_group"
    return "is_control" if column in {each.column for each in system.controls.values()} else None


def _least(counts: WindowCounts, month: Window, system: System) -> int:
    """How many decisions of a month are many: of that many people, however often each comes on average."""
    if not counts.decisions(month):
        return system.privacy.suppress_below
    effect = counts.design_effect(month, system) if system.cluster == "person" else 1.0
    return int(np.ceil(system.privacy.suppress_below * effect))


def _parts(counts: Sequence[int], effect: float) -> list[WindowShare]:
    """Each with its share of all and Wilson's interval, as wide as repeated people can make it."""
    total = sum(counts)
    return [WindowShare(count=n, share=n / total, interval=wilson(n / effect, total / effect)) for n in counts]
