"""One entry of the ledger: its row, the bytes that its leaf seals (RFC 8785), and what it may hold.

A payload holds ids, hashes, dates and whole numbers only, as nothing can be erased from a Merkle log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Row, String, Table, Text

from boussole.audits.errors import BoussoleError, LedgerError
from boussole.audits.hashing import canonical_json
from boussole.audits.ledger.merkle import leaf_hash

Payload = Mapping[str, str | int | None]

metadata = MetaData()
entry_table = Table(
    "entries",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("time", String, nullable=False),
    Column("leaf_hash", String(64), nullable=False),
)

_KIND = re.compile(r"[a-z][a-z_]{0,31}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,199}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; `root` is the tree hash of the ledger up to and with it. Hashes are hexadecimal."""

    index: int
    kind: str
    payload: Payload
    time: str
    leaf_hash: str
    root: str


def sealed_bytes(kind: str, payload: str, time: str) -> bytes:
    """Return what the leaf of an entry hashes, from a payload that is canonical JSON already."""
    return f'{{"kind":"{kind}","payload":{payload},"time":"{time}"}}'.encode()


def checked(kind: str, payload: Payload) -> str:
    """The payload as canonical JSON. Raises LedgerError for a kind or payload that a ledger must not hold."""
    if not _KIND.fullmatch(kind):
        raise LedgerError(f"'{kind}' is not a kind of entry.", next_step="Use small letters and '_', such as 'audit'.")
    for key, value in payload.items():
        plain = value is None or isinstance(value, int) or (isinstance(value, str) and _VALUE.fullmatch(value))
        if not plain:
            raise LedgerError(
                "the ledger can't be erased, so it takes ids, hashes, dates and whole numbers only, no free text.",
                where=f"payload key '{key}'",
                next_step="Put the text in a record and its hash in the ledger.",
            )
    return canonical_json(dict(payload)).decode()


def problem_of(row: Row[Any], place: int) -> str | None:
    """What is wrong with one stored entry; SQLite stores anything in any column, so nothing is taken for granted."""
    if row.position != place:
        return f"entry {place} is missing"
    try:
        canonical = canonical_json(json.loads(row.payload)).decode()
    except (BoussoleError, RecursionError, TypeError, ValueError):
        return "the payload is not JSON"
    if canonical != row.payload:
        return "the payload is not in its canonical form"
    plain = _is(_KIND, row.kind) and _is(_TIME, row.time)
    if not plain or leaf_hash(sealed_bytes(row.kind, canonical, row.time)).hex() != row.leaf_hash:
        return "the payload, kind or time does not match the sealed hash"
    return None


def is_hash(value: object) -> bool:
    """Whether a stored value is a SHA-256 in hexadecimal."""
    return _is(_HASH, value)


def _is(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
