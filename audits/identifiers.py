"""Identifiers: names of systems, groups and questions in files, commands and addresses."""

from __future__ import annotations

import re
import unicodedata

PATTERN = "[a-z][a-z0-9_]{0,47}"


def is_identifier(text: str) -> bool:
    return re.fullmatch(PATTERN, text) is not None


def unaccented(text: str) -> str:
    """Lower case without accents.

    >>> unaccented("Décidé")
    'decide'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def identifier_of(text: str, *, start: str) -> str:
    """An identifier made of a text; `start` goes before one that does not begin with a letter.

    >>> identifier_of("Trad’Emploi, Décisions", start="use"), identifier_of("3 en 1", start="use")
    ('trad_emploi_decisions', 'use_3_en_1')
    >>> identifier_of("招聘", start="use")
    'use'
    """
    found = "_".join(re.findall(r"[a-z0-9]+", unaccented(text)))
    return (found if found[:1].isalpha() else f"{start}_{found}")[:48].rstrip("_")


def identifier_refusal(text: str) -> str:
    """Why a text cannot be an identifier, with one that can.

    >>> identifier_refusal("My System").split(", ")
    ['`My System` cannot be an identifier: use at most 48 lower-case letters', 'digits and _', 'starting with \
a letter', 'for example `my_system`']
    """
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return (
        f"`{shown}` cannot be an identifier: use at most 48 lower-case letters, digits and _, starting with a "
        f"letter, for example `{identifier_of(text, start='system')}`"
    )
