"""Personal data found in a text, and the text without what hides them, with the way back to the text as written."""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, tee
from typing import IO, Any, cast

from boussole.audits.texts.lines import TextLine, fault_told, read_lines
from boussole.audits.texts.lookalikes import FOREIGN
from boussole.audits.texts.personal.findings import ENTITIES, Entity, PersonalFinding, Span, without_overlaps

_BLANKS = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\x0b\x0c\r"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_SAME_LENGTH = {
    **dict.fromkeys(map(ord, _BLANKS), " "),
    **dict.fromkeys(map(ord, _HYPHENS), "-"),
    **dict.fromkeys(map(ord, "\u2018\u201b\u02bc\u2032`´"), "’"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **dict.fromkeys(map(ord, "\u2028\u2029\x85"), "\n"),
    ord("＠"): "@",
    ord("﹫"): "@",
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != 0xFF0D},
    **{
        code: str(value)
        for code in range(0x660, 0x1FBFA)
        if (value := unicodedata.decimal(chr(code), None)) is not None
    },
}
_TABLE = str.maketrans(FOREIGN)
_LOOKS = "".join(FOREIGN)
_LOOKING = re.compile(f"[{_LOOKS}]")
_MIXED = re.compile(rf"[^\W_]*[{_LOOKS}][^\W_]*")
_FOREIGN = re.compile(f"[^{_LOOKS}\\x00-\\x7f\\u00c0-\\u024f]")
_WIDTHLESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1f\x7f"
)
_TAG = (
    r"</?(?:a|abbr|b|big|center|code|em|font|i|ins|mark|s|small|span|strong|sub|sup|tt|u|wbr)"
    r"(?=[\s/>])(?:[^<>@\d]|\d(?!\d{5})){0,200}>"
)
_NOTHING = re.compile(f"[{_WIDTHLESS}]*")
_HIDDEN = re.compile(
    rf"(?P<nothing>[{_WIDTHLESS}]+|{_TAG}|<!--(?:[^@\d]|\d(?!\d{{5}})){{0,80}}?-->)|(?P<entity>&(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,10}});)"
    r"|(?P<apart>[^\W\d_][\u0300-\u036f]+)"
)
_PLAIN = re.compile(r"[\x20-\x25\x27-\x3b\x3d-\x5f\x61-\x7e\nÀ-ÖØ-öø-ÿŒœŸ«»’°€]*")


