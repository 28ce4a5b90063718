"""What people kept, read and told in plain words: checkpoints, proofs, and who signed them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from boussole.audits.errors import LedgerError
from boussole.audits.regular import read_bytes
from boussole.dashboard.cli.console.console import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boussole.audits.ledger.checkpoint import Checkpoint
    from boussole.audits.ledger.keys import VerifierKey
    from boussole.audits.ledger.notes import Note
    from boussole.audits.workspace import Workspace

MOST_BYTES = 1_000_000


def text_of(path: Path) -> str:
    """The text of a small file. Raises LedgerError where it is large, or no text."""
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError("this file is too large for a checkpoint or a proof.", where=str(path))
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise LedgerError("this file is not text.", where=str(path), next_step="Give it as it was written.") from error


def checkpoint_in(path: Path) -> tuple[Note, Checkpoint]:
    """The checkpoint in a file, with or without the proof that a college was handed before it."""
    from boussole.audits.ledger.cosigning import parse_request

    request = parse_request(text_of(path))
    return request.note, request.checkpoint


def came_since(before: Checkpoint | None, new: Checkpoint) -> None:
    """Tells what a checkpoint that is kept from now on adds to the one that was kept before, if one was."""
    if before is None:
        say(f"The first checkpoint that is kept: nothing shows whether its entries ({new.size}) were others before.")
    else:
        say(f"The entries that were kept ({before.size}) are unchanged; {new.size - before.size} more came since.")


def filed(workspace: Workspace | None, note: Note, *, reply: bytes, authorities: bytes) -> str:
    """Files a timestamp in the workspace whose checkpoint it is of; says where, or why not."""
    from boussole.audits.ledger.outside import OtherLedgerError
    from boussole.charter.records.notes.outside import file_timestamp

    if workspace is None:
        return "Not filed: no workspace was named."
    try:
        file_timestamp(workspace, note, reply=reply, authorities=authorities)
    except OtherLedgerError as error:
        return f"Not filed: {error.what}"
    return f"Filed in {workspace.checkpoints}."


def signatures(path: Path, note: Note, keys: Sequence[VerifierKey]) -> bool:
    """Tells who signed; every key given must have."""
    from boussole.audits.ledger.notes import check

    checked = check(note, keys)
    for signer in checked.signers:
        when = f" on {signer.at:%Y-%m-%d at %H:%M} UTC" if signer.at else ""
        say(f"{path.name}: signed by {signer.key.name}{when}.")
    missing = [key for key in keys if key not in {signer.key for signer in checked.signers}]
    for key in missing:
        forged = "carries a signature in the name of {}, which its key did not make"
        say(f"{path.name}: {(forged if key in checked.forged else 'is not signed by {}').format(key.name)}.")
    if not keys:
        say(f"{path.name}: nobody's signature was checked; give --key with the public keys you trust.")
    return not missing


def check_proof(path: Path, *, keys: Sequence[str], document: Path | None) -> None:
    """Check a proof by itself and tell what it shows; leaves with 1 where it fails."""
    from boussole.audits.ledger.keys import parse_verifier
    from boussole.audits.ledger.proof import parse_proof

    proof = parse_proof(text_of(path))
    if not proof.holds:
        say(f"The proof does not hold: entry {proof.index} is not below this checkpoint.")
        raise typer.Exit(1)
    entry, size = proof.entry, proof.checkpoint.size
    say(f"Entry {proof.index} of {size}: {entry['kind']}, sealed on {entry['time']}.")
    for name, value in entry["payload"].items():
        say(f"  {name}: {value}")
    good = signatures(path, proof.note, [parse_verifier(key) for key in keys])
    if document is not None:
        good &= _sealed(document, entry["payload"])
    if not good:
        raise typer.Exit(1)


def _sealed(document: Path, payload: dict[str, object]) -> bool:
    """Whether a payload holds the hash of a file, or of the audit document that it is."""
    import json

    from boussole.audits.errors import BoussoleError
    from boussole.audits.hashing import sha256_hex
    from boussole.charter.records import sealed_json

    data = read_bytes(document)
    hashes = {sha256_hex(data)}
    with suppress(BoussoleError, ValueError, AttributeError, TypeError):
        hashes.add(sha256_hex(sealed_json(json.loads(data))))
    found = not hashes.isdisjoint(map(str, payload.values()))
    say(f"{document.name}: {'this is what the entry seals' if found else 'the entry seals something else'}.")
    return found
