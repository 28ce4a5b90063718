"""What a score announces against what happened, drawn for each group: small squares with one scale, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import altair as alt

from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.charter.document import Band, MeasureDocument, Standing
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.elements import INK, INK_2, LINE
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.charts.drawings import layered, ticks, wrapped
from boussole.dashboard.views.charts.groups import By, attribute_name, group_of
from boussole.dashboard.views.charts.tables import LARGE, VerdictTable, between

ERROR = "calibration_error"
Mark = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CalibrationCurve:
    """One group: its bands of scores, the lowest first, and how much its scores announce beyond what came."""

    label: str
    bands: Sequence[Band]
    beyond: float | None


@dataclass(frozen=True, kw_only=True)
class CalibrationLayout:
    """Pixels of a drawing: its width, the room beside squares and between them, and how long a line of a name is."""

    width: int
    left: int
    right: int
    gap: int
    columns: int
    line: int
    """Letters in a line above a square."""

    every_tick: bool
    dot: int
    """Its area."""

    bar: int

    @property
    def side(self) -> int:
        """The side of a square, in pixels."""
        return (self.width - self.left - self.right - self.gap * (self.columns - 1)) // self.columns


SIZE, LEADING = 14, 18
BELOW = 50
"""Room under a square for its scale and what that is."""


def sheet(groups: int, *, narrow: bool) -> CalibrationLayout:
    """Two large squares where there are two groups, else three in a row; as wide as every other drawing."""
    if narrow:
        return CalibrationLayout(
            width=248, left=64, right=4, gap=16, columns=2, line=12, every_tick=False, dot=44, bar=6
        )
    columns = 2 if groups <= 2 else 3
    return CalibrationLayout(
        width=664,
        left=72,
        right=22,
        gap=46,
        columns=columns,
        line=30 if columns == 2 else 20,
        every_tick=True,
        dot=90,
        bar=9,
    )


def curves(document: Standing, by: By, say: Say, *, system: System | None) -> list[CalibrationCurve]:
    """The groups of one attribute in the order of the document; none where they may not be drawn."""
    large = {m.id: m.value for m in document.measures if m.metric == LARGE}
    return [
        CalibrationCurve(
            label=group_of(measure, say, system=system),
            bands=curve,
            beyond=large.get(measure.id.replace(ERROR, LARGE, 1)),
        )
        for measure in _measured(document)
        if measure.by == by and (curve := measure.params.curve)
    ]


def drawn_and_not(document: Standing) -> tuple[list[By], list[By]]:
    """The single attributes whose groups have a curve, and those that are measured and have none.

    A curve is given only where no count can be recovered from it (`audits.metrics.calibration.with_curves`).
    """
    found: dict[By, bool] = {}
    for measure in _measured(document):
        by = tuple(measure.by)
        if measure.value is not None:
            found[by] = found.get(by, False) or bool(measure.params.curve)
    return [by for by, drawn in found.items() if drawn], [by for by, drawn in found.items() if not drawn]


def _measured(document: Standing) -> list[MeasureDocument]:
    return [m for m in document.measures if m.metric == ERROR and len(m.by) == 1 and m.group and not m.given]


def calibration_title(by: By, say: Say, *, system: System | None) -> str:
    """What a drawing shows."""
    attribute = inside(attribute_name(by, say, system=system))
    return say("What the score announces and what happened, by {attribute}", attribute=attribute)


def calibration_chart(shown: Sequence[CalibrationCurve], lang: str, *, narrow: bool = False) -> alt.LayerChart:
    """One square a group: across the mean score of a band, up the share observed; dashes where both are the same."""
    say, page = speaker(lang), sheet(len(shown), narrow=narrow)
    seen = [value for curve in shown for band in curve.bands for value in _values(band)]
    at = ticks(0.0, min(1.0, max(seen)), most=4)
    above = LEADING * max(len(_heading(curve, say, page)) for curve in shown) + 12
    marks: dict[str, list[Mark]] = {
        name: [] for name in ("grid", "same", "bar", "line", "dot", "name", "told", "scale")
    }
    for place, curve in enumerate(shown):
        row, column = divmod(place, page.columns)
        corner = page.left + column * (page.side + page.gap), row * (above + page.side + BELOW) + above
        _square(marks, curve, place, corner=corner, at=at, page=page, say=say)
    height = (1 + (len(shown) - 1) // page.columns) * (above + page.side + BELOW)
    return _drawn(marks, page, height)


def _values(band: Band) -> list[float]:
    return [band.mean_score, band.observed_rate, *([band.interval.high] if band.interval else [])]


def _heading(curve: CalibrationCurve, say: Say, page: CalibrationLayout) -> list[str]:
    return [*wrapped(curve.label, width=page.line), *wrapped(beyond_words(curve, say), width=page.line + 1)]


def beyond_words(curve: CalibrationCurve, say: Say) -> str:
    """How much scores announce beyond what came, or short of it; empty where that is not known."""
    if curve.beyond is None:
        return ""
    n = say.number(abs(100 * curve.beyond), 1)
    return say("{n} too many for 100", n=n) if curve.beyond >= 0 else say("{n} too few for 100", n=n)


def _square(
    marks: dict[str, list[Mark]],
    curve: CalibrationCurve,
    place: int,
    *,
    corner: tuple[int, int],
    at: Sequence[float],
    page: CalibrationLayout,
    say: Say,
) -> None:
    """Adds one group, the upper left of its square at `corner`."""
    left, top, side = *corner, page.side

    def x(value: float) -> float:
        return left + side * value / at[-1]

    def y(value: float) -> float:
        return top + side * (1 - value / at[-1])

    for value in at:
        marks["grid"] += [
            {"x": x(value), "x2": x(value), "y": top, "y2": top + side},
            {"x": left, "x2": left + side, "y": y(value), "y2": y(value)},
        ]
        if page.every_tick or value in (at[0], at[-1]):
            side_of = "center" if page.every_tick else "left" if value == at[0] else "right"
            text = say.percent(value, 0)
            marks["scale"].append({"x": x(value), "y": top + side + 14, "text": text, "align": side_of, "angle": 0})
            if left == page.left:
                marks["scale"].append({"x": left - 8, "y": y(value), "text": text, "align": "right", "angle": 0})
    marks["scale"].append(
        {"x": left + side / 2, "y": top + side + 34, "text": say("Announced"), "align": "center", "angle": 0}
    )
    if left == page.left:
        marks["scale"].append({"x": 9, "y": top + side / 2, "text": say("Observed"), "align": "center", "angle": 270})
    marks["same"].append({"x": x(0), "x2": x(at[-1]), "y": y(0), "y2": y(at[-1])})
    for band in curve.bands:
        point = {"x": x(band.mean_score), "y": y(band.observed_rate), "group": place}
        marks["line"].append(point)
        marks["dot"].append(point)
        if ends := band.interval:
            marks["bar"].append({"x": point["x"], "x2": point["x"], "y": y(ends.low), "y2": y(ends.high)})
    lines = _heading(curve, say, page)
    names = len(wrapped(curve.label, width=page.line))
    for i, text in enumerate(lines):
        kind = "name" if i < names else "told"
        marks[kind].append({"x": left, "y": top - 10 - LEADING * (len(lines) - 1 - i), "text": text})


def _drawn(marks: Mapping[str, list[Mark]], page: CalibrationLayout, height: int) -> alt.LayerChart:
    """The marks, whose places are pixels."""
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, page.width], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))

    def of(name: str) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=marks[name]))

    ends = {"x": x, "y": y, "x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}
    layers = [
        of("grid").mark_rule(color=LINE, strokeWidth=1).encode(**ends),
        of("bar").mark_rule(color="#d3cfc4", strokeWidth=page.bar).encode(**ends),
        of("same").mark_rule(color=INK_2, strokeWidth=1.5, strokeDash=[5, 4]).encode(**ends),
        of("line")
        .mark_line(color=INK, strokeWidth=1.5)
        .encode(x=x, y=y, detail=alt.Detail("group:N"), order=alt.Order("x:Q")),
        of("dot").mark_point(shape="diamond", size=page.dot, filled=True, opacity=1, color=INK).encode(x=x, y=y),
        of("name")
        .mark_text(align="left", baseline="bottom", color=INK, fontSize=SIZE + 1, fontWeight=700)
        .encode(x=x, y=y, text=alt.Text("text:N")),
        of("told")
        .mark_text(align="left", baseline="bottom", color=INK_2, fontSize=SIZE)
        .encode(x=x, y=y, text=alt.Text("text:N")),
        *_scales(marks["scale"], x, y),
    ]
    drawn = [layer for layer in layers if layer.data.values]
    return layered(drawn, axis={}, width=page.width, height=height, padding=0)


def _scales(texts: Sequence[Mark], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The words along the squares, a layer for each way they stand."""
    found = []
    ways = sorted(texts, key=lambda mark: (mark["align"], mark["angle"]))
    for (align, angle), same in groupby(ways, key=lambda mark: (mark["align"], mark["angle"])):
        chart = alt.Chart(alt.InlineData(values=list(same)))
        found.append(
            chart.mark_text(align=align, baseline="middle", angle=angle, color=INK_2, fontSize=SIZE).encode(
                x=x, y=y, text=alt.Text("text:N")
            )
        )
    return found


