"""The search page as data: everything that can be found, kept between two looks, and what was found of each kind."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from boussole.audits.languages import inside, typeset
from boussole.audits.workspace import Workspace
from boussole.charter.amending.plain import plainly
from boussole.charter.committee.advising.advice import recommended
from boussole.charter.committee.advising.opinions import fates
from boussole.charter.committee.meetings.sessions import sessions
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.judging.crosswalk import crosswalk
from boussole.charter.record_types.acts import CommitteeQuestion, Dissent, Referral
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.glossary import called, themes
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import (
    SEARCH,
    address,
    article_href,
    committee_href,
    evidence_href,
    fairness_href,
    glossary_href,
    incidents_href,
    law_href,
    pages,
    questions_href,
    recommendations_href,
    search_href,
    session_href,
    system_href,
)
from boussole.dashboard.pages.search.index import Index, Piece, beginnings, excerpt, marked
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.process import Stamp, house_stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.groups import attribute_name
from boussole.dashboard.views.compass import line
from boussole.dashboard.views.scene import Scene, findings

KINDS = (
    "page",
    "answer",
    "article",
    "question",
    "system",
    "group",
    "word",
    "opinion",
    "recommendation",
    "asked",
    "session",
    "referral",
    "incident",
    "law",
)
"""In the order in which results are shown."""


def pieces(scene: Scene, chambers: Mapping[str, Chamber], say: Say) -> list[Piece]:
    """Everything that can be found, in one language."""
    query = {"lang": say.lang}
    return [
        *_pages(say, query),
        *_answers(scene, say, query),
        *_charter(scene, say, query),
        *_systems(scene, say, query),
        *_words(say, query),
        *_law(scene, say, query),
        *(
            replace(piece, title=typeset(piece.title, say.main), text=typeset(piece.text, say.main))
            for written in (_records(scene, query), *(_committee(each, say, query) for each in chambers.values()))
            for piece in written
        ),
    ]


def _pages(say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    for page in pages(say):
        if not page.under:
            yield Piece(
                kind="page", action=page_actions()[page.name], title=page.title, text="", href=address(page.path, query)
            )


def _answers(scene: Scene, say: Say, query: dict[str, str]) -> Iterator[Piece]:
    """What was found of each question that somebody examined, of each system."""
    for finding in findings(scene):
        told = line(scene, finding, say, query=query)
        answer = told.sentence if told.short in told.sentence else f"{told.short} {told.sentence}"
        yield Piece(
            kind="answer",
            action=Action.SEE_SYSTEM,
            title=told.question,
            text=" ".join(each for each in (answer, told.known, told.place) if each),
            href=told.href,
            also=word(finding.key, say),
        )


def _charter(scene: Scene, say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    for article in scene.charter.articles:
        yield Piece(
            kind="article",
            action=Action.SEE_ARTICLE,
            title=say("{n}. {title}", n=str(article.order), title=say.text(article.title)),
            text=say.text(article.commitment),
            href=article_href(article.id, query=query),
        )
        for asked in article.indicators:
            yield Piece(
                kind="question",
                action=Action.SEE_ARTICLE,
                title=f"{asked.number} {plainly(asked.question, say.lang)}",
                text=say.text(asked.computed),
                href=article_href(article.id, query=query, anchor=f"q-{asked.id}"),
            )


def _systems(scene: Scene, say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    for name, system in scene.systems.items():
        told = (say.text(system.purpose), system.owner, system.provider or "", name)
        yield Piece(
            kind="system",
            action=Action.SEE_SYSTEM,
            title=scene.title(name, say),
            text=" · ".join(part for part in told if part),
            href=system_href(name, query=query),
        )
        if name in scene.latest:
            yield from _groups(scene, name, say, query)


def _groups(scene: Scene, name: str, say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    """The attributes by which an audited system is looked at, alone and together, with the names of their groups."""
    system = scene.systems[name]
    together = dict.fromkeys(tuple(each.by) for each in scene.latest[name].verdicts if each.by and len(each.by) > 1)
    for by in [*((attribute,) for attribute in system.groups), *together]:
        title = attribute_name(by, say, system=system)
        groups = [system.groups[attribute].values for attribute in by if attribute in system.groups]
        yield Piece(
            kind="group",
            action=Action.SEE_SYSTEM,
            title=say("{system}, by {attribute}", system=scene.title(name, say), attribute=inside(title)),
            text=", ".join(say.text(each, key) for values in groups for key, each in values.items()),
            href=fairness_href(query=query, system=name, by=",".join(by)),
        )


def _words(say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    for theme in themes():
        for each in theme.words:
            yield Piece(
                kind="word",
                action=Action.LEARN,
                title=say.text(each.word),
                text=say.text(each.text),
                href=glossary_href(each.id, query=query),
                also=" ".join(called(each, say.lang)),
            )


def _law(scene: Scene, say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    for chapter in crosswalk(scene.charter, on=scene.facts.as_of):
        for provision in chapter.provisions:
            yield Piece(
                kind="law",
                action=Action.SEE_LAW,
                title=say.text(provision.law.title),
                text=say.text(provision.law.asks),
                href=law_href(query=query, anchor=chapter.id or "other"),
            )


def _records(scene: Scene, query: Mapping[str, str]) -> Iterator[Piece]:
    """Recommendations, of the committee and of authorities, and incidents."""
    for each in recommended(scene.facts):
        yield Piece(
            kind="recommendation",
            action=Action.SEE_COMMITTEE,
            title=_short(each.said.text or each.said.body),
            text=f"{each.said.addressee} · {each.said.text}",
            href=recommendations_href(query=query, anchor=f"r-{each.entry}"),
        )
    for told in incidents(scene.facts):
        yield Piece(
            kind="incident",
            action=Action.SEE_INCIDENTS,
            title=told.incident.title,
            text=told.incident.text,
            href=incidents_href(query=query, anchor=f"i-{told.entry}"),
        )


def _committee(chamber: Chamber, say: Say, query: Mapping[str, str]) -> Iterator[Piece]:
    """Opinions, questions, sessions and referrals of one committee."""
    piece = partial(Piece, action=Action.SEE_COMMITTEE)

    for fate in fates(chamber.house, chamber.facts):
        said = fate.opinion.wording
        noted = [act.text for _, act in chamber.house.about(Dissent, fate.opinion.of)]
        name = say("Dissent or reservation")
        against = [say("{name}: {verdicts}", name=name, verdicts=text) for text in noted]
        told = " · ".join([said.words, *said.reservations, *against])
        href = recommendations_href(query=query, anchor=f"o-{fate.entry}")
        yield piece(kind="opinion", title=said.title, text=told, href=href)
    for entry, asked in chamber.house.standing(CommitteeQuestion):
        href = questions_href(query=query, anchor=f"q-{entry}")
        yield piece(kind="asked", title=_short(asked.text), text=f"{asked.addressee} · {asked.text}", href=href)
    for session in sessions(chamber.house):
        title = say("Session of {date}", date=say.date(session.call.starts.date()))
        agenda = " · ".join(item.title for item in session.call.agenda)
        yield piece(kind="session", title=title, text=agenda, href=session_href(session.entry, query=query))
    for _, referral in chamber.house.standing(Referral):
        told = " · ".join(part for part in (referral.sender, referral.text) if part)
        yield piece(kind="referral", title=referral.subject, text=told, href=committee_href(chamber.id, query=query))


def _short(text: str) -> str:
    """The beginning of a text, as its title."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= 110 else line[:110].rpartition(" ")[0] + " …"


def index(workspace: Workspace, lang: str) -> Index:
    """Everything that can be found, in one language."""
    return _index(workspace.home, stamp(workspace), house_stamp(workspace), store.day_in(workspace), lang)


@newest(4)
def _index(home: Path, seen_at: Stamp, _house: Stamp, today: dt.date, lang: str) -> Index:
    return Index(
        pieces(
            store.scene_at(home, seen_at, today),
            store.chambers(Workspace(home)),
            speaker_in(Workspace(home), lang),
        ),
        lang,
    )


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
class ResultGroup:
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
    groups: Sequence[ResultGroup]


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
        groups.append(ResultGroup(kind=each, name=names[each], count=len(found), results=results, every=every))
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
