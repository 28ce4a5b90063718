"""Coverage as rows of dots, one for each use: full where it is examined, half where in part, a ring where not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from boussole.dashboard.charts.letters import width_of
from boussole.dashboard.markup.fontfiles import QUOTED
from boussole.dashboard.markup.marks import INK, INK_2
from boussole.dashboard.words.say import Say

Counts = tuple[int, int, int]
"""Uses examined, in part, not at all."""
PITCH, SIZE = 15, 11
ACROSS = 32
"""Dots in a row, at least."""


def strip_svg(counts: Counts) -> str:
    """The picture: dots in reading order, those that are examined first."""
    across = _across(counts)
    kinds = [kind for kind, n in zip(("whole", "part", "none"), counts, strict=True) for _ in range(n)]
    dots = [_dot(kind, place % across, place // across) for place, kind in enumerate(kinds)]
    width, height = _size(counts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"{''.join(dots)}</svg>"
    )


def strips_svg(strips: Sequence[tuple[str, Counts]], say: Say) -> str:
    """Pictures one below the other, each under its title and what it shows in words."""
    parts, top, wide = [], 0.0, 0.0
    for title, counts in strips:
        drawn = strip_svg(counts)
        width, high = _size(counts)
        head = f'font-family="{QUOTED}" font-size="15" fill="{INK}"'
        parts.append(f'<text x="0" y="{top + 16:g}" {head} font-weight="bold">{escape(title)}</text>')
        parts.append(f'<text x="0" y="{top + 36:g}" {head}>{escape(strip_text(counts, say))}</text>')
        parts.append(f'<svg y="{top + 46:g}"{drawn.removeprefix("<svg")}')
        top, wide = top + 46 + high + 14, max(wide, width, width_of(title, 15, weight="bold"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{top:g}" viewBox="0 0 {wide:g} {top:g}">'
        f"{''.join(parts)}</svg>"
    )


def _size(counts: Counts) -> tuple[int, int]:
    """Pixels of a picture."""
    across = _across(counts)
    return across * PITCH, math.ceil(sum(counts) / across) * PITCH


def _across(counts: Counts) -> int:
    return max(ACROSS, math.ceil(math.sqrt(sum(counts) * 8)))


def strip_text(counts: Counts, say: Say) -> str:
    """What the picture shows."""
    whole, part, none = map(say.whole, counts)
    return say("{whole} examined, {part} in part, {none} not at all", whole=whole, part=part, none=none)


def _dot(kind: str, column: int, row: int) -> str:
    x, y, r = column * PITCH + PITCH / 2, row * PITCH + PITCH / 2, SIZE / 2
    if kind == "whole":
        return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{INK_2}"/>'
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="{r - 0.6:g}" fill="none" stroke="{INK_2}" stroke-width="1.2"/>'
    if kind == "none":
        return ring
    return f'{ring}<path d="M{x:g} {y - r:g}A{r:g} {r:g} 0 0 0 {x:g} {y + r:g}Z" fill="{INK_2}"/>'
