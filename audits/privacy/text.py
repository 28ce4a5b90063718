"""Sealed texts: free text and rows set aside are encrypted before they reach the lake.

AES-256-GCM with a random 96-bit nonce for each text. A sealed text is `version (1) | key id (4) | nonce (12) |
ciphertext and tag`; the first five bytes are authenticated too. The key id is a hash of the key, so that keys can
rotate and a key that is not there is told from bytes that were changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audits.errors import PrivacyError
from audits.privacy import keys
from audits.workspace import Workspace

RING = "text"
VERSION = b"\x01"
ID_BYTES = 4
NONCE_BYTES = 12
HEADER = len(VERSION) + ID_BYTES


def seal(workspace: Workspace, texts: Sequence[str | None]) -> list[bytes | None]:
    """Encrypts texts under the newest key; None stays None. The first use makes the key."""
    key = keys.ensure(workspace.keys, RING)[-1]
    cipher, header = AESGCM(key), VERSION + key_id(key)
    return [None if text is None else _seal(cipher, header, text) for text in texts]


def unseal(workspace: Workspace, sealed: Sequence[bytes | None]) -> list[str | None]:
    """Decrypts sealed texts; None stays None.

    Raises PrivacyError when a key is not in keys/, or when bytes are not what was sealed.
    """
    ciphers = {key_id(key): AESGCM(key) for key in keys.ring(workspace.keys, RING)}
    return [None if item is None else _unseal(workspace, ciphers, bytes(item)) for item in sealed]


def key_id(key: bytes) -> bytes:
    """The four bytes by which a sealed text names its key; they tell nothing of it."""
    return hashlib.sha256(b"boussole key id" + key).digest()[:ID_BYTES]


def _seal(cipher: AESGCM, header: bytes, text: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), header)


def _unseal(workspace: Workspace, ciphers: dict[bytes, AESGCM], sealed: bytes) -> str:
    header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE_BYTES], sealed[HEADER + NONCE_BYTES :]
    if len(header) < HEADER or not header.startswith(VERSION):
        raise _changed(workspace)
    cipher = ciphers.get(header[len(VERSION) :])
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
