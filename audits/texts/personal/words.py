"""Words that recognisers look for, from `words.txt`: lists of them by name, ready for a regular expression."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


def either(name: str) -> str:
    """Return a list of words as alternatives of a regular expression, in brackets."""
    return f"(?:{'|'.join(listed(name))})"


def listed(name: str) -> tuple[str, ...]:
    """A list of words; a blank inside a word is written as ~ in the file."""
    return _lists()[name]


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    text = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8")
    found = re.split(r"^## (\w+): .*$", text, flags=re.MULTILINE)[1:]
    return {
        name: tuple(word.replace("~", " ") for word in words.split())
        for name, words in zip(found[::2], found[1::2], strict=True)
    }
