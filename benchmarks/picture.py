"""The picture of a run: seconds by number of decisions, both on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from boussole.dashboard.markup.elements import INK, INK_2, MARKS, PAPER, embed
from boussole.dashboard.views.charts.charts import chart_svg
from boussole.dashboard.views.charts.drawings import styled

WIDTH, HEIGHT, LEADING = 470, 340, 20
OURS = MARKS["kept"].ink
NAMES = {"full": "Boussole, every measure, with intervals"}


def draw(results: dict[str, Any]) -> str:
    """An SVG drawing with its fonts inside."""
    lines = {NAMES["full"]: [one for one in results["audits"] if one["system"] == "full"]}
    for one in results["peers"]:
        if "seconds" in one:
            lines.setdefault(one["peer"], []).append(one)
    sizes = sorted({one["rows"] for one in results["audits"]})
    seconds = [one["seconds"] for points in lines.values() for one in points]
    low, high = 10 ** math.floor(math.log10(min(seconds))), 10 ** math.ceil(math.log10(max(seconds)))
    x = alt.X("rows:Q", axis=_axis(sizes, _SIZES, title="decisions"), scale=_scale(sizes[0], sizes[-1]))
    ticks = [10.0**i for i in range(round(math.log10(low)), round(math.log10(high)) + 1)]
    y = alt.Y("seconds:Q", axis=_axis(ticks, _SECONDS, title=None), scale=_scale(low, high))
    layers = [layer for name, points in lines.items() for layer in _line(name, points, x, y)]
    padding = {"left": 76, "right": 164, "top": 24, "bottom": 64}
    return framed([*layers, *_labels(lines, x, y)], width=WIDTH, height=HEIGHT, padding=padding)


def framed(layers: Sequence[alt.Chart], *, width: int, height: int, padding: dict[str, int]) -> str:
    """Layers as an SVG drawing with its fonts inside, on the paper of the house."""
    title: dict[str, Any] = {"titleColor": INK_2, "titleFontSize": 14, "titleFontWeight": 400, "titlePadding": 10}
    axis = {"labelPadding": 10, **title}
    style = {**styled(**axis), "background": PAPER, "autosize": alt.AutoSizeParams(type="none")}
    return embed(chart_svg(alt.LayerChart(layer=layers, width=width, height=height, padding=padding, **style), "en"))


_SIZES = "datum.value >= 1e6 ? format(datum.value / 1e6, ',') + ' million' : format(datum.value, ',')"
_SECONDS = "format(datum.value, ',~g') + ' s'"


def _axis(values: list[float], words: str, *, title: str | None) -> alt.Axis:
    return alt.Axis(values=values, labelExpr=words, title=title)


def _scale(low: float, high: float) -> alt.Scale:
    return alt.Scale(type="log", domain=[low, high], nice=False)


def _line(name: str, points: list[dict[str, Any]], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    own = name in NAMES.values()
    ink = OURS if own else INK_2
    kept = [{"rows": one["rows"], "seconds": one["seconds"]} for one in points]
    chart = alt.Chart(alt.InlineData(values=kept)).encode(x=x, y=y)
    return [
        chart.mark_line(color=ink, strokeWidth=3 if own else 1.5, clip=False),
        chart.mark_point(color=ink, fill=ink if own else PAPER, size=90 if own else 60, opacity=1, strokeWidth=1.5),
    ]


def _labels(lines: dict[str, list[dict[str, Any]]], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The name of each line beside its last point."""
    made = []
    for name, points in lines.items():
        own = name in NAMES.values()
        at = max(points, key=lambda one: one["rows"])
        data = alt.InlineData(values=[{key: at[key] for key in ("rows", "seconds")} | {"name": name}])
        words: dict[str, Any] = {
            "align": "left",
            "baseline": "middle",
            "dx": 13,
            "dy": -LEADING / 2 * name.count(", "),
            "lineBreak": ", ",
            "lineHeight": LEADING,
            "fontSize": 15,
            "fontWeight": 700 if own else 400,
        }
        chart = alt.Chart(data).encode(x=x, y=y, text=alt.Text("name:N"))
        halo = chart.mark_text(color=PAPER, stroke=PAPER, strokeWidth=5, **words)
        made += [halo, chart.mark_text(color=OURS if own else INK, **words)]
    return made
