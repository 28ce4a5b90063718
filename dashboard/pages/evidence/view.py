"""The evidence page as data: what is sealed, what verifying it found, one entry, its proof, what its record says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from boussole.audits.languages import capital
from boussole.audits.ledger import Verification
from boussole.audits.ledger.log import EntryLine, LedgerQuery, LedgerSpan
from boussole.audits.mixed import joined
from boussole.charter.record_types.acts import Convocation, Item, OpinionText
from boussole.charter.record_types.base import UNTOLD, KeptFile, Statement
from boussole.charter.record_types.inputs import input_of, words_in
from boussole.charter.records.readable import Readable, Records
from boussole.charter.records.sealed_files import SealedFiles
from boussole.charter.records.statements import Restart
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import EVIDENCE, evidence_href
from boussole.dashboard.server.access.permissions import Role, allowed, who_words
from boussole.dashboard.views.committee_words import item_word, sense_word
from boussole.dashboard.views.evidence import (
    EntryResults,
    InclusionProof,
    VerificationResult,
    about_words,
    answers_href,
    content_words,
    kind_words,
    moment_words,
    seal_words,
)
from boussole.dashboard.views.records.entering import actions_of
from boussole.dashboard.views.scene import Scene

# What a record says, to those who may be told.


Pairs = list[tuple[str, str]]
MEMBERS = ("members", "others", "there", "known_members")
"""The lists from which an input chooses a member."""
IDS = ("systems", "questions", "articles", "matters", "mandates", "texts", "appeals", "committees", "figure_groups")
"""The lists whose values are ids or numbers: what they name is said elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A record as a reader finds it at its entry: what it says; `kept_from` them where their role may not be told."""

    says: Pairs
    subject: str = ""
    kept_from: bool = False


def contents_of(each: Readable, role: Role, say: Say, *, member: Callable[[str], str]) -> Contents:
    """What a role is told of a record. `member` gives the name of a member by number."""
    if not all(allowed(role, action) for action in actions_of(each)):
        return Contents(says=[], kept_from=True)
    said = each.sealed.statement
    return Contents(
        says=[pair for pair in _fields(said, say, member) if pair[1]],
        subject=_called(said, say) if isinstance(said, Convocation) else say.written(subject_of(said)),
    )


def _called(said: Convocation, say: Say) -> str:
    return say("Session of {date}", date=say.date(said.starts.date()))


def entries_named(records: Records, text: str, role: Role) -> frozenset[int]:
    """The entries of records whose few words hold a text, in capitals or not, among those that a role is told of."""
    wanted = text.strip().casefold()
    named = [
        entry for entry, each in records.sealed.items() if wanted and wanted in subject_of(each.statement).casefold()
    ]
    found = {entry: records.at(entry) for entry in named}
    return frozenset(
        entry for entry, each in found.items() if each and all(allowed(role, action) for action in actions_of(each))
    )


def subject_of(said: Statement) -> str:
    """What a record is about in its own few words; empty where it has none."""
    wording = getattr(said, "wording", None)
    return str(getattr(said, "subject", "") or getattr(wording or said, "title", "") or "")


def _fields(said: Statement, say: Say, member: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    free = words_in(type(said))
    for name, field in type(said).model_fields.items():
        value, asked = getattr(said, name), input_of(type(said), name, {})
        if UNTOLD in field.metadata or asked.choices in IDS:
            continue
        if isinstance(value, OpinionText):
            yield from _wording(value, say)
        elif name == "agenda":
            yield say(asked.label), joined("\n", [_item(n, each, say) for n, each in enumerate(value, 1)])
        elif asked.label:
            named = member if asked.choices in MEMBERS else None
            told = who_words(value, say) if name == "role" else _value(value, asked.words, say, named)
            by_people = name in free and value not in asked.words and told == value
            yield say(asked.label), say.written(told) if by_people else told


def _wording(text: OpinionText, say: Say) -> Iterator[tuple[str, str]]:
    yield say("Title"), say.written(text.title)
    yield say("What it comes to"), capital(sense_word(text.sense, say))
    yield say("In these words"), say.written(text.words)
    yield say("Reservations"), say.written("\n".join(text.reservations))


def _item(number: int, item: Item, say: Say) -> str:
    return joined("", [f"{number}. ", say.written(item.title), f" ({item_word(item.kind, say)})"])


def _value(value: Any, words: Mapping[str, str], say: Say, member: Callable[[str], str] | None) -> str:
    """A value as people read it; empty where there is none, or where it is no value for people."""
    if isinstance(value, list):
        return joined(", ", [text for each in value if (text := _value(each, words, say, member))])
    if isinstance(value, bool):
        return _whether(value, words, say)
    if isinstance(value, KeptFile):
        return value.name
    if isinstance(value, dt.date):
        return _day_of(value, say)
    if isinstance(value, str):
        return member(value) if member and value else say(words[value]) if value in words else value
    return _number(value, say) if isinstance(value, int | float) else ""


def _whether(value: bool, words: Mapping[str, str], say: Say) -> str:
    """Yes or no, in the words of the field where it has some: what has none says nothing."""
    if not words:
        return say("Yes") if value else say("No")
    told = words.get("yes" if value else "no")
    return say(told) if told else ""


def _number(value: float, say: Say) -> str:
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return say.number(value, max(0, -exponent)) if isinstance(exponent, int) else ""


def _day_of(value: dt.date, say: Say) -> str:
    if isinstance(value, dt.datetime):
        return say("{date}, {time}", date=say.date(value.date()), time=say.time(value))
    return say.date(value)


# The evidence page as data.


CHECK, CHECKPOINT, PROOF = f"{EVIDENCE}/check", f"{EVIDENCE}/checkpoint", f"{EVIDENCE}/proof"
"""Where files are checked, and where checkpoints and proofs are taken from."""
LARGEST = 50_000_000
"""Bytes of a file to check: as much as a document that a record rests on."""
MOST_NAMED = 3
"""Files that are named where they are not as they were sealed."""


@dataclass(frozen=True, kw_only=True)
class EvidenceAnswer:
    """The answer: what is sealed, and whether it holds in itself."""

    headline: str
    others: str
    tone: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Acts:
    """The addresses to which a file is sent (with its limit in MB) and at which a checkpoint is taken, if any."""

    check: str
    most: str
    checkpoint: str


ContentsOf = Callable[[int], Contents | None]
"""What whoever looks may be told of the record that an entry seals; None where it seals none that can be read."""


def nobody(_entry: int) -> Contents | None:
    """Who is told nothing of records."""
    return None


def acts(say: Say, *, whole: bool, query: Mapping[str, str]) -> Acts:
    """What can be done; the ledger must be `whole` for a checkpoint."""
    return Acts(
        check=f"{CHECK}?{urlencode({**query, 'spoken': say.lang})}",
        most=say.whole(LARGEST // 10**6),
        checkpoint=CHECKPOINT if whole else "",
    )


def asked_of(query: Mapping[str, str]) -> LedgerQuery:
    """What an address asks for; what cannot be understood is left out."""
    return LedgerQuery(
        text=query.get("q", "").strip()[:200],
        kind=query.get("kind", "")[:40],
        system=query.get("system", "")[:60],
        start=_day(query.get("from", "")),
        end=_day(query.get("to", "")),
    )


def search_of(
    span: LedgerSpan,
    asked: LedgerQuery,
    found: EntryResults,
    scene: Scene,
    say: Say,
    *,
    query: Mapping[str, str],
    told: ContentsOf = nobody,
) -> PageData:
    """The form and its results. `told` is what whoever looks may be told of a record."""
    systems = scene.titles(say)
    last = str(found.page + 1) if found.page < found.pages else ""
    first = str(found.page - 1) if found.page > 1 else ""
    return {
        "action": EVIDENCE,
        "asked": asked,
        "kinds": _choices({kind: kind_words(kind, say) for kind in span.kinds}, asked.kind, every=say("All kinds")),
        "systems": _choices(systems, asked.system, every=say("All systems")),
        "kept": query,
        "found": say.plural("One entry", "{whole} entries", found.total, whole=say.whole(found.total))
        if found.total
        else say("Nothing in the ledger is as asked."),
        "lines": [_line(entry, scene, say, query=query, told=told) for entry in found.entries],
        "where": say("Page {n} of {all}", n=say.whole(found.page), all=say.whole(found.pages))
        if found.pages > 1
        else "",
        "newer": _again(asked, first, query) if first else "",
        "older": _again(asked, last, query) if last else "",
        "all_href": evidence_href(query=query) if asked != LedgerQuery() else "",
    }


def entry_page(
    found: InclusionProof, scene: Scene, say: Say, *, query: Mapping[str, str], told: ContentsOf = nobody
) -> PageData:
    """One entry, and what the record that it seals says to whoever looks."""
    entry = found.entry
    record = told(entry.index)
    return {
        "number": entry.index,
        "title": say("Entry {n}: {kind}", n=str(entry.index), kind=kind_words(entry.kind, say)),
        "subtitle": joined(
            " · ",
            [
                part
                for part in (
                    about_words(entry, scene, say, subject=record.subject if record else ""),
                    say("sealed on {moment}", moment=moment_words(entry.time, say)),
                )
                if part
            ],
        ),
        "seals": seal_words(entry, say),
        "answers": answers_href(entry, scene, query=query),
        "says": record.says if record else [],
        "kept_from": bool(record and record.kept_from),
        "content": content_words(entry, scene, say),
        "proof": _proof(found, say),
        "tone": "kept" if found.holds else "broken",
        "path": found.path,
        "fingerprint": entry.leaf_hash,
        "root": found.root,
        "take": f"{PROOF}/{entry.index}" if found.holds else "",
        "back": evidence_href(query=query),
    }


def _proof(found: InclusionProof, say: Say) -> str:
    if not found.holds:
        return say("The proof does not hold: this entry, or the tree over it, was changed.")
    if found.size == 1:
        return say("It is the only entry: its fingerprint is the root.")
    return say.plural(
        "One fingerprint leads from this entry to the root of all {size} entries.",
        "{n} fingerprints lead from this entry to the root of all {size} entries.",
        len(found.path),
        size=say.whole(found.size),
    )


def _line(entry: EntryLine, scene: Scene, say: Say, *, query: Mapping[str, str], told: ContentsOf) -> PageData:
    record = told(entry.index)
    return {
        "number": str(entry.index),
        "href": evidence_href(query=query, entry=str(entry.index)),
        "when": moment_words(entry.time, say, beside=True),
        "what": kind_words(entry.kind, say),
        "about": about_words(entry, scene, say, subject=record.subject if record else ""),
    }


def _choices(names: Mapping[str, str], chosen: str, *, every: str) -> list[PageData]:
    known = {**names, **({chosen: chosen} if chosen and chosen not in names else {})}
    ordered = sorted(known.items(), key=lambda item: item[1].casefold())
    return [
        {"value": "", "name": every, "chosen": not chosen},
        *({"value": value, "name": name, "chosen": value == chosen} for value, name in ordered),
    ]


def _again(asked: LedgerQuery, page: str, query: Mapping[str, str]) -> str:
    days = {"from": asked.start.isoformat() if asked.start else "", "to": asked.end.isoformat() if asked.end else ""}
    return evidence_href(
        query=query, q=asked.text, kind=asked.kind, system=asked.system, **days, page="" if page == "1" else page
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def head(span: LedgerSpan, found: VerificationResult | None, say: Say) -> EvidenceAnswer:
    """What is sealed, since when, and what is known of it here: what `boussole verify --ledger` tells."""
    if not span.size:
        return EvidenceAnswer(
            headline=say("Nothing is sealed yet."), others=say("The first audit will be."), tone="unknown"
        )
    headline = _since(span, say)
    if found is None:
        told = say("There are too many to verify at every look; the command `boussole verify --ledger` does it.")
        return EvidenceAnswer(headline=headline, others=told, tone="unknown")
    if not found.ledger.ok:
        number = str(found.ledger.bad_index)
        broken = say("The ledger does not hold: entry {n} or what it seals was changed.", n=number)
        return EvidenceAnswer(headline=broken, others=headline, tone="broken")
    if found.files.bad:
        return EvidenceAnswer(
            headline=bad_files(found.files, say), others=headline, tone="broken", notes=_notes(found, say)
        )
    told = say(
        "All were verified for this look, and hold together. Nothing outside was compared: whoever can write these "
        "files could have rewritten them all, and only somebody who kept a checkpoint elsewhere can tell."
    )
    tone = "watch" if found.ledger.back else "unknown"
    return EvidenceAnswer(headline=headline, others=told, tone=tone, notes=_notes(found, say))


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


def _since(span: LedgerSpan, say: Say) -> str:
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
