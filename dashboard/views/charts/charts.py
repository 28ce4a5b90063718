"""Charts of an audit document and what they say in words, for pages and PDF alike; a question for a hundred people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import altair as alt
import vl_convert

from boussole.audits.languages import NARROW, capital
from boussole.audits.measure_params import PartOfGap
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.wording.findings import deciding
from boussole.charter.judging.wording.naming import parsed
from boussole.dashboard.markup.elements import all_printable, register, word
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.server.process import by_content
from boussole.dashboard.views.charts.calibration import CalibrationCurve, calibration_chart
from boussole.dashboard.views.charts.drawings import WIDE, Dot, DotLayout, DotRows, ThresholdLine, draw
from boussole.dashboard.views.charts.groups import (
    ADJUSTED_STAGE,
    NONE,
    RATIOS,
    By,
    Ends,
    GroupRow,
    RateThreshold,
    compared,
    drift_levels,
    features,
    group_name,
    group_of,
    reason_words,
    rows,
    stage_rows,
    within,
)
from boussole.dashboard.views.charts.tables import VerdictTable, actor_name

# Charts of an audit document and what they say in words, for pages and PDF alike.


_LOCALES = {
    "fr": {
        "decimal": ",",
        "thousands": NARROW,
        "grouping": [3],
        "currency": ["", f"{NARROW}€"],
        "percent": f"{NARROW}%",
    },
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["£", ""], "percent": "%"},
}


def groups_chart(
    document: Standing,
    by: By,
    lang: str,
    *,
    metric: str = "selection_rate",
    system: System | None = None,
    layout: DotLayout = WIDE,
) -> DotRows:
    """A dot and its interval for each group of one attribute, or why there is none, and dashed thresholds."""
    say = speaker(lang)
    shown = rows(document, by, say, metric=metric, system=system)
    bounds = (0.0, math.inf if metric in RATIOS else 1.0)
    dots = [
        Dot(
            label=_label(row, say),
            value=row.value,
            low=within(row.bar, bounds)[0],
            high=within(row.bar, bounds)[1],
            text="" if row.value is None else say.percent(row.value),
            note="" if row.reason is None else reason_words(row.reason, say, minimum=_minimum(system)),
            verdict=row.verdict,
        )
        for row in shown
    ]
    return DotRows(
        dots=dots, lines=apart(level_lines(shown, say, say.percent)), percent=True, bounds=bounds, layout=layout
    )


def drift_chart(
    document: Standing,
    lang: str,
    *,
    verdict: VerdictDocument | None = None,
    layout: DotLayout = WIDE,
    system: System | None = None,
) -> DotRows:
    """How far each feature, or each that a `verdict` judges, has moved (PSI), with its watch level."""
    say = speaker(lang)
    shown = features(document, verdict, say, system=system)
    dots = [
        Dot(
            label=feature.name,
            value=feature.value,
            low=within(feature.bar, (0.0, math.inf))[0],
            high=within(feature.bar, (0.0, math.inf))[1],
            text="" if feature.value is None else say.number(feature.value),
            note="" if feature.reason is None else reason_words(feature.reason, say),
            verdict=feature.verdict,
        )
        for feature in shown
    ]
    levels = drift_levels(document, verdict) if shown else {}
    lines = [_line(kind, at, _drift_label(kind, at, say), shown) for kind, at in levels.items()]
    return DotRows(dots=dots, lines=apart(lines), percent=False, bounds=(0.0, math.inf), layout=layout)


@by_content(512)
def svg(shown: DotRows, lang: str) -> str:
    """A chart of dots as a drawing: made once for the same figures, since it takes a twentieth of a second."""
    return chart_svg(draw(shown), lang)


@by_content(256)
def curves_svg(shown: Sequence[CalibrationCurve], lang: str, *, narrow: bool = False) -> str:
    """What scores announce against what happened, as a drawing."""
    return chart_svg(calibration_chart(shown, lang, narrow=narrow), lang)


def chart_svg(chart: alt.LayerChart | alt.FacetChart, lang: str) -> str:
    """The chart as an SVG drawing that names the bundled fonts, numbers written for the language."""
    register()
    # A control character in a name would end the whole process inside vl-convert.
    spec = all_printable(chart.to_dict(validate=False))
    drawn: str = vl_convert.vegalite_to_svg(spec, format_locale=_LOCALES[lang], allowed_base_urls=[])
    return drawn


def groups_text(
    document: Standing, by: By, lang: str, *, metric: str = "selection_rate", system: System | None = None
) -> str:
    """What the chart shows, in words: every group with its rate, interval and verdict, then the threshold."""
    say = speaker(lang)
    shown = rows(document, by, say, metric=metric, system=system)
    parts = [_spoken(row, say, minimum=_minimum(system)) for row in shown]
    parts += [f"{capital(line.label)}." for line in level_lines(shown, say, say.percent) if line.label]
    return " ".join(parts)


def drift_text(
    document: Standing, lang: str, *, verdict: VerdictDocument | None = None, system: System | None = None
) -> str:
    """What the drift chart shows, in words."""
    say = speaker(lang)
    parts = []
    for feature in features(document, verdict, say, system=system):
        if feature.value is None:
            told = reason_words(feature.reason or "", say)
        else:
            told = say.number(feature.value) + (f", {word(feature.verdict, say).lower()}" if feature.verdict else "")
        parts.append(say("{name}: {verdicts}.", name=feature.name, verdicts=told))
    parts += [capital(_drift_label(kind, level, say)) + "." for kind, level in drift_levels(document).items()]
    return " ".join(parts)


def _minimum(system: System | None) -> int:
    return system.privacy.suppress_below if system else 11


def _label(row: GroupRow, say: Say) -> str:
    return say("{group} (reference)", group=row.label) if row.reference else row.label


def _spoken(row: GroupRow, say: Say, *, minimum: int) -> str:
    if row.value is None:
        return say("{name}: {verdicts}.", name=row.label, verdicts=reason_words(row.reason or "", say, minimum=minimum))
    figure = say.percent(row.value)
    low, high = row.bar
    if low is not None and high is not None:
        figure = say("{value} (between {low} and {high})", value=figure, low=say.percent(low), high=say.percent(high))
    verdict = f", {word(row.verdict, say).lower()}" if row.verdict else ""
    return say("{name}: {verdicts}.", name=_label(row, say), verdicts=figure + verdict)


def _level_label(kind: str, value: str, say: Say, *, bad_side: str) -> str:
    if kind == "breach":
        return say("threshold: {value}", value=value)
    return say("watch under {value}", value=value) if bad_side == "below" else say("watch over {value}", value=value)


def _drift_label(kind: str, at: float, say: Say) -> str:
    return _level_label(kind, say.number(at), say, bad_side="above")


def level_lines(shown: Sequence[GroupRow], say: Say, write: Callable[[float], str]) -> list[ThresholdLine]:
    """The watch and the breach level, which explain each mark; one line when all groups share it. `write` says one."""
    lines = []
    for kind in ("watch", "breach"):
        levels = [(i, level) for i, row in enumerate(shown) for level in row.levels if level.kind == kind]
        if not levels:
            continue
        ats = [level.at for _, level in levels]
        if max(ats) - min(ats) < 1e-4:
            label = _level_label(kind, write(ats[0]), say, bad_side=levels[0][1].bad_side)
            lines.append(_line(kind, ats[0], label, shown))
            continue
        first = say("threshold") if kind == "breach" else say("watch")
        labels = [first] + [""] * len(levels)
        broken = kind == "breach"
        lines += [
            ThresholdLine(at=level.at, label=label, first=i, last=i, broken=broken)
            for (i, level), label in zip(levels, labels, strict=False)
        ]
    return lines


def _line(kind: str, at: float, label: str, shown: Sequence[object]) -> ThresholdLine:
    return ThresholdLine(at=at, label=label, first=0, last=len(shown) - 1, broken=kind == "breach")


def apart(lines: Sequence[ThresholdLine]) -> list[ThresholdLine]:
    """Labels of two levels on either side, so that they never run into each other."""
    labelled = sorted((line.at for line in lines if line.label), reverse=True)
    if len(labelled) < 2:
        return list(lines)
    return [replace(line, align="left" if line.at == labelled[0] else "right") for line in lines]


# The groups of one question for a hundred people: a dot, the interval that decides, and the levels of the charter.


STAGES = ("stage_selection_rate", ADJUSTED_STAGE)


@dataclass(frozen=True, kw_only=True)
class HundredScale:
    """The rows of a question on the scale of a hundred. `top`: the highest value that makes sense there."""

    shown: Sequence[GroupRow]
    top: float


def hundred(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> HundredScale | None:
    """The groups that a verdict compares; of stages, those of the stage that decides; None where it compares none."""
    found = compared(document, verdict)
    if found is None or found[0] in ("psi", GAP_SHARE, EFFECT, PUT_IN_RESULTS, GAP_BY_CORRECTIONS):
        return None
    metric, by = found
    if metric in STAGES:
        shown = _of_stage(document, verdict, say, metric=metric, system=system)
    else:
        shown = rows(document, by, say, metric=metric, system=system)
    ratios = any(row.scale == "ratio" for row in shown if row.compared is not None)
    side = _bad_side(document, verdict)
    made = [_as_ratio(row, verdict, bad_side=side) if ratios else _as_rate(row) for row in shown]
    if all(row.value is None or row.reference for row in made):
        return None
    return HundredScale(shown=made, top=math.inf if ratios else 100.0)


def _of_stage(
    document: Standing, verdict: VerdictDocument, say: Say, *, metric: str, system: System | None
) -> list[GroupRow]:
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    told = deciding(verdict.verdict, pairs)
    every = stage_rows(document, verdict.by or (), say, metric=metric, system=system)
    shown = [(each, row) for each, row in every if told is None or each.given == told[1].given]
    found = [replace(row, label=group_of(measure, say, system=system)) for measure, row in shown]
    against = {measure.params.against for measure, _ in shown} - {None, "rest"}
    others = [group_name(parsed(each, verdict.by or ()), say, system=system) for each in sorted(map(str, against))]
    return [*found, *(GroupRow(label=other, value=1.0, reference=True) for other in others)]


def _bad_side(document: Standing, verdict: VerdictDocument) -> str:
    """The side of its levels that is bad: all comparisons of a question share it."""
    name = verdict.comparisons[0].measure if verdict.comparisons else ""
    held = next((each.params.bad_side for each in document.judged_measures if each.id == name), None)
    return held or "below"


def _as_ratio(row: GroupRow, verdict: VerdictDocument, *, bad_side: str) -> GroupRow:
    if row.reference:
        return replace(row, value=100.0, bar=NONE, levels=())
    levels = verdict.comparisons[0].levels
    told = [("watch", levels.watch), ("breach", levels.breach)]
    return replace(
        row,
        value=None if row.compared is None else 100 * row.compared,
        bar=_times((row.compared_low, row.compared_high)),
        levels=tuple(RateThreshold(kind=kind, at=100 * at, bad_side=bad_side) for kind, at in told if at is not None),
    )


def _as_rate(row: GroupRow) -> GroupRow:
    levels = tuple(replace(level, at=100 * level.at) for level in row.levels)
    return replace(row, value=None if row.value is None else 100 * row.value, bar=_times(row.bar), levels=levels)


def _times(ends: Ends) -> Ends:
    low, high = (None if end is None else 100 * end for end in ends)
    return low, high


def hundred_chart(found: HundredScale, say: Say, *, minimum: int, layout: DotLayout = WIDE) -> DotRows:
    """The drawing. `minimum`: under how many decisions a group is hidden."""
    bounds = (0.0, found.top)
    dots = [
        Dot(
            label=named(row, say),
            value=row.value,
            low=within(row.bar, bounds)[0],
            high=within(row.bar, bounds)[1],
            text="" if row.value is None else figure(row.value, say),
            note="" if row.reason is None else reason_words(row.reason, say, minimum=minimum),
            verdict=row.verdict,
        )
        for row in found.shown
    ]
    lines = apart(level_lines(list(found.shown), say, lambda at: figure(at, say)))
    return DotRows(dots=dots, lines=lines, percent=False, bounds=bounds, layout=layout)


def hundred_text(found: HundredScale, say: Say, *, minimum: int) -> str:
    """What the drawing shows, in words."""
    return " ".join(
        say("{name}: {verdicts}.", name=named(row, say), verdicts=_spoken_of_hundred(row, say, minimum=minimum))
        for row in found.shown
    )


def _spoken_of_hundred(row: GroupRow, say: Say, *, minimum: int) -> str:
    if row.value is None:
        return reason_words(row.reason or "", say, minimum=minimum)
    told, (low, high) = figure(row.value, say), row.bar
    if low is not None and high is not None:
        told = say("{value} (between {low} and {high})", value=told, low=figure(low, say), high=figure(high, say))
    return told + (f", {word(row.verdict, say).lower()}" if row.verdict else "")


def named(row: GroupRow, say: Say) -> str:
    """A group, and whether others are compared with it."""
    return say("{group} (reference)", group=row.label) if row.reference else row.label


def figure(value: float, say: Say) -> str:
    """A figure for a hundred, with a decimal where it is small.

    >>> from boussole.dashboard.markup.words import speaker
    >>> figure(73.6, speaker("en")), figure(7.36, speaker("en"))
    ('74', '7.4')
    """
    return say.number(value, 1 if 0 < round(abs(value), 1) < 10 else 0)


# Where a gap opens: what is left of a hundred after each stage, one below the other, and the same as a table.


@dataclass(frozen=True, kw_only=True)
class Fall:
    """One stage: how many are left where 100 are of the group compared with, before it and after it."""

    label: str
    before: float
    after: float


def falls(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> tuple[str, list[Fall]]:
    """The group by which a verdict is told, and its stages; no stage where nothing is told of any group."""
    told = _told(document, verdict)
    if told is None:
        return "", []
    found, left = list[Fall](), 100.0
    for part in told.params.parts or ():
        after = left * float(part.ratio)
        found.append(Fall(label=_stage(part, say, system=system), before=left, after=after))
        left = after
    return group_of(told, say, system=system), found


def waterfall(found: Sequence[Fall], say: Say, *, layout: DotLayout = WIDE) -> DotRows:
    """The drawing: a dot for what is left after each stage, and a bar from what was left before it."""
    dots = [
        Dot(
            label=each.label,
            value=each.after,
            low=min(each.before, each.after),
            high=max(each.before, each.after),
            text=figure(each.after, say),
            note="",
            verdict=None,
        )
        for each in found
    ]
    return DotRows(dots=dots, lines=[], percent=False, bounds=(0.0, math.inf), layout=layout)


def waterfall_text(found: Sequence[Fall], say: Say) -> str:
    """What the drawing shows, in words."""
    return " ".join(say("After “{stage}”: {n} for 100.", stage=each.label, n=figure(each.after, say)) for each in found)


def waterfall_table(
    document: Standing, verdict: VerdictDocument, say: Say, *, title: str, system: System | None
) -> VerdictTable:
    """Of each group, every stage, every actor and the whole: for a hundred, between what, and which part of the gap."""
    head = [
        say("Group"),
        say("Stage, or who acts"),
        say("For 100"),
        say("All of them at once between"),
        say("Part of the gap"),
        say("Verdict"),
    ]
    body: list[list[str]] = []
    verdicts: list[str | None] = []
    for comparison, measure in _pairs(document, verdict):
        group = group_of(measure, say, system=system)
        whole = measure.params.whole
        if whole is None:
            continue
        lines = [(_stage(part, say, system=system), part) for part in measure.params.parts or ()]
        lines += [(_actor(part, say), part) for part in measure.params.actors or ()]
        shared = measure.value is not None and not measure.params.gap
        for name, part in lines:
            body.append([group, name, *_figures(part, say), _share(part, whole, say) if shared else ""])
            verdicts.append(None)
        body.append([group, say("To the end"), *_figures(whole, say), say.percent(1.0) if shared else ""])
        verdicts.append(comparison)
    return VerdictTable(caption=title, head=head, rows=body, verdicts=verdicts, names=2)


def _figures(part: PartOfGap, say: Say) -> list[str]:
    ratio, low, high = (figure(100 * float(each), say) for each in (part.ratio, part.low, part.high))
    return [ratio, say("{low} to {high}", low=low, high=high)]


def _share(part: PartOfGap, whole: PartOfGap, say: Say) -> str:
    return say.percent(math.log(part.ratio) / math.log(whole.ratio))


def _stage(part: PartOfGap, say: Say, *, system: System | None) -> str:
    titles = system.columns.stage_titles if system and system.columns else {}
    stage = given(part.stage)
    name = capital(say.text(titles.get(stage), stage))
    return say("{stage} ({actor})", stage=name, actor=actor_name(given(part.actor), say))


def _actor(part: PartOfGap, say: Say) -> str:
    return say("In all: {actor}", actor=actor_name(given(part.actor), say))


def _pairs(document: Standing, verdict: VerdictDocument) -> Iterable[tuple[str, MeasureDocument]]:
    measures = document.judged_by_id
    return ((each.verdict, measures[each.measure]) for each in verdict.comparisons if each.measure in measures)


def _told(document: Standing, verdict: VerdictDocument) -> MeasureDocument | None:
    """The measure by which the verdict is told; else the first of which something is told."""
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    found = deciding(verdict.verdict, pairs)
    if found is not None:
        return found[1]
    return next((measure for _, measure in pairs if measure.params.parts), None)
