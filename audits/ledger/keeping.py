"""A checkpoint that somebody kept, held to the ledger as it stands today."""

from __future__ import annotations

from enum import StrEnum

from boussole.audits.ledger.checkpoint import Checkpoint
from boussole.audits.ledger.verification import Verification


class CheckpointStanding(StrEnum):
    """How the ledger of today stands to a checkpoint that was kept."""

    holds = "holds"
    """The first entries are still those."""
    rewritten = "rewritten"
    """There are as many entries, and they are others."""
    cut = "cut"
    """There are fewer entries than were known."""
    other = "other"
    """The checkpoint names another ledger, and the entries are not its own either.

    Without a key here, nothing tells whether it is another one, or this one rewritten.
    """
    damaged = "damaged"
    """An entry before the checkpoint does not hold in itself."""


def standing(checkpoint: Checkpoint, found: Verification, *, origin: str | None) -> CheckpointStanding:
    """How a verified ledger stands to a checkpoint; `found` was asked for the root at the checkpoint's size.

    `origin` is that of the ledger's own key, None when there is no key here.
    """
    if found.roots.get(checkpoint.size) == checkpoint.root:
        return CheckpointStanding.holds
    if checkpoint.origin != origin:
        return CheckpointStanding.other
    if checkpoint.size > found.size:
        return CheckpointStanding.cut
    return CheckpointStanding.rewritten if checkpoint.size in found.roots else CheckpointStanding.damaged
