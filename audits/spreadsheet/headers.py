"""Which column a header means: in French or English, whatever its accents, case, punctuation and place."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from boussole.audits.spreadsheet.columns import COLUMNS, RegisterColumn

Meaning = tuple[RegisterColumn, str]
"""A column, and the language of its texts."""

LANGUAGE = {"fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en", "english": "en"}
EMPTY_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "the", "of", "a", "au", "aux", "eur", "euros"})


def plain(text: str) -> str:
    """A text without accents, case and punctuation.

    >>> plain("  Coût d’exploitation (€) ")
    'cout d exploitation'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def meaning(header: str) -> Meaning | None:
    """The column that a header means, or None.

    >>> [(column.key, lang) for column, lang in [meaning("FINALITE"), meaning("Purpose (French)")]]
    [('purpose', 'fr'), ('purpose', 'fr')]
    """
    words = plain(header).split()
    said = LANGUAGE.get(words[-1]) if len(words) > 1 else None
    found = _known().get(_signature(words[:-1] if said else words))
    if found is None:
        return None
    column, lang = found
    return column, said or lang


def likely(header: str) -> str | None:
    """The known name that a header is probably a slip of."""
    names = {plain(name): name for column in COLUMNS for name in column.names}
    close = difflib.get_close_matches(plain(header), names, n=1, cutoff=0.8)
    return names[close[0]] if close else None


def read_headers(cells: Sequence[str]) -> Mapping[int, Meaning]:
    """The columns that a row of headers names, by their place.

    A name that is the same in both languages is in that of most others.
    """
    found = {place: known for place, cell in enumerate(cells) if cell and (known := meaning(cell))}
    clear = [_language_of_name(cells[place], column) for place, (column, _) in found.items()]
    most = "en" if clear.count("en") > clear.count("fr") else "fr"
    return {place: (column, most if _either(cells[place], column) else lang) for place, (column, lang) in found.items()}


def _either(header: str, column: RegisterColumn) -> bool:
    return {plain(header)} == {plain(name) for name in column.names}


def _language_of_name(header: str, column: RegisterColumn) -> str | None:
    """The language of a header that is a column's own name in one language only."""
    names = [plain(name) for name in column.names]
    return None if _either(header, column) or plain(header) not in names else ("fr", "en")[names.index(plain(header))]


@cache
def _known() -> Mapping[str, Meaning]:
    """Every name by its words."""
    found: dict[str, Meaning] = {}
    for column in COLUMNS:
        for lang, name in (("fr", column.names[0]), ("en", column.names[1])):
            found.setdefault(_signature(plain(name).split()), (column, lang))
    for column in COLUMNS:
        for name in column.also:
            found.setdefault(_signature(plain(name).split()), (column, _language_of(name)))
    return found


ENGLISH = frozenset({"title", "use", "case", "system", "benefits"})


def _language_of(name: str) -> str:
    return "en" if set(plain(name).split()) & ENGLISH else "fr"


def _signature(words: Sequence[str]) -> str:
    """The words in no order, without those that say nothing."""
    return " ".join(sorted(word for word in words if word not in EMPTY_WORDS))
