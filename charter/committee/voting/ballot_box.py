"""The ballots of a secret vote: what commits to them, and how they are kept until the vote is over.

Each ballot is committed to by SHA-256 over the vote, what it says and a nonce that only its voter is told; each
participation seals one commitment to all ballots so far, over their sorted commitments and a salt. At the end nonces,
choices and the last salt are shown without names, so that everybody can compute the commitment again. Until then the
ballots are encrypted (AES-256-GCM) under a key that is drawn anew with each vote and kept outside the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Choice, ShownBallot

CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")
NONCE, SALT, IV = 16, 32, 12
"""Bytes of each."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """All ballots of a vote so far, and the salt of the commitment to them."""

    vote: int
    salt: str
    ballots: tuple[ShownBallot, ...]

    @property
    def commitment(self) -> str:
        """The commitment to these ballots: the participation sealed last holds it."""
        return commitment(self.vote, self.salt, self.ballots)


def ballot_commitment(vote: int, ballot: ShownBallot) -> str:
    """What commits to one ballot of a vote, which is named by its entry in the ledger.

    >>> ballot_commitment(7, ShownBallot(nonce="00" * 16, choice="for"))[:16]
    '3aed3a9bc702cf2a'
    """
    return hashlib.sha256(f"boussole/ballot/1\n{vote}\n{ballot.choice}\n{ballot.nonce}".encode()).hexdigest()


def commitment(vote: int, salt: str, ballots: Sequence[ShownBallot]) -> str:
    """What commits to all ballots of a vote, in whatever order they came."""
    each = sorted(ballot_commitment(vote, ballot) for ballot in ballots)
    return hashlib.sha256("\n".join([f"boussole/box/1\n{vote}\n{salt}", *each]).encode()).hexdigest()


def with_ballot(vote: int, before: Box | None, choice: Choice) -> tuple[Box, str]:
    """A box with one more ballot, under a new salt; and the nonce of that ballot, for its voter alone."""
    nonce = secrets.token_hex(NONCE)
    ballots = [*(before.ballots if before else ()), ShownBallot(nonce=nonce, choice=choice)]
    return Box(vote=vote, salt=secrets.token_hex(SALT), ballots=shuffled(vote, ballots)), nonce


def shuffled(vote: int, ballots: Sequence[ShownBallot]) -> tuple[ShownBallot, ...]:
    """Ballots in the order of their commitments: chance decides it, and not when they were cast."""
    return tuple(sorted(ballots, key=lambda ballot: ballot_commitment(vote, ballot)))


def locked(box: Box, key: bytes) -> bytes:
    """A box encrypted; its length tells how many ballots it holds, and nothing of what they say."""
    text = bytes.fromhex(box.salt) + b"".join(
        bytes.fromhex(ballot.nonce) + bytes([CHOICES.index(ballot.choice)]) for ballot in box.ballots
    )
    iv = secrets.token_bytes(IV)
    return iv + AESGCM(key).encrypt(iv, text, _bound(box.vote))


def unlocked(vote: int, stored: bytes, key: bytes) -> Box:
    """The box as it was locked. Raises RefusedError when it, or its key, is another."""
    try:
        text = AESGCM(key).decrypt(stored[:IV], stored[IV:], _bound(vote))
    except (InvalidTag, ValueError) as error:
        raise RefusedError("box_changed") from error
    width = NONCE + 1
    rows = [text[start : start + width] for start in range(SALT, len(text), width)]
    ballots = tuple(ShownBallot(nonce=row[:NONCE].hex(), choice=CHOICES[row[NONCE]]) for row in rows)
    return Box(vote=vote, salt=text[:SALT].hex(), ballots=ballots)


def new_key() -> bytes:
    """A key for one state of a box."""
    return AESGCM.generate_key(bit_length=256)


def _bound(vote: int) -> bytes:
    return f"boussole/box/1\n{vote}".encode()
