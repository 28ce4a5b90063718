"""Keyed pseudonyms at the door: HMAC-SHA-256 of an identifier, computed inside DuckDB.

HMAC(K, m) = H((K ^ opad) || H((K ^ ipad) || m)), RFC 2104, cut to 128 bits. The padded keys are session variables,
so that no statement, error or log holds the key.
"""

from __future__ import annotations

import duckdb

BLOCK = 64


def set_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Gives a connection the key of its pseudonyms (32 bytes)."""
    padded = key.ljust(BLOCK, b"\0")
    for name, pad in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        connection.execute(f"SET VARIABLE {name} = ?", [bytes(byte ^ pad for byte in padded)])


def pseudonym(expression: str) -> str:
    """SQL: the pseudonym (32 hexadecimal characters) of a text expression; NULL stays NULL."""
    inner = f"unhex(sha256(getvariable('inner_pad') || encode({expression})))"
    return f"left(sha256(getvariable('outer_pad') || {inner}), 32)"
