"""What people kept, held to the ledger and told in plain words: checkpoints and proofs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from audits.errors import LedgerError
from dashboard.commands.console import say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audits.ledger.checkpoint import Checkpoint
    from audits.ledger.keys import VerifierKey
    from audits.ledger.notes import Note
    from audits.ledger.verification import Verification
    from audits.workspace import Workspace
    from charter.records.outside import Outside

MOST_BYTES = 1_000_000


def text_of(path: Path) -> str:
    """The text of a small file. Raises LedgerError where it is large, or no text."""
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError("this file is too large for a checkpoint or a proof.", where=str(path))
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise LedgerError("this file is not text.", where=str(path), next_step="Give it as it was written.") from error


def checkpoint_in(path: Path) -> tuple[Note, Checkpoint]:
    """The checkpoint in a file, with or without the proof that a college was handed before it."""
    from audits.ledger.cosigning import parse_request

    request = parse_request(text_of(path))
    return request.note, request.checkpoint


def verify_ledger(workspace: Workspace, *, checkpoints: Sequence[Path], keys: Sequence[str]) -> bool:
    """Rehash the ledger, hold records to it, and hold it to the kept checkpoints; whether all of that holds."""
    from audits.ledger.keys import parse_verifier
    from audits.ledger.signing import verifier_of
    from charter.records import verify_records

    known = [(path, *checkpoint_in(path)) for path in checkpoints]
    trusted = [parse_verifier(key) for key in keys]
    found = verify_records(workspace, sizes=[item.size for _, _, item in known])
    if found is None:
        say("There are no records yet." if not known else "The records are gone, and with them the ledger.")
        good = not known
    else:
        good = _itself(found) and _lawful(workspace)
        good &= not found.ok or _outside(workspace)
    origin = verifier_of(workspace)
    for path, note, item in known:
        good &= found is not None and _stands(path, item, found, origin=origin.name if origin else None)
        good &= _signatures(path, note, trusted)
    return good


def filed(workspace: Workspace | None, note: Note, *, reply: bytes, authorities: bytes) -> str:
    """Files a timestamp in the workspace whose checkpoint it is of; says where, or why not."""
    from audits.ledger.outside import OtherLedgerError
    from charter.records.outside import file_timestamp

    if workspace is None:
        return "Not filed: no workspace was named."
    try:
        file_timestamp(workspace, note, reply=reply, authorities=authorities)
    except OtherLedgerError as error:
        return f"Not filed: {error.what}"
    return f"Filed in {workspace.checkpoints}."


def _outside(workspace: Workspace) -> bool:
    """Tells who outside has checked the ledger; whether it is the one they saw, and as timestamped as is required."""
    import datetime as dt

    from charter.records.outside import State, outside

    found, now = outside(workspace), dt.datetime.now(dt.UTC)
    for each in found.checks:
        if each.problem:
            say(f"Witness {each.witness}: {each.problem}")
        elif each.at is None:
            say(f"Witness {each.witness}: has not checked the ledger yet.")
        else:
            words = "unchanged" if not each.broken else f"not those it saw ({each.standing})"
            when = f"{each.at:%Y-%m-%d at %H:%M} UTC"
            say(f"Witness {each.witness}: cosigned {each.size} entries on {when}; they are {words}.")
    if found.state(now) in (State.late, State.never):
        say(f"No witness outside has checked the ledger for {found.witness_days} days.")
    if not found.checks:
        say("Nobody outside checks the ledger: [ledger] witnesses names nobody.")
    return found.state(now) is not State.broken and _timestamped(found, now)


def _timestamped(found: Outside, now: dt.datetime) -> bool:
    """Tells when the ledger was timestamped; whether that is as recent as is required."""
    from charter.records.outside import State

    for name in found.bad_stamps:
        say(f"The timestamp {name} does not hold.")
    state, stamp = found.stamp_state(now), found.stamp
    if stamp is not None:
        words = "unchanged" if state is not State.broken else f"not those that were stamped ({stamp.standing})"
        who = f"{stamp.authority}, certificate {stamp.fingerprint[:16]}…"
        when = f"{stamp.at:%Y-%m-%d at %H:%M} UTC"
        say(f"Timestamp of {when} by {who}: its {stamp.size} entries are {words}.")
    if state in (State.late, State.never):
        say(f"A timestamp is required every {found.timestamp_days} days ([ledger] timestamp_days): it is missing.")
    return state in (State.unset, State.recent)


def _itself(found: Verification) -> bool:
    if found.ok:
        say(f"The ledger holds: {found.size} entries, root {found.root}.")
    else:
        say(f"The ledger does not hold: entry {found.bad_index}: {found.problem}")
    return found.ok


def _lawful(workspace: Workspace) -> bool:
    """Tells which acts of committees their own rules did not allow, or whose votes were counted otherwise; and which
    entries about incidents and appeals may not have been made."""
    from charter.committee.proving import faults_in
    from charter.incidents.entering import faults_in as entered_wrongly

    found = faults_in(workspace)
    for name, each in ((name, each) for name, faults in found.items() for each in faults):
        say(f"Committee '{name}', entry {each.entry}: {each.reason}")
    others = entered_wrongly(workspace)
    for entry, reason in others:
        say(f"Entry {entry}: {reason}")
    return not any(found.values()) and not others


def _stands(path: Path, kept: Checkpoint, found: Verification, *, origin: str | None) -> bool:
    """Tells how the ledger stands to a kept checkpoint."""
    from audits.ledger.keeping import Standing, standing

    stands = standing(kept, found, origin=origin)
    words = {
        Standing.holds: f"the entries it knows ({kept.size}) are unchanged",
        Standing.rewritten: f"the ledger was rewritten: its first {kept.size} entries are others than it knows",
        Standing.cut: f"entries were removed: it knows {kept.size}, and the ledger has {found.size}",
        Standing.damaged: "what it knows cannot be compared: an earlier entry does not hold",
        Standing.other: f"it names another ledger, {kept.origin}, and this one "
        f"{f'is {origin}' if origin else 'has no key'}: it belongs to another workspace, or the key and the ledger of "
        "this one were replaced",
    }
    say(f"{path.name}: {words[stands]}.")
    return stands is Standing.holds


def _signatures(path: Path, note: Note, keys: Sequence[VerifierKey]) -> bool:
    """Tells who signed; every key given must have."""
    from audits.ledger.notes import check

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
    from audits.ledger.keys import parse_verifier
    from audits.ledger.proof import parse_proof

    proof = parse_proof(text_of(path))
    if not proof.holds:
        say(f"The proof does not hold: entry {proof.index} is not below this checkpoint.")
        raise typer.Exit(1)
    entry, size = proof.entry, proof.checkpoint.size
    say(f"Entry {proof.index} of {size}: {entry['kind']}, sealed on {entry['time']}.")
    for name, value in entry["payload"].items():
        say(f"  {name}: {value}")
    good = _signatures(path, proof.note, [parse_verifier(key) for key in keys])
    if document is not None:
        good &= _sealed(document, entry["payload"])
    if not good:
        raise typer.Exit(1)


def _sealed(document: Path, payload: dict[str, object]) -> bool:
    """Whether a payload holds the hash of a file, or of the audit document that it is."""
    import json

    from audits.errors import BoussoleError
    from audits.hashing import sha256_hex
    from charter.records import sealed_json

    data = document.read_bytes()
    hashes = {sha256_hex(data)}
    with suppress(BoussoleError, ValueError, AttributeError, TypeError):
        hashes.add(sha256_hex(sealed_json(json.loads(data))))
    found = not hashes.isdisjoint(map(str, payload.values()))
    say(f"{document.name}: {'this is what the entry seals' if found else 'the entry seals something else'}.")
    return found
