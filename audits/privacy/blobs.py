"""Files that are kept encrypted beside the records: AES-256-GCM under a ring of keys of their own.

Laid out as sealed texts are: `version (1) | key id (4) | nonce (12) | ciphertext and tag`.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boussole.audits.errors import PrivacyError
from boussole.audits.privacy import keys
from boussole.audits.privacy.text import HEADER, NONCE_BYTES, VERSION
from boussole.audits.workspace import Workspace

RING = "attachments"


def seal_bytes(workspace: Workspace, content: bytes) -> bytes:
    """Encrypts a content under the newest key; the first use makes the key."""
    key = keys.ensure(workspace.keys, RING)[-1]
    header, nonce = VERSION + bytes.fromhex(keys.key_id(key)), os.urandom(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, content, header)


def unseal_bytes(workspace: Workspace, sealed: bytes) -> bytes:
    """Decrypts a content. Raises PrivacyError when its key is not in keys/, or bytes are not what was sealed."""
    header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE_BYTES], sealed[HEADER + NONCE_BYTES :]
    ring = {bytes.fromhex(keys.key_id(key)): key for key in keys.ring(workspace.keys, RING)}
    key = ring.get(header[len(VERSION) :]) if header.startswith(VERSION) else None
    try:
        if key is not None:
            return AESGCM(key).decrypt(nonce, body, header)
    except (InvalidTag, ValueError) as error:  # ValueError: too few bytes for a nonce
        raise _unread(workspace) from error
    raise _unread(workspace)


def _unread(workspace: Workspace) -> PrivacyError:
    return PrivacyError(
        "an encrypted file was changed, or its key is not there: it cannot be read.",
        where=str(workspace.home),
        next_step="Restore the file, or its key in keys/, from a backup.",
    )
