"""Text that the bundled fonts can print: anything else is written as ⟨U+XXXX⟩, never dropped."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont

from boussole.dashboard.markup.fontfiles import FOLDER

_KEPT = "\n\u00ad"
_NEVER = ("Cc", "Cf", "Cn", "Co", "Cs")
"""Control, format, unassigned, private-use and surrogate characters: Typst fails on some, others hide or reorder."""


@cache
def _drawn() -> frozenset[int]:
    """The characters that at least one bundled font can draw."""
    return frozenset(
        code for path in sorted(FOLDER.glob("*.ttf")) for code in (TTFont(path, lazy=True).getBestCmap() or {})
    )


def printable(text: str) -> str:
    """The text with every character that cannot be printed replaced by its code.

    >>> printable("Élan\\x00 漢")
    'Élan⟨U+0000⟩ ⟨U+6F22⟩'
    """
    return "".join(char if _prints(char) else f"⟨U+{ord(char):04X}⟩" for char in text)


def _prints(char: str) -> bool:
    return char in _KEPT or (ord(char) in _drawn() and unicodedata.category(char) not in _NEVER)


def all_printable(data: Any) -> Any:
    """The same data with every text in it made printable."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, Mapping):
        return {key: all_printable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [all_printable(value) for value in data]
    return data
