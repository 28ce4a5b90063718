"""Guessing whom the groups of a sensitive feature are compared with.

Each family by what is known of it, never by letters that mean one thing here and another there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from boussole.audits.scaffold import words as w
from boussole.audits.scaffold.words import plain
from boussole.audits.systems.parts import band_names

LOWER = re.compile(r"^(<|less|under|moins|below|jusqu)")
"""How the name of the lowest band begins."""


def reference_of(family: str, values: Mapping[str, int]) -> tuple[str | None, str]:
    """The reference among the values of a feature (with their rows), and why: known of its family, else the largest.

    None where nothing tells: no value is known, and none is the largest.

    >>> reference_of("gender", {"H": 10, "F": 90}), reference_of("origin", {"H": 10, "W": 90})
    (('H', 'the word for men'), ('W', 'the largest, as no value says who others are compared with'))
    >>> reference_of("nationality", {"F": 5, "M": 5})
    (None, 'no value says which, and the largest are equal: each is compared with all others')
    """
    if family == "age" and (middle := middle_band(values)) is not None:
        return middle, "the band in the middle"
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


def middle_band(values: Mapping[str, int]) -> str | None:
    """The band in the middle of an odd number of bands of ages, by the numbers in their names.

    >>> middle_band({"Greater than 45": 1, "25 - 45": 9, "Less than 25": 3})
    '25 - 45'
    >>> middle_band({"young": 1, "old": 2, "50+": 1}), middle_band({"20-39": 1, "40+": 1})
    (None, None)
    """
    starts: dict[float, str] = {}
    for value in values:
        number = re.search(r"\d+", value)
        if number is None:
            return None
        starts[int(number[0]) - (0.5 if LOWER.match(plain(value)) else 0)] = value
    if len(starts) < len(values) or len(values) % 2 == 0 or len(values) < 3:
        return None
    return starts[sorted(starts)[len(starts) // 2]]


def middle_of_years(rows: Mapping[str, int], bands: list[float]) -> tuple[str | None, str]:
    """The band in the middle of those that ages are put in, where somebody is in it; else the largest."""
    names = band_names(bands)
    middle = names[len(names) // 2]
    return (middle, "the band in the middle") if rows.get(middle) else largest(rows)


def _word(value: str) -> str:
    return plain(value).strip(" .")
