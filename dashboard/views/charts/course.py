"""One figure from audit to audit, and effects by month around a start, as drawings: marks, intervals, what happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from boussole.dashboard.markup.fontfiles import QUOTED
from boussole.dashboard.markup.marks import INK, INK_2, LINE, MARKS, NEEDLE, shape
from boussole.dashboard.views.charts.bars import Ends
from boussole.dashboard.views.charts.dots import ticks

# One figure from audit to audit as a drawing: its mark and interval, the levels dashed, what happened as uprights.


WIDE, NARROW = 664, 272
HIGH, LEFT, RIGHT, TOP, BOTTOM = 230, 44, 12, 30, 48
SIZE = 14
_TINTS = {"broken": "#ecbfbf", "watch": "#ecd699", "unknown": "#c9c6de", "kept": "#b5d8d0"}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One audit: its value, if it has one, its interval and its verdict; `label` in two lines; the numbers of what
    happened since the one before. One without a value has its mark above the scale, where nothing can be read off."""

    label: tuple[str, str]
    value: float | None
    bar: Ends
    verdict: str
    events: Sequence[int] = ()


def course_svg(
    stops: Sequence[Stop], levels: Sequence[tuple[str, float]], write: Callable[[float], str], *, width: int = WIDE
) -> str:
    """The drawing, time from left to right. `levels`: `watch` and `breach`, on the scale of the values; `write` says a
    value."""
    ends = [each for stop in stops for each in (stop.value, *stop.bar) if each is not None]
    told = ticks(min([*ends, *(at for _, at in levels)]), max([*ends, *(at for _, at in levels)]), most=5)
    step = (width - LEFT - RIGHT) / max(len(stops), 1)

    def x(at: int) -> float:
        return LEFT + step * (at + 0.5)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

    parts = [piece for value in told for piece in tick(write(value), y(value), width)]
    for kind, at in levels:
        ink, dash = (NEEDLE, "5 4") if kind == "breach" else (MARKS["watch"].ink, "2 3")
        parts.append(
            stroke((LEFT, width - RIGHT), (y(at), y(at)), ink, f'stroke-width="1.5" stroke-dasharray="{dash}"')
        )
    every = max(1, math.ceil(46 / step))
    for at, stop in enumerate(stops):
        parts += _events(stop, x(at) - step / 2, y(told[0]))
        parts += _stop(stop, x(at), y, (told[0], told[-1]))
        if (len(stops) - 1 - at) % every == 0:
            parts += [text(told_, x(at), HIGH - 28 + 17 * row, INK_2) for row, told_ in enumerate(stop.label)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HIGH}" viewBox="0 0 {width} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def tick(told: str, y: float, width: int) -> list[str]:
    return [
        stroke((LEFT, width - RIGHT), (y, y), LINE, 'stroke-width="1"'),
        text(told, LEFT - 8, y + 5, INK_2, anchor="end"),
    ]


def _events(stop: Stop, x: float, bottom: float) -> list[str]:
    """An upright between two audits, with the numbers under which the page tells what happened."""
    if not stop.events:
        return []
    told = ", ".join(map(str, stop.events))
    return [
        stroke((x, x), (22, bottom), INK_2, 'stroke-width="1.2" stroke-dasharray="1 4"'),
        text(told, x, 16, INK, weight="bold"),
    ]


def _stop(stop: Stop, x: float, y: Callable[[float], float], scale: tuple[float, float]) -> list[str]:
    if stop.value is None:
        return [shape(stop.verdict, x=x, y=TOP / 2, size=9)]
    low, high = stop.bar
    mark = shape(stop.verdict, x=x, y=y(stop.value), size=13)
    if low is None and high is None:
        return [mark]
    top, bottom = (scale[1] if high is None else high), (scale[0] if low is None else low)
    width = 'stroke-width="9"'
    return [stroke((x, x), (y(top), y(bottom)), _TINTS.get(stop.verdict, LINE), width), mark]


def stroke(xs: tuple[float, float], ys: tuple[float, float], ink: str, more: str) -> str:
    (x1, x2), (y1, y2) = xs, ys
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{ink}" {more}/>'


def text(text: str, x: float, y: float, ink: str, *, anchor: str = "middle", weight: str = "normal") -> str:
    font = f'font-family="{QUOTED}" font-size="{SIZE}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font} fill="{ink}" text-anchor="{anchor}">{escape(text)}</text>'


# Effects by month around a start as a drawing: a mark and an interval for each month, the start upright.


STUDY_BOTTOM = 34


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
        return TOP + (HIGH - TOP - STUDY_BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

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
