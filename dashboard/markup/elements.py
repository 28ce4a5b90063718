"""HTML that is safe by construction: text is escaped, only elements built here are markup, pictures go dark."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from boussole.audits.mixed import MixedText
from boussole.dashboard.markup.marks_and_fonts import embed, mark_svg, word
from boussole.dashboard.markup.words.say import Say

STATIC = Path(__file__).parents[1] / "app" / "static"
"""What browsers load beside pages: Streamlit serves what lies beside the script of the app."""
SCRIPT = "\n".join(
    (STATIC / name).read_text(encoding="utf-8") for name in ("page.js", "keep.js", "frame.js", "tour.js", "reading.js")
)
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
    """The rules for some colours; letters whose colour nothing says are black on paper."""
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

    A text in another language than the page's says so, and so does a passage in one.

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
    """A text escaped, its passages in other languages marked as such."""
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
    """A drawing as an image (Streamlit removes inline SVG), its fonts and its dark colours inside, its text read aloud.

    Its own width and height go with it, so that nothing moves when it appears.
    """
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


# Links to attachments as HTML.


def attached_html(links: Sequence[tuple[str, str]]) -> Html | None:
    """The links, one below the other; nothing where there is none."""
    return el("ul", *[el("li", link(*each)) for each in links], class_="attached") if links else None
