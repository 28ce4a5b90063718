"""Merkle trees of RFC 9162, section 2.1: tree hash, inclusion proof, consistency proof, and their verification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps log2(n) hashes: the roots of its complete subtrees, largest first."""

    def __init__(self, *, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash. Returns it and the roots of the subtrees that it completes (place L covers 2^L leaves)."""
        self.size += 1
        made = [leaf]
        for _ in range(_trailing_zeros(self.size)):
            made.append(node_hash(self.peaks.pop(), made[-1]))
        self.peaks.append(made[-1])
        return made

    @property
    def root(self) -> bytes:
        return joined(self.peaks)


def joined(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, the largest first; SHA-256 of nothing for none."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """Return the root of a tree of leaf hashes; SHA-256 of nothing when there are none."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that make up a part of a tree, as (level, place); level L covers 2^L leaves."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion_parts(index: int, *, size: int) -> list[tuple[int, int]]:
    """Return the parts whose roots lead from one leaf to the root. Raises ValueError for a leaf that is not there."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end = 0, size
    parts = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    return parts[::-1]


def consistency_parts(first: int, *, size: int) -> list[tuple[int, int]]:
    """Return the parts that show a tree to begin with some leaves. Raises ValueError unless 1 ≤ first ≤ size."""
    if not 1 <= first <= size:
        raise ValueError(f"a tree of {size} leaves has no beginning of {first} leaves to prove")
    start, end = 0, size
    parts = []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    # Whoever verifies already holds the root of a part that begins with the first leaf.
    return [*([(start, end)] if start else []), *parts[::-1]]


def inclusion_proof(leaves: Sequence[bytes], *, index: int) -> list[bytes]:
    """The hashes that lead from one leaf to the root: PATH(index, leaves)."""
    return [tree_hash(leaves[start:end]) for start, end in inclusion_parts(index, size=len(leaves))]


def consistency_proof(leaves: Sequence[bytes], *, first: int) -> list[bytes]:
    """The hashes that show that the tree of the first leaves is the beginning of this one: PROOF(first, leaves)."""
    return [tree_hash(leaves[start:end]) for start, end in consistency_parts(first, size=len(leaves))]


def verify_inclusion(proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes) -> bool:
    """Whether the proof shows that the leaf hash stands at this index of the tree of this size and root."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    proof: Sequence[bytes], *, first: int, second: int, first_root: bytes, second_root: bytes
) -> bool:
    """Whether the proof shows that the tree of `first` leaves is the beginning of the tree of `second` leaves."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(count: int) -> int:
    """The largest power of two below a count of at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _trailing_zeros(count: int) -> int:
    return (count & -count).bit_length() - 1
