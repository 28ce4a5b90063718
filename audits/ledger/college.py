"""The folder of a college: its secret key, the public key of the ledger, and the last checkpoint it cosigned."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from pathlib import Path

from audits import private_files
from audits.errors import LedgerError
from audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from audits.ledger.cosigning import Request, check_extends
from audits.ledger.keys import COSIGNATURE, SigningKey, VerifierKey, make_key, parse_signer, parse_verifier
from audits.ledger.notes import Note, check

KEY, PUBLIC, LOG, KEPT = "college.key", "college.vkey", "ledger.vkey", "kept.checkpoint"


def found_college(folder: Path, *, name: str) -> SigningKey:
    """A new key in a new folder that only its owner opens. Raises LedgerError where there is a key already."""
    key = make_key(name, kind=COSIGNATURE)
    private_files.make_folder(folder)
    try:
        handle = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LedgerError(
            "this folder holds a key already.", where=str(folder), next_step="Use it, or name another folder."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key.secret_text + "\n")
    private_files.write(folder / PUBLIC, f"{key.verifier}\n")
    return key


def cosign(folder: Path, request: Request, *, log: VerifierKey | None = None, at: dt.datetime | None = None) -> Note:
    """The checkpoint with the college's cosignature, kept in its folder from now on.

    The first time, `log` is the public key of the ledger; the folder keeps it, and later ones must be the same. The
    checkpoint is kept before its cosignature is handed out, so that the college never vouches for two ledgers.

    Raises RefusedError where the checkpoint must not be cosigned, LedgerError where something is missing.
    """
    key, kept = _key(folder), kept_checkpoint(folder)
    trusted = _trusted(folder, log)
    check_extends(request, kept=kept, log=trusted)
    note = request.note.signed(key, at=at)
    _write(folder / LOG, f"{trusted}\n")
    _write(folder / KEPT, str(note))
    return note


def kept_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint that the college keeps; None before its first.

    Raises LedgerError where the college's own cosignature is not on it: the file was changed.
    """
    path = folder / KEPT
    if not path.exists():
        return None
    note, checkpoint = parse_checkpoint(path.read_text(encoding="utf-8"))
    if not check(note, [_key(folder).verifier]).signers:
        raise LedgerError(
            "the kept checkpoint does not carry the college's own cosignature: it was changed.",
            where=str(path),
            next_step="Put it back from a copy.",
        )
    return checkpoint


def _key(folder: Path) -> SigningKey:
    path = folder / KEY
    if not path.is_file():
        raise LedgerError(
            "there is no key of a college here.",
            where=str(folder),
            next_step="Make one with `boussole ledger keygen FOLDER --name NAME`.",
        )
    return parse_signer(path.read_text(encoding="utf-8"))


def _trusted(folder: Path, given: VerifierKey | None) -> VerifierKey:
    """The public key of the ledger: the one the folder keeps, else the one given."""
    path = folder / LOG
    known = parse_verifier(path.read_text(encoding="utf-8")) if path.exists() else None
    if known is not None and given is not None and known != given:
        raise LedgerError(
            f"this folder belongs to the ledger {known.name}, not to {given.name}.",
            where=str(folder),
            next_step="Use the folder that was made for that ledger.",
        )
    found = known or given
    if found is None:
        raise LedgerError(
            "the public key of the ledger is not known yet.",
            where=str(folder),
            next_step="Give --log with the line that `boussole ledger key` prints on the server.",
        )
    return found


def _write(path: Path, text: str) -> None:
    """The whole file or the old one, even when the machine stops."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, private_files.FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
