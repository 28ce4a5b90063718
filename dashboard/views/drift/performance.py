"""How good decisions and scores were, as data: each figure followed month by month and by group; what scores mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.drift.compared import OUTCOME
from boussole.audits.drift.meaning import SHIFT, TILT, meaning_of
from boussole.audits.drift.performance import Performance
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.languages import capital
from boussole.audits.measure_params import Params
from boussole.audits.measures import Measure
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.drift.causes import causes, newcomers, run
from boussole.charter.drift.readings import MEANING, MOVED, ThemeReading
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.groups import attribute_name, group_name, reason_words
from boussole.dashboard.views.charts.over_time import (
    ExpectedMonth,
    MonthValue,
    PlaceReading,
    months_picture,
    places,
    scale_of,
    time_axis,
)
from boussole.dashboard.views.drift.multiples import DriftEvent, on_days
from boussole.dashboard.views.drift.words import PerformanceWords, period_words, state_words, why_not

# How good decisions and scores were for each group: what audits told of the newest months, and nothing else.


@dataclass(frozen=True, kw_only=True)
class GroupTable:
    """Every group of every attribute, with one figure of it."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def group_table(figure: str, documents: Mapping[Window, AuditDocument], words: PerformanceWords) -> GroupTable | None:
    """What came in the newest audited month of which some group's figure is told, and what is expected of the newest
    month after it; None where audits told neither of any group."""
    months = sorted(window for window in documents if window == period_of(window.start, "month"))
    came = _newest(figure, months, documents)
    later = [month for month in months if came is None or month > came]
    expected = _newest(f"estimated_{figure}", later, documents)
    columns = []
    if came is not None:
        title = words.say("Came, of 100 ({month})", month=period_words(came, words.say))
        columns.append((came, figure, title))
    if expected is not None:
        title = words.say("Expected, of 100 ({month})", month=period_words(expected, words.say))
        columns.append((expected, f"estimated_{figure}", title))
    if not columns:
        return None
    titles, cells = [title for *_, title in columns], dict[tuple[str, str], dict[str, str]]()
    for month, metric, title in columns:
        for measure in _of_groups(metric, documents[month]):
            group = group_name(given(measure.group), words.say, system=words.system)
            who = group, attribute_name(measure.by, words.say, system=words.system)
            cells.setdefault(who, {})[title] = _cell(measure, words)
    return GroupTable(
        caption=words.say("By group, as the audits told it"),
        head=[words.say("Group"), words.say("Attribute"), *titles],
        rows=[[*who, *[row.get(title, "") for title in titles]] for who, row in cells.items()],
    )


def _newest(metric: str, months: Sequence[Window], documents: Mapping[Window, AuditDocument]) -> Window | None:
    """The last month in which this is told of some group."""
    told = [month for month in months if any(each.value is not None for each in _of_groups(metric, documents[month]))]
    return told[-1] if told else None


def _of_groups(metric: str, document: AuditDocument) -> list[MeasureDocument]:
    return [each for each in document.measures if each.metric == metric and len(each.by) == 1 and each.group]


def _cell(measure: MeasureDocument, words: PerformanceWords) -> str:
    """A value with its interval: of what is expected, the range in which it will lie."""
    if measure.value is None:
        return reason_words(given(measure.reason), words.say, minimum=words.system.privacy.suppress_below)
    interval, will_be = measure.interval, measure.params.will_be
    if will_be:
        return words.between(*will_be)
    if measure.metric.startswith("estimated_") or interval is None:
        return words.value(measure.value)
    between = words.between(interval.low, interval.high)
    return words.say("{value} ({between})", value=words.value(measure.value), between=between)


# One figure followed through the months: its drawing, and all that it shows in words and cells.


STEP, SPOKEN = 0.05, 6
"""The scale of a drawing goes by steps of five hundredths; so many of the newest months are told in words."""


@dataclass(frozen=True, kw_only=True)
class FollowedRows:
    """`states` and `words`: the mark of each row, and what it says, of a figure that is judged (nothing of another);
    `groups`: the same of groups, if audits told it."""

    anchor: str
    title: str
    sentences: Sequence[str]
    svg: str
    alt: str
    scale: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str] = ()
    words: Sequence[str] = ()
    groups: GroupTable | None = None
    places: Sequence[float] = ()
    """Where each month lies in the drawing, as a share of its width."""

    @property
    def readings(self) -> list[PlaceReading]:
        """What each month says: every cell of its row under the name of its column, and its mark in words."""
        found = []
        for x, row, word in zip(self.places, self.rows, self.words or [""] * len(self.rows), strict=True):
            cells = [f"{name} {cell}" for name, cell in zip(self.head[1:], row[1:], strict=False) if cell]
            found.append(PlaceReading(x=x, text=" · ".join(part for part in (row[0], *cells, word) if part)))
        return found


