"""How good decisions and scores were, figure by figure: followed through the months, by group, and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.series import DriftSeries
from boussole.audits.languages import capital
from boussole.audits.measures import Measure
from boussole.audits.metrics.estimated import AREA
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.groups import attribute_name, group_name, reason_words
from boussole.dashboard.views.charts.over_time import Month, Reading, months_picture, places, scale_of, time_axis
from boussole.dashboard.views.drift.words import period_words

# The words of how good decisions and scores were: titles, sentences, and figures as people read them.


@dataclass(frozen=True, kw_only=True)
class PerformanceWords:
    """What is said of one system."""

    system: System
    say: Say

    def title(self, figure: str) -> str:
        """What a figure is about."""
        say, selected = self.say, decision(self.system, self.say.lang)
        titles = {
            "accuracy": say("Right decisions, of those whose outcome is known"),
            "precision": say("Share of positive outcomes among those {selected}", selected=selected),
            AREA: say("How well scores tell outcomes apart (AUC)"),
            "true_positive_rate": say("Share {selected} of those whose outcome was positive", selected=selected),
            "false_positive_rate": say("Share {selected} of those whose outcome was negative", selected=selected),
        }
        return titles[figure]

    def value(self, value: float) -> str:
        """Of 100, as people read shares; an area too, being a share of pairs."""
        return self.say.number(100 * value, 1)

    def between(self, low: float, high: float) -> str:
        return self.say("{low} to {high}", low=self.value(low), high=self.value(high))

    def came(self, figure: str, window: Window, found: Measure) -> str:
        """What came of a month, in one sentence."""
        say, selected = self.say, decision(self.system, self.say.lang)
        told = {"month": capital(period_words(window, say)), "n": self.value(found.value or 0), "selected": selected}
        sentences = {
            "accuracy": say("{month}: decisions were right in {n} of 100 cases whose outcome is known", **told),
            "precision": say("{month}: of 100 people {selected}, the outcome was positive for {n}", **told),
            AREA: say("{month}: in {n} of 100 pairs, who had the positive outcome had the higher score", **told),
            "true_positive_rate": say("{month}: of 100 people with a positive outcome, {n} were {selected}", **told),
            "false_positive_rate": say("{month}: of 100 people with a negative outcome, {n} were {selected}", **told),
        }
        if found.interval is None:
            return f"{sentences[figure]}."
        between = self.between(found.interval.low, found.interval.high)
        return say("{told} (95% interval: {between}).", told=sentences[figure], between=between)

    def expected(self, window: Window, found: Measure, readable_from: str) -> str:
        """What is expected of a month whose outcomes are not due."""
        say, month = self.say, period_words(window, self.say)
        date = say.date(dt.date.fromisoformat(readable_from))
        if "will_be" not in found.params:
            return say("{month}: outcomes can be read from {date} on.", month=capital(month), date=date)
        between = self.between(*found.params["will_be"])
        return say(
            "{month}: outcomes can be read from {date} on; until then {between} of 100 are expected.",
            month=capital(month),
            date=date,
            between=between,
        )


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
    """`states` and `words`: the mark of each row, and what it says; `groups`: the same of groups, if audits told it."""

    anchor: str
    title: str
    sentences: Sequence[str]
    svg: str
    alt: str
    scale: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str]
    words: Sequence[str]
    groups: GroupTable | None = None
    places: Sequence[float] = ()
    """Where each month lies in the drawing, as a share of its width."""

    @property
    def readings(self) -> list[Reading]:
        """What each month says: every cell of its row under the name of its column, and its mark in words."""
        found = []
        for x, row, word in zip(self.places, self.rows, self.words, strict=True):
            cells = [f"{name} {cell}" for name, cell in zip(self.head[1:], row[1:], strict=False) if cell]
            found.append(Reading(x=x, text=" · ".join(part for part in (row[0], *cells, word) if part)))
        return found


def drawn(
    anchor: str,
    title: str,
    series: DriftSeries,
    months: Sequence[Month],
    words: PerformanceWords,
    *,
    sentences: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    states: Sequence[str],
    said: Sequence[str],
) -> FollowedRows:
    """The figure of each month of a series; `head` is that of all cells but the mark."""
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
        head=[*head, words.say("Reading")],
        rows=rows,
        states=states,
        words=said,
        places=places(axis),
    )


def _whole(value: float, words: PerformanceWords) -> str:
    return words.say.number(100 * value, 0)


def _spoken(month: Month, words: PerformanceWords) -> str:
    """A month of a drawing in words."""
    told = []
    if month.came is not None:
        told.append(words.say("{n} of 100 came", n=words.value(month.came.value)))
    if month.expected is not None:
        told.append(words.say("{between} of 100 expected", between=words.between(*month.expected.reach)))
    return ", ".join(told) or words.say("no figure")
