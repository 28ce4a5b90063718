"""One canonical form of JSON (RFC 8785) and its hash, for everything that is sealed or compared."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import rfc8785

from boussole.audits.errors import BoussoleError


def canonical_json(obj: Any) -> bytes:
    """Return canonical JSON (RFC 8785). Raises BoussoleError for NaN, infinity, dates and keys that are not text."""
    try:
        return rfc8785.dumps(obj)
    except rfc8785.CanonicalizationError as error:
        raise BoussoleError(
            f"this cannot be written as canonical JSON: {error}.", next_step="Use null, text, whole numbers and floats."
        ) from error


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, whatever its size, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
