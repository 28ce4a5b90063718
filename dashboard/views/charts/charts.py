"""Charts of an audit document and what they say in words, for pages and PDF alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import altair as alt
import vl_convert

from boussole.audits.languages import NARROW, capital
from boussole.audits.systems import System
from boussole.charter.document import Standing, VerdictDocument
from boussole.dashboard.markup.fontfiles import all_printable, register
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.process import by_content
from boussole.dashboard.views.charts.bars import drift_levels, features, within
from boussole.dashboard.views.charts.calibration import Curve, calibration_chart
from boussole.dashboard.views.charts.dots import WIDE, Dot, Layout, Line, Rows, draw
from boussole.dashboard.views.charts.groups import RATIOS, By, Row, reason_words, rows

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
    layout: Layout = WIDE,
) -> Rows:
    """A dot and its interval for each group of one attribute, with the threshold as a dashed line.

    Groups without a value keep their place and say why. `system` gives groups the names people use.
    """
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
    return Rows(
        dots=dots, lines=apart(level_lines(shown, say, say.percent)), percent=True, bounds=bounds, layout=layout
    )


def drift_chart(
    document: Standing,
    lang: str,
    *,
    verdict: VerdictDocument | None = None,
    layout: Layout = WIDE,
    system: System | None = None,
) -> Rows:
    """How far each feature has moved (population stability index), with the level from which it is watched.

    With a `verdict` only the features that it judges.
    """
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
    return Rows(dots=dots, lines=apart(lines), percent=False, bounds=(0.0, math.inf), layout=layout)


@by_content(512)
def svg(shown: Rows, lang: str) -> str:
    """A chart of dots as a drawing: made once for the same figures, since it takes a twentieth of a second."""
    return chart_svg(draw(shown), lang)


@by_content(256)
def curves_svg(shown: Sequence[Curve], lang: str, *, narrow: bool = False) -> str:
    """What scores announce against what happened, as a drawing."""
    return chart_svg(calibration_chart(shown, lang, narrow=narrow), lang)


def chart_svg(chart: alt.LayerChart, lang: str) -> str:
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


def _label(row: Row, say: Say) -> str:
    return say("{group} (reference)", group=row.label) if row.reference else row.label


def _spoken(row: Row, say: Say, *, minimum: int) -> str:
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
    """A distance is bad above its level."""
    return _level_label(kind, say.number(at), say, bad_side="above")


def level_lines(shown: Sequence[Row], say: Say, write: Callable[[float], str]) -> list[Line]:
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
            Line(at=level.at, label=label, first=i, last=i, broken=broken)
            for (i, level), label in zip(levels, labels, strict=False)
        ]
    return lines


def _line(kind: str, at: float, label: str, shown: Sequence[object]) -> Line:
    return Line(at=at, label=label, first=0, last=len(shown) - 1, broken=kind == "breach")


def apart(lines: Sequence[Line]) -> list[Line]:
    """Labels of two levels on either side, so that they never run into each other."""
    labelled = sorted((line.at for line in lines if line.label), reverse=True)
    if len(labelled) < 2:
        return list(lines)
    return [replace(line, align="left" if line.at == labelled[0] else "right") for line in lines]
