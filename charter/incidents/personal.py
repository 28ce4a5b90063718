"""What in a text could lead to a person: addresses, telephone numbers, long numbers, and a name after a title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Trace = Literal["email", "phone", "account", "number", "name"]

PATTERNS: Mapping[Trace, re.Pattern[str]] = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "account": re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,4})?\b"),
    "phone": re.compile(
        r"(?<!\d)(?:\+\d{1,3}|00\d{1,3}|0)[\s.\u2010-\u2013-]?\d(?:[\s.\u2010-\u2013-]?\d{2}){4}(?!\d)"
    ),
    "number": re.compile(
        r"(?<![\d-])(?:\d{7,}[A-Z]?|[12]\s?\d{2}\s?\d{2}\s?\d[\dAB]\s?\d{3}\s?\d{3}(?:\s?\d{2})?)(?!\d)"
    ),
    "name": re.compile(
        r"\b(?:M\.|(?i:Mr\.?|Mme\.?|Mlle\.?|Mrs\.?|Ms\.?|Miss|Monsieur|Madame|Mademoiselle))\s+"
        r"(?:[A-ZÀ-ÖØ-Þ][\w’'-]*\.?\s+)*[A-ZÀ-ÖØ-Þ][\w’'-]+"
    ),
}
"""Spaces of any kind between the digits of a number that people know by heart (social security) do not hide it."""


def traces(text: str) -> list[Trace]:
    """What of a person a text seems to hold.

    >>> traces("Mme Durand a écrit à jean@exemple.fr"), traces("Une personne de 52 ans, dossier 1234567X")
    (['email', 'name'], ['number'])
    >>> traces("Madame la directrice a reçu 12 000 demandes le 25-11-2026."), traces("06 12 34 56 78")
    ([], ['phone'])
    """
    return [trace for trace, pattern in PATTERNS.items() if pattern.search(text)]
