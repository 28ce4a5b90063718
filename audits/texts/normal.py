"""The normal form of a text: ASCII small letters without what hides a term, with places in the text as written.

Accents, letters that look alike, zero-width characters, marks of direction, HTML and spaced letters are undone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import re2

from boussole.audits.texts.lookalikes import LOOKALIKES

_KEPT = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿŸ"
_SINGLE = {
    **{letter: unicodedata.normalize("NFD", letter)[0].lower() for letter in _KEPT},
    **dict.fromkeys("’‘`´‚", "'"),
    **dict.fromkeys("“”«»„", '"'),
    **dict.fromkeys("–—\u2010\u2011\u2012\u2015\u2212", "-"),
    **dict.fromkeys("·•\u2027\u22c5\u2219\u30fb", "."),
    **dict.fromkeys("\t\x0b\x0c\xa0\u202f", " "),
    **dict.fromkeys("\r\x85\u2028\u2029", "\n"),
    "…": ".",
    "€": " ",
    "°": " ",
}
"""Characters that become one other."""


def _cp1252(letter: str) -> int:
    try:
        return letter.encode("cp1252")[0]
    except UnicodeEncodeError:
        return -1


def _table() -> bytes:
    made = bytearray(b" " * 256)
    made[0x20:0x7F] = bytes(range(0x20, 0x7F)).lower()
    made[0x0A] = 0x0A
    for letter, becomes in _SINGLE.items():
        if (place := _cp1252(letter)) >= 0:
            made[place] = ord(becomes)
    return bytes(made)


_TABLE = _table()
_FAST = "".join(letter for letter in _SINGLE if _cp1252(letter) >= 0)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{0,4000}>|<!--|<[!?][^<>]{0,4000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ALONE = (
    "".join(map(chr, range(0x20, 0x7F))).translate({ord("<"): None, ord("&"): None}).encode()
    + b"\n"
    + _FAST.encode("cp1252")
)
"""Characters of which each becomes one other, whatever stands beside it."""
_SPECIAL = re.compile(rf"{_TAG.pattern}|{_ENTITY.pattern}|[^\x20-\x7e\n{re.escape(_FAST)}]")
_IN_LINES = "a abbr b bdi bdo big cite code em font i ins mark s small span strong sub sup tt u wbr"
_INLINE = frozenset(_IN_LINES.split())
_UNSEEN = {"script": "</script", "style": "</style", "!--": "-->"}
_SPACED = re.compile(rb"(?<![a-z0-9'])[a-z](?:([ .*_-])[a-z])(?:\1[a-z]){2,}(?![a-z0-9])")
_SPACED_OUT = re2.compile(rb"\b[a-z][ .*_-][a-z][ .*_-][a-z][ .*_-][a-z]\b")
"""Whether it is worth looking: fast."""
_OVERRIDE, _ENDS_OVERRIDE = "\u202e", re.compile("[\u202c\n]")


@dataclass(frozen=True)
class Normal:
    """A text in its normal form, with `starts`, `sources` and `ends` of its pieces, there and as written."""

    text: bytes
    starts: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    ends: tuple[int | None, ...] = ()
    order: tuple[int, ...] = ()
    """Where text was turned round by a mark of direction: the place of each character as it is read."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text as written (in characters) a place of the normal form lies."""
        if self.starts:
            first, last = self._piece(start), self._piece(end - 1)
            source_end = self.ends[last]
            end = self.sources[last] + end - self.starts[last] if source_end is None else source_end
            begun = self.ends[first] is None
            start = self.sources[first] + (start - self.starts[first] if begun else 0)
        if self.order:
            places = self.order[start:end]
            return min(places), max(places) + 1
        return start, end

    def _piece(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1


def normalise(text: str) -> Normal:
    """Bring a text into its normal form."""
    order: tuple[int, ...] = ()
    if _OVERRIDE in text:
        order = _as_read(text)
        text = "".join(text[place] for place in order)
    plain = text.replace("\u202f", "\xa0")
    found = _one_for_one(plain) or _mapped(plain)
    if _SPACED_OUT.search(found.text):
        found = _closed_up(found)
    return Normal(found.text, found.starts, found.sources, found.ends, order) if order else found


def _one_for_one(text: str) -> Normal | None:
    """The normal form of a text of which each character becomes one; None of any other."""
    try:
        written = text.encode("cp1252")
    except UnicodeEncodeError:
        return None
    return None if written.translate(None, _ALONE) else Normal(written.translate(_TABLE))


class _Pieces:
    """The pieces of a normal form, as they are found."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.starts: list[int] = []
        self.sources: list[int] = []
        self.ends: list[int | None] = []
        self.length = 0

    def add(self, text: bytes, source: int, end: int | None) -> None:
        if text:
            self.texts.append(text)
            self.starts.append(self.length)
            self.sources.append(source)
            self.ends.append(end)
            self.length += len(text)

    def whole(self) -> Normal:
        return Normal(b"".join(self.texts), tuple(self.starts), tuple(self.sources), tuple(self.ends))


def _mapped(text: str) -> Normal:
    """The normal form of a text of which some characters are not one for one."""
    pieces, done, hidden = _Pieces(), 0, _Hidden(text)
    for found in _SPECIAL.finditer(text):
        place = found.start()
        if place < done:
            continue
        becomes, end = _becomes(text, place, hidden)
        pieces.add(text[done:place].encode("cp1252").translate(_TABLE), done, None)
        pieces.add(becomes.encode("ascii", "replace"), place, end)
        done = end
    pieces.add(text[done:].encode("cp1252").translate(_TABLE), done, None)
    return pieces.whole()


class _Hidden:
    """Where what a browser does not show ends; each kind of end is looked for once where there is none."""

    def __init__(self, text: str) -> None:
        self.text, self.missing = text, set[str]()

    def end(self, kind: str, place: int) -> int | None:
        if kind in self.missing:
            return None
        found = re.compile(re.escape(_UNSEEN[kind]), re.IGNORECASE).search(self.text, place)
        if found is None:
            self.missing.add(kind)
            return None
        if kind == "!--":
            return found.end()
        closed = self.text.find(">", found.end())
        return closed + 1 if closed >= 0 else found.end()


def _becomes(text: str, place: int, hidden: _Hidden) -> tuple[str, int]:
    """What stands for the characters from a place on, and where they end."""
    letter = text[place]
    if letter == "<":
        return _of_tag(text, place, hidden)
    if letter == "&":
        entity = _ENTITY.match(text, place)
        return ("".join(map(_of_letter, html.unescape(entity[0]))), entity.end()) if entity else (" ", place + 1)
    return _of_letter(letter), place + 1


def _of_tag(text: str, place: int, hidden: _Hidden) -> tuple[str, int]:
    tag = _TAG.match(text, place)
    if tag is None:
        return " ", place + 1
    name = "!--" if tag[0] == "<!--" else (tag[1] or "").lower()
    if name in _UNSEEN and not tag[0].startswith("</"):
        end = hidden.end(name, tag.end())
        return ("" if name == "!--" else "\n"), end if end is not None else tag.end()
    return ("" if name in _INLINE or not name else "\n"), tag.end()


def _of_letter(letter: str) -> str:
    """What stands for one character: what it looks like, nothing if it is not seen, else a space."""
    if letter in _SINGLE:
        return _SINGLE[letter]
    if letter in LOOKALIKES:
        return LOOKALIKES[letter]
    if letter == "\n" or " " <= letter <= "~":
        return letter.lower()
    made = "".join(
        _SINGLE.get(each, LOOKALIKES.get(each, each)).lower()
        for each in unicodedata.normalize("NFKD", letter)
        if unicodedata.category(each) != "Mn"
    )
    if made.isascii() and made.isprintable() and (made or unicodedata.category(letter) == "Mn"):
        return made
    return "" if unicodedata.category(letter) in ("Cf", "Mn", "Me") else " "


def _closed_up(found: Normal) -> Normal:
    """The same, with words of single letters closed up: `h o m m e` is `homme`."""
    pieces, done = _Pieces(), 0
    for word in _SPACED.finditer(found.text):
        _copy(pieces, found, done, word.start())
        for place in range(word.start(), word.end(), 2):
            pieces.add(found.text[place : place + 1], *found.span(place, place + 1))
        done = word.end()
    _copy(pieces, found, done, len(found.text))
    return pieces.whole()


def _copy(pieces: _Pieces, found: Normal, start: int, end: int) -> None:
    """Takes the pieces of another normal form over, between two places."""
    if not found.starts:
        pieces.add(found.text[start:end], start, None)
        return
    bounds = [*found.starts, len(found.text)]
    for number, (first, last) in enumerate(pairwise(bounds)):
        low, high = max(first, start), min(last, end)
        if low < high:
            source_end = found.ends[number]
            source = found.sources[number] + (low - first if source_end is None else 0)
            pieces.add(found.text[low:high], source, source_end)


def _as_read(text: str) -> tuple[int, ...]:
    """The places of a text in the order in which it is read, where a right-to-left override turns some of it round."""
    order: list[int] = []
    done = 0
    while (mark := text.find(_OVERRIDE, done)) >= 0:
        ended = _ENDS_OVERRIDE.search(text, mark)
        end = ended.start() if ended else len(text)
        order += [*range(done, mark), *range(end - 1, mark, -1)]
        done = end
    return (*order, *range(done, len(text)))
