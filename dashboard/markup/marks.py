"""The five marks of a verdict: word, shape, ink and tint, always together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from boussole.charter.document.answers.verdict import WORST_FIRST
from boussole.dashboard.markup.words.say import Say

PAPER, SIDE, LINE, INK, INK_2, LINK, NEEDLE = (
    "#fbfaf7", "#f4f2ec", "#e3e0d8", "#1c2430", "#565b61", "#1f4e8c", "#a1232b",
)  # fmt: skip

Shape = Literal["disc", "triangle", "square", "half", "ring"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one verdict looks. Inks reach 4.5:1 on their tint and on paper (tested)."""

    verdict: str
    shape: Shape
    ink: str
    tint: str
    stroke: float = 1.2


_DRAWN = {
    mark.verdict: mark
    for mark in (
        Mark(verdict="broken", shape="square", ink="#a1232b", tint="#f5d5d3", stroke=2.4),
        Mark(verdict="watch", shape="triangle", ink="#8a5a00", tint="#f6e7c4"),
        Mark(verdict="unknown", shape="half", ink="#4f4a75", tint="#e2e0ee"),
        Mark(verdict="not_examined", shape="ring", ink="#6b7076", tint="#ffffff"),
        Mark(verdict="kept", shape="disc", ink="#0b6e5f", tint="#d7ebe6"),
    )
}
MARKS = {str(verdict): _DRAWN[verdict] for verdict in WORST_FIRST}
"""The worst first."""

ORDER = WORST_FIRST


def word(verdict: str, say: Say) -> str:
    """The verdict in words.

    >>> from boussole.dashboard.markup.words.say import speaker
    >>> word("watch", speaker("fr")), word("watch", speaker("en"))
    ('À surveiller', 'Watch')
    """
    words = {
        "broken": say("Not kept"),
        "watch": say("Watch"),
        "unknown": say("We cannot tell"),
        "kept": say("Kept"),
        "not_examined": say("Not examined"),
    }
    return words[verdict]


def shape(verdict: str, *, x: float = 8, y: float = 8, size: float = 12) -> str:
    """The drawn shape of a verdict, centred on x, y, as an SVG fragment."""
    mark, r = MARKS[verdict], size / 2
    outline = f'fill="none" stroke="{mark.ink}" stroke-width="{size / 8:g}"'
    if mark.shape == "disc":
        return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{mark.ink}"/>'
    if mark.shape == "square":
        side = size * 0.92
        return f'<rect x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side:g}" height="{side:g}" fill="{mark.ink}"/>'
    if mark.shape == "triangle":
        points = f"{x:g},{y - r:g} {x + r * 1.1:g},{y + r * 0.85:g} {x - r * 1.1:g},{y + r * 0.85:g}"
        return f'<polygon points="{points}" fill="{mark.ink}"/>'
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="{r - size / 16:g}" {outline}/>'
    if mark.shape == "ring":
        return ring
    half = f"M{x:g} {y - r:g}A{r:g} {r:g} 0 0 0 {x:g} {y + r:g}Z"
    return f'{ring}<path d="{half}" fill="{mark.ink}"/>'


def mark_svg(verdict: str, *, size: int = 16) -> str:
    """The shape alone as a whole SVG drawing; the word beside it says what it means.

    >>> mark_svg("kept").startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 16 16">'
        f"{shape(verdict)}</svg>"
    )
