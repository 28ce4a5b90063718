"""Sealed texts: free text and rows set aside are encrypted (AES-256-GCM, random 96-bit nonce) before they are stored.

A sealed text is `version (1) | key id (4) | nonce (12) | ciphertext and tag`; the first five bytes are authenticated.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

import duckdb
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from duckdb.func import FunctionNullHandling, PythonUDFType

from boussole.audits.errors import PrivacyError
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace

RING = "text"
VERSION = b"\x01"
NONCE_BYTES = 12
HEADER = len(VERSION) + keys.ID_BYTES


def seal(workspace: Workspace, texts: Sequence[str | None]) -> list[bytes | None]:
    """Encrypts texts under the newest key; None stays None. The first use makes the key."""
    key = keys.ensure(workspace.keys, RING)[-1]
    cipher, header = AESGCM(key), VERSION + bytes.fromhex(keys.key_id(key))
    return [None if text is None else _seal(cipher, header, text) for text in texts]


def unseal(workspace: Workspace, sealed: Sequence[bytes | None]) -> list[str | None]:
    """Decrypt sealed texts; None stays None. Raises PrivacyError when a key is missing, or when bytes were changed."""
    ciphers = {keys.key_id(key): AESGCM(key) for key in keys.ring(workspace.keys, RING)}
    return [None if item is None else _unseal(workspace, ciphers, bytes(item)) for item in sealed]


def _seal(cipher: AESGCM, header: bytes, text: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), header)


def _unseal(workspace: Workspace, ciphers: dict[str, AESGCM], sealed: bytes) -> str:
    header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE_BYTES], sealed[HEADER + NONCE_BYTES :]
    if len(header) < HEADER or not header.startswith(VERSION):
        raise _changed(workspace)
    cipher = ciphers.get(header[len(VERSION) :].hex())
    if cipher is None:
        raise PrivacyError(
            f"the key {header[len(VERSION) :].hex()} of a sealed text is not there.",
            where=str(workspace.keys),
            next_step="Put the missing key file back from the backup of the folder keys/.",
        )
    try:
        return cipher.decrypt(nonce, body, header).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError) as error:  # ValueError: too few bytes for a nonce
        raise _changed(workspace) from error


def _changed(workspace: Workspace) -> PrivacyError:
    return PrivacyError(
        "a sealed text was changed after it was sealed: it cannot be read.",
        where=str(workspace.home / "lake"),
        next_step="Restore the lake from its backup, or import the source again.",
    )


def register(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Register the SQL functions `seal_text`, `unseal_text` and `seal_again` (under the newest key) on a connection."""

    def sealed(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(seal(workspace, texts.to_pylist()), pa.binary())

    def opened(texts: pa.ChunkedArray) -> pa.Array:
        return pa.array(unseal(workspace, texts.to_pylist()), pa.string())

    def again(texts: pa.ChunkedArray) -> pa.Array:
        return sealed(opened(texts))

    functions = (("seal_text", sealed, "varchar", "blob"), ("unseal_text", opened, "blob", "varchar"))
    for name, function, given, made in (*functions, ("seal_again", again, "blob", "blob")):
        with contextlib.suppress(duckdb.NotImplementedException):  # it is there already
            connection.create_function(
                name,
                function,
                [given],
                made,
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
                side_effects=made == "blob",  # two equal texts are sealed differently
            )
