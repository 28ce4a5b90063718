"""Pages and their parts as Jinja2 templates, which lie beside what they show; what is put in is escaped by its place.

A template is HTML, in macros. `say` and `plural` translate; the functions of `elements.py` are at hand. A line break
beside a tag or an expression is nothing, as in JSX. An expression between the quotes of an attribute is text there;
beside attributes stands `{{ attrs(…) }}` alone; scripts, styles and handlers of events have no place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from markupsafe import Markup

from boussole.audits.languages import inside
from boussole.audits.mixed import MixedText
from boussole.dashboard.markup import elements, glossary
from boussole.dashboard.markup.elements import Html, word
from boussole.dashboard.markup.words import Say, addresses

PageData = dict[str, Any]
"""What a template reads of a page or of a part of it, by name."""
FOLDER = Path(__file__).parent.parent
_CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_LINE_BREAK = re.compile(r"[ \t]*\n\s*")
_HEADING = re.compile(r"<h([1-4])\b.*?</h\1>", re.DOTALL)
_HYPHENED = re.compile(r'<span class="whole">[^<]*</span>|<[^>]*>|(?<![\w-])(?:\w+-)+\w+')
_NOT_HERE = re.compile(r"<(?:script|style)\b|<$|\son\w+\s*=", re.IGNORECASE)


class Template:
    """A template in one language: each of its macros makes HTML of what it is given.

    >>> from boussole.dashboard.markup.words import speaker
    >>> example = Template("markup/example.html", speaker("en"))
    >>> example("head", "a < b")
    '<h1>a &lt; b</h1>'
    """

    def __init__(self, path: str, say: Say) -> None:
        self._module = _module(path, say)

    def __call__(self, macro: str, *values: Any, **named: Any) -> Html:
        return Html(_HEADING.sub(_kept_whole, getattr(self._module, macro)(*values, **named)))


def _kept_whole(heading: re.Match[str]) -> str:
    """A heading in which no line ends at the hyphen of a word."""
    return _HYPHENED.sub(
        lambda found: found[0] if found[0].startswith("<") else f'<span class="whole">{found[0]}</span>', heading[0]
    )


def prepare() -> None:
    """Compiles all templates ahead: some of them take a tenth of a second at their first use."""
    for name in ENVIRONMENT.list_templates(["html"]):
        ENVIRONMENT.get_template(name)


@lru_cache(maxsize=512)
def _module(path: str, say: Say) -> TemplateModule:
    """Made once: it holds nothing but macros, and pages ask for that of forms for each of theirs."""
    return ENVIRONMENT.get_template(path).make_module({"say": say, "plural": say.plural})


def attrs(**given: str | None) -> Html:
    """Attributes, but for those that are None: `attrs(class_="late", aria_label=None)`.

    >>> attrs(class_="late", aria_label=None, data_n='"')
    ' class="late" data-n="&quot;"'
    """
    names = {key: key.rstrip("_").replace("_", "-") for key in given}
    return Html("".join(f' {names[key]}="{escape(str(value))}"' for key, value in given.items() if value is not None))


class _ByPlace(Extension):
    """Reads a template before Jinja does: line breaks are taken out, and expressions in attributes marked as such."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        written, place, line = [], _Place(), 1
        for at, piece in enumerate(_CODE.split(source)):
            if at % 2 == 0:
                if found := _NOT_HERE.search(piece):
                    raise TemplateSyntaxError(
                        f"'{found.group().strip()}' has no place in a template", line, name, filename
                    )
                place.read(piece)
                written.append(_LINE_BREAK.sub(_closed_up, piece))
            elif piece.startswith("{{") and place.quoted:
                written.append("{{ _attribute(" + piece[2:-2].strip("-+") + ") }}")
            elif piece.startswith("{{") and place.tag and not _attributes_alone(piece[2:-2].strip("-+ \n")):
                raise TemplateSyntaxError("only attrs(…) may stand beside attributes", line, name, filename)
            else:
                written.append(piece)
            line += piece.count("\n")
        return "".join(written)


def _attributes_alone(expression: str) -> bool:
    """Whether an expression is one call of `attrs`, and nothing is put to what it makes."""
    depths = list(accumulate((char == "(") - (char == ")") for char in expression))
    return expression.startswith("attrs(") and 0 not in depths[len("attrs") : -1]


class _Place:
    tag = quoted = False

    def read(self, text: str) -> None:
        for at, char in enumerate(text):
            if self.quoted:
                self.quoted = char != '"'
            elif self.tag:
                self.quoted, self.tag = char == '"', char != ">"
            else:
                self.tag = char == "<" and text[at + 1 : at + 2] not in ("", " ", "/", "!")


def _closed_up(found: re.Match[str]) -> str:
    text, start, end = found.string, *found.span()
    before, after = text[start - 1 : start] or ">", text[end : end + 1] or "<"
    return ("" if before == ">" or after == "<" else " ") + "{#" + "\n" * found.group().count("\n") + "#}"


def _text(value: object) -> object:
    """What an expression writes: nothing of nothing, passages in another language marked as such."""
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return elements.join([value]) if isinstance(value, MixedText) else Html(escape(value))


def _attribute(value: object) -> Html:
    """What an expression writes between quotes: text alone, markup or not."""
    return Html(escape(str(value)))


ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_text,
    extensions=[_ByPlace],
    auto_reload=False,
)
ENVIRONMENT.globals |= {
    name: getattr(elements, name) for name in ("badge", "code", "details", "facts", "join", "link", "picture")
}
ENVIRONMENT.globals |= {name: getattr(glossary, name) for name in ("explained", "how_to_read", "linked")}
ENVIRONMENT.globals |= {name: getattr(addresses, name) for name in ("evidence_href", "explain_href")}
ENVIRONMENT.globals |= {
    "attrs": attrs,
    "inside": inside,
    "word": word,
    "_attribute": _attribute,
}
