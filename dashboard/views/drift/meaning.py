"""What scores mean, month by month: positive outcomes that came, beside those that the same scores let expect."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from boussole.audits.drift.compared import OUTCOME
from boussole.audits.drift.meaning import SHIFT, TILT, meaning_of
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.measures import Measure
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.drift.readings import MEANING, MOVED, ThemeReading
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.over_time import ExpectedMonth
from boussole.dashboard.views.drift.monthly import MonthlyFigure, hundredths, monthly_figure
from boussole.dashboard.views.drift.multiples import DriftEvent, on_days
from boussole.dashboard.views.drift.words import period_words, state_words, why_not

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
    """A change of log-odds as a factor of the odds, with its interval."""
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
