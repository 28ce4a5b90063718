"""How a college cosigns: it holds a key and the last checkpoint it cosigned, and extends that one only.

What the ledger's server hands over is the body of a request after C2SP tlog-witness: the size of the checkpoint that
the college keeps, the proof that the new one extends it, and the new one. The folder of the college lies elsewhere,
out of reach of whoever runs the server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.encoding import decode, encode
from boussole.audits.ledger.keys import VerifierKey
from boussole.audits.ledger.merkle import verify_consistency
from boussole.audits.ledger.notes import Note, check

_OLD = re.compile(r"old (0|[1-9]\d{0,17})")
_MOST_HASHES = 63


class RefusedCheckpointError(LedgerError):
    """A checkpoint that must not be cosigned: it does not extend the one that is kept, or is not the ledger's."""


@dataclass(frozen=True, kw_only=True)
class CosigningRequest:
    """A signed checkpoint, and the proof that it extends an older one of `old` entries."""

    note: Note
    checkpoint: Checkpoint
    old: int = 0
    path: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """The file to hand over: without an older checkpoint to extend, the checkpoint by itself."""
        if not self.old:
            return str(self.note)
        return "".join(f"{line}\n" for line in [f"old {self.old}", *map(encode, self.path)]) + f"\n{self.note}"


def cosigned(request: CosigningRequest, note: Note) -> CosigningRequest:
    """The same request with the signatures of a note of its checkpoint: the next college can cosign it too."""
    return replace(request, note=note)


def make_request(note: Note, *, old: int, path: Sequence[bytes]) -> CosigningRequest:
    """What is handed to a college that keeps a checkpoint of `old` entries."""
    _, checkpoint = parse_checkpoint(str(note))
    return CosigningRequest(note=note, checkpoint=checkpoint, old=old, path=tuple(path))


def parse_request(text: str) -> CosigningRequest:
    """Read a request, or a checkpoint by itself. Raises LedgerError where it is neither."""
    if not text.startswith("old "):
        note, checkpoint = parse_checkpoint(text)
        return CosigningRequest(note=note, checkpoint=checkpoint)
    head, _, rest = text.partition("\n\n")
    first, *lines = head.split("\n")
    old, path = _OLD.fullmatch(first), [decode(line) for line in lines]
    if old is None or len(path) > _MOST_HASHES or any(item is None or len(item) != 32 for item in path):
        raise LedgerError(
            "the proof before the checkpoint cannot be read.",
            next_step="Make the file anew with `boussole ledger checkpoint --since`.",
        )
    note, checkpoint = parse_checkpoint(rest)
    hashes = tuple(item for item in path if item is not None)
    return CosigningRequest(note=note, checkpoint=checkpoint, old=int(old[1]), path=hashes)


def check_extends(request: CosigningRequest, *, kept: Checkpoint | None, log: VerifierKey) -> None:
    """Nothing speaks against cosigning: the ledger signed the checkpoint, and it extends the one that is kept.

    Raises RefusedCheckpointError where it does not, LedgerError where the proof of it is missing.
    """
    new = request.checkpoint
    if not check(request.note, [log]).signers:
        raise RefusedCheckpointError(
            "the checkpoint is not signed by the ledger's key.",
            where=f"key {log.name}",
            next_step="Do not cosign it. Ask whoever runs the ledger which key signed it, and why.",
        )
    if kept is None:
        return
    if new.origin != kept.origin:
        raise RefusedCheckpointError(
            f"this is a checkpoint of another ledger ({new.origin}) than the one that is kept ({kept.origin}).",
            next_step="Use the folder that was made for that ledger.",
        )
    if new.size < kept.size:
        raise RefusedCheckpointError(
            f"the checkpoint has {new.size} entries, and the one that is kept has {kept.size}: entries were removed, "
            "or the file is an old one.",
            next_step="Do not cosign it. Ask for a newer checkpoint.",
        )
    if not _extends(request, kept):
        raise RefusedCheckpointError(
            f"the first {kept.size} entries are no longer those of the checkpoint that is kept: the ledger was "
            "rewritten.",
            next_step="Do not cosign it. Keep both files: together they prove it.",
        )


def _extends(request: CosigningRequest, kept: Checkpoint) -> bool:
    new = request.checkpoint
    if kept.size in (0, new.size):
        return kept.size == 0 or kept.root == new.root
    if request.old != kept.size:
        raise LedgerError(
            f"the file does not show that the new checkpoint extends the one that is kept, of {kept.size} entries.",
            next_step="Ask for one made by `boussole ledger checkpoint --since` with the checkpoint that is kept.",
        )
    roots = {"first_root": bytes.fromhex(kept.root), "second_root": bytes.fromhex(new.root)}
    return verify_consistency(request.path, first=kept.size, second=new.size, **roots)
