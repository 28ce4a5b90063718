"""The key with which a workspace signs the checkpoints of its ledger, and the origin that is made of the key alone."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boussole.audits.errors import LedgerError, printable
from boussole.audits.ledger.keys import SIGNATURE, NoteSigner, SigningKey, VerifierKey, parse_signature, parse_verifier
from boussole.audits.ledger_settings import SignerSettings, TokenSettings
from boussole.audits.privacy.keys import ensure, ring

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace


SECONDS = 60
"""How long a program may take to sign."""
WHERE = "[ledger] signer"
Named = Callable[[bytes], VerifierKey]


@dataclass(frozen=True)
class SignerElsewhere:
    """Signs by asking; a signature that the public key does not bear out is never used."""

    verifier: VerifierKey
    ask: Callable[[str], bytes]

    def sign(self, text: str, *, at: dt.datetime) -> bytes:  # noqa: ARG002 (a ledger's signature states no time)
        """The signature of a text. Raises LedgerError where there is none, or another key made it."""
        value = self.ask(text)
        if not self.verifier.holds(value, text=text):
            raise LedgerError(
                "what came back is not a signature by the public key of this ledger; nothing is signed.",
                where=WHERE,
                next_step="Compare `public` with the key of the signer: was it replaced?",
            )
        return value


def signer_elsewhere(settings: SignerSettings, *, home: Path, named: Named) -> SignerElsewhere:
    """The signer that a workspace names. Raises LedgerError where its public key is not known."""
    public = verifier_elsewhere(settings, home=home, named=named)
    token = settings.pkcs11
    if token is not None:
        return SignerElsewhere(public, lambda text: _by_token(token, home, text))
    return SignerElsewhere(public, lambda text: _by_command(settings.command, public, text))


def verifier_elsewhere(settings: SignerSettings, *, home: Path, named: Named) -> VerifierKey:
    """The public key in the settings. Raises LedgerError where it is missing, or bears another name than its own."""
    if settings.public is None:
        ask = "`boussole ledger signer FOLDER --public`, run as that account, prints it."
        if settings.pkcs11 is not None:
            ask = f'If this is the key in the token: public = "{named(_token_key(settings.pkcs11, home))}".'
        raise LedgerError("the public key of the signer is missing.", where=WHERE, next_step=f"Add `public`. {ask}")
    found = parse_verifier(settings.public)
    if found != named(found.public):
        raise LedgerError(
            "the public key of the signer does not bear the name that is made of it.",
            where=f"{WHERE}, public",
            next_step=f"Write {named(found.public)}.",
        )
    return found


def _by_command(command: list[str], public: VerifierKey, text: str) -> bytes:
    """The signature that a program prints for the text on its standard input."""
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(f"`{command[0]}` does not answer ({type(error).__name__}).") from error
    if done.returncode:
        said = printable(done.stderr.decode(errors="replace"))
        raise _failed(f"`{command[0]}` does not sign{f': {said}' if said else '.'}")
    try:
        line = parse_signature(done.stdout.decode().removesuffix("\n"))
    except (LedgerError, UnicodeDecodeError) as error:
        raise _failed(f"`{command[0]}` prints no signature.") from error
    return line.value if (line.name, line.id) == (public.name, public.id) else b""


def _by_token(settings: TokenSettings, home: Path, text: str) -> bytes:
    """The signature that a token makes (CKM_EDDSA)."""

    def sign(session: Any, pkcs11: Any) -> bytes:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=settings.label)
        return bytes(key.sign(text.encode(), mechanism=pkcs11.Mechanism.EDDSA))

    return _in_token(settings, home, sign)


def _token_key(settings: TokenSettings, home: Path) -> bytes:
    """The public key beside the secret one: the point, as a DER octet string of 32 bytes."""

    def read(session: Any, pkcs11: Any) -> bytes:
        key = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=settings.label)
        return bytes(key[pkcs11.Attribute.EC_POINT])

    point = _in_token(settings, home, read)
    if len(point) not in (32, 34):
        raise _failed("the key in the token is no Ed25519 key.")
    return point[-32:]


def _in_token(settings: TokenSettings, home: Path, work: Callable[[Any, Any], bytes]) -> bytes:
    try:
        import pkcs11
    except ImportError as error:
        raise LedgerError(
            "a key in a token needs a package that is not installed.",
            where=WHERE,
            next_step="Install it: pip install 'boussole-charter[pkcs11]'.",
        ) from error
    path = home / settings.pin_file
    try:
        pin = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _failed(f"the file of the PIN cannot be read ({type(error).__name__}): {path}.") from error
    try:
        token = pkcs11.lib(str(settings.module)).get_token(token_label=settings.token)
        with token.open(user_pin=pin) as session:
            return work(session, pkcs11)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        said = printable(str(error))
        raise _failed(f"the token does not sign: {type(error).__name__}{f' ({said})' if said else ''}.") from error


def _failed(what: str) -> LedgerError:
    return LedgerError(what, where=WHERE, next_step="Mend the signer, then try again: nothing was signed.")


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
