"""Words that speak of a person's name, and words that speak of something else with a capital letter."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from boussole.audits.texts.personal.words import listed

_BARE = {code: bare for code in range(0xC0, 0x250) if (bare := unicodedata.normalize("NFD", chr(code))[0]) != chr(code)}
"""Latin letters without their accents."""


def plain(word: str) -> str:
    """Return a word in small letters without accents."""
    return word.lower().translate(_BARE)


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names, without accents and in small letters: all of them, and those that are hardly anything else."""
    every: set[str] = set()
    doubtful: set[str] = set()
    for line in (Path(__file__).parent / "first_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            (doubtful if line.startswith("?") else every).update(plain(word) for word in line.lstrip("?").split())
    return frozenset(every | doubtful), frozenset(every - doubtful)


def is_first_name(word: str, *, sure: bool = False) -> bool:
    """Whether a word is a first name; `sure` leaves out those that are a word, a place or a surname as well."""
    every, certain = first_names()
    known = certain if sure else every
    low = plain(word)
    if low in known:
        return True
    parts = low.split("-")
    return len(parts) == 2 and all(part in every for part in parts)


NOT_NAMES = frozenset(listed("not_names"))
"""Words that begin with a capital letter and are no name, without accents and in small letters."""
COMPANIES = frozenset(listed("companies"))
"""Names of companies and of places, many of them those of people long dead, without accents and in small letters."""
SURNAMES = frozenset(listed("surnames"))
"""Of these, the words that are surnames after a title or a first name: months, towns, trades."""
