"""Shares that are declared of some days, and where a line through them leads: drawn up to the day of an aim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.elements import INK, INK_2, LINE, PALE
from boussole.dashboard.views.charts.drawings import ticks
from boussole.dashboard.views.charts.over_time import HIGH, LEFT, TOP, WIDE, stroke, text

BOTTOM, RIGHT = 48, 92
APART = 17
"""Pixels between two lines of words beside the drawing, at least."""
LABEL = 46
"""Pixels between the middles of two days along the bottom, at least."""


@dataclass(frozen=True, kw_only=True)
class ForecastPoint:
    """What the line says of a day, and between what a share will very likely lie then."""

    day: dt.date
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ForecastDrawing:
    """All that is drawn, with the words beside it: declared shares, their line, the aim and its day."""

    declared: Sequence[tuple[dt.date, float]]
    line: Sequence[ForecastPoint]
    aim: tuple[dt.date, float]
    aim_told: str
    end_told: str


def forecast_svg(
    shown: ForecastDrawing,
    write: Callable[[float], str],
    label: Callable[[dt.date], tuple[str, str]],
    *,
    width: int = WIDE,
) -> str:
    """Declared shares as discs, the dashed line with its interval and the aim as an open diamond, over true time."""
    days = [*(day for day, _ in shown.declared), *(each.day for each in shown.line), shown.aim[0]]
    values = [*(share for _, share in shown.declared), *(end for each in shown.line for end in (each.low, each.high))]
    first, last = min(days), max(days)
    told = ticks(min([*values, shown.aim[1]]), max([*values, shown.aim[1]]), most=5)
    right = width - RIGHT

    def x(day: dt.date) -> float:
        return LEFT + 10 + (right - LEFT - 10) * (day - first).days / max((last - first).days, 1)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

    parts = [_tick(write(value), y(value), right) for value in told]
    if shown.line:
        ahead = [each for each in shown.line if each.day >= shown.declared[-1][0]]
        edge = [*((each.day, each.high) for each in ahead), *((each.day, each.low) for each in reversed(ahead))]
        parts.append(f'<polygon points="{_points(edge, x, y)}" fill="{PALE}" fill-opacity="0.55"/>')
        line = _points([(each.day, each.value) for each in shown.line], x, y)
        dashes = f'stroke="{INK_2}" stroke-width="1.5" stroke-dasharray="5 4"'
        parts.append(f'<polyline points="{line}" fill="none" {dashes}/>')
    for day, share in shown.declared:
        parts.append(f'<circle cx="{x(day):.1f}" cy="{y(share):.1f}" r="5" fill="{INK}"/>')
    (start, least), (end, most) = shown.declared[0], shown.declared[-1]
    below, above = (21, -10) if most >= least else (-10, 21)
    parts.append(text(write(most), x(end) + 2, y(most) + above, INK, anchor="end"))
    if end > start:
        parts.append(text(write(least), x(start) - 4, y(least) + below, INK, anchor="start"))
    parts.append(_diamond(x(shown.aim[0]), y(shown.aim[1])))
    parts += _beside(shown, y, right + 12)
    parts += _days([day for day, _ in shown.declared], shown.aim[0], x, label)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HIGH}" viewBox="0 0 {width} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _tick(told: str, y: float, right: float) -> str:
    line = stroke((LEFT, right), (y, y), LINE, 'stroke-width="1"')
    return line + text(told, LEFT - 6, y + 5, INK_2, anchor="end")


def _points(line: Sequence[tuple[dt.date, float]], x: Callable[[dt.date], float], y: Callable[[float], float]) -> str:
    return " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value in line)


def _diamond(x: float, y: float) -> str:
    around = " ".join(f"{x + right:.1f},{y + down:.1f}" for right, down in ((0, -8), (8, 0), (0, 8), (-8, 0)))
    return f'<polygon points="{around}" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'


def _beside(shown: ForecastDrawing, y: Callable[[float], float], left: float) -> list[str]:
    """The words at the right: those of the aim, and those of the end of the line, never over each other."""
    aim = y(shown.aim[1]) + 5
    found = [text(shown.aim_told, left, aim, INK, anchor="start", weight="bold")]
    if not shown.line:
        return found
    end = y(shown.line[-1].value) + 5
    if abs(end - aim) < APART:
        end = aim + APART if end >= aim else aim - APART
    return [*found, text(shown.end_told, left, end, INK_2, anchor="start")]


def _days(
    declared: Sequence[dt.date],
    aim: dt.date,
    x: Callable[[dt.date], float],
    label: Callable[[dt.date], tuple[str, str]],
) -> list[str]:
    """The days along the bottom, as many as have room: the aim's, the last and the first declared, then the others."""
    told: list[dt.date] = []
    for day in (aim, declared[-1], declared[0], *declared[1:-1]):
        if all(abs(x(day) - x(other)) >= LABEL for other in told):
            told.append(day)
    return [text(words, x(day), HIGH - 28 + 17 * row, INK_2) for day in told for row, words in enumerate(label(day))]
