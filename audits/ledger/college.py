"""The folder of a college: its secret key, the public key of the ledger, and the last checkpoint it cosigned."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.cosigning import CosigningRequest, check_extends
from boussole.audits.ledger.keys import COSIGNATURE, SigningKey, VerifierKey, make_key, parse_signer, parse_verifier
from boussole.audits.ledger.notes import Note, check
from boussole.audits.regular import read_text

KEY, PUBLIC, LOG, KEPT = "college.key", "college.vkey", "ledger.vkey", "kept.checkpoint"
WAIT_SECONDS = 60


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


def cosign(
    folder: Path, request: CosigningRequest, *, log: VerifierKey | None = None, at: dt.datetime | None = None
) -> Note:
    """The checkpoint with the college's cosignature, kept in its folder from now on.

    The first time, `log` is the public key of the ledger; the folder keeps it, and later ones must be the same. The
    checkpoint is kept before its cosignature is handed out, so that the college never vouches for two ledgers.

    Raises RefusedError where the checkpoint must not be cosigned, LedgerError where something is missing.
    """
    key = college_key(folder)
    with alone(folder):  # two at the same time would extend the same one, each by another
        trusted = ledger_key(folder, log)
        if trusted is None:
            raise LedgerError(
                "the public key of the ledger is not known yet.",
                where=str(folder),
                next_step="Give --log with the line that `boussole ledger key` prints on the server.",
            )
        check_extends(request, kept=kept_checkpoint(folder), log=trusted)
        note = request.note.signed(key, at=at)
        private_files.write(folder / LOG, f"{trusted}\n", lasting=True)
        private_files.write(folder / KEPT, str(note), lasting=True)
    return note


def kept_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint that the college keeps; None before its first.

    Raises LedgerError where the college's own cosignature is not on it: the file was changed.
    """
    path = folder / KEPT
    if not path.exists():
        return None
    note, checkpoint = parse_checkpoint(read_text(path))
    if not check(note, [college_key(folder).verifier]).signers:
        raise LedgerError(
            "the kept checkpoint does not carry the college's own cosignature: it was changed.",
            where=str(path),
            next_step="Put it back from a copy.",
        )
    return checkpoint


def college_key(folder: Path) -> SigningKey:
    """The key of the college whose folder this is. Raises LedgerError where there is none."""
    path = folder / KEY
    if not path.is_file():
        raise LedgerError(
            "there is no key of a college here.",
            where=str(folder),
            next_step="Make one with `boussole ledger keygen FOLDER --name NAME`.",
        )
    return parse_signer(read_text(path))


def ledger_key(folder: Path, given: VerifierKey | None = None) -> VerifierKey | None:
    """The public key of the ledger: the one the folder keeps, else the one given, if any.

    Raises LedgerError where the folder keeps another one than the one given.
    """
    path = folder / LOG
    known = parse_verifier(read_text(path)) if path.exists() else None
    if known is not None and given is not None and known != given:
        raise LedgerError(
            f"this folder belongs to the ledger {known.name}, not to {given.name}.",
            where=str(folder),
            next_step="Use the folder that was made for that ledger.",
        )
    return known or given


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While one process works on a folder, others wait. Raises LedgerError where it takes too long."""
    try:
        with FileLock(folder / ".lock", timeout=WAIT_SECONDS):
            yield
    except Timeout as error:
        raise LedgerError(
            "another process works on this folder.", where=str(folder), next_step="Try again when it has ended."
        ) from error
