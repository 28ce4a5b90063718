"""A text as an example that may be shown: redacted, looked at again, and refused where that cannot be trusted.

Everything here fails closed: what cannot be read for sure, or in which something is still found, is no example.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.checking import check_text
from boussole.audits.texts.personal.caution import TAKEN_OUT, joined, without_forms, without_strange_words
from boussole.audits.texts.personal.clean import clean
from boussole.audits.texts.personal.detector import find
from boussole.audits.texts.personal.findings import ENTITIES, Span
from boussole.audits.texts.personal.names import plain
from boussole.audits.texts.personal.redact import redact, replaced
from boussole.audits.texts.tongue import FRENCH, UNDETERMINED

LONGEST = 5_000
"""Characters of a text that can be an example: a person has to read it before it is shown."""
FEWEST_WORDS = 3
"""Words that must be left for an example to say anything."""
MARK = re.compile(rf"\[(?:{'|'.join(ENTITIES)}|…)\]")
"""What stands for something that was taken out."""
_SEEN_THROUGH = 5
"""Times that what hides is taken off: a text that still hides something then was made to."""
_SOLID = re.compile(r"\S{100}")
_NUMBER = re.compile(r"(?<!\w)\w{0,3}\d(?:[ .,/_-]{0,2}\d){6,}\w{0,3}(?!\w)")
_ADDRESS = re.compile(r"\S*@\S*|\b(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CHOSEN = re.compile(r"\w[\w’'-]+")
_BETWEEN = re.compile(r"\s*\n\s*|(?<=[.!?])\s+")
_ODD = frozenset({"Cc", "Cn", "Co", "Cs"})
_LINE_WORDS = 5
"""Words of a line from which its own language is asked for."""

REASONS = {
    "none": ("no text of this system that is still kept fits.", "Choose another period or another finding."),
    "unknown": ("no text with this id is kept.", "Check the id; a text that was purged is gone for good."),
    "no_texts": ("this system keeps no text.", "Its file says so (`kept: false`), or declares no log of texts."),
    "no_term": (
        "the file of the system does not say for how long its texts are kept.",
        "Write `texts: {retain_days: …}` under `generations`: an example is never kept longer than its text.",
    ),
    "long": ("the text is too long to be read by a person.", "Draw another one."),
    "binary": ("it holds characters or strings that are no text.", "Draw another one."),
    "language": ("it is not in French from end to end: names in it would be missed.", "Draw another one."),
    "found": ("after it was redacted, something was still found in it.", "Draw another one."),
    "left": ("nothing is left of it once it is redacted.", "Draw another one."),
    "over": ("this draft is over, or was drawn by somebody else.", "Draw an example anew."),
    "changed": ("this text is no longer what was read.", "Draw an example anew."),
    "day": ("the example would be shown for longer than its text is kept.", "Give an earlier day."),
    "passed": ("this day has passed.", "Give one to come."),
    "ended": ("this example is no longer shown.", "Nothing was done."),
    "unread": ("this example is missing, or is not what was sealed: it is not shown.", "Tell whoever runs the server."),
}
"""Why there is no example: what is wrong, and the next step."""


class ExampleError(BoussoleError):
    """A text that is no example, or an example that cannot be shown; it never quotes the text."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        what, step = REASONS[reason]
        super().__init__(what, next_step=step)


def redacted(text: str) -> str:
    """A text as an example: without what hides in it, each piece of personal data replaced by its kind.

    Longer numbers, addresses of e-mail and of pages go too, whatever they are. Names can escape the detector
    (docs/personal.md says how many): whoever releases the example has read it.

    Raises ExampleError where the text cannot be read for sure or something is still found in it, TextsError where the
    extra `texts` is not installed.

    >>> redacted("Madame Zoé Martin, nous vous appelons au 06 12 34 56 78 pour votre entretien.")
    'Madame [PERSON], nous vous appelons au [PHONE] pour votre entretien.'
    """
    plain = _plain(text)
    _hold_french(plain)
    shown = _across_lines(redact(joined(plain)))
    shown = _NUMBER.sub(TAKEN_OUT, _ADDRESS.sub(_unless_mark, without_forms(shown)))
    return held(without_strange_words(shown))


def _across_lines(text: str) -> str:
    """A redacted text without what is found in it only once its lines are read as one."""
    return replaced(text, find(text.replace("\n", " ")))


