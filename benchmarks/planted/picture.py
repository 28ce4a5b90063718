"""The picture: how often each planted effect was found, by size, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from benchmarks.picture import framed
from benchmarks.planted.effects import EFFECTS, Effect
from benchmarks.planted.sizes import SIZES
from boussole.dashboard.markup.elements import INK, INK_2, MARKS, PAPER

WIDTH, ROW, APART = 460, 34, 9
"""Pixels: the scale, an effect, and two sizes of it."""
DOTS = {"small": PAPER, "demo": MARKS["kept"].ink, "large": INK}
"""Fill of the dot of each size."""
Shown = tuple[Effect, str, float, float, float]
"""Effect, size, share found, and the ends of its interval."""


def draw(rows: Sequence[Shown]) -> str:
    """An SVG drawing with its fonts inside."""
    effects = [each for each in EFFECTS if any(row[0] == each for row in rows)]
    values = [
        {
            "place": effects.index(effect) * ROW + (list(SIZES).index(size) - 1) * APART,
            "size": size,
            "share": share,
            "low": low,
            "high": high,
        }
        for effect, size, share, low, high in rows
    ]
    names = {at * ROW: f"{each.question}  {each.name}" for at, each in enumerate(effects)}
    words = " : ".join(f"datum.value == {at} ? {name!r}" for at, name in names.items()) + " : ''"
    height = ROW * len(effects)
    y = alt.Y(
        "place:Q",
        axis=alt.Axis(values=list(names), labelExpr=words, labelLimit=420, title=None),
        scale=alt.Scale(domain=[-ROW / 2, height - ROW / 2], reverse=True, nice=False),
    )
    ends = [0, 0.25, 0.5, 0.75, 1]
    x: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, 1], nice=False),
        "axis": alt.Axis(values=ends, format="%", title="runs in which it was found, with the 95 % interval"),
    }
    layers = []
    for size, fill in DOTS.items():
        chart = alt.Chart(alt.InlineData(values=[each for each in values if each["size"] == size]))
        bars = chart.encode(x=alt.X("low:Q", **x), x2="high:Q", y=y)
        layers.append(bars.mark_rule(color=INK_2, strokeWidth=1.5))
        dots = chart.encode(x=alt.X("share:Q", **x), y=y)
        layers.append(dots.mark_point(color=INK, fill=fill, size=45, opacity=1, strokeWidth=1.2))
    return framed(layers, width=WIDTH, height=height, padding={"left": 430, "right": 40, "top": 20, "bottom": 64})