def calibration_text(shown: Sequence[CalibrationCurve], lang: str) -> str:
    """What the drawing shows, in words: each group, how much is announced too much, and its bands."""
    say = speaker(lang)
    told = []
    for curve in shown:
        bands = ", ".join(
            say(
                "{announced} announced and {observed} observed",
                announced=say.percent(band.mean_score, 0),
                observed=say.percent(band.observed_rate, 0),
            )
            for band in curve.bands
        )
        beyond = beyond_words(curve, say)
        name = f"{curve.label} ({beyond})" if beyond else curve.label
        told.append(say("{name}: {verdicts}.", name=name, verdicts=bands))
    return " ".join(told)


def calibration_note(shown: Sequence[CalibrationCurve], say: Say, *, system: System | None) -> str:
    """How to read the drawing."""
    parts = [
        say("Dashes: what the score announces is what happened. Below them it announced too much, above too little."),
        say("Each diamond is a band of scores; the figure above a square is what is announced beyond what came."),
    ]
    if any(band.interval for curve in shown for band in curve.bands):
        parts.append(say("Bar: 95% interval."))
    outcome = system.log.outcome if system else None
    if system and outcome and outcome.observed_for == "selected":
        parts.append(
            say(
                "Only of people {selected}: what became of the others is not known.",
                selected=decision(system, say.lang),
            )
        )
    return " ".join(parts)


def calibration_table(
    shown: Sequence[CalibrationCurve], by: By, say: Say, *, title: str, system: System | None
) -> VerdictTable:
    """One row per group and band of scores."""
    head = [
        attribute_name(by, say, system=system),
        say("Band of scores"),
        say("Announced"),
        say("Observed"),
        say("95% interval"),
        say("Outcomes"),
    ]
    body = []
    for curve in shown:
        for band in curve.bands:
            ends = band.interval
            body.append(
                [
                    curve.label,
                    say("{low} to {high}", low=say.percent(band.low, 0), high=say.percent(band.high, 0)),
                    say.percent(band.mean_score),
                    say.percent(band.observed_rate),
                    between(ends.low, ends.high, say) if ends else "",
                    say.whole(band.n),
                ]
            )
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[None] * len(body), names=2)
