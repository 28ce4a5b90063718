"""Identifiers: names of systems, groups and questions in files, commands and addresses."""

from __future__ import annotations

import re
import unicodedata

PATTERN = "[a-z][a-z0-9_]{0,47}"


def is_identifier(text: str) -> bool:
    return re.fullmatch(PATTERN, text) is not None


def unaccented(text: str) -> str:
    """Return the text in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def identifier_of(text: str, *, start: str) -> str:
    """Make an identifier of a text; `start` goes before one that does not begin with a letter."""
    found = "_".join(re.findall(r"[a-z0-9]+", unaccented(text)))
    return (found if found[:1].isalpha() else f"{start}_{found}")[:48].rstrip("_")


def identifier_refusal(text: str) -> str:
    """Explain why a text cannot be an identifier, and suggest one that can."""
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return (
        f"`{shown}` cannot be an identifier: use at most 48 lower-case letters, digits and _, starting with a "
        f"letter, for example `{identifier_of(text, start='system')}`"
    )
