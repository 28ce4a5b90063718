"""Proofs of a Merkle log after RFC 9162, sections 2.1.3.2 and 2.1.4.2."""

from __future__ import annotations

from hashlib import sha256


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


def included(entry: bytes, index: int, size: int, proof: list, root: bytes) -> bool:
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


def consistent(first: int, second: int, proof: list, first_root: bytes, second_root: bytes) -> bool:
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
