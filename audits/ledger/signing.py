"""The key with which a workspace signs the checkpoints of its ledger, and the origin that goes with it.

The key is a file of the folder keys/, made at first use. The origin is made of the key alone, so that it names
neither an organisation nor a person nor a machine, and no two ledgers share one.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.ledger.keys import SIGNATURE, SigningKey
from audits.privacy.keys import ensure, ring

RING = "ledger"
_ORIGIN = "boussole/ledger/{id}"
_DIGITS = 32


def workspace_key(folder: Path) -> SigningKey:
    """The key of the workspace whose folder keys/ this is; made when it is missing.

    Its name is the origin of the ledger's checkpoints.
    """
    return _named(ensure(folder, RING)[0])


def known_key(folder: Path) -> SigningKey | None:
    """The same key, None when there is none: nothing is written."""
    found = ring(folder, RING)
    return _named(found[0]) if found else None


def _named(secret: bytes) -> SigningKey:
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return SigningKey(_ORIGIN.format(id=sha256(public).hexdigest()[:_DIGITS]), SIGNATURE, secret)
