"""The search page as data: what was looked for, what was found of each kind, and where else to look."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.words.addresses import SEARCH, evidence_href, search_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.search.index import Index, beginnings, excerpt, marked
from boussole.dashboard.pages.search.pieces import KINDS
from boussole.dashboard.server.access.permissions import Action

FIRST, MORE = 5, 60
"""Results of a kind that are shown at first, and at most."""
Pieces = Sequence[tuple[str, bool]]
_ENTRY = re.compile(r"(?:(?:[ée]criture|entry|entr[ée]e|n[°ºo]|#)\s*)*(\d{1,9})")
"""The number of an entry and nothing else: that of a question, an age or a date is none."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One result: its title and what it says, in pieces, those that were found marked."""

    title: Pieces
    text: Pieces
    href: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """The results of one kind; `every` is the address of all of them, where there are more."""

    kind: str
    name: str
    count: int
    results: Sequence[Result]
    every: str


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """The whole page. Its field is sent to `action`; `whole`: each result holds all the words."""

    action: str
    asked: str
    told: str
    whole: bool
    ledger: Sequence[tuple[str, str]]
    groups: Sequence[Group]


def search_page(
    index: Index,
    asked: str,
    say: Say,
    *,
    kind: str,
    actions: Collection[Action],
    entries: int,
    query: Mapping[str, str],
) -> SearchPage:
    """What somebody who may do these actions finds. `entries` is how many the ledger has."""
    starts = beginnings(asked, say.lang)
    hits, whole = index.find(starts, actions=actions)
    names = kind_names(say)
    chosen = [each for each in KINDS if not kind or each == kind]
    groups = []
    for each in chosen:
        found = [hit.piece for hit in hits if hit.piece.kind == each]
        shown = found[: MORE if kind else FIRST]
        if not found:
            continue
        every = search_href(query=query, q=asked, kind=each) if len(shown) < len(found) and not kind else ""
        results = [
            Result(
                title=marked(piece.title, starts),
                text=marked(excerpt(piece.text, starts), starts) if piece.text else [],
                href=piece.href,
            )
            for piece in shown
        ]
        groups.append(Group(kind=each, name=names[each], count=len(found), results=results, every=every))
    sealed = _ledger(asked, say, entries=entries, query=query) if Action.SEE_EVIDENCE in actions else []
    total = sum(group.count for group in groups) + len(sealed)
    return SearchPage(
        action=SEARCH, asked=asked, told=_told(starts, total, say), whole=whole, ledger=sealed, groups=groups
    )


def kind_names(say: Say) -> dict[str, str]:
    """What results of a kind are called."""
    return {
        "page": say("Pages"),
        "answer": say("Answers"),
        "article": say("Articles of the charter"),
        "question": say("Questions of the charter"),
        "system": say("Systems and uses of AI"),
        "group": say("Groups of people"),
        "word": say("Words"),
        "opinion": say("Opinions of a committee"),
        "recommendation": say("Recommendations"),
        "asked": say("Questions of a committee"),
        "session": say("Sessions"),
        "referral": say("Referrals"),
        "incident": say("Incidents"),
        "law": say("Texts of law"),
    }


def _told(starts: Sequence[str], total: int, say: Say) -> str:
    if not starts:
        return ""
    if not total:
        return say("Nothing was found.")
    return say.plural("One result", "{n} results", total)


def _ledger(asked: str, say: Say, *, entries: int, query: Mapping[str, str]) -> list[tuple[str, str]]:
    """The entry of a number, and the way to look a fingerprint up."""
    text = asked.strip().lower()
    number = _ENTRY.fullmatch(text)
    found = []
    if number and int(number.group(1)) < entries:
        entry = str(int(number.group(1)))
        found.append((say("Entry {n} of the ledger", n=entry), evidence_href(query=query, entry=entry)))
    if re.fullmatch(r"(?:sha256:)?[0-9a-f]{8,64}", text) and not text.isdigit():
        digest = text.removeprefix("sha256:")
        found.append((say("Look this fingerprint up in the ledger"), evidence_href(query=query, q=digest)))
    return found
