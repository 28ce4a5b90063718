"""Ed25519 keys and the notes that they sign, after C2SP signed-note and tlog-cosignature."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boussole.audits.errors import LedgerError


def encode(data: bytes) -> str:
    """Encode bytes as standard base64 with padding."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes | None:
    """Decode canonical base64; None for any other text, so that two texts never stand for the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None


SIGNATURE, COSIGNATURE = 0x01, 0x04
"""Types of signature: over the text alone, and over the text with the time of signing."""

ID_BYTES = 4
_KEY_BYTES, _TIME_BYTES = 32, 8
_SECRET = "PRIVATE+KEY+"  # noqa: S105 (how every secret key begins)
_NAME = re.compile(r"[^\s+]{1,200}")
_COSIGNED = "cosignature/v1\ntime {at}\n{text}"
_COPY = "Copy it again from its owner, whole."


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name of its owner and the type of signature it is for."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that go with each signature: SHA-256(name ‖ newline ‖ type ‖ key)[:4]."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.public)}"

    def holds(self, value: bytes, *, text: str) -> bool:
        """Whether this key made the signature of the text."""
        if self.kind == COSIGNATURE:
            at, value = int.from_bytes(value[:_TIME_BYTES], "big"), value[_TIME_BYTES:]
            text = _COSIGNED.format(at=at, text=text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def time(self, value: bytes) -> dt.datetime | None:
        """When the owner of the key states to have signed; None where the type of signature states nothing."""
        if self.kind != COSIGNATURE:
            return None
        try:
            return dt.datetime.fromtimestamp(int.from_bytes(value[:_TIME_BYTES], "big"), dt.UTC)
        except (OverflowError, OSError, ValueError):  # beyond the calendar
            return None


class NoteSigner(Protocol):
    """Whatever signs notes: a key that is here, or one that is kept elsewhere."""

    @property
    def verifier(self) -> VerifierKey: ...

    def sign(self, text: str, *, at: dt.datetime) -> bytes: ...


@dataclass(frozen=True)
class SigningKey:
    """A secret key with the name of its owner."""

    name: str
    kind: int
    secret: bytes

    def __repr__(self) -> str:
        return f"SigningKey({str(self.verifier)!r})"

    def __str__(self) -> str:
        """The public text form: the secret never slips into a message."""
        return str(self.verifier)

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    @property
    def secret_text(self) -> str:
        """The secret key in its text form `PRIVATE+KEY+NAME+ID+SECRET`."""
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{encode(bytes([self.kind]) + self.secret)}"

    def sign(self, text: str, *, at: dt.datetime) -> bytes:
        """The signature of a text; `at` is part of a cosignature, and of nothing else."""
        if self.kind == SIGNATURE:
            return self._private.sign(text.encode())
        seconds = int(at.timestamp())
        signed = self._private.sign(_COSIGNED.format(at=seconds, text=text).encode())
        return seconds.to_bytes(_TIME_BYTES, "big") + signed

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def make_key(name: str, *, kind: int) -> SigningKey:
    """A new key. Raises LedgerError for a name that no note can carry."""
    return SigningKey(_named(name), kind, Ed25519PrivateKey.generate().private_bytes_raw())


def parse_verifier(text: str) -> VerifierKey:
    """Read the text form of a public key. Raises LedgerError where it is none, or its id is another key's."""
    parts = text.strip().split("+", 2)
    kind, key = _typed(parts)
    if kind not in (SIGNATURE, COSIGNATURE):
        raise LedgerError(
            "this is not the public key of a ledger or a college.",
            where=f"key '{text.strip()[:80]}'",
            next_step="Give its text form NAME+ID+KEY, as its owner published it.",
        )
    found = VerifierKey(_named(parts[0]), kind, key)
    if found.id.hex() != parts[1]:
        raise LedgerError("the key does not belong to its name and id.", where=f"key '{parts[0]}'", next_step=_COPY)
    return found


