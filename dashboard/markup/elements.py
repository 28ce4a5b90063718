"""What pages, charts and papers are made of: the five marks of a verdict, the fonts, and HTML with escaped text."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import vl_convert
from fontTools.ttLib import TTFont
from markupsafe import Markup

from boussole.audits.mixed import MixedText
from boussole.charter.document.answers.verdict import WORST_FIRST
from boussole.dashboard.markup.words import Say

# The five marks of a verdict: word, shape, ink and tint, always together.


PAPER, SIDE, LINE, INK, INK_2, LINK, NEEDLE = (
    "#fbfaf7", "#f4f2ec", "#e3e0d8", "#1c2430", "#565b61", "#1f4e8c", "#a1232b",
)  # fmt: skip

Shape = Literal["disc", "triangle", "square", "half", "ring"]


@dataclass(frozen=True, kw_only=True)
class VerdictMark:
    """How one verdict looks. Inks reach 4.5:1 on their tint and on paper (tested)."""

    verdict: str
    shape: Shape
    ink: str
    tint: str
    stroke: float = 1.2


_DRAWN = {
    mark.verdict: mark
    for mark in (
        VerdictMark(verdict="broken", shape="square", ink="#a1232b", tint="#f5d5d3", stroke=2.4),
        VerdictMark(verdict="watch", shape="triangle", ink="#8a5a00", tint="#f6e7c4"),
        VerdictMark(verdict="unknown", shape="half", ink="#4f4a75", tint="#e2e0ee"),
        VerdictMark(verdict="not_examined", shape="ring", ink="#6b7076", tint="#ffffff"),
        VerdictMark(verdict="kept", shape="disc", ink="#0b6e5f", tint="#d7ebe6"),
    )
}
MARKS = {str(verdict): _DRAWN[verdict] for verdict in WORST_FIRST}
"""The worst first."""

ORDER = WORST_FIRST


def word(verdict: str, say: Say) -> str:
    """The verdict in words.

    >>> from boussole.dashboard.markup.words import speaker
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
    """The drawing with the letters that it writes of its fonts inside, so that it needs nothing from where it is shown.

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


# HTML that is safe by construction: text is escaped, only elements built here are markup, pictures go dark.


STATIC = Path(__file__).parents[1] / "app" / "static"
"""What browsers load beside pages: Streamlit serves what lies beside the script of the app."""
SCRIPT = "\n".join(
    (STATIC / name).read_text(encoding="utf-8") for name in ("page.js", "keep.js", "frame.js", "tour.js", "reading.js")
)
PALE = "#d3cfc4"
"""What lies behind a drawing: intervals."""
"""The script of every page."""
STYLE = (STATIC / "style.css").read_text(encoding="utf-8")
"""The style of every page."""


def source(text: str) -> str:
    """A text as a Content-Security-Policy names it.

    >>> source("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Pictures in the dark: each colour of a drawing in its own, as a style inside it that the browser's wish decides.


DARK = {
    "#fbfaf7": "#1f252e", "#f4f2ec": "#1c2129", "#fff": "#1f252e", "#ffffff": "#1f252e",
    "#e3e0d8": "#363d47", "#d3cfc4": "#565e69", "#c9c4b8": "#565e69",
    "#1c2430": "#ece9e2", "#565b61": "#b4b8bd", "#6b7076": "#a6abb1", "#1f4e8c": "#93bdf5",
    "#a1232b": "#ff9a94", "#8a5a00": "#e6b85c", "#4f4a75": "#bdb7ea", "#0b6e5f": "#63cdb8",
    "#f5d5d3": "#4a2628", "#f6e7c4": "#43361a", "#e2e0ee": "#33314a", "#d7ebe6": "#1b3f39",
    "#ecbfbf": "#6e383b", "#ecd699": "#5f4c1f", "#c9c6de": "#4a466b", "#b5d8d0": "#24564c",
}  # fmt: skip
"""Of each colour of a drawing on paper, the one on the dark cards of style.css."""


def in_the_dark(svg: str) -> str:
    """A drawing that follows the browser into the dark, where it is told once, in itself, how.

    >>> svg = in_the_dark('<svg><path fill="#1c2430"/></svg>')
    >>> svg.index("@media screen and (prefers-color-scheme: dark)") < svg.index("<path")
    True
    """
    head, sep, tail = svg.partition(">")
    used = tuple(sorted(colour for colour in DARK if f'"{colour}"' in tail.lower()))
    return f"{head}{sep}<style>{_style(used)}</style>{tail}"


@cache
def _style(colours: tuple[str, ...]) -> str:
    rules = [f"text:not([fill]){{fill:{DARK['#1c2430']}}}"]
    for colour in colours:
        rules += [f'[{part}="{colour}" i]{{{part}:{DARK[colour]}}}' for part in ("fill", "stroke")]
    return f"@media screen and (prefers-color-scheme: dark){{{''.join(rules)}}}"


# HTML that is safe by construction: text is escaped, only elements built here are markup.


class Html(Markup):
    """Markup made by this module or by a template; every other string is text."""

    __slots__ = ()
    __repr__ = str.__repr__


Child = Html | str | None

_EMPTY = frozenset({"img", "br", "hr", "input", "meta"})


def el(name: str, /, *children: Child, **attributes: str | None) -> Html:
    """An element. Children that are not Html are escaped; `class_` is the class, `aria_label` aria-label…

    >>> el("p", "a < b", el("strong", "&"), class_="note")
    '<p class="note">a &lt; b<strong>&amp;</strong></p>'
    >>> from boussole.audits.mixed import foreign
    >>> el("p", foreign("Wer?", "de")), el("p", "1. ", foreign("Wer?", "de"))
    ('<p lang="de">Wer?</p>', '<p>1. <span lang="de">Wer?</span></p>')
    """
    kept = [child for child in children if child]
    if len(kept) == 1 and "lang" not in attributes and (lang := _language(kept[0])):
        children, attributes = (str(kept[0]),), {**attributes, "lang": lang}
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def join(children: Iterable[Child], between: str = "") -> Html:
    """Pieces one after the other, text escaped.

    >>> join(["<b>", el("b", "x")], " · ")
    '&lt;b&gt; · <b>x</b>'
    """
    pieces = [child if isinstance(child, Markup) else _written(child) for child in children if child]
    return Html(escape(str(between)).join(pieces))


def _language(child: Child) -> str | None:
    """The language of a text that is all in one, other than that of the page."""
    found = {lang for _, lang in child.passages} if isinstance(child, MixedText) else set()
    return found.pop() if len(found) == 1 else None


def _written(text: str) -> str:
    if not isinstance(text, MixedText):
        return escape(text)
    return "".join(
        f'<span lang="{escape(lang)}">{escape(piece)}</span>' if lang else escape(piece)
        for piece, lang in text.passages
    )


def link(text: Child, href: str, *, class_: str | None = None, of: Child = None) -> Html:
    """A link inside the app. `of` tells it apart from others with the same words, for those who hear links alone.

    >>> link("Evidence", "/evidence?entry=3", of="question 3.1")
    '<a href="/evidence?entry=3" target="_self">Evidence<span class="unseen"> (question 3.1)</span></a>'
    """
    about = el("span", join([" (", of, ")"]), class_="unseen") if of else None
    return el("a", *([text, about] if about else [text]), href=href, target="_self", class_=class_)


def data_uri(svg: str) -> str:
    """An SVG drawing as an address; as text, which the server's compression makes a tenth of."""
    return "data:image/svg+xml;charset=utf-8," + quote(svg, safe=" !$()*+,-./:;=?@_~'")


def picture(svg: str, alt: str, *, class_: str = "picture") -> Html:
    """A drawing as an image with its size, fonts, dark colours and alternative text; Streamlit removes inline SVG."""
    sizes = (re.search(rf'<svg[^>]*\s{side}="([\d.]+)"', svg) for side in ("width", "height"))
    width, height = (found.group(1) if found else None for found in sizes)
    return el("img", src=_whole(svg), alt=alt, class_=class_, width=width, height=height)


@lru_cache(maxsize=1024)
def _whole(svg: str) -> str:
    return data_uri(in_the_dark(embed(svg)))  # in this order: letters of a style need no font


@cache
def _mark(verdict: str) -> str:
    return data_uri(in_the_dark(mark_svg(verdict)))


def badge(verdict: str, say: Say, text: str | None = None) -> Html:
    """The mark of a verdict: shape, word and colour together."""
    mark = el("img", src=_mark(verdict), alt="", width="14", height="14")
    return el("span", mark, text or word(verdict, say), class_=f"badge badge-{verdict}")


def code(text: str) -> Html:
    """A text with its commands, written between backticks, set as such.

    >>> code("Run `boussole sync` <now>.")
    'Run <code>boussole sync</code> &lt;now&gt;.'
    """
    parts = text.split("`")
    return join([el("code", part) if at % 2 else part for at, part in enumerate(parts)])


def details(summary: Child, *children: Child, class_: str | None = None) -> Html:
    """Something that opens on request: by mouse or keyboard, or by an address that names a place in it (page.js)."""
    return el("details", el("summary", summary), *children, class_=class_)


def facts(pairs: Iterable[tuple[Child, Child]]) -> Html:
    """The small print: names and what they stand for; pairs without a value are left out."""
    rows = [el("div", el("dt", name), el("dd", value)) for name, value in pairs if value]
    return el("dl", *rows, class_="facts") if rows else Html("")


PREFIX = "f-"
"""Begins the name of each field in a page: Streamlit takes away names that documents or elements have themselves, such
as `title` and `role`, and what is typed in a field without a name is never sent."""
