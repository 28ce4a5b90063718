"""What pages, charts and papers draw and write with: the five marks of a verdict, each whole, and the bundled fonts."""

from __future__ import annotations

import base64
import html
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import vl_convert
from fontTools.ttLib import TTFont

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


# The bundled fonts: for vl-convert and Typst as files, for pictures as an embedded style.


FOLDER = Path(__file__).parent / "fonts"
SANS, SERIF = "Source Sans 3", "Source Serif 4"
QUOTED = f"'{SANS}'"
"""As an SVG attribute: a family whose name holds a number is not valid without its quotes."""

LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2000, 0x2070)])) + "←↑→↓−≈≤≥€"
"""What the font of pictures can write; other letters take a font of the reader's machine."""
_FILES = {400: "SourceSans3-Regular.ttf", 700: "SourceSans3-Bold.ttf"}
_BOLD = re.compile(r"font-weight[=:]\s*[\"']?(bold|[6-9]00)")
_TAG = re.compile(r"<[^>]*>")


@cache
def register() -> None:
    """Tell vl-convert where the bundled fonts are (once per process)."""
    vl_convert.register_font_directory(str(FOLDER))


def embed(svg: str) -> str:
    """The drawing with its fonts inside, so that it needs nothing from where it is shown.

    They hold the letters that it writes and no other (four kilobytes instead of four hundred), bold ones only where it
    has some.

    >>> embed('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>').count("@font-face")
    1
    >>> embed('<svg xmlns="http://www.w3.org/2000/svg"><text font-weight="bold">a</text></svg>').count("@font-face")
    2
    """
    head, sep, tail = svg.partition(">")
    weights = (400, 700) if _BOLD.search(svg) else (400,)
    letters = "".join(sorted(set(html.unescape(_TAG.sub("", tail)))))
    return f"{head}{sep}<style>{''.join(_face(weight, letters) for weight in weights)}</style>{tail}"


@lru_cache(maxsize=1024)
def _face(weight: int, letters: str) -> str:
    """The text font of one weight, with these letters, as a rule of style."""
    held = base64.b64encode(_subset(_latin(weight), letters, flavor="woff")).decode()
    return f"@font-face{{font-family:'{SANS}';font-weight:{weight};src:url(data:font/woff;base64,{held})}}"


@cache
def _latin(weight: int) -> bytes:
    return _subset((FOLDER / _FILES[weight]).read_bytes(), LATIN)


def _subset(font: bytes, letters: str, *, flavor: str | None = None) -> bytes:
    """A font with some of its letters. It has no name: the licence keeps "Source" for the whole one."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features = ["kern", "tnum", "lnum"]
    options.hinting = options.glyph_names = options.notdef_outline = False
    options.drop_tables += ["BASE", "DSIG", "GDEF", "STAT"]
    found, made = TTFont(io.BytesIO(font)), io.BytesIO()
    names = found["name"]
    names.names = []
    del found["name"]  # all tables would be searched for who bears one of them: a quarter of the time
    reduced = subset.Subsetter(options)
    reduced.populate(text=letters)
    reduced.subset(found)
    found["name"], found.flavor = names, flavor
    found.save(made)
    return made.getvalue()


# Text that the bundled fonts can print: anything else is written as ⟨U+XXXX⟩, never dropped.


_KEPT = "\n\u00ad"
_NEVER = ("Cc", "Cf", "Cn", "Co", "Cs")
"""Control, format, unassigned, private-use and surrogate characters: Typst fails on some, others hide or reorder."""


@cache
def _drawn() -> frozenset[int]:
    """The characters that at least one bundled font can draw."""
    return frozenset(
        code for path in sorted(FOLDER.glob("*.ttf")) for code in (TTFont(path, lazy=True).getBestCmap() or {})
    )


def printable(text: str) -> str:
    """The text with every character that cannot be printed replaced by its code.

    >>> printable("Élan\\x00 漢")
    'Élan⟨U+0000⟩ ⟨U+6F22⟩'
    """
    return "".join(char if _prints(char) else f"⟨U+{ord(char):04X}⟩" for char in text)


def _prints(char: str) -> bool:
    return char in _KEPT or (ord(char) in _drawn() and unicodedata.category(char) not in _NEVER)


def all_printable(data: Any) -> Any:
    """The same data with every text in it made printable."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, Mapping):
        return {key: all_printable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [all_printable(value) for value in data]
    return data
