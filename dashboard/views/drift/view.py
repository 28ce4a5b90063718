"""The drift page as data: what its address asks for, one sentence, the windows, and one drawing for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from boussole.audits.drift import stored
from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.series import Against, DriftSeries, Point, Step
from boussole.audits.languages import capital
from boussole.audits.metrics.estimated import AREA
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.drift.rule import FEATURES, SCORE, DriftLevel
from boussole.charter.drift.system_drift import THEMES, Drift, ThemeReading, read_all
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import article_href, data_href, drift_href
from boussole.dashboard.views.charts.over_time import ExpectedMonth
from boussole.dashboard.views.drift.figures import Gaps, gaps
from boussole.dashboard.views.drift.for_whom import ForWhom, for_whom
from boussole.dashboard.views.drift.monthly import MonthlyFigure, hundredths, monthly_figure
from boussole.dashboard.views.drift.multiples import DriftEvent, Multiple, events, multiples, on_days, within
from boussole.dashboard.views.drift.summary import DriftSummary, meaning_months, summary
from boussole.dashboard.views.drift.words import (
    against_words,
    move_words,
    name_of,
    period_words,
    short_words,
    state_words,
    step_words,
    theme_words,
    why_not,
)
from boussole.dashboard.views.fields import ChoiceField, Option, settled
from boussole.dashboard.views.scene import Scene


def performance_figures(
    series: DriftSeries, audits: Mapping[Window, AuditDocument], happened: Sequence[DriftEvent], say: Say
) -> list[MonthlyFigure]:
    """Of everybody, each figure that some audit of these windows has, or estimates outside the reference window."""
    windows = [point.window for point in series.points if point.window in audits]
    figures = []
    for name, title in _titles(series.system, say).items():
        came = [_measure(name, audits[window]) for window in windows]
        expected = [_expected(name, window, audits[window], series.system) for window in windows]
        months = [
            ExpectedMonth(
                came=one.value if one else None,
                expected=other.value if other else None,
                event=bool(on_days(happened, window)),
            )
            for window, one, other in zip(windows, came, expected, strict=True)
        ]
        if all(month.came is None and month.expected is None for month in months):
            continue
        head = [say("Period"), say("Decisions"), say("Came, of 100"), say("95% interval"), say("Expected, of 100")]
        cells = [_cells(one, other, series.system, say) for one, other in zip(came, expected, strict=True)]
        figures.append(monthly_figure(f"performance-{name}", title, windows, months, say, head=head, cells=cells))
    return figures


def _titles(system: System, say: Say) -> dict[str, str]:
    selected = decision(system, say.lang)
    return {
        "accuracy": say("Right decisions, of those whose outcome is known"),
        "precision": say("Share of positive outcomes among those {selected}", selected=selected),
        AREA: say("How well scores tell outcomes apart (AUC)"),
        "true_positive_rate": say("Share {selected} of those whose outcome was positive", selected=selected),
        "false_positive_rate": say("Share {selected} of those whose outcome was negative", selected=selected),
    }


def _measure(name: str, document: AuditDocument) -> MeasureDocument | None:
    return next((each for each in document.measures if each.id == name), None)


def _expected(name: str, window: Window, document: AuditDocument, system: System) -> MeasureDocument | None:
    """The estimate of a window; none where it shares days with the reference window, from which estimates come."""
    reference = reference_window(system)
    if reference is not None and reference.start <= window.end and window.start <= reference.end:
        return None
    return _measure(f"estimated_{name}", document)


def _cells(came: MeasureDocument | None, expected: MeasureDocument | None, system: System, say: Say) -> list[str]:

    def between(low: float, high: float) -> str:
        return say("{low} to {high}", low=hundredths(low, say), high=hundredths(high, say))

    def value(measure: MeasureDocument | None) -> str:
        if measure is None:
            return ""
        if measure.value is None:
            return why_not(measure.reason or "", system, say, readable_from=measure.params.readable_from)
        return hundredths(measure.value, say)

    size = next((each.n for each in (came, expected) if each is not None and each.n), None)
    interval = came.interval if came else None
    will_be = expected.params.will_be if expected else None
    return [
        say.whole(size) if size else "",
        value(came),
        between(interval.low, interval.high) if interval else "",
        between(*will_be) if will_be else value(expected),
    ]


# What the address of the drift page asks for, as the server takes it.


AGAINST: tuple[Against, ...] = get_args(Against)
STEPS: tuple[Step, ...] = get_args(Step)
LONGEST = 200
"""Characters of one thing that an address asks for."""


@dataclass(frozen=True, kw_only=True)
class DriftQuery:
    """A system, what it is compared with, and how its time is cut."""

    system: str = ""
    against: Against = "reference"
    by: Step = "month"

    @classmethod
    def of(cls, query: Mapping[str, str], *, fine: bool) -> DriftQuery:
        """What an address asks for; a value that is not known asks for nothing. `fine`: weeks and days may be seen."""
        against = next((each for each in AGAINST if each == query.get("against")), AGAINST[0])
        by = next((each for each in STEPS if each == query.get("by") and (fine or each == STEPS[0])), STEPS[0])
        return cls(system=query.get("system", "")[:LONGEST], against=against, by=by)

    def href(self, query: Mapping[str, str], **changed: str) -> str:
        """The address of the page with something else asked; what is asked by itself is left out.

        >>> DriftQuery(system="matchft", by="week").href({"lang": "en"}, against="previous")
        '/drift?system=matchft&against=previous&by=week&lang=en'
        """
        asked = {"against": self.against, "by": self.by} | changed
        first = {"against": AGAINST[0], "by": STEPS[0]}
        kept = {key: value for key, value in asked.items() if value != first.get(key)}
        return drift_href(kept.pop("system", self.system), query=query, **kept)


def address_of(report: stored.StoredReport, part: str = "") -> str:
    """Where a report is served: around it, or one of its parts (`page`, `json`)."""
    return f"/drift-report/{report.system}/{report.name}" + (f"/{part}" if part else "")


# The drift page as data: one sentence, the windows with what happened meanwhile, and one drawing for each column.


REFERENCE = "is_reference"
COLUMNS = 12
"""Windows that the table names; the drawings show all."""


@dataclass(frozen=True, kw_only=True)
class WindowColumn:
    """One window of the table: its short and its whole name, and what happened in it."""

    short: tuple[str, str]
    whole: str
    events: Sequence[DriftEvent]
    why: str
    """Why nothing is compared, if nothing is."""


@dataclass(frozen=True, kw_only=True)
class ThemeCell:
    """One theme in one window."""

    state: str
    text: str
    note: str


@dataclass(frozen=True, kw_only=True)
class DriftPage:
    """The whole page. `fields`: what can be chosen; `notes`: what is named instead of measured."""

    title: str
    system: str
    subtitle: str
    summary: DriftSummary
    fields: Sequence[ChoiceField]
    notes: Sequence[tuple[str, str]]
    columns: Sequence[WindowColumn]
    earlier: int
    rows: Sequence[tuple[str, Sequence[ThemeCell]]]
    sections: Sequence[tuple[str, str, Sequence[Multiple]]]
    meaning: MonthlyFigure | None
    performance: Sequence[MonthlyFigure]
    gaps: Gaps | None
    for_whom: ForWhom | None
    level: str
    question: tuple[str, str] | None
    data: str
    pair: tuple[Window, Window] | None = None
    """The two windows that the first sentence compares."""


def drift_page(
    scene: Scene,
    drift: Drift,
    asked: DriftQuery,
    say: Say,
    *,
    query: dict[str, str],
    systems: Sequence[str],
    fine: bool,
    with_incidents: bool,
    incident_titles: bool = True,
) -> DriftPage:
    """The page of one system. `systems`: to choose from; `fine`: weeks and days may be chosen."""
    series, rule, read = drift.series, drift.rule, read_all(drift)
    happened = events(
        scene,
        series,
        drift.charters,
        say,
        query=query,
        with_incidents=with_incidents,
        incident_titles=incident_titles,
    )
    shown = series.points[-COLUMNS:]
    return DriftPage(
        title=say("Is {system} still the one we examined?", system=scene.title(asked.system, say)),
        system=scene.title(asked.system, say),
        subtitle=_subtitle(series, say),
        summary=summary(series, read, happened, say),
        fields=_fields(scene, asked, say, systems=systems, fine=fine),
        notes=_notes(series, say, query=query),
        columns=[_column(point, series, happened, say) for point in shown],
        earlier=len(series.points) - len(shown),
        rows=[
            (
                theme_words(theme, say),
                [
                    _cell(each[theme], theme, point, series, say)
                    for each, point in zip(read[-COLUMNS:], shown, strict=True)
                ],
            )
            for theme in THEMES
            if any(each[theme].states or each[theme].reasons for each in read)
        ],
        sections=[
            (name, title, found)
            for name, (title, themes) in _sections(say).items()
            if (
                found := [
                    each
                    for theme in themes
                    for each in multiples(series, read, theme, level=rule.level(theme), happened=happened, say=say)
                ]
            )
        ],
        meaning=meaning_months(series, read, happened, say),
        performance=performance_figures(series, drift.audits, happened, say),
        gaps=gaps(drift, say),
        for_whom=for_whom(drift.audits, series.system, say, rule=rule),
        level=_level(rule.level(FEATURES), say),
        question=_question(rule.level(FEATURES), say, query=query),
        data=data_href(query=query, anchor=asked.system),
        pair=_pair(series),
    )


def _pair(series: DriftSeries) -> tuple[Window, Window] | None:
    compared = [(each.window, each.against) for each in series.points if each.reason is None and each.against]
    return compared[-1] if compared else None


def _sections(say: Say) -> dict[str, tuple[str, Sequence[str]]]:
    return {
        "inputs": (say("What goes in"), ["inputs"]),
        "given": (say("What comes out"), [SCORE, DECISION, OUTCOME]),
        "groups": (say("Who is concerned"), ["groups"]),
    }


def _subtitle(series: DriftSeries, say: Say) -> str:
    compared = next((point for point in reversed(series.points) if point.against is not None), None)
    if series.against == "reference" and compared is not None and compared.against is not None:
        return say(
            "{by}, compared with the reference period ({period}), over all decisions",
            by=capital(step_words(series.step, say)),
            period=period_words(compared.against, say),
        )
    return say(
        "{by}, compared with {against}, over all decisions",
        by=capital(step_words(series.step, say)),
        against=against_words(series.against, say),
    )


def _fields(scene: Scene, asked: DriftQuery, say: Say, *, systems: Sequence[str], fine: bool) -> list[ChoiceField]:
    named = [Option(value=each, name=scene.title(each, say)) for each in systems]
    against = [Option(value=each, name=against_words(each, say)) for each in AGAINST]
    cut = [Option(value=each, name=step_words(each, say)) for each in STEPS]
    found = [
        settled("system", say("System"), asked.system, named),
        settled("against", say("Compared with"), asked.against, against),
    ]
    return [*found, settled("by", say("Cut"), asked.by, cut)] if fine else found


def _notes(series: DriftSeries, say: Say, *, query: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is named instead of passing for unchanged, with where more is said of it."""
    system = series.system
    watched = {name: name_of(name, "inputs", system, say) for name in system.watched}
    found = [
        say("{column}: this column has never held a value.", column=capital(watched.get(name, name)))
        for name in series.empty
    ]
    last = series.points[-1]
    for measure in last.measures:
        if measure.metric == "psi" and measure.reason == "no_values" and measure.group:
            name = name_of(measure.group[0], "inputs", system, say)
            found.append(say("{column}: the column is empty in one of the two periods.", column=capital(name)))
    if series.unfinished:
        found.append(say("No period has ended yet: this one goes on, and its figures with it."))
    told = [(text, "") for text in found]
    data = data_href(query=query, anchor=system.id)
    told += [(move_words(move, system, say).whole, data) for move in series.changes]
    return list(dict.fromkeys(told))


