"""What scores mean, month by month: positive outcomes that came, beside those that the same scores let expect."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from boussole.audits.drift.compared import OUTCOME
from boussole.audits.drift.meaning import SHIFT, TILT
from boussole.audits.drift.series import DriftSeries
from boussole.audits.languages import capital
from boussole.audits.measures import Measure
from boussole.charter.drift.readings import MEANING, Reading
from boussole.dashboard.charts.months_picture import Month, MonthValue
from boussole.dashboard.views.drift.events import Event, on_days
from boussole.dashboard.views.drift.performance.followed import FollowedRows, drawn
from boussole.dashboard.views.drift.performance.words import PerformanceWords
from boussole.dashboard.views.drift.words import period_words, state_words, why_not
from boussole.dashboard.words.say import Say


def meaning_months(
    series: DriftSeries, read: Sequence[Mapping[str, Reading]], happened: Sequence[Event], words: PerformanceWords
) -> FollowedRows | None:
    """None where no month has it."""
    say = words.say
    found = {point.window: (point.measure(SHIFT, OUTCOME), point.measure(TILT, OUTCOME)) for point in series.points}
    states = {point.window: each[MEANING].state for point, each in zip(series.points, read, strict=True)}
    known = {window: pair[0] for window, pair in found.items() if pair[0] is not None and pair[0].value is not None}
    windows = [each.window for each in series.performance]
    if not known.keys() & set(windows):
        return None
    months, rows = [], []
    for window in windows:
        shift, tilt = found.get(window, (None, None))
        event = bool(on_days(happened, window))
        if shift is None or shift.value is None:
            months.append(Month(event=event))
            rows.append([capital(period_words(window, say)), *_missing(shift, series, words)])
            continue
        observed, expected = shift.params["observed"], shift.params["expected"]
        strayed = states.get(window) == "watch"
        months.append(
            Month(came=MonthValue(value=observed), expected=MonthValue(value=expected), strayed=strayed, event=event)
        )
        cells = [
            say.whole(shift.n or 0),
            words.value(observed),
            words.value(expected),
            _change(shift, say),
            _change(tilt, say),
        ]
        rows.append([capital(period_words(window, say)), *cells])
    marks = [states.get(window, "not_examined") for window in windows]
    return drawn(
        "performance-meaning",
        say("What scores mean: positive outcomes that came, and that the same scores let expect"),
        series,
        months,
        words,
        sentences=[
            say(
                "Each outcome is held to what its own score meant in the period compared with: other people with other "
                "scores make no difference."
            )
        ],
        head=[
            say("Period"),
            say("Outcomes"),
            say("Came, of 100"),
            say("To be expected"),
            say("Change of the odds"),
            say("And for higher scores"),
        ],
        rows=rows,
        states=marks,
        said=[state_words(state, say) if state != "not_examined" else "" for state in marks],
    )


def _missing(shift: Measure | None, series: DriftSeries, words: PerformanceWords) -> list[str]:
    readable = str(shift.params.get("readable_from", "")) if shift else ""
    why = why_not(shift.reason or "", series.system, words.say, readable_from=readable) if shift else ""
    return ["", why, "", "", ""]


def _change(found: Measure | None, say: Say) -> str:
    """A change of log-odds as a factor of the odds, with its interval."""
    if found is None or found.value is None or found.interval is None:
        return ""
    n, low, high = (say.number(math.exp(value), 2) for value in (found.value, found.interval.low, found.interval.high))
    return say("× {n} ({low} to {high})", n=n, low=low, high=high)
