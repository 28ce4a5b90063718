"""Text with passages in another language than the text around them, so that output can say which (WCAG 3.1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from string import Formatter

Passage = tuple[str, str | None]
"""A piece of a text and the code of its language; None where it is that of the text around."""


class MixedText(str):
    """A text and its passages with their languages, in order."""

    passages: tuple[Passage, ...]

    def __new__(cls, pieces: Iterable[Passage]) -> MixedText:
        kept = tuple((text, lang) for text, lang in pieces if text)
        made = super().__new__(cls, "".join(text for text, _ in kept))
        made.passages = kept
        return made

    def __reduce__(self) -> tuple[type[MixedText], tuple[tuple[Passage, ...]]]:
        return MixedText, (self.passages,)

    def __add__(self, other: str) -> MixedText:
        return MixedText((*self.passages, *passages(other)))

    def __radd__(self, other: str) -> MixedText:
        return MixedText((*passages(other), *self.passages))

    def rstrip(self, chars: str | None = None) -> MixedText:
        *before, (text, lang) = self.passages or (("", None),)
        return MixedText((*before, (text.rstrip(chars), lang)))


def foreign(text: str, lang: str) -> MixedText:
    """A text that is all in another language."""
    return MixedText([(text, lang)])


def passages(text: str) -> tuple[Passage, ...]:
    """The passages of any text: one, unless it is mixed."""
    return text.passages if isinstance(text, MixedText) else ((str(text), None),)


def begun(text: str, change: Callable[[str], str]) -> str:
    """A text whose first passage is changed, as for a capital."""
    if not isinstance(text, MixedText):
        return change(text)
    first, *others = text.passages or (("", None),)
    return MixedText([(change(first[0]), first[1]), *others])


def around(text: str, change: Callable[[str], str]) -> str:
    """A text changed but for its passages in other languages, which have their own typography."""
    if not isinstance(text, MixedText):
        return change(text)
    return MixedText([(piece if lang else change(piece), lang) for piece, lang in text.passages])


def filled(message: str, values: Mapping[str, str]) -> str:
    """Fill a message with values, which keep their languages."""
    if not any(isinstance(value, MixedText) for value in values.values()):
        return message.format(**values)
    found: list[Passage] = []
    for literal, name, _, _ in Formatter().parse(message):
        found += [(literal, None), *(passages(values[name]) if name is not None else ())]
    return MixedText(found)


def joined(between: str, texts: Iterable[str]) -> str:
    """Join texts, which keep their languages."""
    listed = list(texts)
    if not any(isinstance(text, MixedText) for text in listed):
        return between.join(listed)
    found = [piece for text in listed for piece in ((between, None), *passages(text))]
    return MixedText(found[1:])


def marked(text: str, name: str) -> str:
    """Mark a name in another language wherever it stands in a text as a word of its own."""
    if not isinstance(name, MixedText) or len(name.passages) != 1:
        return text
    word, whole = name.passages[0], re.compile(rf"(?<!\w)({re.escape(name)})(?!\w)")
    found: list[Passage] = []
    for piece, lang in passages(text):
        parts = [(piece, lang)] if lang else [(part, None) for part in whole.split(piece)]
        found += [word if part == (word[0], None) else part for part in parts]
    return MixedText(found) if word in found else text
