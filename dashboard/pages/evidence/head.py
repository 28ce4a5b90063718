"""The answer of the evidence page: what is sealed, and what verifying it found, in the words of the command."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.audits.ledger import Verification
from boussole.audits.ledger.search import Span
from boussole.audits.mixed import joined
from boussole.charter.records.sealed_files import SealedFiles
from boussole.charter.records.starting import Restart
from boussole.dashboard.views.evidence.facts import VerificationResult
from boussole.dashboard.views.evidence.words import moment_words
from boussole.dashboard.words.say import Say

MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Head:
    """The answer: what is sealed, and whether it holds in itself."""

    headline: str
    others: str
    tone: str
    notes: tuple[str, ...] = ()


def head(span: Span, found: VerificationResult | None, say: Say) -> Head:
    """What is sealed, since when, and what is known of it here: what `boussole verify --ledger` tells."""
    if not span.size:
        return Head(headline=say("Nothing is sealed yet."), others=say("The first audit will be."), tone="unknown")
    headline = _since(span, say)
    if found is None:
        told = say("There are too many to verify at every look; the command `boussole verify --ledger` does it.")
        return Head(headline=headline, others=told, tone="unknown")
    if not found.ledger.ok:
        number = str(found.ledger.bad_index)
        broken = say("The ledger does not hold: entry {n} or what it seals was changed.", n=number)
        return Head(headline=broken, others=headline, tone="broken")
    if found.files.bad:
        return Head(headline=bad_files(found.files, say), others=headline, tone="broken", notes=_notes(found, say))
    told = say(
        "All were verified for this look, and hold together. Nothing outside was compared: whoever can write these "
        "files could have rewritten them all, and only somebody who kept a checkpoint elsewhere can tell."
    )
    tone = "watch" if found.ledger.back else "unknown"
    return Head(headline=headline, others=told, tone=tone, notes=_notes(found, say))


def bad_files(files: SealedFiles, say: Say) -> str:
    """Which files are not as they were sealed."""
    named = joined(", ", [f"`{each.path}`" for each in files.bad[:MOST_NAMED]])
    return say.plural(
        "One file is not as it was sealed: {named}.",
        "{n} files are not as they were sealed, among them: {named}.",
        len(files.bad),
        named=named,
    )


def _notes(found: VerificationResult, say: Say) -> tuple[str, ...]:
    """What else verifying found: the files, the clock, that the ledger is not the first."""
    files, notes = found.files, []
    if files.ok:
        counts = {"evidence": files.evidence, "declarations": files.declarations, "documents": files.documents}
        notes.append(
            say(
                "Files of evidence: {evidence}, declarations of systems: {declarations}, documents: {documents}; all "
                "are as sealed.",
                **{name: say.whole(count) for name, count in counts.items()},
            )
        )
    if files.attachments:
        whole, gone = say.whole(files.attachments), say.whole(files.gone)
        notes.append(say("Attachments of records: {n}, of which erased or missing: {gone}.", n=whole, gone=gone))
    if files.extra:
        notes.append(
            say("Files that no sealed record names, and that count for nothing: {n}.", n=say.whole(len(files.extra)))
        )
    notes += [_set_back(found.ledger, say)] if found.ledger.back else []
    notes += [_restarted(found.restart, say)] if found.restart else []
    return tuple(notes)


def _set_back(ledger: Verification, say: Say) -> str:
    first = ledger.set_back[0]
    return say(
        "The clock went back between entries: entry {n} is of {time}, the one before it of {before}. Entries whose "
        "time is before that of the one before them: {count}. They hold, and their order is that of the ledger, but "
        "their times cannot all be true.",
        n=str(first.index),
        time=moment_words(first.time, say),
        before=moment_words(first.before, say),
        count=say.whole(ledger.back),
    )


def _restarted(restart: Restart, say: Say) -> str:
    return say(
        "This ledger was started anew on {day} because: “{reason}”. Files of the one before that are not covered: {n}.",
        day=say.date(restart.on),
        reason=restart.reason,
        n=say.whole(restart.files),
    )


def _since(span: Span, say: Say) -> str:
    whole, first, last = say.whole(span.size), say.date(span.first), say.date(span.last)
    if first == last:
        return say.plural(
            "One entry is sealed, of {day}.",
            "{whole} entries are sealed, all of {day}.",
            span.size,
            whole=whole,
            day=first,
        )
    return say("{whole} entries are sealed, from {first} to {last}.", whole=whole, first=first, last=last)
