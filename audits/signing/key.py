"""The key with which a workspace signs the checkpoints of its ledger, and the origin that is made of the key alone."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boussole.audits.ledger.keys import SIGNATURE, NoteSigner, SigningKey, VerifierKey
from boussole.audits.privacy.keys import ensure, ring
from boussole.audits.signing.elsewhere import signer_elsewhere, verifier_elsewhere

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

RING = "ledger"
_ORIGIN = "boussole/ledger/{id}"
_DIGITS = 32


def signer_of(workspace: Workspace) -> NoteSigner:
    """What signs for a workspace. The name of its key is the origin of the ledger's checkpoints."""
    settings = workspace.settings.ledger.signer
    if settings is None:
        return workspace_key(workspace.keys)
    return signer_elsewhere(settings, home=workspace.home, named=ledger_verifier)


def verifier_of(workspace: Workspace) -> VerifierKey | None:
    """The public key of a workspace's ledger; None when there is none yet: nothing is written and nobody asked."""
    settings = workspace.settings.ledger.signer
    if settings is None:
        found = known_key(workspace.keys)
        return found.verifier if found else None
    return verifier_elsewhere(settings, home=workspace.home, named=ledger_verifier)


def workspace_key(folder: Path) -> SigningKey:
    """The key in a folder keys/; made when it is missing."""
    return _named(ensure(folder, RING)[0])


def known_key(folder: Path) -> SigningKey | None:
    """Return the key, None when there is none, without making it."""
    found = ring(folder, RING)
    return _named(found[0]) if found else None


def ledger_verifier(public: bytes) -> VerifierKey:
    """A public key of a ledger, under the name that is made of it."""
    return VerifierKey(_ORIGIN.format(id=sha256(public).hexdigest()[:_DIGITS]), SIGNATURE, public)


def _named(secret: bytes) -> SigningKey:
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return SigningKey(ledger_verifier(public).name, SIGNATURE, secret)
