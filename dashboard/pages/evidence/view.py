"""The evidence page as data: what the ledger holds, what is found in it, one entry with its proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.ledger.search import EntryLine, LedgerQuery, Span
from boussole.audits.mixed import joined
from boussole.dashboard.records.contents import Contents
from boussole.dashboard.views.evidence.facts import InclusionProof, Results
from boussole.dashboard.views.evidence.words import (
    about_words,
    answers_href,
    content_words,
    kind_words,
    moment_words,
    seal_words,
)
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import EVIDENCE, evidence_href
from boussole.dashboard.words.say import Say

CHECK, CHECKPOINT, PROOF = f"{EVIDENCE}/check", f"{EVIDENCE}/checkpoint", f"{EVIDENCE}/proof"
"""Where files are checked, and where checkpoints and proofs are taken from."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in a list."""

    number: str
    href: str
    when: str
    what: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the values of a field, and whether it is chosen."""

    value: str
    name: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Search:
    """The form, as it was filled in, and what it found. `kept` are values that every search carries on."""

    asked: LedgerQuery
    kinds: Sequence[Choice]
    systems: Sequence[Choice]
    kept: Mapping[str, str]
    found: str
    lines: Sequence[Line]
    where: str
    newer: str
    older: str
    all_href: str


@dataclass(frozen=True, kw_only=True)
class EntryPage:
    """One entry: what it seals, everything it holds, its proof."""

    number: int
    title: str
    subtitle: str
    seals: str
    answers: str
    says: Sequence[tuple[str, str]]
    attached: Sequence[tuple[str, str]]
    kept_from: bool
    content: Sequence[tuple[str, str]]
    proof: str
    tone: str
    path: Sequence[str]
    fingerprint: str
    root: str
    back: str


Told = Callable[[int], Contents | None]
"""What whoever looks may be told of the record that an entry seals; None where it seals none that can be read."""


def nobody(_entry: int) -> Contents | None:
    """Who is told nothing of records."""
    return None


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
    span: Span,
    asked: LedgerQuery,
    found: Results,
    scene: Scene,
    say: Say,
    *,
    query: Mapping[str, str],
    told: Told = nobody,
) -> Search:
    """The form and its results. `told` is what whoever looks may be told of a record."""
    systems = {name: scene.title(name, say) for name in scene.systems}
    last = str(found.page + 1) if found.page < found.pages else ""
    first = str(found.page - 1) if found.page > 1 else ""
    return Search(
        asked=asked,
        kinds=_choices({kind: kind_words(kind, say) for kind in span.kinds}, asked.kind, every=say("All kinds")),
        systems=_choices(systems, asked.system, every=say("All systems")),
        kept=query,
        found=say.plural("One entry", "{whole} entries", found.total, whole=say.whole(found.total))
        if found.total
        else say("Nothing in the ledger is as asked."),
        lines=[_line(entry, scene, say, query=query, told=told) for entry in found.entries],
        where=say("Page {n} of {all}", n=say.whole(found.page), all=say.whole(found.pages)) if found.pages > 1 else "",
        newer=_again(asked, first, query) if first else "",
        older=_again(asked, last, query) if last else "",
        all_href=evidence_href(query=query) if asked != LedgerQuery() else "",
    )


def entry_page(
    found: InclusionProof, scene: Scene, say: Say, *, query: Mapping[str, str], told: Told = nobody
) -> EntryPage:
    """One entry, and what the record that it seals says to whoever looks."""
    entry = found.entry
    record = told(entry.index)
    return EntryPage(
        number=entry.index,
        title=say("Entry {n}: {kind}", n=str(entry.index), kind=kind_words(entry.kind, say)),
        subtitle=joined(
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
        seals=seal_words(entry, say),
        answers=answers_href(entry, scene, query=query),
        says=record.says if record else [],
        attached=record.attached if record else [],
        kept_from=bool(record and record.kept_from),
        content=content_words(entry, scene, say),
        proof=_proof(found, say),
        tone="kept" if found.holds else "broken",
        path=found.path,
        fingerprint=entry.leaf_hash,
        root=found.root,
        back=evidence_href(query=query),
    )


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


def _line(entry: EntryLine, scene: Scene, say: Say, *, query: Mapping[str, str], told: Told) -> Line:
    record = told(entry.index)
    return Line(
        number=str(entry.index),
        href=evidence_href(query=query, entry=str(entry.index)),
        when=moment_words(entry.time, say, beside=True),
        what=kind_words(entry.kind, say),
        about=about_words(entry, scene, say, subject=record.subject if record else ""),
    )


def _choices(names: Mapping[str, str], chosen: str, *, every: str) -> list[Choice]:
    known = {**names, **({chosen: chosen} if chosen and chosen not in names else {})}
    ordered = sorted(known.items(), key=lambda item: item[1].casefold())
    return [
        Choice(value="", name=every, chosen=not chosen),
        *(Choice(value=value, name=name, chosen=value == chosen) for value, name in ordered),
    ]


def _again(asked: LedgerQuery, page: str, query: Mapping[str, str]) -> str:
    """The same search, at another page."""
    days = {"from": asked.start.isoformat() if asked.start else "", "to": asked.end.isoformat() if asked.end else ""}
    return evidence_href(
        query=query, q=asked.text, kind=asked.kind, system=asked.system, **days, page="" if page == "1" else page
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
