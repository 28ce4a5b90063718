"""Small squares with one scale, side by side: a line in each, over dashes from corner to corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import altair as alt

from boussole.dashboard.markup.elements import INK, INK_2, LINE
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.drawings import layered, wrapped

Mark = dict[str, Any]
Point = tuple[float, float]
PALE = "#d3cfc4"
"""What stands behind: intervals."""


@dataclass(frozen=True, kw_only=True)
class Square:
    """One square: what stands above it (`label`, `told`), its line, its points with a mark, and their intervals."""

    label: str
    told: str
    line: Sequence[Point]
    dots: Sequence[Point] = ()
    bars: Sequence[tuple[float, float, float]] = ()


@dataclass(frozen=True, kw_only=True)
class SquareLayout:
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


def sheet(groups: int, *, narrow: bool) -> SquareLayout:
    """Two large squares where there are two groups, else three in a row; as wide as every other drawing."""
    if narrow:
        return SquareLayout(width=248, left=64, right=4, gap=16, columns=2, line=11, every_tick=False, dot=44, bar=6)
    columns = 2 if groups <= 2 else 3
    return SquareLayout(
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


def squares_chart(
    shown: Sequence[Square], at: Sequence[float], titles: tuple[str, str], say: Say, *, narrow: bool = False
) -> alt.LayerChart:
    """The squares in rows. `at`: the values on both scales, from 0; `titles`: what is told across, and what upwards."""
    page = sheet(len(shown), narrow=narrow)
    above = LEADING * max(len(_heading(each, page)) for each in shown) + 12
    marks: dict[str, list[Mark]] = {
        name: [] for name in ("grid", "same", "bar", "line", "dot", "name", "told", "scale")
    }
    for place, each in enumerate(shown):
        row, column = divmod(place, page.columns)
        left, top = page.left + column * (page.side + page.gap), row * (above + page.side + BELOW) + above
        corner = _Corner(left=left, top=top, side=page.side, most=at[-1])
        _scale(marks, at, titles=titles, corner=corner, page=page, say=say)
        _square(marks, each, place, corner, page)
    height = (1 + (len(shown) - 1) // page.columns) * (above + page.side + BELOW)
    return _drawn(marks, page, height)


def _heading(shown: Square, page: SquareLayout) -> list[str]:
    return [*wrapped(shown.label, width=page.line), *wrapped(shown.told, width=page.line + 1)]


@dataclass(frozen=True, kw_only=True)
class _Corner:
    """Where a square lies: its upper left, its side, the highest value on both of its scales."""

    left: int
    top: int
    side: int
    most: float

    def x(self, value: float) -> float:
        return self.left + self.side * value / self.most

    def y(self, value: float) -> float:
        return self.top + self.side * (1 - value / self.most)

    def points(self, line: Sequence[Point], group: int) -> list[Mark]:
        return [{"x": self.x(one), "y": self.y(other), "group": group} for one, other in line]

    def upright(self, at: float, low: float, high: float) -> Mark:
        return {"x": self.x(at), "x2": self.x(at), "y": self.y(low), "y2": self.y(high)}


def _square(marks: dict[str, list[Mark]], shown: Square, place: int, corner: _Corner, page: SquareLayout) -> None:
    """Adds what one square shows, and what stands above it."""
    marks["same"].append({"x": corner.x(0), "x2": corner.x(corner.most), "y": corner.y(0), "y2": corner.y(corner.most)})
    marks["line"] += corner.points(shown.line, place)
    marks["dot"] += corner.points(shown.dots, place)
    marks["bar"] += [corner.upright(*bar) for bar in shown.bars]
    lines = _heading(shown, page)
    names = len(wrapped(shown.label, width=page.line))
    for i, text in enumerate(lines):
        kind = "name" if i < names else "told"
        marks[kind].append({"x": corner.left, "y": corner.top - 10 - LEADING * (len(lines) - 1 - i), "text": text})


def _scale(
    marks: dict[str, list[Mark]],
    at: Sequence[float],
    *,
    titles: tuple[str, str],
    corner: _Corner,
    page: SquareLayout,
    say: Say,
) -> None:
    """Adds the lines and the words of both scales; upwards only beside the first square of a row."""
    left, bottom, side, first = corner.left, corner.top + corner.side, corner.side, corner.left == page.left
    for value in at:
        marks["grid"] += [
            corner.upright(value, at[0], at[-1]),
            {"x": left, "x2": left + side, "y": corner.y(value), "y2": corner.y(value)},
        ]
        if page.every_tick or value in (at[0], at[-1]):
            side_of = "center" if page.every_tick else "left" if value == at[0] else "right"
            text = say.percent(value, 0)
            marks["scale"].append({"x": corner.x(value), "y": bottom + 14, "text": text, "align": side_of, "angle": 0})
            if first:
                marks["scale"].append({"x": left - 8, "y": corner.y(value), "text": text, "align": "right", "angle": 0})
    across, upwards = titles
    marks["scale"].append({"x": left + side / 2, "y": bottom + 34, "text": across, "align": "center", "angle": 0})
    if first:
        at_side = {"x": 9, "y": corner.top + side / 2, "text": upwards, "align": "center", "angle": 270}
        marks["scale"].append(at_side)


def _drawn(marks: Mapping[str, list[Mark]], page: SquareLayout, height: int) -> alt.LayerChart:
    """The marks, whose places are pixels."""
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, page.width], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))

    def of(name: str) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=marks[name]))

    ends = {"x": x, "y": y, "x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}
    line = {"x": x, "y": y, "detail": alt.Detail("group:N"), "order": alt.Order("x:Q")}
    layers = [
        of("grid").mark_rule(color=LINE, strokeWidth=1).encode(**ends),
        of("bar").mark_rule(color=PALE, strokeWidth=page.bar).encode(**ends),
        of("same").mark_rule(color=INK_2, strokeWidth=1.5, strokeDash=[5, 4]).encode(**ends),
        of("line").mark_line(color=INK, strokeWidth=1.5).encode(**line),
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
