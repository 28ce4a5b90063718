"""Merkle trees of RFC 9162, section 2.1: tree hash, inclusion proof, consistency proof, and their verification.

Pure functions over leaf hashes. A leaf is hashed with the prefix 0x00 and an inner node with 0x01, so that a node
can't be passed off as a leaf. Indices start from 0; a tree of n leaves is split at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 ‖ data).

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree of leaf hashes; SHA-256 of nothing when there are none.

    >>> tree_hash([]).hex()[:16], tree_hash([leaf_hash(b"")]) == leaf_hash(b"")
    ('e3b0c44298fc1c14', True)
    """
    root = EMPTY_ROOT
    for root in tree_hashes(leaves):  # noqa: B007 (the last one is the answer)
        pass
    return root


def tree_hashes(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """The roots of the trees of the first 1, 2, 3… leaves, in one pass that keeps log2(n) hashes."""
    peaks: list[bytes] = []
    for count, leaf in enumerate(leaves, start=1):
        node = leaf
        for _ in range(_trailing_zeros(count)):
            node = node_hash(peaks.pop(), node)
        peaks.append(node)
        yield reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def inclusion_proof(leaves: Sequence[bytes], *, index: int) -> list[bytes]:
    """The hashes that lead from one leaf to the root: PATH(index, leaves).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index=index), tree_hash(right)]
    return [*inclusion_proof(right, index=index - split), tree_hash(left)]


def consistency_proof(leaves: Sequence[bytes], *, first: int) -> list[bytes]:
    """The hashes that show that the tree of the first leaves is the beginning of this one: PROOF(first, leaves).

    Raises ValueError unless 1 ≤ first ≤ number of leaves.
    """
    if not 1 <= first <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves has no beginning of {first} leaves to prove")
    return _subproof(leaves, first, known=True)


def _subproof(leaves: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of the RFC; `known` tells whether the verifier already holds the hash of this subtree."""
    if first == len(leaves):
        return [] if known else [tree_hash(leaves)]
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if first <= split:
        return [*_subproof(left, first, known=known), tree_hash(right)]
    return [*_subproof(right, first - split, known=False), tree_hash(left)]


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
