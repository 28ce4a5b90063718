"""Coverage as rows of dots, one for each use: full where it is examined, half where in part, a ring where not."""

from __future__ import annotations

import math

from boussole.dashboard.markup.marks import INK_2
from boussole.dashboard.words.say import Say

Counts = tuple[int, int, int]
"""Uses examined, in part, not at all."""
PITCH, SIZE = 15, 11
ACROSS = 32
"""Dots in a row, at least."""


def strip_svg(counts: Counts) -> str:
    """The picture: dots in reading order, those that are examined first."""
    total = sum(counts)
    across = max(ACROSS, math.ceil(math.sqrt(total * 8)))
    kinds = [kind for kind, n in zip(("whole", "part", "none"), counts, strict=True) for _ in range(n)]
    dots = [_dot(kind, place % across, place // across) for place, kind in enumerate(kinds)]
    width, height = across * PITCH, math.ceil(total / across) * PITCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"{''.join(dots)}</svg>"
    )


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
