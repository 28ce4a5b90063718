"""The last cosignature of each witness and the timestamps that the server keeps; every reader verifies them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from boussole.audits import private_files
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, alone, parse_checkpoint
from boussole.audits.ledger.keys import Note, Signature, VerifierKey, parse_note


def timestamp_request(note: Note) -> bytes:
    """The request (DER, media type application/timestamp-query) for the SHA-256 of the checkpoint's text."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(note.text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return asked.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def timestamped_at(note: Note, *, reply: bytes, authorities: bytes) -> dt.datetime:
    """Return when the authority stamped the checkpoint; `authorities` are the trusted root certificates, as PEM.

    Raises LedgerError where the reply is none, is of another text, or is not signed below a trusted certificate.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        roots = x509.load_pem_x509_certificates(authorities)
    except ValueError as error:
        raise LedgerError("there is no certificate in the file of the authority.", next_step=_ASK) from error
    try:
        response = decode_timestamp_response(reply)
    except ValueError as error:
        raise LedgerError("the reply of the authority cannot be read.", next_step=_ASK) from error
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(response, note.text.encode())
        moment = response.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise LedgerError(
            f"the reply does not stamp this checkpoint: {str(error).split(':', maxsplit=1)[0]}.",
            next_step="Give the reply to this checkpoint, and the root certificate of the authority that made it.",
        ) from error
    return moment


_ASK = "Give the file as the authority sent it."


WITNESSES, TIMESTAMPS = "witnesses", "timestamps"
AHEAD = dt.timedelta(minutes=5)
"""How far the clock of a witness may be ahead of ours."""
_MOMENT = "%Y%m%dT%H%M%SZ"


class UnknownWitnessError(LedgerError):
    """A cosignature that no known witness made."""


class OtherLedgerError(LedgerError):
    """A checkpoint that this ledger's key did not sign."""


@dataclass(frozen=True, kw_only=True)
class CosignedCheckpoint:
    """A checkpoint with the signature of its ledger and the cosignature of one witness, and when that was made."""

    witness: VerifierKey
    at: dt.datetime
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, kw_only=True)
class TimestampedCheckpoint:
    """A checkpoint that an authority stamped, with the time and the name and fingerprint of the trusted certificate."""

    at: dt.datetime
    authority: str
    fingerprint: str
    checkpoint: Checkpoint
    text: str
    reply: bytes


def cosigned(text: str, *, log: VerifierKey, witnesses: Sequence[VerifierKey], now: dt.datetime) -> CosignedCheckpoint:
    """Return the newest cosignature that a known witness made of a checkpoint of this ledger.

    Raises OtherLedgerError or UnknownWitnessError where a signature is missing, LedgerError for no checkpoint.
    """
    note, checkpoint = parse_checkpoint(text)
    own = _lines(note, log)
    if checkpoint.origin != log.name or not own:
        raise OtherLedgerError(
            "this is no checkpoint that the key of this ledger signed.",
            next_step="Send the checkpoint that was fetched here, with the cosignature.",
        )
    made = [(at, key, line) for key in witnesses for line in _lines(note, key) if (at := key.time(line.value))]
    if not made:
        raise UnknownWitnessError(
            "no witness that this ledger knows cosigned the checkpoint.",
            next_step="Ask whoever runs the ledger to add the witness's public key to [ledger] witnesses.",
        )
    at, key, line = max(made, key=lambda each: each[0])
    if at > now + AHEAD:
        raise UnknownWitnessError(
            "the cosignature states a time that has not come yet.", next_step="Set the clock of the witness's machine."
        )
    return CosignedCheckpoint(witness=key, at=at, note=replace(note, signatures=(own[0], line)), checkpoint=checkpoint)


def keep(folder: Path, found: CosignedCheckpoint, *, log: VerifierKey) -> CosignedCheckpoint:
    """Keep a cosignature unless a later one is, and return the kept one. Raises LedgerError where that is invalid."""
    path = _path(folder, found.witness)
    private_files.make_folder(path.parent)
    with alone(path.parent):
        before = kept_of(folder, found.witness, log=log)
        if before and (before.checkpoint.size, before.at) >= (found.checkpoint.size, found.at):
            return before
        private_files.write(path, str(found.note), lasting=True)
    return found


def kept_of(folder: Path, witness: VerifierKey, *, log: VerifierKey | None) -> CosignedCheckpoint | None:
    """Return what is kept of a witness, None when nothing is. Raises LedgerError where its signatures are invalid."""
    path = _path(folder, witness)
    if not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        if log is None:
            raise OtherLedgerError("this ledger has no key.")
        return cosigned(text, log=log, witnesses=[witness], now=dt.datetime.now(dt.UTC))
    except (LedgerError, OSError, UnicodeDecodeError) as error:
        raise LedgerError(
            f"what is kept of the witness {witness.name} does not hold: it was changed, or the key of the ledger was.",
            where=str(path),
            next_step="Compare it with the checkpoint that the witness keeps.",
        ) from error


def file_timestamp(folder: Path, note: Note, *, reply: bytes, authorities: bytes) -> TimestampedCheckpoint:
    """Keep the reply of a timestamp authority. Raises LedgerError where it does not stamp the checkpoint."""
    found = _stamped(note, reply=reply, authorities=authorities)
    name = f"{found.at.strftime(_MOMENT)}-{found.checkpoint.size}"
    for suffix, content in ((".tsr", reply), (".pem", authorities), (".checkpoint", str(note).encode())):
        private_files.write(folder / TIMESTAMPS / (name + suffix), content, lasting=True)
    return found


def timestamps(folder: Path) -> Iterator[TimestampedCheckpoint | str]:
    """What is kept of timestamps, the latest first; of one that does not hold, the name of its file."""
    for path in sorted((folder / TIMESTAMPS).glob("*.checkpoint"), reverse=True):
        try:
            note = parse_note(path.read_text(encoding="utf-8"))
            files = {"reply": path.with_suffix(".tsr"), "authorities": path.with_suffix(".pem")}
            yield _stamped(note, **{name: file.read_bytes() for name, file in files.items()})
        except (LedgerError, OSError, UnicodeDecodeError):
            yield path.name


def _stamped(note: Note, *, reply: bytes, authorities: bytes) -> TimestampedCheckpoint:
    _, checkpoint = parse_checkpoint(str(note))
    at = timestamped_at(note, reply=reply, authorities=authorities)
    root = x509.load_pem_x509_certificates(authorities)[0]
    return TimestampedCheckpoint(
        at=at,
        authority=root.subject.rfc4514_string(),
        fingerprint=root.fingerprint(SHA256()).hex(),
        checkpoint=checkpoint,
        text=note.text,
        reply=reply,
    )


def _lines(note: Note, key: VerifierKey) -> list[Signature]:
    return [
        line
        for line in note.signatures
        if (line.name, line.id) == (key.name, key.id) and key.holds(line.value, text=note.text)
    ]


def _path(folder: Path, witness: VerifierKey) -> Path:
    """Return the file of a witness, under a name that is none of anybody."""
    return folder / WITNESSES / f"{sha256(str(witness).encode()).hexdigest()[:32]}.checkpoint"
