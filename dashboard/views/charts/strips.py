"""Charts whose every row is a picture of its own, marks on one scale or dots of coverage, and how wide words are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from fontTools.ttLib import TTFont

from boussole.dashboard.markup.elements import FOLDER, INK, INK_2, LINE, NEEDLE, QUOTED, shape
from boussole.dashboard.markup.glossary import Kind
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.drawings import Dot, tint

# How wide words are in the font of drawings, and where they break to fit.


_FILES = {"normal": "SourceSans3-Regular.ttf", "bold": "SourceSans3-Bold.ttf"}


@cache
def _widths(weight: str) -> tuple[dict[int, float], float]:
    """The width of each character in hundredths of the size, and that of one that the font has not."""
    font = TTFont(FOLDER / _FILES[weight], lazy=True)
    each, unit = font["hmtx"], font["head"].unitsPerEm
    found = {code: each[name][0] / unit for code, name in (font.getBestCmap() or {}).items()}
    return found, 0.6


def width_of(text: str, size: float, *, weight: str = "normal") -> float:
    """How many pixels a line of text is wide.

    >>> 0 < width_of("i", 15) < width_of("m", 15) < width_of("m", 15, weight="bold")
    True
    """
    known, other = _widths(weight)
    return size * sum(known.get(ord(letter), other) for letter in text)


def broken(text: str, size: float, *, within: float, weight: str = "normal") -> list[str]:
    """A text in lines of at most `within` pixels; a word that is wider is broken too.

    >>> broken("one two three", 15, within=60)
    ['one two', 'three']
    >>> len(broken("a" * 64, 15, within=200)) > 1
    True
    """
    lines = [""]
    for token in text.split(" "):
        longer = f"{lines[-1]} {token}" if lines[-1] else token
        if width_of(longer, size, weight=weight) <= within:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in token:
            if lines[-1] and width_of(lines[-1] + letter, size, weight=weight) > within:
                lines.append("")
            lines[-1] += letter
    return lines


# A chart whose every row is a picture of its own: a mark and its interval on one scale, the words beside it as text,
# which can be pointed at and reached by keyboard (`views/parts/drawings.html`).


WIDE, NARROW, HIGH, SIDE = 400, 200, 34, 24
"""The pixels of a strip, on a desk and on a phone: neither is shrunk, so that marks and letters keep their size."""


@dataclass(frozen=True, kw_only=True)
class StripMark:
    """One figure: of which of two periods it is, what is said of it, and the address of the view that speaks of it."""

    dot: Dot
    levels: Sequence[float]
    said: str
    href: str
    current: bool
    period: str = ""
    second: bool = False


@dataclass(frozen=True, kw_only=True)
class GroupStrip:
    """One group, with its mark of one period or of two."""

    name: str
    marks: Sequence[StripMark]


@dataclass(frozen=True, kw_only=True)
class Strips:
    """The chart: `scale` holds round values, the least first, each with its words."""

    rows: Sequence[GroupStrip]
    scale: Sequence[tuple[float, str]]
    title: str
    note: str
    kind: Kind

    @property
    def two_periods(self) -> bool:
        """Whether rows hold a mark of each of two periods."""
        return any(len(row.marks) > 1 for row in self.rows)

    @property
    def scales(self) -> tuple[str, str]:
        """The drawing of the scale in both widths."""
        return scale_svg(self.scale), scale_svg(self.scale, wide=NARROW)

    def drawn(self, mark: StripMark) -> tuple[str, str]:
        """The drawing of a mark in both widths."""
        return strip_svg(mark, self.scale), strip_svg(mark, self.scale, wide=NARROW)


def strip_svg(mark: StripMark, scale: Sequence[tuple[float, str]], *, wide: int = WIDE) -> str:
    """One mark and its interval; of the second period an open diamond on a dashed bar."""
    return _drawing(_strip(mark, scale, wide, HIGH), wide, HIGH)


def _strip(mark: StripMark, scale: Sequence[tuple[float, str]], wide: int, high: float) -> list[str]:
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


def _text(words: str, x: float, y: float, ink: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:g}" text-anchor="{anchor}" font-size="14" font-family="{QUOTED}" fill="{ink}">'
        f"{escape(words)}</text>"
    )


def _told(scale: Sequence[tuple[float, str]], wide: int) -> Sequence[tuple[float, str]]:
    every = 1 if wide >= WIDE else max(1, (len(scale) - 1) // 2)
    return scale[::every]


def _placed(scale: Sequence[tuple[float, str]], wide: int) -> Callable[[float], float]:
    low, high = scale[0][0], scale[-1][0]
    return lambda at: SIDE + (wide - 2 * SIDE) * (at - low) / (high - low)


def _upright(x: float, high: float, ink: str, more: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{high:g}" stroke="{ink}" {more}/>'


def _bar(low: float, high: float, y: float, dot: Dot, *, second: bool) -> str:
    ink, more = (INK_2, 'stroke-width="2" stroke-dasharray="5 3"') if second else (
        tint(dot.verdict), 'stroke-width="9"'
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


# Coverage as rows of dots, one for each use: full where it is examined, half where in part, a ring where not.


Counts = tuple[int, int, int]
"""Uses examined, in part, not at all."""
PITCH, COVERAGE_SIZE = 15, 11
ACROSS = 32
"""Dots in a row, at least."""


def coverage_strip_svg(counts: Counts) -> str:
    """The picture: dots in reading order, those that are examined first."""
    across = _across(counts)
    kinds = [kind for kind, n in zip(("whole", "part", "none"), counts, strict=True) for _ in range(n)]
    dots = [_dot(kind, place % across, place // across) for place, kind in enumerate(kinds)]
    width, height = _size(counts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"{''.join(dots)}</svg>"
    )


def _size(counts: Counts) -> tuple[int, int]:
    across = _across(counts)
    return across * PITCH, math.ceil(sum(counts) / across) * PITCH


def _across(counts: Counts) -> int:
    return max(ACROSS, math.ceil(math.sqrt(sum(counts) * 8)))


def strip_text(counts: Counts, say: Say) -> str:
    """What the picture shows."""
    whole, part, none = map(say.whole, counts)
    return say("{whole} examined, {part} in part, {none} not at all", whole=whole, part=part, none=none)


def _dot(kind: str, column: int, row: int) -> str:
    x, y, r = column * PITCH + PITCH / 2, row * PITCH + PITCH / 2, COVERAGE_SIZE / 2
    if kind == "whole":
        return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{INK_2}"/>'
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="{r - 0.6:g}" fill="none" stroke="{INK_2}" stroke-width="1.2"/>'
    if kind == "none":
        return ring
    return f'{ring}<path d="M{x:g} {y - r:g}A{r:g} {r:g} 0 0 0 {x:g} {y + r:g}Z" fill="{INK_2}"/>'