def drawn(
    anchor: str,
    title: str,
    series: DriftSeries,
    months: Sequence[ExpectedMonth],
    words: PerformanceWords,
    *,
    sentences: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    states: Sequence[str] = (),
    said: Sequence[str] = (),
) -> FollowedRows:
    """The figure of each month of a series; `head` is that of all cells but the mark, which one that is judged has."""
    scale = scale_of(months, step=STEP) or (0.0, 1.0)
    ends = [capital(period_words(each.window, words.say)) for each in (series.performance[0], series.performance[-1])]
    spoken = [
        words.say("{name}: {verdicts}.", name=row[0], verdicts=_spoken(month, words))
        for row, month in list(zip(rows, months, strict=True))[-SPOKEN:]
    ]
    axis = time_axis([each.window for each in series.performance])
    return FollowedRows(
        anchor=anchor,
        title=title,
        sentences=sentences,
        svg=months_picture(months, axis, scale),
        alt=" ".join([f"{title}.", *spoken]),
        scale=words.say("Scale: {low} to {high} of 100.", low=_whole(scale[0], words), high=_whole(scale[1], words)),
        ends=(ends[0], ends[1]),
        head=[*head, words.say("Reading")] if states else head,
        rows=rows,
        states=states,
        words=said,
        places=places(axis),
    )


def _whole(value: float, words: PerformanceWords) -> str:
    return words.say.number(100 * value, 0)


def _spoken(month: ExpectedMonth, words: PerformanceWords) -> str:
    """A month of a drawing in words."""
    told = []
    if month.came is not None:
        told.append(words.say("{n} of 100 came", n=words.value(month.came.value)))
    if month.expected is not None:
        told.append(words.say("{between} of 100 expected", between=words.between(*month.expected.reach)))
    return ", ".join(told) or words.say("no figure")


# What scores mean, month by month: positive outcomes that came, beside those that the same scores let expect.


def meaning_months(
    series: DriftSeries,
    read: Sequence[Mapping[str, ThemeReading]],
    happened: Sequence[DriftEvent],
    words: PerformanceWords,
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
            months.append(ExpectedMonth(event=event))
            rows.append([capital(period_words(window, say)), *_missing(shift, series, words)])
            continue
        meant = meaning_of(shift)
        observed, expected = given(meant.observed), given(meant.expected)
        moved = states.get(window) in MOVED
        months.append(
            ExpectedMonth(
                came=MonthValue(value=observed), expected=MonthValue(value=expected), moved=moved, event=event
            )
        )
        cells = [
            say.whole(shift.n or 0),
            words.value(observed),
            words.value(expected),
            _change(shift, say),
            _change(tilt, say),
        ]
        rows.append([capital(period_words(window, say)), *cells])
    marks = [states.get(window, Verdict.NOT_EXAMINED) for window in windows]
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
        said=[state_words(state, say) if state != Verdict.NOT_EXAMINED else "" for state in marks],
    )


def _missing(shift: Measure | None, series: DriftSeries, words: PerformanceWords) -> list[str]:
    readable = meaning_of(shift).readable_from if shift else None
    why = why_not(shift.reason or "", series.system, words.say, readable_from=readable) if shift else ""
    return ["", why, "", "", ""]


def _change(found: Measure | None, say: Say) -> str:
    """A change of log-odds as a factor of the odds, with its interval."""
    if found is None or found.value is None or found.interval is None:
        return ""
    n, low, high = (say.number(math.exp(value), 2) for value in (found.value, found.interval.low, found.interval.high))
    return say("× {n} ({low} to {high})", n=n, low=low, high=high)


# How good decisions and scores were, as data: month by month what came, what was expected, and what scores mean.


ORDER = ("accuracy", "precision", "auc", "true_positive_rate", "false_positive_rate")
FEWER = 3
"""Of months that are not due, so many are told in words."""


@dataclass(frozen=True, kw_only=True)
class Performing:
    """The section: what it says first, and each figure."""

    tone: str
    sentences: Sequence[str]
    note: str
    figures: Sequence[FollowedRows]


def performing(
    series: DriftSeries,
    read: Sequence[Mapping[str, ThemeReading]],
    happened: Sequence[DriftEvent],
    say: Say,
    *,
    documents: Mapping[Window, AuditDocument],
) -> Performing | None:
    """None where no month has any figure. `documents`: the last audit of each window, for what is told of groups."""
    words = PerformanceWords(system=series.system, say=say)
    shown = [name for name in ORDER if any(_known(each, name) for each in series.performance)]
    if not shown:
        return None
    figures = [
        replace(_followed(name, series, happened, words, told=at > 0), groups=group_table(name, documents, words))
        for at, name in enumerate(shown)
    ]
    if (meant := meaning_months(series, read, happened, words)) is not None:
        figures.append(meant)
    doubts = _doubts(series, read, words)
    return Performing(
        tone="watch" if doubts else _meaning(read),
        sentences=[*_sentences(shown[0], series.performance, words), *doubts],
        note=say(
            "Disc: what came, with its 95% interval. Diamond on a dashed bar: what scores alone let expect, as long as "
            "they mean what they meant in the reference period; what comes stays on the bar in 19 of 20 months if only "
            "chance moves it, so a month beside it is no verdict. What is judged is what scores mean: the last "
            "drawing, where a triangle is a month to watch."
        ),
        figures=figures,
    )


