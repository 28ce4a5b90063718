"""What an uploaded file is to the ledger: sealed here, not known here, or other than what is sealed."""

from __future__ import annotations

import json
from pathlib import Path

from boussole.audits.errors import ReportError
from boussole.audits.workspace import Workspace
from boussole.charter.records.store.lookup import How, Place, audits_alike, fingerprints, places_of
from boussole.dashboard.pages.evidence.answers import EvidenceQuery, FileAnswer
from boussole.dashboard.pages.evidence.kept_files import kept_answer
from boussole.dashboard.pages.evidence.nearly import nearly_answer
from boussole.dashboard.report.checking import ReportCheck
from boussole.dashboard.report.checking import check as check_report
from boussole.dashboard.views.evidence.words import moment_words
from boussole.dashboard.views.report.words import report_title
from boussole.dashboard.words.say import Say

LARGEST = 50_000_000
"""Bytes: as much as a document that a record rests on."""


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


def _report(name: str, content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    """A report of Boussole; None for any other PDF."""
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
                report=report_title(found.sealed.period, found.sealed.lang, say),
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
    """Any file: by its fingerprint, and an audit document also by what it is about."""
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