def parse_signer(text: str) -> SigningKey:
    """Read the text form of a secret key. Raises LedgerError where it is none; the message never quotes it."""
    parts = text.strip().removeprefix(_SECRET).split("+", 2)
    kind, secret = _typed(parts) if text.startswith(_SECRET) else (0, b"")
    if kind not in (SIGNATURE, COSIGNATURE):
        raise LedgerError("this is not a secret key.", next_step="Make one with `boussole ledger keygen`.")
    found = SigningKey(_named(parts[0]), kind, secret)
    if found.verifier.id.hex() != parts[1]:
        raise LedgerError("the secret key does not belong to its name and id.", next_step=_COPY)
    return found


def is_name(name: str) -> bool:
    """Whether a key can have this name: one word, without spaces and '+'."""
    return _NAME.fullmatch(name) is not None


def _named(name: str) -> str:
    if not is_name(name):
        raise LedgerError(
            "a key is named by one word without spaces and '+'.",
            where=f"name '{name[:80]}'",
            next_step="Use a name such as example.org/college.",
        )
    return name


def _typed(parts: list[str]) -> tuple[int, bytes]:
    """The type and key of a text form; type 0 where it is none."""
    data = (decode(parts[2]) if len(parts) == 3 else None) or b""
    return (data[0], data[1:]) if len(data) == 1 + _KEY_BYTES else (0, b"")


MAX_CHARACTERS = 100_000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Signature:
    """One signature line: the name and id of its key, and what the key made."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {encode(self.id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed(self, key: NoteSigner, *, at: dt.datetime | None = None) -> Note:
        """The note with one more signature, made now or `at`; one that the same key made earlier is replaced."""
        public = key.verifier
        made = Signature(public.name, public.id, key.sign(self.text, at=at or dt.datetime.now(dt.UTC)))
        others = tuple(item for item in self.signatures if (item.name, item.id) != (public.name, public.id))
        return replace(self, signatures=(*others, made))


@dataclass(frozen=True)
class Signer:
    """A key that signed a note; `at` is the time it states, where it states one."""

    key: VerifierKey
    at: dt.datetime | None


@dataclass(frozen=True)
class NoteSignatures:
    """Which of the keys one trusts signed a note, and in whose name somebody else wrote a line."""

    signers: tuple[Signer, ...]
    forged: tuple[VerifierKey, ...]


def check(note: Note, keys: Iterable[VerifierKey]) -> NoteSignatures:
    """Verify the signatures of the keys given; those of other keys are ignored, as the specification demands."""
    known = {(key.name, key.id): key for key in keys}
    signers: list[Signer] = []
    forged: list[VerifierKey] = []
    for line in note.signatures:
        key = known.get((line.name, line.id))
        if key is None:
            continue
        if key.holds(line.value, text=note.text):
            signers.append(Signer(key, key.time(line.value)))
        else:
            forged.append(key)
    return NoteSignatures(tuple(signers), tuple(forged))


def parse_note(text: str) -> Note:
    """Read a signed note. Raises LedgerError where it is none."""
    if len(text) > MAX_CHARACTERS:
        raise _not_one(f"it has more than {MAX_CHARACTERS} characters")
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise _not_one("a blank line and a signature are missing")
    if _CONTROL.search(text):
        raise _not_one("it holds control characters")
    return Note(body + "\n", tuple(parse_signature(line) for line in lines.removesuffix("\n").split("\n")))


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline. Raises LedgerError where it is none."""
    parts = line.split(" ")
    value = decode(parts[2]) if len(parts) == 3 and parts[0] == "—" and is_name(parts[1]) else None
    if value is None or len(value) <= ID_BYTES:
        raise _not_one("a line under the blank line is no signature")
    return Signature(parts[1], value[:ID_BYTES], value[ID_BYTES:])


def _not_one(why: str) -> LedgerError:
    return LedgerError(
        f"this is not a signed note: {why}.", next_step="Give the file as it was written, a checkpoint for instance."
    )