def _meaning(read: Sequence[Mapping[str, ThemeReading]]) -> str:
    """What was judged decides: whether scores mean what they meant, in the newest month of which it is known."""
    known = [each[MEANING].state for each in read if each[MEANING].state != Verdict.NOT_EXAMINED]
    return known[-1] if known else Verdict.UNKNOWN


def _doubts(series: DriftSeries, read: Sequence[Mapping[str, ThemeReading]], words: PerformanceWords) -> list[str]:
    """Why what is expected may be wrong: scores that mean something else, or that another model gives."""
    compared = [at for at, point in enumerate(series.points) if point.reason is None]
    if not compared:
        return []
    why = causes(series, read, compared[-1])
    if why.meant is not None and (why.world or why.recalibrated or why.either):
        since = run(read, [MEANING], why.meant, MOVED)
        month = period_words(series.points[since].window, words.say)
        return [
            words.say(
                "Since {month} the same scores have been followed by other outcomes than before: what is expected "
                "rests on what they meant then, and may be wrong.",
                month=month,
            )
        ]
    if versions := newcomers(series, compared[-1]):
        names = ", ".join(version.name for version in versions)
        return [
            words.say(
                "Version {names} of the model decides more than in the reference period: what is expected rests on "
                "what scores meant then.",
                names=names,
            )
        ]
    return []


def _known(each: Performance, name: str) -> bool:
    return any(found.value is not None for found in (each.came[name], each.expected.get(name)) if found)


def _sentences(name: str, months: Sequence[Performance], words: PerformanceWords) -> list[str]:
    """The newest month whose outcomes are known, with what was expected of it, and those that wait."""
    due = [each for each in months if each.came[name].value is not None]
    told = [words.came(name, due[-1].window, due[-1].came[name])] if due else []
    days = [(each, Params.of(each.came[name].params).readable_from) for each in months]
    waiting = [(each, day) for each, day in days if day is not None]
    told += [
        words.expected(each.window, each.expected[name], day) for each, day in waiting[:FEWER] if name in each.expected
    ]
    if due and (will_be := _will_be(due[-1].expected.get(name))) is not None:
        between = words.between(*will_be)
        month = period_words(due[-1].window, words.say)
        told.append(words.say("Of {month}, scores alone let expect {between} of 100.", month=month, between=between))
    if due and (beside := Params.of(due[-1].came[name].params).bin_bound) is not None:
        bound = words.value(beside)
        told.append(words.say("Scores are counted in hundredths: the exact figure is at most {n} away.", n=bound))
    return told


def _followed(
    name: str, series: DriftSeries, happened: Sequence[DriftEvent], words: PerformanceWords, *, told: bool
) -> FollowedRows:
    """`told`: with what it says; the section has already said that of the first."""
    say = words.say
    months = [_month(each, name, happened) for each in series.performance]
    return drawn(
        f"performance-{name}",
        words.title(name),
        series,
        months,
        words,
        sentences=_sentences(name, series.performance, words) if told else [],
        head=[say("Period"), say("Decisions"), say("Came, of 100"), say("95% interval"), say("Expected, of 100")],
        rows=[_row(each, name, series, words) for each in series.performance],
    )


def _month(each: Performance, name: str, happened: Sequence[DriftEvent]) -> ExpectedMonth:
    came, expected = each.came[name], each.expected.get(name)
    return ExpectedMonth(
        came=_told(came, (came.interval.low, came.interval.high) if came.interval else None),
        expected=None if expected is None else _told(expected, _will_be(expected)),
        event=bool(on_days(happened, each.window)),
    )


def _told(found: Measure, ends: Sequence[float] | None) -> MonthValue | None:
    if found.value is None:
        return None
    return MonthValue(value=found.value, ends=(ends[0], ends[1]) if ends else None)


def _row(each: Performance, name: str, series: DriftSeries, words: PerformanceWords) -> list[str]:
    """The cells of a month; where there is no figure, why."""
    came, expected = each.came[name], each.expected.get(name)
    size = came.n or (expected.n if expected else None)
    told = [capital(period_words(each.window, words.say)), "" if size is None else words.say.whole(size)]
    if came.value is None:
        readable = Params.of(came.params).readable_from
        told += [why_not(came.reason or "", series.system, words.say, readable_from=readable), ""]
    else:
        ends = came.interval
        told += [words.value(came.value), words.between(ends.low, ends.high) if ends else ""]
    if expected is None:
        return [*told, words.say("none: this is the reference period")]
    if expected.value is None:
        return [*told, why_not(expected.reason or "", series.system, words.say)]
    will_be = _will_be(expected)
    return [*told, words.value(expected.value) if will_be is None else words.between(*will_be)]


def _will_be(expected: Measure | None) -> tuple[float, float] | None:
    """Where an expected figure will very likely lie, where that is told."""
    return None if expected is None else Params.of(expected.params).will_be


# What it means that the same scores are followed by other outcomes, in sentences.


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
