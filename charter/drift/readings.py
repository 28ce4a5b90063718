"""What is said of each part of a system in one window: whether it moved, by the rule of the charter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.distance_params import stored_test
from boussole.audits.drift.meaning import LEVEL, SHIFT, TILT, beyond
from boussole.audits.drift.series import CONTROL, Point
from boussole.audits.drift.shifts import Series, Shift
from boussole.audits.measures import Measure
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.tests import tails
from boussole.audits.windows import Window
from boussole.charter.document.answers.verdict import CALLING, Verdict, worst
from boussole.charter.drift.groups import MIX
from boussole.charter.drift.rule import FEATURES, SCORE, TO_MEANING, TO_OTHERS, DriftLevel, DriftRule
from boussole.charter.drift.system_drift import Drift
from boussole.charter.judging.statistics.correction import PValues, TestedComparison, corrected
from boussole.charter.judging.statistics.distances import too_few
from boussole.charter.judging.statistics.testing import past, verdict_of
from boussole.charter.text.judged import DRIFT

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