@dataclass(frozen=True)
class CleanText:
    """A text without what hides personal data in it, and the places of its characters in the text as it was written."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def original(self, span: Span) -> Span:
        """Where a span stands in the text as it was written: what was removed inside it belongs to it."""
        if self.starts is None or self.ends is None:
            return span
        return self.starts[span[0]], self.ends[span[1] - 1]


def clean(text: str) -> CleanText:
    """Remove from a text what hides numbers and names in it."""
    if _PLAIN.fullmatch(text):
        return CleanText(text)
    found = _without_hidden(text)
    plain = found.text.translate(_SAME_LENGTH)
    if _LOOKING.search(plain):
        plain = _MIXED.sub(_latin, plain)
    return CleanText(plain, found.starts, found.ends)


def _without_hidden(text: str) -> CleanText:
    """What has no width removed, entities and composed accents as one character, with the way back."""
    parts: list[str] = []
    starts, ends, last = array("L"), array("L"), 0
    for match in _HIDDEN.finditer(text):
        becomes = _visible_text(match)
        if becomes == match[0]:
            continue
        start, end = match.span()
        parts += text[last:start], becomes
        starts.extend(range(last, start))
        ends.extend(range(last + 1, start + 1))
        starts.extend([start] * len(becomes))
        ends.extend([end] * len(becomes))
        last = end
    if not parts:
        return CleanText(text)
    parts.append(text[last:])
    starts.extend(range(last, len(text)))
    ends.extend(range(last + 1, len(text) + 1))
    return CleanText("".join(parts), starts, ends)


def _visible_text(match: re.Match[str]) -> str:
    """What a reader sees of what hides."""
    if match["nothing"]:
        return ""
    if match["apart"]:
        return unicodedata.normalize("NFC", match[0])
    shown = html.unescape(match[0])
    return "" if _NOTHING.fullmatch(shown) else shown


def _latin(match: re.Match[str]) -> str:
    """A word with its look-alikes as Latin letters, unless it is a word of their own alphabet."""
    word = match[0]
    own = all(letter in FOREIGN or _FOREIGN.match(letter) for letter in word if not letter.isdigit())
    return word if own and not any(letter.isdigit() for letter in word) else word.translate(_TABLE)


BATCH = 256
"""Texts that go through the model together."""
_PIECE = 20_000
_OVERLAP = 400
"""A long text is read in pieces of so many characters; what stands across a cut is whole in one of the two."""


def find(text: str, *, entities: Collection[Entity] = ENTITIES) -> list[PersonalFinding]:
    """Find the personal data in a text, by kind and place, in the order of the text.

    `start` and `end` count code points of the text as given. Raises TextsError without the model that PERSON needs.
    """
    return next(find_all([text], entities=entities))


def find_all(texts: Iterable[str], *, entities: Collection[Entity] = ENTITIES) -> Iterator[list[PersonalFinding]]:
    """The personal data in each text, in their order; texts are read batch by batch."""
    kinds = tuple(entity for entity in ENTITIES if entity in entities)
    source = iter(texts)
    while batch := list(islice(source, BATCH)):
        yield from find_batch(batch, kinds)


def answer_lines(file: IO[bytes]) -> Iterator[tuple[TextLine, dict[str, Any]]]:
    """Each line of a file with its answer `{"id", "findings"}`; null and an `error` for one that cannot be read.

    Statements of health, which only the audit counts, are not reported.
    """
    lines, texts = tee(read_lines(file))
    kinds = [entity for entity in ENTITIES if entity != "HEALTH"]
    for line, found in zip(lines, find_all((each.text for each in texts), entities=kinds), strict=True):
        if line.fault:
            yield line, {"id": line.id, "findings": None, "error": fault_told(line)}
        else:
            yield line, {"id": line.id, "findings": [each.document() for each in found]}


def find_batch(texts: list[str], entities: tuple[Entity, ...]) -> list[list[PersonalFinding]]:
    """The personal data in each text of a batch."""
    from boussole.audits.texts.personal.recognisers import LANGUAGE, analyser, nothing_read

    cleaned = [clean(text) for text in texts]
    pieces = [(at, span) for at, each in enumerate(cleaned) for span in _pieces(each.text)]
    read = [cleaned[at].text[start:end] for at, (start, end) in pieces]
    engine = analyser()
    if "PERSON" in entities:
        artifacts = (each for _, each in engine.nlp_engine.process_batch(read, LANGUAGE))
    else:
        artifacts = (nothing_read() for _ in read)
    found: list[list[PersonalFinding]] = [[] for _ in texts]
    for (at, (start, _)), text, each in zip(pieces, read, artifacts, strict=True):
        if entities:
            results = engine.analyze(text, LANGUAGE, entities=list(entities), nlp_artifacts=each)
            found[at] += (
                PersonalFinding(start + one.start, start + one.end, cast("Entity", one.entity_type)) for one in results
            )
    return [_original(each, kept) for each, kept in zip(cleaned, found, strict=True)]


def _pieces(text: str) -> Iterator[Span]:
    """A text in pieces that overlap, each short enough to be read at once."""
    start = 0
    while start == 0 or start + _OVERLAP < len(text):
        yield start, min(len(text), start + _PIECE)
        start += _PIECE - _OVERLAP


def _original(cleaned: CleanText, found: list[PersonalFinding]) -> list[PersonalFinding]:
    """Findings without overlaps, where they stand in the text as it was given."""
    return [PersonalFinding(*cleaned.original((each.start, each.end)), each.entity) for each in without_overlaps(found)]
