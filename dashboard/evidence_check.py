"""What an uploaded file is to the ledger: sealed here, not known here, or other than what is sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audits.errors import LedgerError, ReportError
from audits.ledger.checkpoint import Checkpoint
from audits.ledger.cosigning import parse_request
from audits.ledger.keeping import Standing, standing
from audits.ledger.notes import Note, check
from audits.ledger.proof import Proof, parse_proof
from audits.ledger.signing import known_key
from audits.workspace import Workspace
from charter.records import verify_records
from charter.records.lookup import How, Place, audits_alike, fingerprints, places_of
from dashboard.addresses import evidence_href
from dashboard.evidence_words import moment_words
from dashboard.report.checking import check as check_report
from dashboard.words import Say

LARGEST = 50_000_000
"""Bytes: as much as a document that a record rests on."""
_NOTE = 200_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the file is, in a sentence, with what goes with it, and the entries that it leads to."""

    tone: str
    headline: str
    details: Sequence[str] = ()
    entries: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, and where."""

    workspace: Workspace
    say: Say
    query: Mapping[str, str]

    def entry(self, number: int) -> tuple[str, str]:
        """The name and address of an entry."""
        return self.say("Entry {n}", n=str(number)), evidence_href(query=self.query, entry=str(number))


def examine(name: str, content: bytes, asking: Asking) -> Answer:
    """What a file is to the ledger of the workspace."""
    say = asking.say
    if not content:
        return Answer(tone="unknown", headline=say("This file is empty."))
    if len(content) > LARGEST:
        return too_large(say)
    if content.startswith(b"%PDF") and (report := _report(name, content, asking)):
        return report
    if (text := _text(content)) is not None:
        if (kept := _kept(text)) is not None:
            return _checkpoint(*kept, asking)
        if (proof := _proof(text)) is not None:
            return _proved(proof, asking)
    return _document(content, asking)


def too_large(say: Say) -> Answer:
    """The answer to a file of which only the size is looked at."""
    most = say.whole(LARGEST // 10**6)
    return Answer(tone="unknown", headline=say("This file is larger than {n} MB: it was not read.", n=most))


def _checkpoint(note: Note, checkpoint: Checkpoint, asking: Asking) -> Answer:
    """How the ledger stands to a kept checkpoint: everything is verified anew."""
    say, workspace = asking.say, asking.workspace
    found = verify_records(workspace, sizes=[checkpoint.size])
    own = known_key(workspace.keys)
    size = say.whole(checkpoint.size)
    if found is None:
        return Answer(
            tone="broken", headline=say("This checkpoint knows {n} entries, and here there are none.", n=size)
        )
    words = {
        Standing.holds: say("The ledger still holds the {n} entries that this checkpoint knows, unchanged.", n=size),
        Standing.rewritten: say(
            "The ledger was rewritten: its first {n} entries are not those that this checkpoint knows.", n=size
        ),
        Standing.cut: say(
            "Entries were removed: this checkpoint knows {n}, and the ledger has {held}.",
            n=size,
            held=say.whole(found.size),
        ),
        Standing.damaged: say("An entry that this checkpoint knows was changed, and does not hold in itself."),
        Standing.other: say(
            "This checkpoint is of another ledger: of another workspace, or the key and the ledger of this one were "
            "replaced."
        ),
    }
    stands = standing(checkpoint, found, origin=own.name if own else None)
    good = stands is Standing.holds and found.ok
    details = [_signed(note, asking), _later(checkpoint, found.size, say) if good else ""]
    if stands is Standing.holds and not found.ok:
        details.append(
            say("Yet the ledger does not hold: entry {n} or what it seals was changed.", n=str(found.bad_index))
        )
    if not good:
        details.append(say("Keep this file: it is what shows it."))
    return Answer(tone="kept" if good else "broken", headline=words[stands], details=[item for item in details if item])


def _signed(note: Note, asking: Asking) -> str:
    """Who signed: of others than this ledger, the keys are not known here."""
    own, say = known_key(asking.workspace.keys), asking.say
    signed = own is not None and bool(check(note, [own.verifier]).signers)
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


def _proved(proof: Proof, asking: Asking) -> Answer:
    """A proof by itself, then its checkpoint against the ledger."""
    say = asking.say
    if not proof.holds:
        return Answer(tone="broken", headline=say("This proof does not hold in itself: it was changed."))
    stands = _checkpoint(proof.note, proof.checkpoint, asking)
    number = str(proof.index)
    if stands.tone != "kept":
        return Answer(
            tone="broken",
            headline=say("The proof of entry {n} does not fit this ledger.", n=number),
            details=[stands.headline, *stands.details],
        )
    return Answer(
        tone="kept",
        headline=say("The proof holds: entry {n} stands in this ledger as it says.", n=number),
        details=stands.details,
        entries=[asking.entry(proof.index)],
    )


def _report(name: str, content: bytes, asking: Asking) -> Answer | None:
    """A report of Boussole; None for any other PDF."""
    say = asking.say
    try:
        found = check_report(Path(name), workspace=asking.workspace, content=content)
    except ReportError:
        return None
    if found.problems:
        headline = say("This report differs from what is sealed: what is attached to it is not what the ledger knows.")
        return Answer(tone="broken", headline=headline, entries=[asking.entry(n) for n in found.in_ledger or ()])
    return Answer(
        tone="kept",
        headline=say.plural(
            "The audit attached to this report is sealed here, unchanged.",
            "The {n} audits attached to this report are sealed here, unchanged.",
            found.audits,
        ),
        details=[say("What is printed on its pages was not compared: the attached documents count.")],
        entries=[asking.entry(number) for number in found.in_ledger or ()],
    )


def _document(content: bytes, asking: Asking) -> Answer:
    """Any file: by its fingerprint, and an audit document also by what it is about."""
    say = asking.say
    hashes = fingerprints(content)
    places = places_of(asking.workspace, hashes)
    shown = say("Its fingerprint (SHA-256): `{sha}`", sha=hashes[0])
    if places:
        return Answer(
            tone="kept",
            headline=_sealed(places[0], say),
            details=[shown],
            entries=[asking.entry(place.entry) for place in places],
        )
    alike = _alike(content, asking.workspace)
    if alike:
        headline = say(
            "This audit differs from what is sealed: the ledger holds one of the same system and period, and this is "
            "not it."
        )
        why = say("It was changed, or it is an audit that was never sealed (a trial).")
        return Answer(tone="broken", headline=headline, details=[why], entries=[asking.entry(n) for n in alike])
    unknown = say("This file is not known here: no entry seals it.")
    why = say("One changed byte is enough for another fingerprint: compare it with the file as you received it.")
    return Answer(tone="unknown", headline=unknown, details=[why, shown])


def _sealed(place: Place, say: Say) -> str:
    number, moment = str(place.entry), moment_words(place.time, say)
    by_how = {
        How.itself: say("This is sealed at entry {n}, on {moment}.", n=number, moment=moment),
        How.attached: say(
            "A record sealed at entry {n}, on {moment}, rests on this document.", n=number, moment=moment
        ),
        How.evidence: say(
            "These are the counts from which the audit sealed at entry {n}, on {moment}, was made.",
            n=number,
            moment=moment,
        ),
    }
    return by_how[place.how]


def _alike(content: bytes, workspace: Workspace) -> list[int]:
    """The audits of the same system and window as an audit document; none for any other file."""
    try:
        document = json.loads(content)
        window = document["window"]
        subject = {"system": document["system"], "start": window["start"], "end": window["end"]}
    except (KeyError, RecursionError, TypeError, ValueError):
        return []
    return audits_alike(workspace, **subject) if all(isinstance(value, str) for value in subject.values()) else []


def _text(content: bytes) -> str | None:
    try:
        return content.decode() if len(content) <= _NOTE else None
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
