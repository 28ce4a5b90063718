"""Keyed pseudonyms, and the hash buckets of clusters: both computed inside DuckDB while rows come in.

A pseudonym is HMAC-SHA-256 of an identifier, cut to 128 bits (RFC 2104), and again under each key of a rotation. A
bucket is one of 40, from the clear identifier under a secret that never rotates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.audits.errors import PrivacyError
from boussole.audits.lake.tables import one
from boussole.audits.privacy import keys
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

RING, BUCKET_RING = "pseudonym", "bucket"
BLOCK = 64
KNOWN = "lake.main.secrets"


def pseudonym(expression: str) -> str:
    """SQL: the pseudonym (32 hexadecimal characters) of a text expression; NULL stays NULL. Needs `set_key`."""
    return f"boussole_pseudonym({expression})"


def bucket(expression: str) -> str:
    """SQL: the hash bucket of a cluster's clear identifier; NULL stays NULL. Needs `set_key`."""
    return f"boussole_bucket({expression})"


def set_key(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Give a connection the keys of its pseudonyms and buckets (those of an open lake); their first use makes them.

    Raises PrivacyError when one of them is not in keys/.
    """
    names = (RING, BUCKET_RING)
    found = {name: keys.ensure(workspace.keys, name) for name in names}
    if _has_lake(connection):
        found = {name: _as_recorded(connection, workspace, name, found[name]) for name in names}
    set_keys(connection, found[RING], found[BUCKET_RING][0])


def set_keys(connection: duckdb.DuckDBPyConnection, ring: list[bytes], bucket_key: bytes) -> None:
    """Gives a connection a chain of keys of pseudonyms, oldest first, and the key of buckets."""
    chain = "clear"
    for position, key in enumerate(ring, 1):
        set_link(connection, key, position)
        chain = link(chain, position)
    connection.execute(f"CREATE OR REPLACE TEMP MACRO boussole_pseudonym(clear) AS {chain}")
    connection.execute("SET VARIABLE bucket_key = ?", [bucket_key])
    hashed = "CAST('0x' || left(sha256(getvariable('bucket_key') || encode(clear)), 12) AS BIGINT)"
    connection.execute(f"CREATE OR REPLACE TEMP MACRO boussole_bucket(clear) AS CAST({hashed} % {BUCKETS} AS UTINYINT)")


def set_link(connection: duckdb.DuckDBPyConnection, key: bytes, position: int) -> None:
    """Gives a connection one key of the chain, padded for both hashes."""
    padded = key.ljust(BLOCK, b"\0")
    for name, pad in (("inner", 0x36), ("outer", 0x5C)):
        connection.execute(f"SET VARIABLE {name}_pad_{position} = ?", [bytes(byte ^ pad for byte in padded)])


def link(expression: str, position: int) -> str:
    """SQL: HMAC of a text under one key of the chain, in 32 hexadecimal characters."""
    inner = f"unhex(sha256(getvariable('inner_pad_{position}') || encode({expression})))"
    return f"left(sha256(getvariable('outer_pad_{position}') || {inner}), 32)"


def _has_lake(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(one(connection, "SELECT count(*) FROM duckdb_databases() WHERE database_name = 'lake'"))


def _as_recorded(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, name: str, ring: list[bytes]
) -> list[bytes]:
    """Return the keys that the lake was filled with; a lake that was never filled takes the whole ring."""
    rows = connection.execute(f"SELECT key FROM {KNOWN} WHERE ring = ? ORDER BY position", [name]).fetchall()
    recorded = [str(row[0]) for row in rows]
    if not recorded:
        record(connection, name, ring)
        return ring
    if recorded != [keys.key_id(key) for key in ring[: len(recorded)]]:
        raise PrivacyError(
            f"the keys '{name}' are not those that the lake was filled with: linkage would be lost.",
            where=str(workspace.keys),
            next_step="Put the folder keys/ back from its backup.",
        )
    return ring[: len(recorded)]


def record(connection: duckdb.DuckDBPyConnection, name: str, ring: list[bytes]) -> None:
    """Notes in the lake which keys it is filled with, by hashes that tell nothing of them."""
    for position, key in enumerate(ring, 1):
        connection.execute(f"INSERT INTO {KNOWN} VALUES (?, ?, ?)", [name, position, keys.key_id(key)])
