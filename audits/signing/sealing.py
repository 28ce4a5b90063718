"""A signer of another account, which holds a ledger's key and never signs a checkpoint older than its last one."""

from __future__ import annotations

from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import alone, parse_checkpoint
from boussole.audits.ledger.keys import Note, Signature, SigningKey, check
from boussole.audits.signing.key import known_key

LAST = "signed.checkpoint"


def sealing_key(folder: Path) -> SigningKey:
    """The key of the account. Raises LedgerError where there is none: signing makes no key."""
    found = known_key(folder)
    if found is None:
        raise LedgerError(
            "there is no key of a ledger here.",
            where=str(folder),
            next_step="Make one with `boussole ledger signer FOLDER --new`, or move keys/ledger.key there.",
        )
    return found


def seal(folder: Path, text: str) -> Signature:
    """Sign a checkpoint's text. Raises LedgerError where it is of another key, or goes back behind the last one."""
    key = sealing_key(folder)
    with alone(folder):
        note = Note(text).signed(key)
        _, new = parse_checkpoint(str(note))
        if new.origin != key.name:
            raise LedgerError(
                f"this is no checkpoint of the ledger {key.name}; it is not signed.",
                next_step="Ask for the ledger's own checkpoint, or use the signer of the other one.",
            )
        path = folder / LAST
        if path.exists():
            before, last = parse_checkpoint(path.read_text(encoding="utf-8"))
            if not check(before, [key.verifier]).signers:
                raise LedgerError(
                    "the last checkpoint that was signed does not bear the signature: it was changed.",
                    where=str(path),
                    next_step="Put it back from a copy.",
                )
            if new.size < last.size or (new.size == last.size and new.root != last.root):
                raise LedgerError(
                    f"a checkpoint of {last.size} entries was signed already, and this one, of {new.size}, goes back "
                    "behind it; it is not signed.",
                    where=str(path),
                    next_step="Find out why the ledger went back. After an agreed restore, move that file away.",
                )
        private_files.write(path, str(note), lasting=True)
    return note.signatures[-1]
