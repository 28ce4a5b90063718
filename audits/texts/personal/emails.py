"""E-mail addresses, also written so that machines do not see them: « jean.dupont (at) exemple (point) fr »."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.words import listed

_LOCAL = r"(?<![\w.+%@-])(?P<local>\w(?:[\w.+%&'’-]{0,62}[\w+-])?)"
_LABEL = r"\w(?:[\w-]{0,62}\w)?"
_DOMAIN = (
    rf"(?P<domain>{_LABEL}(?:\.{_LABEL}){{0,4}}\.(?P<last>[^\W\d_]{{2,24}}|xn--[\w-]{{2,40}}))"
    r"(?![\w-]|\.[^\W\d_]{2,}\b(?=\S))"
)
_PLAIN = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_SPACED = re.compile(rf"{_LOCAL}(?:[ \t]{{1,2}}@[ \t]{{0,2}}|@[ \t]{{1,2}}){_DOMAIN}")
_DOT = r"(?:\.|[ \t]{0,2}[(\[{][ \t]?(?:point|dot|\.)[ \t]?[)\]}][ \t]{0,2}|[ \t]{1,2}(?:point|dot)[ \t]{1,2})"
_AT = (
    r"(?:[ \t]{0,2}[(\[{<][ \t]?(?:at|arobase|arrobase|chez|à|a|@)[ \t]?[)\]}>][ \t]{0,2}"
    r"|[ \t]{1,2}(?:arobase|arrobase|AT)[ \t]{1,2})"
)
_HIDDEN = re.compile(
    rf"(?<![\w.+%@-])(?P<local>\w[\w+-]{{0,62}}(?:{_DOT}\w[\w+-]{{0,62}}){{0,4}}){_AT}"
    rf"\w[\w-]{{0,62}}(?:{_DOT}\w[\w-]{{0,62}}){{0,3}}{_DOT}(?P<last>[^\W\d_]{{2,12}})(?![\w-])"
)
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)
_WORD_BETWEEN = re.compile(r"[(\[{<][ \t]?(?:a|à|chez)[ \t]?[)\]}>]")
_NEXT_SENTENCE = re.compile(r"(?<=[a-z]{2})\.[A-ZÀ-Ý][a-zà-ÿ]*$")
_FILES = frozenset(listed("file_names"))


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses; names of files with an @ (`photo@2x.png`) are none."""
    if "@" in text:
        yield from _of(_PLAIN, text)
        yield from (
            span for span in _of(_SPACED, text) if re.search(r"[\d._]", text[span[0] : span[1]].partition("@")[0])
        )
    if re.search(r"(?i:arr?obase)|[(\[{<][ \t]?(?:at|AT|chez|à|a|@)[ \t]?[)\]}>]|[ \t]AT[ \t]", text):
        yield from _of(_HIDDEN, text)


def _of(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Where a pattern of addresses is met, without an article elided before it."""
    for match in pattern.finditer(text):
        if match["last"].lower() in _FILES:
            continue
        if match.re is _HIDDEN and _WORD_BETWEEN.search(match[0]) and not re.search(r"[\d._]", match["local"]):
            continue
        elided = _ELISION.match(match["local"])
        yield match.start("local") + (elided.end() if elided else 0), _end(match)


def _end(match: re.Match[str]) -> int:
    """Where an address ends: a sentence that begins right after its full stop is no part of it."""
    found = _NEXT_SENTENCE.search(match[0])
    return match.start() + found.start() if found else match.end()
