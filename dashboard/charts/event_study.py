"""Effects by month around a start as a drawing: a mark and an interval for each month, the start upright."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boussole.dashboard.charts.course import HIGH, LEFT, RIGHT, TOP, WIDE, stroke, text, tick
from boussole.dashboard.charts.dots import ticks
from boussole.dashboard.markup.marks import INK, INK_2, NEEDLE

BOTTOM = 34


@dataclass(frozen=True, kw_only=True)
class MonthAround:
    """A month counted from a start (0: its own), with its effect and the ends of its interval."""

    month: int
    value: float
    low: float
    high: float


def event_study_svg(
    months: Sequence[MonthAround],
    write: Callable[[float], str],
    count: Callable[[int], str],
    *,
    start: str,
    width: int = WIDE,
) -> str:
    """The drawing, time from left to right; months before the start are hollow. `write` says an effect, `count` a
    month, `start` is the word at the upright."""
    told = ticks(min([0.0, *(each.low for each in months)]), max([0.0, *(each.high for each in months)]), most=5)
    first, last = months[0].month, months[-1].month
    step = (width - LEFT - RIGHT) / (last - first + 1)

    def x(month: float) -> float:
        return LEFT + step * (month - first + 0.5)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

    parts = [piece for value in told for piece in tick(write(value), y(value), width)]
    parts.append(stroke((LEFT, width - RIGHT), (y(0.0), y(0.0)), NEEDLE, 'stroke-width="1.5" stroke-dasharray="5 4"'))
    at = x(-0.5)
    parts.append(stroke((at, at), (22, y(told[0])), INK_2, 'stroke-width="1.5" stroke-dasharray="1 4"'))
    parts.append(text(start, at, 16, INK, weight="bold"))
    every = max(1, math.ceil(40 / step))
    for month in range(first, last + 1):
        if month % every == 0:
            parts.append(text(count(month), x(month), HIGH - 10, INK_2))
    parts += [piece for each in months for piece in _mark(each, x(each.month), y)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HIGH}" viewBox="0 0 {width} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _mark(each: MonthAround, x: float, y: Callable[[float], float]) -> list[str]:
    fill = INK if each.month >= 0 else "#fff"
    return [
        stroke((x, x), (y(each.high), y(each.low)), INK_2, 'stroke-width="4" stroke-opacity="0.4"'),
        f'<circle cx="{x:.1f}" cy="{y(each.value):.1f}" r="5" fill="{fill}" stroke="{INK}" stroke-width="1.8"/>',
    ]
