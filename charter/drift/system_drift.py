"""The drift of a system: distances from the cubes, groups from stored audits, and how each theme is judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from boussole.audits.counts.read import days_of
from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.counts import rate_steps, read_windows
from boussole.audits.drift.distance_params import psi_of, stored_test
from boussole.audits.drift.meaning import LEVEL, SHIFT, TILT, beyond, meaning_of
from boussole.audits.drift.recurring import NOBODY, Recurring, read_recurring
from boussole.audits.drift.series import CONTROL, Against, DriftSeries, Point, Step, drift_series
from boussole.audits.drift.shifts import Scale, Series, Shift, shifts, step_of
from boussole.audits.lake import reading
from boussole.audits.measures import Measure
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.tests import tails
from boussole.audits.windows import Window, complete_periods
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.committee.acting import examined
from boussole.charter.document import AuditDocument
from boussole.charter.document.answers.verdict import CALLING, Verdict, worst
from boussole.charter.document.base import given
from boussole.charter.document.differences.distances import ColumnChange
from boussole.charter.document.differences.drift_series import (
    SCHEMA,
    DriftSeriesDocument,
    FigureOfSeries,
    LastingShift,
    VersionOfSeries,
    WindowOfSeries,
)
from boussole.charter.document.references import WindowOfAudit
from boussole.charter.drift.groups import MIX, SELECTION_RATE, GroupSizes, kind_of_series, mix_measures, series_of, told
from boussole.charter.drift.rule import FEATURES, SCORE, TO_MEANING, TO_OTHERS, DriftLevel, DriftRule, rule_of
from boussole.charter.judging.statistics.correction import PValues, TestedComparison, corrected
from boussole.charter.judging.statistics.distances import too_few
from boussole.charter.judging.statistics.testing import LOOKS, past, verdict_of
from boussole.charter.records import documents_of
from boussole.charter.records.in_force import CharterInUse, in_force, versions
from boussole.charter.text.judged import DRIFT
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


INPUTS, GROUPS, MEANING, GAPS = "inputs", "groups", "meaning", "gaps"
THEMES = (INPUTS, SCORE, DECISION, OUTCOME, MEANING, GROUPS, GAPS)
MOVED = CALLING


@dataclass(frozen=True, kw_only=True)
class ThemeReading:
    """One theme in one window: its verdict, what moved most, and why others have no figure."""

    state: Verdict = Verdict.NOT_EXAMINED
    moved: Sequence[str] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, Verdict] = field(default_factory=dict)


def readings(point: Point, rule: DriftRule) -> dict[str, ThemeReading]:
    """Every theme of a window but the gaps; nothing was examined where it is not compared."""
    measures = [each for each in point.measures if each.metric == DRIFT and theme_of(each)]
    verdicts = _verdicts([each for each in measures if each.value is not None], rule)
    by_theme: dict[str, list[Measure]] = {theme: [] for theme in THEMES if theme != GAPS}
    for measure in measures:
        by_theme[theme_of(measure)].append(measure)
    found = {theme: _reading(each, verdicts) for theme, each in by_theme.items()}
    return found | {MEANING: _meaning([each for each in point.measures if each.metric in (SHIFT, TILT)], rule)}


def theme_of(measure: Measure) -> str:
    """What a distance is about."""
    name = _name(measure)
    if measure.by == ("feature",):
        return SCORE if name == SCORE else INPUTS
    if measure.by == (CONTROL,):
        return INPUTS
    return GROUPS if measure.by == (MIX,) else name


def _verdicts(known: Sequence[Measure], rule: DriftRule) -> dict[str, Verdict]:
    """The verdict of each distance, with one family for each question and one for what no question asks for."""
    families: dict[str, list[tuple[Measure, DriftLevel]]] = {}
    for measure in known:
        level = rule.level(SCORE if theme_of(measure) == SCORE else FEATURES)
        asked = measure.by == ("feature",) and level.indicator is not None
        families.setdefault(level.indicator.id if asked and level.indicator else "", []).append((measure, level))
    return {
        measure.id: _verdict(measure, tested, level, rule)
        for name, family in families.items()
        for looks in [rule.looks if name else rule.looks / TO_OTHERS]
        for (measure, level), tested in zip(
            family, corrected([_compared(*each) for each in family], looks=looks, alpha=rule.alpha), strict=True
        )
    }


def _verdict(measure: Measure, tested: PValues, level: DriftLevel, rule: DriftRule) -> Verdict:
    """As in an audit: a distance beyond the watch level is never kept, and one of too few decisions tells nothing."""
    if too_few(stored_test(measure)):
        return Verdict.UNKNOWN
    lies_past = past(measure.value or 0.0, level.watch, bad_side="above")
    return verdict_of(tested, rule.alpha, past_watch=lies_past)


def _compared(measure: Measure, level: DriftLevel) -> TestedComparison:
    breach = None if level.breach is None else _tails(measure, level.breach)
    return TestedComparison(of="", watch=_tails(measure, level.watch), breach=breach)


def _tails(measure: Measure, level: float) -> tuple[float, float]:
    """How likely so far is if the truth is within a level, and so near if it is beyond."""
    return tails(stored_test(measure).stated, threshold=level, bad_side="above")


def _reading(measures: Sequence[Measure], verdicts: Mapping[str, Verdict]) -> ThemeReading:
    states = {_name(each): verdicts[each.id] for each in measures if each.value is not None}
    reasons = {_name(each): each.reason or "" for each in measures if each.value is None}
    far = sorted((each for each in measures if each.value is not None), key=lambda each: -(each.value or 0))
    empty = [Verdict.UNKNOWN for reason in reasons.values() if reason == "no_values"]
    return ThemeReading(
        state=worst([*states.values(), *empty]),
        moved=[_name(each) for each in far if states[_name(each)] in MOVED],
        reasons=reasons,
        states=states,
    )


def _meaning(measures: Sequence[Measure], rule: DriftRule) -> ThemeReading:
    known = [each for each in measures if each.value is not None]
    found = [beyond(each) for each in known]
    far, near = holm([p for p, _ in found]), max((p for _, p in found), default=1.0) <= rule.alpha
    most = rule.alpha * TO_MEANING / rule.looks
    states = {
        each.metric: Verdict.WATCH if p <= most else Verdict.KEPT if near else Verdict.UNKNOWN
        for each, p in zip(known, far, strict=True)
    }
    return ThemeReading(
        state=worst(states.values()),
        moved=[name for name, state in states.items() if state in MOVED],
        reasons={each.metric: each.reason or "" for each in measures if each.value is None},
        states=states,
    )


def meaning_reading(reading: ThemeReading, point: Point, found: Sequence[Shift], rule: DriftRule) -> ThemeReading:
    """The reading of one month, with what all months say together: that a figure moved for good, beyond the level."""
    moved = [each for each in found if each.since.start <= point.window.start and abs(each.after - each.before) > LEVEL]
    new = [each.id for each in moved if each.id in reading.states and not each.seasonal and _holds(each, point, rule)]
    if not new:
        return reading
    states = {**reading.states, **dict.fromkeys(new, Verdict.WATCH)}
    return replace(
        reading, state=Verdict.WATCH, states=states, moved=[name for name in states if states[name] in MOVED]
    )


def _holds(shift: Shift, point: Point, rule: DriftRule) -> bool:
    """Whether a month is still where a figure moved to, nearer to that than to 0, the reference period."""
    measure = point.measure(shift.id, OUTCOME)
    if measure is None or measure.value is None or abs(shift.after) <= LEVEL:
        return False
    return beyond(measure)[1] > rule.alpha and abs(measure.value - shift.after) < abs(measure.value)


def gap_reading(window: Window, looked: Sequence[Series], found: Sequence[Shift]) -> ThemeReading:
    """How the figures of audits stand at the end of a window: which of them have moved for good."""
    seen = any(step.window == window for each in looked for step in each.steps)
    first = min((step.window for each in looked for step in each.steps), default=None)
    if not seen or window == first:
        return ThemeReading()
    moved = [each.id for each in found if not each.seasonal and each.since.start <= window.start]
    return ThemeReading(
        state=Verdict.WATCH if moved else Verdict.KEPT,
        moved=moved,
        states=dict.fromkeys(moved, Verdict.WATCH) or {GAPS: Verdict.KEPT},
    )


def _name(measure: Measure) -> str:
    return (measure.group or ("",))[0]


def read_all(drift: Drift) -> list[dict[str, ThemeReading]]:
    """One for each window of the series, in its order."""

    def read(point: Point) -> dict[str, ThemeReading]:
        own = readings(point, drift.rule)
        gap = gap_reading(point.window, drift.looked, drift.shifts)
        return own | {MEANING: meaning_reading(own[MEANING], point, drift.meant, drift.rule), GAPS: gap}

    return [read(point) for point in drift.series.points]
