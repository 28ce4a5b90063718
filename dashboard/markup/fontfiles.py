"""The bundled fonts, for vl-convert and Typst as files, for pictures as a style, and what text they can print."""

from __future__ import annotations

import base64
import html
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import vl_convert
from fontTools.ttLib import TTFont

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
