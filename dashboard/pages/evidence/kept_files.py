"""A checkpoint or a proof that somebody kept, held to the ledger: everything is verified anew."""

from __future__ import annotations

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint
from boussole.audits.ledger.cosigning import parse_request
from boussole.audits.ledger.keeping import CheckpointStanding, standing
from boussole.audits.ledger.notes import Note, check
from boussole.audits.ledger.proof import Proof, parse_proof
from boussole.audits.signing.key import verifier_of
from boussole.charter.records import verify_records
from boussole.charter.records.sealed_files import NO_FILES, verify_files
from boussole.dashboard.pages.evidence.answers import EvidenceQuery, FileAnswer
from boussole.dashboard.pages.evidence.head import bad_files
from boussole.dashboard.words.say import Say

MOST_BYTES = 200_000


def kept_answer(content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    """What a checkpoint or a proof is to the ledger; None for any other file."""
    text = _text(content)
    if text is None:
        return None
    if (kept := _kept(text)) is not None:
        return _checkpoint(*kept, asking)
    proof = _proof(text)
    return None if proof is None else _proved(proof, asking)


def _checkpoint(note: Note, checkpoint: Checkpoint, asking: EvidenceQuery) -> FileAnswer:
    """How the ledger stands to a kept checkpoint: everything is verified anew."""
    say, workspace = asking.say, asking.workspace
    found = verify_records(workspace, sizes=[checkpoint.size])
    own, size = verifier_of(workspace), say.whole(checkpoint.size)
    if found is None:
        return FileAnswer(
            tone="broken", headline=say("This checkpoint knows {n} entries, and here there are none.", n=size)
        )
    stands = standing(checkpoint, found, origin=own.name if own else None)
    files = verify_files(workspace) if found.ok else NO_FILES
    good = stands is CheckpointStanding.holds and found.ok and files.ok
    details = [_signed(note, asking), _later(checkpoint, found.size, say) if good else ""]
    if stands is CheckpointStanding.holds and not found.ok:
        details.append(
            say("Yet the ledger does not hold: entry {n} or what it seals was changed.", n=str(found.bad_index))
        )
    if files.bad:
        details.append(bad_files(files, say))
    if stands is not CheckpointStanding.holds or not found.ok:
        details.append(say("Keep this file: it is what shows it."))
    return FileAnswer(
        tone="kept" if good else "broken",
        headline=_stands(stands, checkpoint.size, found.size, say),
        details=[item for item in details if item],
    )


def _stands(stands: CheckpointStanding, known: int, held: int, say: Say) -> str:
    """How the ledger stands to a checkpoint, in a sentence."""
    size = say.whole(known)
    words = {
        CheckpointStanding.holds: say(
            "The ledger still holds the {n} entries that this checkpoint knows, unchanged.", n=size
        ),
        CheckpointStanding.rewritten: say(
            "The ledger was rewritten: its first {n} entries are not those that this checkpoint knows.", n=size
        ),
        CheckpointStanding.cut: say(
            "Entries were removed: this checkpoint knows {n}, and the ledger has {held}.",
            n=size,
            held=say.whole(held),
        ),
        CheckpointStanding.damaged: say(
            "An entry that this checkpoint knows was changed, and does not hold in itself."
        ),
        CheckpointStanding.other: say(
            "This checkpoint is of another ledger: of another workspace, or the key and the ledger of this one were "
            "replaced."
        ),
    }
    return words[stands]


def _signed(note: Note, asking: EvidenceQuery) -> str:
    """Who signed: of others than this ledger, the keys are not known here."""
    own, say = verifier_of(asking.workspace), asking.say
    signed = own is not None and bool(check(note, [own]).signers)
    others = sorted({line.name for line in note.signatures if own is None or line.name != own.name})
    told = [say("It bears the signature of this ledger.")] if signed else []
    if others:
        told.append(
            say(
                "It names {names} as signing; with the public keys, `boussole verify --ledger` tells whether they did.",
                names=", ".join(others),
            )
        )
    return " ".join(told)


def _later(checkpoint: Checkpoint, size: int, say: Say) -> str:
    more = size - checkpoint.size
    return say.plural("One entry came later.", "{n} entries came later.", more) if more else say("No entry came later.")


def _proved(proof: Proof, asking: EvidenceQuery) -> FileAnswer:
    """A proof by itself, then its checkpoint against the ledger."""
    say = asking.say
    if not proof.holds:
        return FileAnswer(tone="broken", headline=say("This proof does not hold in itself: it was changed."))
    stands = _checkpoint(proof.note, proof.checkpoint, asking)
    number = str(proof.index)
    if stands.tone != "kept":
        return FileAnswer(
            tone="broken",
            headline=say("The proof of entry {n} does not fit this ledger.", n=number),
            details=[stands.headline, *stands.details],
        )
    return FileAnswer(
        tone="kept",
        headline=say("The proof holds: entry {n} stands in this ledger as it says.", n=number),
        details=stands.details,
        entries=[asking.entry(proof.index)],
    )


def _text(content: bytes) -> str | None:
    try:
        return content.decode() if len(content) <= MOST_BYTES else None
    except UnicodeDecodeError:
        return None


def _kept(text: str) -> tuple[Note, Checkpoint] | None:
    """A checkpoint, by itself or with the proof that a college was handed."""
    try:
        request = parse_request(text)
    except LedgerError:
        return None
    return request.note, request.checkpoint


def _proof(text: str) -> Proof | None:
    try:
        return parse_proof(text)
    except LedgerError:
        return None
