"""What a text of a charter may be: plain words of a sensible length, without markup or characters that mislead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

LONGEST = {
    "title": 160,
    "label": 60,
    "question": 320,
    "source": 300,
    "commitment": 600,
    "person": 600,
    "agent": 600,
    "words": 80,
}
LONGEST_OTHER = 1200
"""Most characters of a text, by the key it stands under."""
MARKUP = {
    "an HTML tag": re.compile(r"</?[A-Za-z!?][^>]{0,200}>?"),
    "an HTML entity": re.compile(r"&#?\w{1,31};"),
    "a Markdown link": re.compile(r"!?\[[^\]]{0,400}\]\([^)]{0,400}\)"),
    "Markdown emphasis": re.compile(r"\*\*|__"),
}
JOINERS = ("\u200c", "\u200d", "\u00ad")
"""Invisible characters that writing needs: joiners of scripts that have them, the soft hyphen."""
HIDDEN = ("Cc", "Cf", "Co", "Cs", "Cn")
"""Categories of characters that are not seen, or differ from reader to reader."""
PLACEHOLDER = re.compile(r"\{[^}]{0,100}\}")


def amiss(text: str, path: Sequence[str | int]) -> Iterator[str]:
    """What is wrong with a text that stands at a key path; one sentence each, with the next step.

    >>> list(amiss("<b>Fair</b>", ("title", "en")))
    ['title.en holds an HTML tag (<b>); texts are plain words: remove it.']
    """
    place = ".".join(str(part) for part in path)
    longest = limit(path)
    if len(text) > longest:
        yield f"{place} has {len(text):,} characters and may have {longest:,}: shorten it."
    elif not text.strip():
        yield f"{place} is empty: write it, or remove the key."
    start = text[: 4 * LONGEST_OTHER]
    for what, pattern in MARKUP.items():
        if found := pattern.search(start):
            yield f"{place} holds {what} ({found.group()[:40]}); texts are plain words: remove it."
    if hidden := next((c for c in start if hides(c)), None):
        name = unicodedata.name(hidden, "a control character").lower()
        yield f"{place} holds U+{ord(hidden):04X} ({name}), which no reader sees: remove it."
    if "question" not in path and (found := PLACEHOLDER.search(start)):
        yield f"{place} holds {found.group()[:40]}, which is filled in only in a question: write the words."


def limit(path: Sequence[str | int]) -> int:
    """Most characters of the text at a key path."""
    named = [part for part in path if isinstance(part, str)]
    if named[:1] == ["words"]:
        return LONGEST["words"]
    return next((LONGEST[part] for part in reversed(named) if part in LONGEST), LONGEST_OTHER)


def hides(character: str) -> bool:
    """Whether a character is invisible, turns the direction of writing, or means nothing.

    >>> [hides(c) for c in ("a", "\\n", "\\u202e", "\\x07", "\\u200d")]
    [False, False, True, True, False]
    """
    return unicodedata.category(character) in HIDDEN and character not in ("\n", *JOINERS)
