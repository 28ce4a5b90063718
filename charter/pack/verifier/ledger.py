"""The ledger as a pack proves it: a Merkle tree (RFC 9162), signatures (Ed25519, RFC 8032) and checkpoints (C2SP).

Sources: RFC 9162, 2.1.3.2 and 2.1.4.2; RFC 8032, 5.1; C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timezone
from hashlib import sha256, sha512
from typing import NamedTuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""


def _x_of(y: int, sign: int) -> int | None:
    """The x that goes with a y and a sign; None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    """A point from its 32 bytes."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _plus(a: Point, b: Point) -> Point:
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _plus(found, point)
        point, scalar = _plus(point, point), scalar >> 1
    return found


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _x_of(_BASE_Y, 0) or 0
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a public key signed a message."""
    key = _point(public)
    if key is None or len(signature) != 64:
        return False
    r, s = _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if r is None or s >= ORDER:
        return False
    h = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _plus(r, _times(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def leaf(data: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + data).digest()


def hash_of(text: str) -> bytes:
    """A hash from its 64 digits, small letters. Raises ValueError where they are none."""
    found = bytes.fromhex(text)
    if len(found) != 32 or found.hex() != text:
        raise ValueError("this is no hash")
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(entry: bytes, index: int, size: int, proof: list, root: bytes) -> bool:
    """Whether a proof leads from an entry's hash, at its place, to the root of a log of that size."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, entry
    for p in proof:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            r = _node(p, r)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def verify_consistency(first: int, second: int, proof: list, first_root: bytes, second_root: bytes) -> bool:
    """Whether a proof shows that the log of `first` entries is the beginning of that of `second`."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn % 2 == 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            fr, sr = _node(c, fr), _node(c, sr)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


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

    def signature_of(self, key: Key) -> bytes | None:
        """The signature that a key made; None where it made none that holds."""
        own = (value for name, id_, value in self.lines if name == key.name and id_ == key.id)
        return next((value for value in own if _holds(key, value, self.text)), None)


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


def time_of(key: Key, signature: bytes) -> str:
    """When a witness cosigned, which its signature covers; nothing for a key whose signatures bear no time."""
    if key.kind != COSIGNED:
        return ""
    at = datetime.fromtimestamp(int.from_bytes(signature[:8], "big"), timezone.utc)
    return f" on {at:%Y-%m-%d %H:%M:%S} UTC"


def _holds(key: Key, value: bytes, text: str) -> bool:
    if key.kind == COSIGNED:
        at, value = int.from_bytes(value[:8], "big"), value[8:]
        text = f"cosignature/v1\ntime {at}\n{text}"
    return verify_signature(key.public, text.encode(), value)


def bytes_of(text: str) -> bytes:
    """What base64 holds. Raises ValueError where it is none, or is written otherwise than it would be."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("this is no base64") from error
    if base64.b64encode(data).decode() != text or not data:
        raise ValueError("this is no canonical base64")
    return data


def time_stated(reply: bytes, text: bytes) -> str:
    """The time that a reply of a timestamp authority (RFC 3161) states for a text; its signature is not verified.

    Read is what follows the SHA-256 of the text in the reply: a serial number, then the time. Raises ValueError where
    the reply is about another text.
    """
    _, digest, after = reply.partition(b"\x04\x20" + sha256(text).digest())
    if not digest or digest in after or after[:1] != b"\x02":
        raise ValueError("the timestamp is not about this checkpoint")
    time = after[2 + after[1] :]
    stated = time[2 : 2 + time[1]].decode("ascii")
    if time[:1] != b"\x18" or not stated.endswith("Z"):
        raise ValueError("the timestamp states no time")
    return f"{datetime.strptime(stated[:14] + '+0000', '%Y%m%d%H%M%S%z'):%Y-%m-%d %H:%M:%S UTC}"
