"""What the evidence page hands out and takes in: checkpoints, proofs, and what an uploaded file is to the ledger."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError, LedgerError, ReportError
from boussole.audits.hashing import sha256_hex
from boussole.audits.ledger.checkpoint import (
    Checkpoint,
    CheckpointStanding,
    compare_with_checkpoint,
    parse_checkpoint,
    parse_request,
)
from boussole.audits.ledger.keys import Note, check
from boussole.audits.ledger.log import Proof, parse_proof
from boussole.audits.signing.key import verifier_of
from boussole.audits.workspace import Workspace
from boussole.charter.records import SealedReport, prove_entry, sealed_reports, verify_records
from boussole.charter.records.sealed_files import NO_FILES, verify_files
from boussole.charter.records.store.audits import DocumentEntry, How, audits_alike, fingerprints, places_of
from boussole.dashboard.markup.words import Say, chosen_language, speaker_for
from boussole.dashboard.markup.words.addresses import evidence_href, number_of
from boussole.dashboard.pages.evidence.view import CHECK, CHECKPOINT, LARGEST, PROOF, bad_files
from boussole.dashboard.report.attachments import ReportCheck
from boussole.dashboard.report.attachments import check as check_report
from boussole.dashboard.server.access.permissions import is_within
from boussole.dashboard.views import store
from boussole.dashboard.views.evidence import moment_words
from boussole.dashboard.views.papers import report_title

MOST_BYTES = 200_000
"""Of a checkpoint or a proof: a larger file is none."""
NEARLY = 0.01
"""Of a file, the share of its bytes that may differ from those of a report for it to be told from which."""


@dataclass(frozen=True, kw_only=True)
class FileAnswer:
    """What the file is, in a sentence, with what goes with it, and the entries that it leads to."""

    tone: str
    headline: str
    details: Sequence[str] = ()
    entries: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class EvidenceQuery:
    """Who asks, and where."""

    workspace: Workspace
    say: Say
    query: Mapping[str, str]

    def entry(self, number: int) -> tuple[str, str]:
        """The name and address of an entry."""
        return self.say("Entry {n}", n=str(number)), evidence_href(query=self.query, entry=str(number))


def examine(name: str, content: bytes, asking: EvidenceQuery) -> FileAnswer:
    """What a file is to the ledger of the workspace."""
    say = asking.say
    if not content:
        return FileAnswer(tone="unknown", headline=say("This file is empty."))
    if len(content) > LARGEST:
        return too_large(say)
    if nearly := nearly_answer(content, asking):
        return nearly
    if content.startswith(b"%PDF") and (report := _report(name, content, asking)):
        return report
    return kept_answer(content, asking) or _document(content, asking)


def too_large(say: Say) -> FileAnswer:
    """The answer to a file of which only the size is looked at."""
    most = say.whole(LARGEST // 10**6)
    return FileAnswer(tone="unknown", headline=say("This file is larger than {n} MB: it was not read.", n=most))


def kept_answer(content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    """What a checkpoint or a proof is to the ledger; None for any other file."""
    text = _text(content)
    if text is None:
        return None
    if (kept := _kept(text)) is not None:
        return _sent_checkpoint(*kept, asking)
    proof = _sent_proof(text)
    return None if proof is None else _proved(proof, asking)


def _sent_checkpoint(note: Note, checkpoint: Checkpoint, asking: EvidenceQuery) -> FileAnswer:
    say, workspace = asking.say, asking.workspace
    found = verify_records(workspace, sizes=[checkpoint.size])
    own, size = verifier_of(workspace), say.whole(checkpoint.size)
    if found is None:
        return FileAnswer(
            tone="broken", headline=say("This checkpoint knows {n} entries, and here there are none.", n=size)
        )
    stands = compare_with_checkpoint(checkpoint, found, origin=own.name if own else None)
    files = verify_files(workspace) if found.ok else NO_FILES
    good = stands is CheckpointStanding.holds and found.ok and files.ok
    details = [_signed(note, asking), _kept_later(checkpoint, found.size, say) if good else ""]
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


def _kept_later(checkpoint: Checkpoint, size: int, say: Say) -> str:
    more = size - checkpoint.size
    return say.plural("One entry came later.", "{n} entries came later.", more) if more else say("No entry came later.")


def _proved(proof: Proof, asking: EvidenceQuery) -> FileAnswer:
    say = asking.say
    if not proof.holds:
        return FileAnswer(tone="broken", headline=say("This proof does not hold in itself: it was changed."))
    stands = _sent_checkpoint(proof.note, proof.checkpoint, asking)
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
    try:
        request = parse_request(text)
    except LedgerError:
        return None
    return request.note, request.checkpoint


def _sent_proof(text: str) -> Proof | None:
    try:
        return parse_proof(text)
    except LedgerError:
        return None


def nearly_answer(content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    """From which sealed report a file differs, by how many bytes; None where it is like none, or where it is one."""
    found = _nearest(content, asking.workspace)
    if found is None:
        return None
    sealed, differing, say = *found, asking.say
    report, moment = _named(sealed, asking), moment_words(sealed.time, say)
    headline = say.plural(
        "This is not the report {report} as it was sealed on {moment}: one byte is another.",
        "This is not the report {report} as it was sealed on {moment}: {n} bytes are others.",
        differing,
        report=report,
        moment=moment,
    )
    why = say("It was changed after it was made: do not rely on what it says. Ask for the report once more.")
    return FileAnswer(tone="broken", headline=headline, details=[why], entries=[asking.entry(sealed.entry)])


def _named(sealed: SealedReport, asking: EvidenceQuery) -> str:
    scene, say = store.scene(asking.workspace), asking.say
    return report_title(sealed.period, sealed.lang, say, [scene.title(each, say) for each in sealed.chosen])


def _nearest(content: bytes, workspace: Workspace) -> tuple[SealedReport, int] | None:
    """The sealed report of the same length from which the fewest bytes differ, where they are few."""
    sealed = {each.document: each for each in sealed_reports(workspace)}
    if sha256_hex(content) in sealed:
        return None
    given, found = np.frombuffer(content, dtype=np.uint8), []
    for path in workspace.reports.glob("*.pdf"):
        if path.is_symlink() or path.stat().st_size != len(content):
            continue
        kept = path.read_bytes()
        report = sealed.get(sha256_hex(kept))
        if report is not None:
            found.append((int(np.count_nonzero(given != np.frombuffer(kept, dtype=np.uint8))), report.entry, report))
    if not found:
        return None
    differing, _, report = min(found)
    return (report, differing) if 0 < differing <= max(1, NEARLY * len(content)) else None


def _report(name: str, content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    say = asking.say
    try:
        found = check_report(Path(name), workspace=asking.workspace, content=content)
    except ReportError:
        return None
    entries = [asking.entry(number) for number in found.in_ledger or ()]
    if found.problems:
        headline = say("This report differs from what is sealed: what is attached to it is not what the ledger knows.")
        return FileAnswer(tone="broken", headline=headline, entries=entries)
    if found.sealed is not None:
        return FileAnswer(
            tone="kept",
            headline=say(
                "This is the report {report}, unchanged: byte for byte the file that was sealed on {moment}.",
                report=_named(found.sealed, asking),
                moment=moment_words(found.sealed.time, say),
            ),
            details=_later(found, say),
            entries=[asking.entry(found.sealed.entry), *entries],
        )
    anything = say(
        "Its pages may say anything: do not rely on them. The audits attached to it are those of the ledger."
    )
    if found.others:
        return FileAnswer(
            tone="broken",
            headline=say("This file is not the report that is sealed here: it was changed after it was made."),
            details=[anything, say("Or it was made before reports were sealed. Ask for the report once more.")],
            entries=[*(asking.entry(each.entry) for each in found.others), *entries],
        )
    return FileAnswer(
        tone="unknown",
        headline=say("No entry seals this file: nobody can say whether it is as it was made."),
        details=[anything, say("It was made before reports were sealed, or elsewhere. Ask for the report once more.")],
        entries=entries,
    )


def _later(found: ReportCheck, say: Say) -> list[str]:
    """That the same report was made again since, with other contents."""
    if found.replaced_by is None:
        return []
    moment = moment_words(found.replaced_by.time, say)
    return [say("A later report of the same period and language was sealed on {moment}.", moment=moment)]


def _document(content: bytes, asking: EvidenceQuery) -> FileAnswer:
    say = asking.say
    hashes = fingerprints(content)
    places = places_of(asking.workspace, hashes)
    shown = say("Its fingerprint (SHA-256): `{sha}`", sha=hashes[0])
    if places:
        return FileAnswer(
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
        return FileAnswer(tone="broken", headline=headline, details=[why], entries=[asking.entry(n) for n in alike])
    unknown = say("This file is not known here: no entry seals it.")
    why = say("One changed byte is enough for another fingerprint: compare it with the file as you received it.")
    return FileAnswer(tone="unknown", headline=unknown, details=[why, shown])


def _sealed(place: DocumentEntry, say: Say) -> str:
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
    try:
        document = json.loads(content)
        window = document["window"]
        subject = {"system": document["system"], "start": window["start"], "end": window["end"]}
    except (KeyError, RecursionError, TypeError, ValueError):
        return []
    return audits_alike(workspace, **subject) if all(isinstance(value, str) for value in subject.values()) else []


MOST_ANSWERS = 200
ENVELOPE = 10_000
"""Bytes around the file in a request."""

_answers: OrderedDict[str, tuple[str, FileAnswer]] = OrderedDict()


def answer_of(token: str) -> tuple[str, FileAnswer] | None:
    """The name of a file that was checked, and what it is; None when that is no longer known."""
    return _answers.get(token)


def evidence_routes(home: Path) -> list[Route]:
    """The addresses of the evidence of a workspace."""

    def checkpoint(_request: Request) -> Response:
        return _file(lambda: _checkpoint(Workspace(home)))

    def proof(request: Request) -> Response:
        number = number_of(request.path_params["number"])
        if number is None:
            return PlainTextResponse("There is no such entry.\n", status_code=404)
        return _file(lambda: _proof(Workspace(home), number))

    async def check(request: Request) -> Response:
        return await _check(request, Workspace(home))

    return [
        Route(CHECKPOINT, checkpoint),
        Route(PROOF + "/{number}", proof),
        Route(CHECK, check, methods=["POST"]),
    ]


async def _check(request: Request, workspace: Workspace) -> Response:
    lang = chosen_language(request)
    asking = EvidenceQuery(workspace=workspace, say=speaker_for(request, workspace), query=lang)
    if not is_within(request, LARGEST + ENVELOPE):
        return _see("", too_large(asking.say), lang)
    async with request.form(max_files=1, max_fields=1) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile) or not given.filename:
            return RedirectResponse(f"{evidence_href(query=lang)}#check", status_code=303)
        name, content = given.filename, await given.read()
    return _see(name, await run_in_threadpool(_examined, name, content, asking), lang)


def _see(name: str, answer: FileAnswer, lang: dict[str, str]) -> Response:
    """Back to the page, with the answer: reloading it checks nothing again."""
    token = secrets.token_urlsafe(12)
    _answers[token] = (name[-200:], answer)
    while len(_answers) > MOST_ANSWERS:
        _answers.popitem(last=False)
    return RedirectResponse(f"{evidence_href(query=lang, checked=token)}#answer", status_code=303)


def _examined(name: str, content: bytes, asking: EvidenceQuery) -> FileAnswer:
    try:
        return examine(name, content, asking)
    except BoussoleError as error:
        return FileAnswer(tone="broken", headline=error.what, details=[error.next_step])


def _checkpoint(workspace: Workspace) -> tuple[str, str]:
    text = str(store.checkpoint(workspace))
    return f"ledger-{parse_checkpoint(text)[1].size}.checkpoint", text


def _proof(workspace: Workspace, number: int) -> tuple[str, str]:
    return f"entry-{number}.tlog-proof", str(prove_entry(workspace, number, store.checkpoint(workspace)))


def _file(make: Callable[[], tuple[str, str]]) -> Response:
    try:
        name, text = make()
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, headers={**headers, "X-Content-Type-Options": "nosniff"})
