"""Checkpoints after C2SP tlog-checkpoint: which ledger, how many entries, which root; signed, and kept elsewhere.

Whoever keeps one can tell later whether the first entries are still those: nobody can make other entries that give
the same root. Its text names no person and no machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.encoding import decode, encode
from boussole.audits.ledger.notes import Note, parse_note

_SIZE = re.compile(r"0|[1-9]\d{0,17}")
_ROOT_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The origin of a ledger, its number of entries, and their root in hexadecimal."""

    origin: str
    size: int
    root: str

    @property
    def note(self) -> Note:
        """The checkpoint as a note that nobody has signed yet: three lines.

        >>> print(Checkpoint(origin="example.org/log", size=0, root="00" * 32).note.text, end="")
        example.org/log
        0
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
        """
        return Note(f"{self.origin}\n{self.size}\n{encode(bytes.fromhex(self.root))}\n")


def parse_checkpoint(text: str) -> tuple[Note, Checkpoint]:
    """Read a signed checkpoint: the note with its signatures, none of them verified yet, and what it says.

    Raises LedgerError where it is none.
    """
    note = parse_note(text)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise _not_one("it has fewer than three lines, or an empty one")
    if not _SIZE.fullmatch(lines[1]):
        raise _not_one("the second line is not a number of entries")
    root = decode(lines[2])
    if root is None or len(root) != _ROOT_BYTES:
        raise _not_one("the third line is not a root")
    return note, Checkpoint(origin=lines[0], size=int(lines[1]), root=root.hex())


def _not_one(why: str) -> LedgerError:
    return LedgerError(
        f"this is not a checkpoint: {why}.", next_step="Give a file made by `boussole ledger checkpoint`."
    )
