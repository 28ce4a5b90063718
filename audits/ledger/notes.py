"""Signed notes after C2SP signed-note: a text, and the signatures of the keys that vouch for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.encoding import decode, encode
from boussole.audits.ledger.keys import ID_BYTES, NoteSigner, VerifierKey, is_name

MAX_CHARACTERS = 100_000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Signature:
    """One signature line: the name and id of its key, and what the key made."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {encode(self.id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed(self, key: NoteSigner, *, at: dt.datetime | None = None) -> Note:
        """The note with one more signature, made now or `at`; one that the same key made earlier is replaced."""
        public = key.verifier
        made = Signature(public.name, public.id, key.sign(self.text, at=at or dt.datetime.now(dt.UTC)))
        others = tuple(item for item in self.signatures if (item.name, item.id) != (public.name, public.id))
        return replace(self, signatures=(*others, made))


@dataclass(frozen=True)
class Signer:
    """A key that signed a note; `at` is the time it states, where it states one."""

    key: VerifierKey
    at: dt.datetime | None


@dataclass(frozen=True)
class NoteSignatures:
    """Which of the keys one trusts signed a note, and in whose name somebody else wrote a line."""

    signers: tuple[Signer, ...]
    forged: tuple[VerifierKey, ...]


def check(note: Note, keys: Iterable[VerifierKey]) -> NoteSignatures:
    """Verify the signatures of the keys given; those of other keys are ignored, as the specification demands."""
    known = {(key.name, key.id): key for key in keys}
    signers: list[Signer] = []
    forged: list[VerifierKey] = []
    for line in note.signatures:
        key = known.get((line.name, line.id))
        if key is None:
            continue
        if key.holds(line.value, text=note.text):
            signers.append(Signer(key, key.time(line.value)))
        else:
            forged.append(key)
    return NoteSignatures(tuple(signers), tuple(forged))


def parse_note(text: str) -> Note:
    """Read a signed note. Raises LedgerError where it is none."""
    if len(text) > MAX_CHARACTERS:
        raise _not_one(f"it has more than {MAX_CHARACTERS} characters")
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise _not_one("a blank line and a signature are missing")
    if _CONTROL.search(text):
        raise _not_one("it holds control characters")
    return Note(body + "\n", tuple(parse_signature(line) for line in lines.removesuffix("\n").split("\n")))


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline. Raises LedgerError where it is none."""
    parts = line.split(" ")
    value = decode(parts[2]) if len(parts) == 3 and parts[0] == "—" and is_name(parts[1]) else None
    if value is None or len(value) <= ID_BYTES:
        raise _not_one("a line under the blank line is no signature")
    return Signature(parts[1], value[:ID_BYTES], value[ID_BYTES:])


def _not_one(why: str) -> LedgerError:
    return LedgerError(
        f"this is not a signed note: {why}.", next_step="Give the file as it was written, a checkpoint for instance."
    )
