"""The sentence on top of the drift page: what can have moved the system (`causes`), since when, and what followed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.calibration import MONTHS
from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.meaning import SHIFT, TILT, meaning_of
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.drift.splits import Series, farthest
from boussole.audits.languages import bracketed, capital
from boussole.audits.measures import Measure
from boussole.audits.windows import Window
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.drift.causes import Causes, causes, run
from boussole.charter.drift.groups import CALIBRATION, SELECTION_RATE
from boussole.charter.drift.rule import SCORE
from boussole.charter.drift.system_drift import GAPS, GROUPS, INPUTS, MEANING, MOVED, THEMES, ThemeReading
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.over_time import ExpectedMonth
from boussole.dashboard.views.drift.monthly import MonthlyFigure, hundredths, monthly_figure
from boussole.dashboard.views.drift.multiples import DriftEvent, on_days
from boussole.dashboard.views.drift.words import beside_words, name_of, period_words, since_words, state_words, why_not

ANCHOR = "meaning-outcomes"
"""The place of the drawing on the page."""


def meaning_months(
    series: DriftSeries,
    read: Sequence[Mapping[str, ThemeReading]],
    happened: Sequence[DriftEvent],
    say: Say,
) -> MonthlyFigure | None:
    """None where no month has it."""
    pairs = [(point.measure(SHIFT, OUTCOME), point.measure(TILT, OUTCOME)) for point in series.points]
    if all(shift is None or shift.value is None for shift, _ in pairs):
        return None
    states = [each[MEANING].state for each in read]
    months, cells = [], []
    for point, state, (shift, tilt) in zip(series.points, states, pairs, strict=True):
        event = bool(on_days(happened, point.window))
        if shift is None or shift.value is None:
            months.append(ExpectedMonth(event=event))
            cells.append(_missing(shift, series, say))
            continue
        meant = meaning_of(shift)
        observed, expected = given(meant.observed), given(meant.expected)
        months.append(ExpectedMonth(came=observed, expected=expected, moved=state in MOVED, event=event))
        shares = [hundredths(observed, say), hundredths(expected, say)]
        cells.append([say.whole(shift.n or 0), *shares, _change(shift, say), _change(tilt, say)])
    return monthly_figure(
        ANCHOR,
        say("What scores mean: positive outcomes that came, and that the same scores let expect"),
        [point.window for point in series.points],
        months,
        say,
        head=[
            say("Period"),
            say("Outcomes"),
            say("Came, of 100"),
            say("To be expected"),
            say("Change of the odds"),
            say("And for higher scores"),
            say("Reading"),
        ],
        cells=cells,
        states=states,
        words=[state_words(state, say) if state != Verdict.NOT_EXAMINED else "" for state in states],
    )


def _missing(shift: Measure | None, series: DriftSeries, say: Say) -> list[str]:
    readable = meaning_of(shift).readable_from if shift else None
    why = why_not(shift.reason or "", series.system, say, readable_from=readable) if shift else ""
    return ["", why, "", "", ""]


def _change(found: Measure | None, say: Say) -> str:
    if found is None or found.value is None or found.interval is None:
        return ""
    n, low, high = (say.number(math.exp(value), 2) for value in (found.value, found.interval.low, found.interval.high))
    return say("× {n} ({low} to {high})", n=n, low=low, high=high)


def meaning_words(point: Point, moved: Sequence[str], say: Say) -> list[str]:
    """Of a window in which one or both figures moved."""
    found = []
    shift, tilt = (point.measure(name, OUTCOME) for name in (SHIFT, TILT))
    if SHIFT in moved and shift is not None:
        month = period_words(point.window, say)
        meant = meaning_of(shift)
        observed, expected = (say.number(100 * given(share), 1) for share in (meant.observed, meant.expected))
        found.append(
            say(
                "{month}: of 100 people whose outcome is known, it was positive for {observed}; at the same scores it "
                "would have been for {expected} before.",
                month=month[:1].upper() + month[1:],
                observed=observed,
                expected=expected,
            )
        )
    if TILT in moved and tilt is not None and tilt.value is not None:
        less, more = (
            say("High and low scores lie closer together in their outcomes than before: scores tell less."),
            say("High and low scores lie farther apart in their outcomes than before: scores tell more."),
        )
        found.append(less if tilt.value < 0 else more)
    return found


EFFECTS = (SCORE, DECISION, OUTCOME, GAPS)
"""What follows when something moves a system."""


@dataclass(frozen=True, kw_only=True)
class DriftSummary:
    """`tone`: the key of a mark; `headline`, then what else is to be said, one sentence each."""

    tone: str
    headline: str
    more: Sequence[str] = ()


def summary(
    series: DriftSeries, read: Sequence[Mapping[str, ThemeReading]], happened: Sequence[DriftEvent], say: Say
) -> DriftSummary:
    """What the newest compared window says."""
    compared = [at for at, point in enumerate(series.points) if point.reason is None]
    if not compared:
        return _nothing(series, say)
    at = compared[-1]
    now, point = read[at], series.points[at]
    why = causes(series, read, at)
    moved = [theme for theme in THEMES if now[theme].state in MOVED]
    unknown = [theme for theme in THEMES if now[theme].state == "unknown"]
    still = [theme for theme in THEMES if now[theme].state == "kept"]
    clauses = _clauses(moved, now, why, series, say, at=at)
    begun = (moved, at) if moved or why.meant is None else ([MEANING] if clauses else [], why.meant)
    more = _since(series, read, *begun, happened=happened, say=say)
    more += _told_of_causes(why, now, read, series, say)
    if clauses and still:
        more.append(say("Not beyond the level: {themes}.", themes=_listed([_subject(t, say) for t in still], say)))
    more += _unknown(unknown, now, say)
    if series.points[-1].reason is not None:
        last = series.points[-1]
        not_compared = why_not(last.reason or "", series.system, say)
        period = capital(period_words(last.window, say))
        more.append(say("{period} is not compared: {why}.", period=period, why=not_compared))
    against = beside_words(point.against, say) if point.against else ""
    told = {"period": capital(period_words(point.window, say)), "against": against}
    if clauses:
        tone = "broken" if any(now[theme].state == "broken" for theme in moved) else "watch"
        what = _listed(clauses, say)
        return DriftSummary(
            tone=tone, headline=say("{period} compared with {against}: {what}.", **told, what=what), more=more
        )
    if unknown and not still:
        return DriftSummary(
            tone="unknown", headline=say("{period} compared with {against}: we cannot tell.", **told), more=more
        )
    more += _before(series, read, at, say)
    if unknown:
        return DriftSummary(
            tone="unknown",
            headline=say(
                "{period} compared with {against}: nothing that we can tell of moved beyond its level.", **told
            ),
            more=more,
        )
    return DriftSummary(
        tone="kept",
        headline=say("{period} compared with {against}: nothing moved beyond its level.", **told),
        more=more,
    )


def _unknown(themes: Sequence[str], now: Mapping[str, ThemeReading], say: Say) -> list[str]:
    """Of what nobody can tell, and why: a column without any value, else too little to tell on which side it lies."""
    empty = [theme for theme in themes if "no_values" in now[theme].reasons.values()]
    near = [theme for theme in themes if theme not in empty]
    told = []
    if near:
        subjects = _listed([_subject(theme, say) for theme in near], say)
        told.append(
            say(
                "We cannot tell about {themes}: the data do not suffice to say whether the level is passed.",
                themes=subjects,
            )
        )
    if empty:
        subjects = _listed([_subject(theme, say) for theme in empty], say)
        told.append(say("We cannot tell about {themes}: a column has no value in one of the periods.", themes=subjects))
    return told


def _nothing(series: DriftSeries, say: Say) -> DriftSummary:
    reasons = {point.reason for point in series.points} - {"is_reference"}
    reason = next(iter(sorted(filter(None, reasons))), "is_reference")
    steps = {
        "no_reference": say("Compare with the period before, or declare `windows.reference` in the system file."),
        "empty_reference": say("Bring in the decisions of the reference period, or declare another one."),
        "none_examined": say("A period counts as examined once it is audited; `boussole audit` does it."),
        "is_reference": say("The next period that ends will be compared with it."),
        "no_earlier": say("The next period that ends will be compared with it."),
    }
    headline = say("Nothing can be compared: {why}.", why=why_not(reason, series.system, say))
    return DriftSummary(tone="unknown", headline=headline, more=[steps[reason]] if reason in steps else [])


def _clauses(
    moved: Sequence[str], read: Mapping[str, ThemeReading], why: Causes, series: DriftSeries, say: Say, *, at: int
) -> list[str]:
    found = [_clause(theme, read[theme], series, say) for theme in (INPUTS, GROUPS) if theme in moved]
    if why.world and why.meant is not None:
        found.append(_world(why, series.points[why.meant].window, say, late=why.meant != at))
    if why.arrived:
        names = _listed([version.name for version in why.arrived], say)
        found.append(say("the model changed (the scores moved when version {names} came)", names=names))
    elif why.unseen:
        found.append(_unseen(say))
    elif why.recalibrated:
        found.append(_recalibrated(why, series, say, at=at))
    if why.either:
        found.append(_either(why, series, say, at=at))
    if GAPS in moved and CALIBRATION in read[GAPS].states and why.meant is None:
        found.append(say("scores no longer mean what they meant"))
    told = {SCORE} if why.arrived or why.unseen else set()
    return found + [
        _clause(theme, read[theme], series, say) for theme in EFFECTS if theme in moved and theme not in told
    ]


def _world(why: Causes, window: Window, say: Say, *, late: bool) -> str:
    """That the same scores are followed by other outcomes, and no model is known to have come with that."""
    month = period_words(window, say)
    if why.selected and late:
        return say(
            "the world changed, or whom people select at the same scores ({month}, of which outcomes are known last)",
            month=month,
        )
    if why.selected:
        return say("the world changed, or whom people select at the same scores (these no longer mean what they meant)")
    if late:
        return say("the world changed ({month}, of which outcomes are known last)", month=month)
    return say("the world changed (the same scores no longer mean what they meant)")


def _recalibrated(why: Causes, series: DriftSeries, say: Say, *, at: int) -> str:
    if why.meant is None or why.meant == at:
        return say("the model changed (its scores mean something else)")
    return say(
        "the model changed (its scores mean something else: {month}, of which outcomes are known last)",
        month=period_words(series.points[why.meant].window, say),
    )


def _either(why: Causes, series: DriftSeries, say: Say, *, at: int) -> str:
    if why.meant is None or why.meant == at:
        return say("the same scores no longer mean what they meant (the model or the world changed)")
    return say(
        "the same scores no longer mean what they meant (the model or the world changed: {month}, of which outcomes "
        "are known last)",
        month=period_words(series.points[why.meant].window, say),
    )


def _unseen(say: Say) -> str:
    return say(
        "the model changed, or an input that nobody watches, or how inputs go together (the scores moved, nothing "
        "watched did by itself)"
    )


def _told_of_causes(
    why: Causes,
    now: Mapping[str, ThemeReading],
    read: Sequence[Mapping[str, ThemeReading]],
    series: DriftSeries,
    say: Say,
) -> list[str]:
    """What belongs to the causes: in figures, and what cannot be told apart."""
    found = []
    if why.meant is not None and (why.world or why.recalibrated or why.either):
        found += meaning_words(series.points[why.meant], read[why.meant][MEANING].moved, say)
    if why.recalibrated:
        found.append(say("That came with another model: whether the world changed too, these figures do not tell."))
    if why.world and why.nameless:
        found.append(
            say("The log does not name the version of the model: that it stayed the same is taken for granted.")
        )
    if why.selected and (why.either or why.recalibrated):
        found.append(say("What came is known of the selected alone: whom people select may have changed too."))
    if why.arrived and now[INPUTS].state in MOVED:
        found.append(say("The inputs changed too: these figures do not tell which of the two moved the scores."))
    if why.quiet:
        names = _listed([version.name for version in why.quiet], say)
        found.append(say("Version {names} of the model came meanwhile; the scores did not move with it.", names=names))
    return found


def _clause(theme: str, reading: ThemeReading, series: DriftSeries, say: Say) -> str:
    moved, n = reading.moved, say.whole(len(reading.moved))
    if theme == GAPS:
        return say("what audits measure moved for good ({n} of its figures)", n=n)
    names = _listed([bracketed(name_of(name, theme, series.system, say)) for name in moved], say)
    clauses = {
        INPUTS: say("the inputs changed ({names})", names=names),
        SCORE: say("the scores changed"),
        DECISION: say("the decisions changed"),
        OUTCOME: say("what became of people changed"),
        GROUPS: say("the groups changed ({names})", names=names),
    }
    return clauses[theme]


def _subject(theme: str, say: Say) -> str:
    subjects = {
        INPUTS: say("the inputs"),
        SCORE: say("the scores"),
        DECISION: say("the decisions"),
        OUTCOME: say("what became of people"),
        MEANING: say("what scores mean"),
        GROUPS: say("the groups"),
        GAPS: say("what audits measure of groups"),
    }
    return subjects[theme]


def _since(
    series: DriftSeries,
    read: Sequence[Mapping[str, ThemeReading]],
    moved: Sequence[str],
    at: int,
    *,
    happened: Sequence[DriftEvent],
    say: Say,
) -> list[str]:
    """The first of the windows in a row in which the same moved, and what happened in it or while it was uncertain."""
    if not moved:
        return []
    first = run(read, moved, at, MOVED)
    if DECISION in moved:
        first = min(first, _decided_since(series, at))
    sure, unsure = series.points[first], series.points[run(read, moved, first, (*MOVED, "unknown"))]
    told = [since_words(sure.window, say)] if first < at else []
    events = [event for event in happened if unsure.window.start <= event.on <= sure.window.end]
    if events:
        said = _listed([say("{what} ({date})", what=event.said, date=say.date(event.on)) for event in events], say)
        told.append(say("When it began, {events}. That explains nothing by itself.", events=said))
    return told


def _decided_since(series: DriftSeries, at: int) -> int:
    ends = [point.window for point in series.points[: at + 1]]
    steps = [step for step in series.selected if step.usable and step.window in ends][-MONTHS:]
    if len(steps) < 2:
        return at
    alike = series.recurring.of(SELECTION_RATE) if series.step == "month" else ()
    split, _ = farthest(Series(id=SELECTION_RATE, scale="value", steps=steps, alike=alike), steps)
    return ends.index(steps[split].window)


def _before(series: DriftSeries, read: Sequence[Mapping[str, ThemeReading]], at: int, say: Say) -> list[str]:
    for earlier in reversed(range(at)):
        moved = [theme for theme in THEMES if read[earlier][theme].state in MOVED]
        why = causes(series, read, earlier)
        if moved and (found := _clauses(moved, read[earlier], why, series, say, at=earlier)):
            clauses = _listed(found, say)
            period = period_words(series.points[earlier].window, say)
            return [say("Last move before that: {period}, {what}.", period=period, what=clauses)]
    return []


def _listed(parts: Sequence[str], say: Say) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])