def held(shown: str) -> str:
    """A redacted text once nothing is found in it any more, however its lines are broken. Raises ExampleError."""
    for view in (shown, " ".join(shown.split()), MARK.sub(" ", shown)):
        marks = [match.span() for match in MARK.finditer(view)]
        if any(not _within(each.start, each.end, marks) for each in find(view)):
            raise ExampleError("found")
    if len(_WORD.findall(MARK.sub(" ", shown))) < FEWEST_WORDS:
        raise ExampleError("left")
    return shown


def blacked_out(shown: str, spans: Sequence[Span]) -> str:
    """A redacted text without some parts of it; a word goes wherever it stands, also as a part of a longer one with a
    hyphen, in capitals or not, with its accents or without. Nothing that was taken out comes back.

    >>> blacked_out("Bonjour Zoé, merci Zoé-Lou.", [(8, 11)])
    'Bonjour […], merci […]-Lou.'
    """
    marks = [match.span() for match in MARK.finditer(shown)]
    words = {plain(shown[start:end]) for start, end in spans if _CHOSEN.fullmatch(shown[start:end])}
    flat = plain(shown) if len(plain(shown)) == len(shown) else shown
    again = [found for word in words for found in _standing(flat, word)]
    out = bytearray(len(shown))
    for start, end in [*spans, *again]:
        out[max(start, 0) : end] = b"\1" * len(out[max(start, 0) : end])
    for start, end in marks:  # a mark stays whole, or goes whole
        out[start:end] = (b"\1" if all(out[start:end]) else b"\0") * (end - start)
    parts, at = list[str](), 0
    while at < len(shown):
        upto = at
        while upto < len(shown) and out[upto] == out[at]:
            upto += 1
        parts.append(TAKEN_OUT if out[at] else shown[at:upto])
        at = upto
    return "".join(parts)


def _standing(text: str, word: str) -> Iterator[Span]:
    """Where a word stands by itself, or beside a hyphen or an apostrophe."""
    return (match.span() for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def choices(shown: str) -> Iterator[Span]:
    """What a person may want to take out of a redacted text: each word with a capital letter or a figure where it
    first stands, then each line and sentence."""
    marks, met = [match.span() for match in MARK.finditer(shown)], set[str]()
    for match in _CHOSEN.finditer(shown):
        word = match[0]
        told = word[0].isupper() or any(letter.isdigit() for letter in word)
        if told and word not in met and not _within(*match.span(), marks):
            met.add(word)
            yield match.span()
    for start, end in _pieces(shown):
        if len(_WORD.findall(MARK.sub(" ", shown[start:end]))) > 1:
            yield start, end


def _pieces(shown: str) -> Iterator[Span]:
    """Where each line, or sentence of a line, stands."""
    last = 0
    for match in _BETWEEN.finditer(shown):
        yield last, match.start()
        last = match.end()
    yield last, len(shown)


def _plain(text: str) -> str:
    """What a reader sees of a text, every character of it plain. Raises ExampleError."""
    if len(text) > LONGEST:
        raise ExampleError("long")
    lines = "\n".join(text.splitlines())
    if "\ufffd" in text or any(unicodedata.category(each) in _ODD and each not in "\n\t" for each in lines):
        raise ExampleError("binary")
    plain = lines
    for _ in range(_SEEN_THROUGH):
        seen = unicodedata.normalize("NFC", clean(plain).text)
        seen = "".join(each for each in seen if unicodedata.category(each) != "Cf")
        if seen == plain:
            break
        plain = seen
    else:
        raise ExampleError("binary")
    if _SOLID.search(plain) or any(unicodedata.category(each) in _ODD and each != "\n" for each in plain):
        raise ExampleError("binary")
    return plain.strip()


def _hold_french(text: str) -> None:
    """Raises ExampleError for a text that is not in French throughout: by its letters, as a whole and line by line."""
    if any(each.isalpha() and not unicodedata.name(each, "").startswith("LATIN") for each in text if each not in "ªº"):
        raise ExampleError("language")
    if check_text(text).language != FRENCH:
        raise ExampleError("language")
    lines = (line for line in _BETWEEN.split(text) if len(_WORD.findall(line)) >= _LINE_WORDS)
    if any(check_text(line).language not in (FRENCH, UNDETERMINED) for line in lines):
        raise ExampleError("language")


def _unless_mark(match: re.Match[str]) -> str:
    """An address without its words; the marks in it stay."""
    return "".join(MARK.findall(match[0])) or TAKEN_OUT


def _within(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether one of these spans holds it whole."""
    return any(first <= start and end <= last for first, last in spans)
