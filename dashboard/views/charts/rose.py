"""The compass rose: a branch per article, a ring per system, a needle to what most needs attention."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.fontfiles import QUOTED
from boussole.dashboard.markup.marks import INK, LINE, MARKS, NEEDLE, shape, word
from boussole.dashboard.markup.words.say import Say, speaker

WIDTH, HEIGHT = 492, 374
CENTRE = (WIDTH / 2, HEIGHT / 2)
OUTER, HUB, GAP = 114.0, 38.0, 4.0
MOST_RINGS = 5


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One system: its title and its verdict on each article (by id)."""

    title: str
    verdicts: Mapping[str, str]


def rings_shown(rings: Sequence[Ring], articles: Mapping[str, str], say: Say) -> list[Ring]:
    """The rings as they fit: beyond five systems, one ring of the worst verdicts."""
    if len(rings) <= MOST_RINGS:
        return list(rings)
    verdicts = {a: worst([ring.verdicts.get(a, "not_examined") for ring in rings]) for a in articles}
    return [Ring(title=say("Worst of {n} systems", n=say.whole(len(rings))), verdicts=verdicts)]


def rose_svg(
    articles: Mapping[str, str], rings: Sequence[Ring], lang: str, *, needle: str | None = None, named: bool = True
) -> str:
    """The drawing: `articles` (id → name) clockwise from the top, `rings` from the inside out.

    `needle` is the id of the article it points at; without one, there is no needle. Not `named`, the names are left to
    what is laid over it, in the same places: on pages they are links.
    """
    say = speaker(lang)
    shown = rings_shown(rings, articles, say)
    step = 2 * math.pi / max(len(articles), 1)
    depth = (OUTER - HUB) / max(len(shown), 1)
    parts = [_branch(article, index * step, step, shown, depth) for index, article in enumerate(articles)]
    names = [_name(name, index * step) for index, name in enumerate(articles.values()) if named]
    hub = "".join(_needle(index * step) for index, article in enumerate(articles) if article == needle)
    title, text = say("Verdicts of the charter"), rose_text(articles, rings, lang, needle=needle)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="rose-title rose-desc" '
        f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{QUOTED}" font-size="16">'
        f'<title id="rose-title">{escape(title)}</title>'
        f'<desc id="rose-desc">{escape(text)}</desc>'
        f"{_hatching()}{''.join(parts)}{_hub()}{hub}{''.join(names)}</svg>"
    )


def rose_text(articles: Mapping[str, str], rings: Sequence[Ring], lang: str, *, needle: str | None = None) -> str:
    """What the drawing shows, in words: each article with its verdicts, then where the needle points."""
    say = speaker(lang)
    shown = rings_shown(rings, articles, say)
    lines = [
        say("{name}: {verdicts}.", name=name, verdicts=", ".join(_spoken(ring, article, say) for ring in shown))
        for article, name in articles.items()
    ]
    if needle in articles:
        lines.append(say("The needle points at: {name}.", name=articles[str(needle)]))
    return " ".join(lines)


def _spoken(ring: Ring, article: str, say: Say) -> str:
    return f"{ring.title} {word(ring.verdicts.get(article, 'not_examined'), say).lower()}"


def _at(angle: float, radius: float) -> tuple[float, float]:
    """A point at an angle clockwise from the top."""
    return CENTRE[0] + radius * math.sin(angle), CENTRE[1] - radius * math.cos(angle)


def _branch(article: str, angle: float, step: float, rings: Sequence[Ring], depth: float) -> str:
    parts = []
    for index, ring in enumerate(rings):
        mark = MARKS[ring.verdicts.get(article, "not_examined")]
        inner, outer = HUB + index * depth + GAP / 2, HUB + (index + 1) * depth - GAP / 2
        path = _sector(angle - step / 2, angle + step / 2, inner, outer)
        parts.append(f'<path d="{path}" fill="{mark.tint}" stroke="{mark.ink}" stroke-width="{mark.stroke}"/>')
        if mark.verdict == "unknown":
            parts.append(f'<path d="{path}" fill="url(#hatch)"/>')
        x, y = _at(angle, (inner + outer) / 2)
        size = min(14.0, depth * 0.4)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.85:.1f}" fill="#ffffff"/>')
        parts.append(shape(mark.verdict, x=round(x, 1), y=round(y, 1), size=size))
    return "".join(parts)


def _sector(start: float, end: float, inner: float, outer: float) -> str:
    """A ring segment whose sides stay parallel to the gap between branches."""
    near, far = GAP / 2 / inner, GAP / 2 / outer
    a, b = _at(start + near, inner), _at(start + far, outer)
    c, d = _at(end - far, outer), _at(end - near, inner)
    wide = int(end - start > math.pi)
    return (
        f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}A{outer:g} {outer:g} 0 {wide} 1 {c[0]:.1f} {c[1]:.1f}"
        f"L{d[0]:.1f} {d[1]:.1f}A{inner:g} {inner:g} 0 {wide} 0 {a[0]:.1f} {a[1]:.1f}Z"
    )


def _hatching() -> str:
    ink = MARKS["unknown"].ink
    return (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{ink}" stroke-width="1.1" opacity="0.55"/></pattern></defs>'
    )


def _hub() -> str:
    x, y = CENTRE
    return f'<circle cx="{x:g}" cy="{y:g}" r="{HUB - 3:g}" fill="#ffffff" stroke="{LINE}"/>'


def _needle(angle: float) -> str:
    x, y = CENTRE
    length, half = HUB - 7, 6.5
    return (
        f'<g transform="rotate({math.degrees(angle):.1f} {x:g} {y:g})">'
        f'<polygon points="{x:g},{y - length:g} {x + half:g},{y:g} {x - half:g},{y:g}" fill="{NEEDLE}"/>'
        f'<polygon points="{x:g},{y + length:g} {x + half:g},{y:g} {x - half:g},{y:g}" fill="#c9c4b8"/></g>'
        f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{INK}"/>'
    )


def _name(name: str, angle: float) -> str:
    """The name beside its branch, on at most three lines, anchored away from the rose."""
    x, y = _at(angle, OUTER + 12)
    lines = wrapped(name, width=15)
    sideways = math.sin(angle)
    anchor = "middle" if abs(sideways) < 0.2 else "start" if sideways > 0 else "end"
    up = -math.cos(angle)  # -1 at the top, 1 at the bottom
    first = y + 5 + (up - 1) / 2 * 18 * (len(lines) - 1)
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{first + 18 * i:.1f}">{escape(line)}</tspan>' for i, line in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}" font-weight="700" fill="{INK}">{spans}</text>'


def wrapped(text: str, *, width: int) -> list[str]:
    """Words in lines of about `width` characters; a hyphen is a place to break too.

    >>> wrapped("Équité et non-discrimination", width=16)
    ['Équité et non-', 'discrimination']
    """
    lines = [""]
    for token in re.findall(r"[ ]?[^ -]*-*", text):
        if lines[-1] and len(lines[-1] + token) > width:
            lines.append(token.lstrip(" "))
        else:
            lines[-1] += token
    return lines
