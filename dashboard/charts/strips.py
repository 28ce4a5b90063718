"""A chart whose every row is a picture of its own: a mark and its interval on one scale, the words beside it as text.

Marks can be pointed at and reached by keyboard (`parts/strips_html.py`): their words are those of the page, and nothing
of them is in the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from boussole.dashboard.charts.dots import Dot, Rows, tint
from boussole.dashboard.charts.rose import wrapped
from boussole.dashboard.markup.fontfiles import QUOTED
from boussole.dashboard.markup.marks import INK, INK_2, LINE, NEEDLE, shape
from boussole.dashboard.words.reading import Kind

WIDE, NARROW, HIGH, SIDE = 400, 200, 34, 24
"""The pixels of a strip, on a desk and on a phone: neither is shrunk, so that marks and letters keep their size."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One figure: of which of two periods it is, what is said of it, and the address of the view that speaks of it."""

    dot: Dot
    levels: Sequence[float]
    said: str
    href: str
    current: bool
    period: str = ""
    second: bool = False


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One group, with its mark of one period or of two."""

    name: str
    marks: Sequence[Mark]


@dataclass(frozen=True, kw_only=True)
class Strips:
    """The chart: `scale` holds round values, the least first, each with its words."""

    rows: Sequence[Strip]
    scale: Sequence[tuple[float, str]]
    title: str
    note: str
    kind: Kind


def levels_at(shown: Rows, place: int) -> list[float]:
    """The levels that are drawn beside one row."""
    return [line.at for line in shown.lines if line.first <= place <= line.last]


def strip_svg(mark: Mark, scale: Sequence[tuple[float, str]], *, wide: int = WIDE) -> str:
    """One mark and its interval; of the second period an open diamond on a dashed bar."""
    return _drawing(_strip(mark, scale, wide), wide, HIGH)


def _strip(mark: Mark, scale: Sequence[tuple[float, str]], wide: int) -> list[str]:
    dot, x = mark.dot, _placed(scale, wide)
    parts = [_upright(x(at), LINE, 'stroke-width="1"') for at, _ in _told(scale, wide)]
    if dot.value is not None:
        parts += [_upright(x(at), NEEDLE, 'stroke-width="1.5" stroke-dasharray="5 4"') for at in mark.levels]
        if dot.low is not None and dot.high is not None:
            parts.append(_bar(x(dot.low), x(dot.high), dot, second=mark.second))
        parts.append(_point(x(dot.value), HIGH / 2, dot, second=mark.second))
    return parts


def scale_svg(scale: Sequence[tuple[float, str]], *, wide: int = WIDE) -> str:
    """The words of the scale under its lines."""
    return _drawing(_scale(scale, wide), wide, 22)


def _scale(scale: Sequence[tuple[float, str]], wide: int) -> list[str]:
    x = _placed(scale, wide)
    return [_text(words, x(at), 16, INK_2, anchor="middle") for at, words in _told(scale, wide)]


NAMES, WHEN, VALUE, LETTERS = 230, 150, 90, 28
"""Pixels of the columns beside the strips of one picture, and characters of a line of names."""


def strips_svg(shown: Strips) -> str:
    """The whole chart as one picture, with the words of its rows: to be taken along."""
    parts, y = [], 0
    for row in shown.rows:
        lines = wrapped(row.name, width=LETTERS)
        parts += [_text(each, 0, y + 22 + 18 * at, INK) for at, each in enumerate(lines)]
        for at, mark in enumerate(row.marks):
            parts += _beside(mark, shown, y + at * HIGH)
        y += max(len(row.marks) * HIGH, 18 * len(lines) + 16)
        parts.append(f'<line x1="0" x2="{NAMES + WHEN + WIDE + VALUE}" y1="{y}" y2="{y}" stroke="{LINE}"/>')
    parts.append(f'<g transform="translate({NAMES + WHEN},{y})">{"".join(_scale(shown.scale, WIDE))}</g>')
    return _drawing(parts, NAMES + WHEN + WIDE + VALUE, y + 24)


def _beside(mark: Mark, shown: Strips, y: int) -> list[str]:
    """A mark of one picture, with the words on both sides of it; without a figure, why there is none."""
    left = NAMES + WHEN
    when = [_text(mark.period, NAMES, y + 22, INK_2)] if mark.period else []
    if mark.dot.value is None:
        return [*when, _text(mark.dot.note, left, y + 22, INK_2)]
    strip = f'<g transform="translate({left},{y})">{"".join(_strip(mark, shown.scale, WIDE))}</g>'
    return [*when, strip, _text(mark.dot.text, left + WIDE + 8, y + 22, INK)]


def _text(words: str, x: float, y: float, ink: str, *, anchor: str = "start") -> str:
    font = QUOTED.replace('"', "'")
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="{anchor}" font-size="14" font-family="{font}" fill="{ink}">'
        f"{escape(words)}</text>"
    )


def _told(scale: Sequence[tuple[float, str]], wide: int) -> Sequence[tuple[float, str]]:
    """The round values for which there is room."""
    every = 1 if wide >= WIDE else max(1, (len(scale) - 1) // 2)
    return scale[::every]


def _placed(scale: Sequence[tuple[float, str]], wide: int) -> Callable[[float], float]:
    low, high = scale[0][0], scale[-1][0]
    return lambda at: SIDE + (wide - 2 * SIDE) * (at - low) / (high - low)


def _upright(x: float, ink: str, more: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HIGH}" stroke="{ink}" {more}/>'


def _bar(low: float, high: float, dot: Dot, *, second: bool) -> str:
    ink, more = (INK_2, 'stroke-width="2" stroke-dasharray="5 3"') if second else (
        tint(dot.verdict), 'stroke-width="9" stroke-linecap="round"'
    )  # fmt: skip
    return f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{HIGH / 2:g}" y2="{HIGH / 2:g}" stroke="{ink}" {more}/>'


def _point(x: float, y: float, dot: Dot, *, second: bool) -> str:
    if dot.verdict is not None and not second:
        return shape(dot.verdict, x=round(x, 1), y=y, size=13)
    r, fill = 7, "#ffffff" if second else INK
    points = f"{x:.1f},{y - r:g} {x + r:.1f},{y:g} {x:.1f},{y + r:g} {x - r:.1f},{y:g}"
    return f'<polygon points="{points}" fill="{fill}" stroke="{INK}" stroke-width="1.6"/>'


def _drawing(parts: Sequence[str], wide: int, high: int) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
    return f"{head}{''.join(parts)}</svg>"
