"""The one drawing behind every chart: rows of a dot and its interval, and dashed lines that explain them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import altair as alt

from dashboard.fontfiles import QUOTED
from dashboard.marks import INK, INK_2, LINE, MARKS, NEEDLE
from dashboard.rose import wrapped

LABELS, PLOT, VALUES, ROW, TOP, BOTTOM = 236, 348, 80, 40, 30, 30
"""Pixels: three columns (names, plot, values), a row, and the room for line labels and the axis."""

_SIZE = 15
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
_SHAPES = {"disc": "circle", "square": "square", "triangle": "triangle-up", "half": "circle", "ring": "circle"}
_HALF = "M0,-1A1,1,0,0,0,0,1Z"
_HOLLOW = ("half", "ring")


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One row: `text` is its value in words; without a value, `note` says why."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    note: str
    verdict: str | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A threshold at `at`, from the top of row `first` to the bottom of row `last`."""

    at: float
    label: str
    first: int
    last: int
    broken: bool
    align: Literal["left", "center", "right"] = "center"


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Round values that cover low to high.

    >>> ticks(0.198, 0.281)
    [0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3]
    """
    step = next((step for step in _STEPS if (high - low) / step <= most), _STEPS[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 6) for index in range(first, max(last, first + 1) + 1)]


def draw(dots: Sequence[Dot], lines: Sequence[Line], *, percent: bool, bounds: tuple[float, float]) -> alt.LayerChart:
    """The chart. `bounds` are the lowest and highest values that make sense on this scale."""
    seen = [x for dot in dots for x in (dot.value, dot.low, dot.high) if x is not None] + [line.at for line in lines]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    margin = (high - low) * 0.05
    values = ticks(max(low - margin, bounds[0]), min(high + margin, bounds[1]))
    digits = max(0, -math.floor(math.log10(values[1] - values[0]) + 1e-9) - (2 if percent else 0))
    axis = alt.Axis(values=values, format=f".{digits}{'%' if percent else 'f'}", title=None)
    x = alt.X("x:Q", axis=axis, scale=alt.Scale(domain=[values[0], values[-1]], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[len(dots), 0], nice=False, zero=False))
    layers = [
        *_lines(_clear(lines, dots), x, y),
        *_intervals(dots, x, y),
        _points(dots, x, y),
        *_texts(dots, y),
    ]
    return _dressed(alt.LayerChart(layer=layers), len(dots))


def _clear(lines: Sequence[Line], dots: Sequence[Dot]) -> list[Line]:
    """Lines only beside rows that have a value: nothing runs through the words of the others."""
    pieces: list[Line] = []
    for line in lines:
        label = line.label
        for row in range(line.first, line.last + 1):
            if dots[row].value is None:
                continue
            if pieces and pieces[-1].last == row - 1 and pieces[-1].at == line.at:
                pieces[-1] = replace(pieces[-1], last=row)
            else:
                pieces.append(replace(line, first=row, last=row, label=label))
                label = ""
    return pieces


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=values)


def _lines(lines: Sequence[Line], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    layers = []
    for line in lines:
        ink = NEEDLE if line.broken else MARKS["watch"].ink
        data = _data([{"x": line.at, "y": line.first, "y2": line.last + 1, "label": line.label}])
        chart = alt.Chart(data)
        layers.append(
            chart.mark_rule(color=ink, strokeWidth=1.5, strokeDash=[5, 4] if line.broken else [2, 3]).encode(
                x=x, y=y, y2="y2:Q"
            )
        )
        if line.label:
            text = chart.mark_text(color=ink, fontSize=_SIZE - 1, baseline="bottom", dy=-5, align=line.align)
            layers.append(text.encode(x=x, y=y, text="label:N"))
    return layers


def _intervals(dots: Sequence[Dot], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    values = [
        {"x": dot.low, "x2": dot.high, "y": index + 0.5, "tint": _tint(dot.verdict)}
        for index, dot in enumerate(dots)
        if dot.low is not None
    ]
    bar = alt.Chart(_data(values)).mark_rule(strokeWidth=9, strokeCap="round")
    return [bar.encode(x=x, x2="x2:Q", y=y, color=alt.Color("tint:N", scale=None))] if values else []


def _tint(verdict: str | None) -> str:
    if verdict is None or verdict == "not_examined":
        return LINE
    return {"broken": "#ecbfbf", "watch": "#ecd699", "unknown": "#c9c6de", "kept": "#b5d8d0"}[verdict]


def _points(dots: Sequence[Dot], x: alt.X, y: alt.Y) -> alt.Chart:
    values = []
    for index, dot in enumerate(dots):
        if dot.value is None:
            continue
        at = {"x": dot.value, "y": index + 0.5}
        if dot.verdict is None:
            values.append({**at, "shape": "diamond", "fill": INK, "ink": INK})
            continue
        mark = MARKS[dot.verdict]
        fill = "#ffffff" if mark.shape in _HOLLOW else mark.ink
        values.append({**at, "shape": _SHAPES[mark.shape], "fill": fill, "ink": mark.ink})
        if mark.shape == "half":
            values.append({**at, "shape": _HALF, "fill": mark.ink, "ink": mark.ink})
    points = alt.Chart(_data(values)).mark_point(size=120, opacity=1, strokeWidth=1.5)
    encoded: alt.Chart = points.encode(
        x=x,
        y=y,
        shape=alt.Shape("shape:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("ink:N", scale=None),
    )
    return encoded


def _texts(dots: Sequence[Dot], y: alt.Y) -> list[alt.Chart]:
    values = [
        {"y": index + 0.5, "label": "\n".join(wrapped(dot.label, width=28)), "text": dot.text, "note": dot.note}
        for index, dot in enumerate(dots)
    ]
    chart = alt.Chart(_data(values))
    label = chart.mark_text(align="right", baseline="middle", color=INK, fontSize=_SIZE, lineBreak="\n", lineHeight=17)
    text = chart.mark_text(align="left", baseline="middle", color=INK, fontSize=_SIZE, fontWeight=700)
    note = chart.mark_text(align="left", baseline="middle", color=INK_2, fontSize=_SIZE)
    return [
        label.encode(x=alt.value(-16), y=y, text="label:N"),
        text.encode(x=alt.value(PLOT + 16), y=y, text="text:N"),
        note.encode(x=alt.value(8), y=y, text="note:N"),
    ]


def _dressed(chart: alt.LayerChart, count: int) -> alt.LayerChart:
    """The same size and type for every chart, so that they align under one another."""
    dressed: alt.LayerChart = (
        chart.properties(
            width=PLOT,
            height=ROW * max(count, 1),
            padding={"left": LABELS, "right": VALUES, "top": TOP, "bottom": BOTTOM},
            autosize=alt.AutoSizeParams(type="none"),
            background="transparent",
        )
        .configure(font=QUOTED, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            grid=True,
            gridColor=LINE,
            domain=False,
            ticks=False,
            labelColor=INK_2,
            labelFontSize=14,
            labelPadding=8,
            labelOverlap=False,
            labelFlush=False,
        )
    )
    return dressed
