"""The drift of a system: distances from the cubes, groups from stored audits, and the charters adopted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from boussole.audits.counts.read import days_of
from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.counts import rate_steps, read_windows
from boussole.audits.drift.distance_params import psi_of
from boussole.audits.drift.meaning import SHIFT, TILT, meaning_of
from boussole.audits.drift.recurring import NOBODY, Recurring, read_recurring
from boussole.audits.drift.series import Against, DriftSeries, Point, Step, drift_series
from boussole.audits.drift.shifts import Scale, Series, Shift, shifts, step_of
from boussole.audits.lake import reading
from boussole.audits.measures import Measure
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, complete_periods
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.committee.acting import examined
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given
from boussole.charter.document.differences.drift import ColumnChange
from boussole.charter.document.differences.drift_series import (
    SCHEMA,
    DriftSeriesDocument,
    FigureOfSeries,
    LastingShift,
    VersionOfSeries,
    WindowOfSeries,
)
from boussole.charter.document.windows import WindowOfAudit
from boussole.charter.drift.groups import SELECTION_RATE, GroupSizes, kind_of_series, mix_measures, series_of, told
from boussole.charter.drift.rule import DriftRule, rule_of
from boussole.charter.judging.statistics.testing import LOOKS
from boussole.charter.records import documents_of
from boussole.charter.records.in_force import CharterInUse, in_force, versions
from boussole.charter.text.model import Charter


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The series of a system with its groups, and every version of the charter that was used."""

    series: DriftSeries
    rule: DriftRule
    charters: Sequence[CharterInUse]
    looked: Sequence[Series] = ()
    """Measures that audits told month by month; empty where time is cut otherwise."""
    shifts: Sequence[Shift] = ()
    """Those that moved for good."""
    audits: Mapping[Window, AuditDocument] = field(default_factory=dict)
    """The last audit of each window."""
    meant: Sequence[Shift] = ()
    """When scores came to mean something else for good, all months being looked at together."""


def drift_of(
    workspace: Workspace,
    system: System,
    *,
    against: Against,
    step: Step,
    today: dt.date,
    until: dt.date | None = None,
    charter: Charter | None = None,
) -> Drift:
    """The drift of a system as read on a day, by a charter (the one in force), of windows that had ended `until` a day.

    Raises BoussoleError where the system has no decision.
    """
    audits = documents_of(workspace, system.id)
    series = drift_series(
        workspace,
        system,
        step=step,
        against=against,
        examined=examined(workspace, system.id) if against == "examined" else None,
        as_of=today,
        apart=set_apart(workspace, system, audits),
    )
    if until is not None:
        series = _until(series, until)
        audits = {window: each for window, each in audits.items() if window.end <= until}
    kind = kind_of_series(system)
    looked = series_of(audits, kind) if step in ("month", kind) else []
    meaning = meaning_series(series.points) if against == "reference" else []
    rule = rule_of(charter or in_force(workspace).charter, system, step=step)
    found = shifts(_alike([*looked, *meaning], series.recurring, kind), rate=_rate(rule, kind))
    return Drift(
        series=_with_groups({window: told(each) for window, each in audits.items()}, series),
        rule=rule,
        charters=versions(workspace),
        looked=looked,
        audits=audits,
        shifts=[each for each in found if each.id not in (SHIFT, TILT)],
        meant=[each for each in found if each.id in (SHIFT, TILT)],
    )


def _rate(rule: DriftRule, kind: AuditWindow) -> float:
    """In which share of steady looks of a year a figure may be said to have moved, by the length of its periods."""
    return rule.of_shifts * min(1.0, LOOKS["month"] / LOOKS[kind])


def _alike(family: Sequence[Series], recurring: Recurring, kind: AuditWindow) -> list[Series]:
    """Series with how far a month correlates with those before it, which is known of months alone."""
    if kind != "month":
        return list(family)
    return [replace(each, alike=recurring.of(each.id.partition("/")[0])) for each in family]


@dataclass(frozen=True, kw_only=True)
class PeriodShift:
    """A figure that moved for good, and no season: the scale of its series, and the move."""

    scale: Scale
    shift: Shift