def _column(point: Point, series: DriftSeries, happened: Sequence[DriftEvent], say: Say) -> WindowColumn:
    why = why_not(point.reason, series.system, say) if point.reason else ""
    return WindowColumn(
        short=short_words(point.window, series.step, say),
        whole=period_words(point.window, say),
        events=within(happened, point),
        why=why,
    )


def _cell(reading: ThemeReading, theme: str, point: Point, series: DriftSeries, say: Say) -> ThemeCell:
    moved = (
        [name_of(name, theme, series.system, say) for name in reading.moved] if theme in ("inputs", "groups") else []
    )
    text = say("Reference") if point.reason == REFERENCE else state_words(reading.state, say)
    return ThemeCell(state=reading.state, text=text, note=", ".join(moved))


def _level(level: DriftLevel, say: Say) -> str:
    value = say.number(level.watch, 2)
    if level.indicator is None:
        return say("Level: {value}, a habit of credit scoring; the charter states none.", value=value)
    if level.indicator.threshold.status == "proposed":
        return say("Level: {value}, proposed by the charter.", value=value)
    return say("Level: {value}, adopted by the charter.", value=value)


def _question(level: DriftLevel, say: Say, *, query: dict[str, str]) -> tuple[str, str] | None:
    if level.article is None or level.indicator is None:
        return None
    told = say("Question {number} of the charter", number=level.indicator.number)
    return told, article_href(level.article.id, query=query)
