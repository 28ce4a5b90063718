"""Guessing whom the groups of a sensitive feature are compared with.

Each family by what is known of it, never by letters that mean one thing here and another there.
"""

from __future__ import annotations

from collections.abc import Mapping

from boussole.audits.scaffold import words as w
from boussole.audits.scaffold.words import plain


def reference_of(family: str, values: Mapping[str, int]) -> tuple[str | None, str]:
    """The reference among the values of a feature (with their rows), and why: known of its family, else the largest.

    None where nothing tells: no value is known, and none is the largest.

    >>> reference_of("gender", {"H": 10, "F": 90}), reference_of("origin", {"H": 10, "W": 90})
    (('H', 'the word for men'), ('W', 'the largest, as no value says who others are compared with'))
    >>> reference_of("nationality", {"F": 5, "M": 5})
    (None, 'no value says which, and the largest are equal: each is compared with all others')
    """
    means, vocabulary = w.REFERENCES.get(family, ("", frozenset()))
    known = [value for value in values if _word(value) in vocabulary]
    if len(known) == 1:
        return known[0], means
    return largest(values)


def largest(values: Mapping[str, int]) -> tuple[str | None, str]:
    """The value with most rows; None where several have as many."""
    most = [value for value, rows in values.items() if rows == max(values.values())]
    if len(most) == 1:
        return most[0], "the largest, as no value says who others are compared with"
    return None, "no value says which, and the largest are equal: each is compared with all others"


def _word(value: str) -> str:
    return plain(value).strip(" .")