def lasting_shifts(workspace: Workspace, system: System, *, today: dt.date) -> list[PeriodShift]:
    """What moved for good between the periods of a system, the surest first."""
    kind, audits = kind_of_series(system), documents_of(workspace, system.id)
    with reading(workspace) as connection:
        periods = complete_periods(days_of(connection, system), kind)
        apart = set_apart(workspace, system, audits)
        counts = read_windows(connection, system, periods, as_of=today, apart=apart) if len(periods) > 1 else None
        recurring = read_recurring(connection, system) if kind == "month" else NOBODY
    if counts is None:
        return []
    rates = Series(id=SELECTION_RATE, scale="value", steps=rate_steps(counts, periods, system))
    family = [rates, *[each for each in series_of(audits, kind) if each.id != SELECTION_RATE]]
    scales = {each.id: each.scale for each in family}
    rate = _rate(rule_of(in_force(workspace).charter, system), kind)
    found = [each for each in shifts(_alike(family, recurring, kind), rate=rate) if not each.seasonal]
    return [PeriodShift(scale=scales[each.id], shift=each) for each in sorted(found, key=lambda each: -abs(each.z))]


def _until(series: DriftSeries, day: dt.date) -> DriftSeries:
    return replace(
        series,
        points=[point for point in series.points if point.window.end <= day],
        versions=[version for version in series.versions if version.first <= day],
        changes=[move for move in series.changes if move.on <= day],
    )


def meaning_series(points: Sequence[Point]) -> list[Series]:
    """What scores mean from window to window, each held to the same reference."""
    found = []
    for name in (SHIFT, TILT):
        told_of = [(point.window, point.measure(name, OUTCOME)) for point in points]
        steps = [step_of(window, each, meaning_of(each).test) for window, each in told_of if each is not None]
        found.append(Series(id=name, scale="value", steps=[step for step in steps if step is not None]))
    return found


def _with_groups(said: Mapping[Window, GroupSizes], series: DriftSeries) -> DriftSeries:
    return replace(series, points=[_mixed(point, said, series.system) for point in series.points])


def _mixed(point: Point, said: Mapping[Window, GroupSizes], system: System) -> Point:
    if not system.groups or point.reason or point.against is None:
        return point
    effect = point.measure("psi", DECISION)
    test = psi_of(effect).test if effect else None
    known = given(test.design_effect) if test else 1.0
    found = mix_measures(said.get(point.against), said.get(point.window), system, design_effect=known)
    return replace(point, measures=[*point.measures, *found])


MONTHS = 12
"""Windows that are told, the newest ones."""
FIGURES = ("psi", "wasserstein", "missing_share")
"""What reports print, and so attach, of each column."""


def series_document(drift: Drift, *, as_of: dt.date) -> DriftSeriesDocument:
    """The newest windows of a system with their figures: the same that the page of drift shows."""
    series = drift.series
    return DriftSeriesDocument(
        schema_=SCHEMA,
        system=series.system.id,
        as_of=as_of,
        by=series.step,
        against=series.against,
        windows=tuple(_window(point, series.system) for point in series.points[-MONTHS:]),
        versions=tuple(VersionOfSeries(name=each.name, first=each.first) for each in series.versions),
        columns=tuple(ColumnChange(on=each.on, kind=each.kind, column=each.column) for each in series.changes),
        moved_for_good=tuple(
            LastingShift(
                measure=each.id,
                since=each.since.start,
                noticed=each.noticed.start,
                before=each.before,
                after=each.after,
                season=each.seasonal,
            )
            for each in drift.shifts
        ),
        looked_at_together=tuple(each.id for each in drift.looked),
    )


def _window(point: Point, system: System) -> WindowOfSeries:
    return WindowOfSeries(
        start=point.window.start,
        end=point.window.end,
        timezone=system.timezone,
        against=None if point.against is None else WindowOfAudit.in_zone(point.against, system),
        decisions=point.decisions,
        reason=point.reason,
        measures=tuple(_figure(each) for each in point.measures if each.metric in FIGURES),
    )


def _figure(measure: Measure) -> FigureOfSeries:
    document = measure.document()
    kept = {key: value for key, value in document["params"].items() if key != "edges"}
    told = {key: document[key] for key in ("id", "value", "status", "reason", "n", "interval")}
    return FigureOfSeries.of({**told, "params": kept})
