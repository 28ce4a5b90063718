"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import NamedTuple

from . import ed25519

PLAIN, COSIGNED = 1, 4


class Key(NamedTuple):
    """A public key with the name of its owner and the type of its signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


class Checkpoint(NamedTuple):
    """What a checkpoint says, and its signature lines: name, id of the key, signature."""

    text: str
    origin: str
    size: int
    root: bytes
    lines: list[tuple]

    def signed_by(self, key: Key) -> bool:
        """Whether a key signed it."""
        return any(
            name == key.name and id_ == key.id and _holds(key, value, self.text) for name, id_, value in self.lines
        )


def key_of(text: str) -> Key:
    """A public key from its text form `NAME+ID+KEY`. Raises ValueError where it is none."""
    name, id_, data = text.strip().split("+", 2)
    decoded = bytes_of(data)
    key = Key(name, decoded[0], decoded[1:])
    if key.id.hex() != id_ or len(key.public) != 32 or key.kind not in (PLAIN, COSIGNED):
        raise ValueError("this is no public key of a log")
    return key


def checkpoint_of(text: str) -> Checkpoint:
    """A checkpoint from its note. Raises ValueError where it is none."""
    body, blank, signatures = text.rpartition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) < 3 or not signatures.endswith("\n"):
        raise ValueError("this is no signed checkpoint")
    found = []
    for line in signatures[:-1].split("\n"):
        dash, name, data = line.split(" ")
        if dash != "—":
            raise ValueError("a signature line does not begin with a dash")
        decoded = bytes_of(data)
        found.append((name, decoded[:4], decoded[4:]))
    root = bytes_of(lines[2])
    if len(root) != 32 or not lines[1].isdigit():
        raise ValueError("this is no checkpoint")
    return Checkpoint(body + "\n", lines[0], int(lines[1]), root, found)


def _holds(key: Key, value: bytes, text: str) -> bool:
    if key.kind == COSIGNED:
        at, value = int.from_bytes(value[:8], "big"), value[8:]
        text = f"cosignature/v1\ntime {at}\n{text}"
    return ed25519.verify(key.public, text.encode(), value)


def bytes_of(text: str) -> bytes:
    """What base64 holds. Raises ValueError where it is none, or is written otherwise than it would be."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("this is no base64") from error
    if base64.b64encode(data).decode() != text or not data:
        raise ValueError("this is no canonical base64")
    return data
