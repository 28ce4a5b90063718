"""What differs between two runs of the same product, or goes with its history: taken out of every golden value here."""

from __future__ import annotations

import re
from typing import Any

DAY = "2026-11-30"
"""The day on which everything is made: what the product reads of the clock."""
VERSION_FIELDS = frozenset({"rule", "snapshot", "code", "root", "leaf_hash", "size_bytes"})
"""Fields that number versions of the product or of the lake, or that hash what contains them."""
NUMBERED = re.compile(r"^(boussole\.[a-z_]+)/\d+$")
"""The name of a kind of document, with the version of its form."""
IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"/[^\s\"'<>:]*?/golden-[a-z0-9_]{8}\b", "<folder>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"(?:sha256:)?\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b", "<hash>"),
        (r"\b[0-9a-f]{8,}(?=…)", "<hash>"),
        (r"\b([a-z])_[0-9a-f]{8}\b", r"<\1>"),
        (r"(?<=\+)[0-9a-f]{8}(?=\+)", "<key>"),
        (r"[A-Za-z0-9+/]{40,}={0,2}", "<bytes>"),
        (r"\b([Ss]napshot|[Ii]nstantané) \d+\b", r"\1 <number>"),
        (r"((?:30 November 2026|[Tt]oday) at )\d\d?:\d\d", r"\1<hour>"),
        (r"((?:30 novembre 2026|[Aa]ujourd’hui) à )\d\d?[\s\u202f\xa0]h[\s\u202f\xa0]\d\d", r"\1<hour>"),
        (rf"{DAY}([T ])\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", rf"{DAY}\1<hour>"),
    )
)


def normalise(value: Any) -> Any:
    """A JSON value without what is volatile in it.

    >>> normalise({"rule": 10, "schema": "boussole.audit/1", "at": "2026-11-30T09:00:01Z", "value": 0.5})
    {'schema': 'boussole.audit', 'at': '2026-11-30T<hour>', 'value': 0.5}
    """
    if isinstance(value, dict):
        return {normalise_text(key): normalise(each) for key, each in value.items() if not _is_volatile(key, each)}
    if isinstance(value, list):
        return [normalise(each) for each in value]
    return normalise_text(NUMBERED.sub(r"\1", value)) if isinstance(value, str) else value


def normalise_text(text: str) -> str:
    """A text without what is volatile in it.

    >>> normalise_text("entry 5, " + "0f" * 32 + ", of m_2aaa1c0c")
    'entry 5, <hash>, of <m>'
    """
    for pattern, instead in IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def _is_volatile(key: str, value: Any) -> bool:
    """`method` is how an interval was made, but for the number of a version of all methods."""
    return key in VERSION_FIELDS or (key == "method" and isinstance(value, int))
