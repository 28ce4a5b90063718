"""A chart whose every row is a picture of its own: a mark and its interval on one scale, the words beside it as text.

Marks can be pointed at and reached by keyboard (`parts/strips_html.py`): their words are those of the page, and nothing
of them is in the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from boussole.dashboard.charts.dots import Dot, Rows, tint
from boussole.dashboard.charts.letters import broken
from boussole.dashboard.markup.fontfiles import QUOTED
from boussole.dashboard.markup.marks import INK, INK_2, LINE, NEEDLE, shape
from boussole.dashboard.markup.printable import printable
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
    return _drawing(_strip(mark, scale, wide, HIGH), wide, HIGH)


def _strip(mark: Mark, scale: Sequence[tuple[float, str]], wide: int, high: float) -> list[str]:
    dot, x = mark.dot, _placed(scale, wide)
    parts = [_upright(x(at), high, LINE, 'stroke-width="1"') for at, _ in _told(scale, wide)]
    if dot.value is not None:
        parts += [_upright(x(at), high, NEEDLE, 'stroke-width="1.5" stroke-dasharray="5 4"') for at in mark.levels]
        if dot.low is not None and dot.high is not None:
            parts.append(_bar(x(dot.low), x(dot.high), high / 2, dot, second=mark.second))
        parts.append(_point(x(dot.value), high / 2, dot, second=mark.second))
    return parts


def scale_svg(scale: Sequence[tuple[float, str]], *, wide: int = WIDE) -> str:
    """The words of the scale under its lines."""
    return _drawing(_scale(scale, wide), wide, 22)


def _scale(scale: Sequence[tuple[float, str]], wide: int) -> list[str]:
    x = _placed(scale, wide)
    return [_text(words, x(at), 16, INK_2, anchor="middle") for at, words in _told(scale, wide)]


NAMES, WHEN, VALUE, GAP = 230, 170, 90, 12
"""Pixels of the columns beside the strips of one picture, and what stays free between two; without two periods, no
column says which one it is."""
SIZE, LEADING = 14, 17


def strips_svg(shown: Strips) -> str:
    """The whole chart as one picture, with the words of its rows: to be taken along."""
    left = NAMES + WHEN * any(mark.period for row in shown.rows for mark in row.marks)
    wide, parts, y = left + WIDE + VALUE, list[str](), 0.0
    for row in shown.rows:
        name = _broken(row.name, NAMES)
        beside = [(_broken(mark.period, WHEN), _broken(mark.dot.note, WIDE + VALUE)) for mark in row.marks]
        tall = [max(HIGH, *map(_tall, words)) for words in beside]
        more = max(0, _tall(name) - sum(tall)) / len(tall)  # a long name is shared out: no line is interrupted
        parts += _lines(name, 0, y + (sum(tall) + more * len(tall)) / 2, INK)
        for mark, (when, why), each in zip(row.marks, beside, tall, strict=True):
            high = each + more
            parts += _lines(when, NAMES, y + high / 2, INK_2)
            parts += _figure(mark, why, shown, left=left, top=y, high=high)
            y += high
        parts.append(f'<line x1="0" x2="{wide}" y1="{y:g}" y2="{y:g}" stroke="{LINE}"/>')
    parts.append(f'<g transform="translate({left},{y:g})">{"".join(_scale(shown.scale, WIDE))}</g>')
    return _drawing(parts, wide, y + 24)


def _figure(mark: Mark, why: Sequence[str], shown: Strips, *, left: int, top: float, high: float) -> list[str]:
    """A mark of one picture with its figure; without one, why there is none."""
    if mark.dot.value is None:
        return _lines(why, left, top + high / 2, INK_2)
    strip = f'<g transform="translate({left},{top:g})">{"".join(_strip(mark, shown.scale, WIDE, high))}</g>'
    return [strip, *_lines([mark.dot.text], left + WIDE + GAP, top + high / 2, INK)]


def _broken(words: str, within: int) -> list[str]:
    return broken(printable(words), SIZE, within=within - GAP)


def _tall(lines: Sequence[str]) -> int:
    """How high lines are, with what is free above and below them."""
    return LEADING * len(lines) + GAP


def _lines(lines: Sequence[str], x: float, middle: float, ink: str) -> list[str]:
    first = middle + 5 - LEADING * (len(lines) - 1) / 2
    return [_text(each, x, first + LEADING * at, ink) for at, each in enumerate(lines) if each]


def _text(words: str, x: float, y: float, ink: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="{anchor}" font-size="{SIZE}" font-family="{QUOTED}" fill="{ink}">'
        f"{escape(words)}</text>"
    )


def _told(scale: Sequence[tuple[float, str]], wide: int) -> Sequence[tuple[float, str]]:
    """The round values for which there is room."""
    every = 1 if wide >= WIDE else max(1, (len(scale) - 1) // 2)
    return scale[::every]


def _placed(scale: Sequence[tuple[float, str]], wide: int) -> Callable[[float], float]:
    low, high = scale[0][0], scale[-1][0]
    return lambda at: SIDE + (wide - 2 * SIDE) * (at - low) / (high - low)


def _upright(x: float, high: float, ink: str, more: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{high:g}" stroke="{ink}" {more}/>'


def _bar(low: float, high: float, y: float, dot: Dot, *, second: bool) -> str:
    ink, more = (INK_2, 'stroke-width="2" stroke-dasharray="5 3"') if second else (
        tint(dot.verdict), 'stroke-width="9" stroke-linecap="round"'
    )  # fmt: skip
    return f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:g}" y2="{y:g}" stroke="{ink}" {more}/>'


def _point(x: float, y: float, dot: Dot, *, second: bool) -> str:
    if dot.verdict is not None and not second:
        return shape(dot.verdict, x=round(x, 1), y=y, size=13)
    r, fill = 7, "#ffffff" if second else INK
    points = f"{x:.1f},{y - r:g} {x + r:.1f},{y:g} {x:.1f},{y + r:g} {x - r:.1f},{y:g}"
    return f'<polygon points="{points}" fill="{fill}" stroke="{INK}" stroke-width="1.6"/>'


def _drawing(parts: Sequence[str], wide: float, high: float) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}">'
    )
    return f"{head}{''.join(parts)}</svg>"
