"""Proofs that travel: one entry and its way to a checkpoint, as C2SP tlog-proof writes them.

The entry itself stands in the line `extra`, so that the file says what was sealed and can be verified with nothing
but the public key of the ledger.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.encoding import decode, encode
from boussole.audits.ledger.entry import sealed_bytes
from boussole.audits.ledger.log import row_at
from boussole.audits.ledger.merkle import leaf_hash, verify_inclusion
from boussole.audits.ledger.notes import Note
from boussole.audits.ledger.tree import inclusion_proof

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9]\d{0,17})")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The bytes that were sealed, the index of their entry, the way to the root, and the signed checkpoint."""

    sealed: bytes
    index: int
    path: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = [_HEADER, f"extra {encode(self.sealed)}", f"index {self.index}", *map(encode, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @property
    def holds(self) -> bool:
        """Whether the entry stands where it says below the checkpoint; who signed that is another question."""
        root = bytes.fromhex(self.checkpoint.root)
        leaf = leaf_hash(self.sealed)
        return verify_inclusion(self.path, leaf=leaf, index=self.index, size=self.checkpoint.size, root=root)

    @property
    def entry(self) -> dict[str, Any]:
        """Kind, payload and time of the entry. Raises LedgerError where the sealed bytes say none."""
        try:
            found = json.loads(self.sealed)
        except (RecursionError, ValueError):
            found = None
        if not isinstance(found, dict) or set(found) != {"kind", "payload", "time"}:
            raise _not_one("what it says was sealed is no entry")
        return found


def prove(connection: Connection, *, index: int, note: Note) -> Proof:
    """The proof of an entry below a checkpoint of this ledger. Raises LedgerError when the checkpoint is older."""
    _, checkpoint = parse_checkpoint(str(note))
    path = inclusion_proof(connection, index=index, size=checkpoint.size)
    row = row_at(connection, index)
    sealed = sealed_bytes(row.kind, row.payload, row.time)
    return Proof(sealed=sealed, index=index, path=tuple(path), note=note, checkpoint=checkpoint)


def parse_proof(text: str) -> Proof:
    """Read a proof, verifying nothing yet. Raises LedgerError where it is none."""
    head, _, rest = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != _HEADER:
        raise _not_one(f"it does not begin with {_HEADER}")
    sealed = decode(lines[1].removeprefix("extra ")) if lines[1].startswith("extra ") else None
    index = _INDEX.fullmatch(lines[2])
    path = [decode(line) for line in lines[3:]]
    if sealed is None or index is None:
        raise _not_one("the entry or its index is missing")
    if any(item is None or len(item) != 32 for item in path):
        raise _not_one("a line of the way to the root is no hash")
    note, checkpoint = parse_checkpoint(rest)
    hashes = tuple(item for item in path if item is not None)
    return Proof(sealed=sealed, index=int(index[1]), path=hashes, note=note, checkpoint=checkpoint)


def _not_one(why: str) -> LedgerError:
    return LedgerError(f"this is not a proof of an entry: {why}.", next_step="Make one with `boussole ledger prove`.")
