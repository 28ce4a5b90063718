"""One canonical form of JSON (RFC 8785) and its hash, for everything that is sealed or compared."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import rfc8785

from boussole.audits.errors import BoussoleError


def canonical_json(obj: Any) -> bytes:
    """The bytes of the canonical JSON of an object: sorted keys, no spaces, ECMAScript numbers (RFC 8785).

    Raises BoussoleError for what JSON cannot say: NaN, infinity, dates, keys that are not text.

    >>> canonical_json({"b": [1.0, True], "a": None})
    b'{"a":null,"b":[1,true]}'
    """
    try:
        return rfc8785.dumps(obj)
    except rfc8785.CanonicalizationError as error:
        raise BoussoleError(
            f"this cannot be written as canonical JSON: {error}.", next_step="Use null, text, whole numbers and floats."
        ) from error


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal.

    >>> sha256_hex(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, whatever its size, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
