"""The session page as data: what, when, where, whether there is a quorum, who is there, its evidence, its minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import LANGUAGES, inside
from boussole.audits.mixed import joined
from boussole.charter.committee.acts.packs import PackChanges, PackVerdictChange
from boussole.charter.committee.meetings.sessions import Session, session, sessions
from boussole.charter.committee.papers.minutes import approved, content_of, minutes_of
from boussole.charter.committee.voted import VotedText
from boussole.charter.committee.voting.presence import count
from boussole.charter.document import by_article
from boussole.charter.record_types.acts import Minutes, PackAudit
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    article_href,
    committee_href,
    evidence_href,
    minutes_data_href,
    minutes_href,
    questions_href,
    session_href,
)
from boussole.dashboard.pages.session.items import (
    Around,
    ItemView,
    Running,
    between_rows,
    item_views,
    open_votes,
    unfrozen_words,
)
from boussole.dashboard.views.answers.asked import worded_as
from boussole.dashboard.views.chamber import Chamber, SessionEvidence
from boussole.dashboard.views.committee_words import coming_words, presence_word, quorum_words, there_words
from boussole.dashboard.views.records.offering import HEAD, MINUTES, PACK, PRESENCE, QUESTIONS, item_part
from boussole.dashboard.views.register_words import when
from boussole.dashboard.views.scene import Scene

Linked = tuple[str, str]
Document = dict[str, Any]
NOT_ASKED = "not_examined"


@dataclass(frozen=True, kw_only=True)
class PackColumn:
    """A system: its name, the audit that the pack holds of it, and the entry that proves it."""

    title: str
    period: str
    entry: Linked


@dataclass(frozen=True, kw_only=True)
class PackRow:
    """An article, with its verdict for each system; None where its audit did not ask."""

    title: Linked
    verdicts: Sequence[str | None]


@dataclass(frozen=True, kw_only=True)
class AnswerChangeLine:
    """A question that is answered otherwise: where, what was asked, and both answers in words."""

    place: str
    question: str
    verdict: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What differs between two moments: sentences, then the questions answered otherwise."""

    title: str
    told: Sequence[str]
    verdicts: Sequence[AnswerChangeLine]


@dataclass(frozen=True, kw_only=True)
class PackView:
    """`told`: when it was frozen and what it fixes. `differences`: since today, and from the pack it replaces."""

    told: Sequence[str]
    root: str
    entry: Linked
    columns: Sequence[PackColumn]
    rows: Sequence[PackRow]
    differences: Sequence[Differences]


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """The whole page. `notes` are what is special about the session, and `warning` what is to be done first."""

    committee: Linked
    title: str
    subtitle: str
    tone: str
    headline: str
    told: Sequence[str]
    notes: Sequence[str]
    votes: Sequence[Running]
    warning: str
    items: Sequence[ItemView]
    between: Sequence[PageData]
    pack: PackView | None
    members: Sequence[PageData]
    questions: Sequence[PageData]
    minutes: PageData
    before: Linked | None
    after: Linked | None

    @property
    def parts(self) -> set[str]:
        """The parts of the page in which something can be done."""
        decisions = [decision for item in self.items for decision in item.decisions]
        numbers = {each["number"] for each in decisions} | {o["number"] for each in decisions for o in each["opinions"]}
        items = {item_part(item.id) for item in self.items}
        return {HEAD, PRESENCE, PACK, QUESTIONS, MINUTES} | items | {str(number) for number in numbers}


def session_page(
    chamber: Chamber,
    entry: int,
    pack: PackView | None,
    say: Say,
    *,
    query: dict[str, str],
    texts: Mapping[str, VotedText] | None = None,
    charter: Charter | None = None,
) -> SessionPage:
    """The page of a session. `pack`: its frozen evidence; `texts`: what was saved in drafts, by its hash."""
    found = session(chamber.house, entry)
    votes = open_votes(chamber, found, texts, say, query=query)
    document = minutes_of(chamber.house, entry)
    tone, headline = _headline(chamber, found, say)
    again = next(iter(_calls_again(chamber, found)), None)
    first = found.call.second_call_of
    return SessionPage(
        committee=(chamber.title(say), committee_href(chamber.id, query=query)),
        title=say("Session of {date}", date=say.date(found.day)),
        subtitle=_subtitle(found, say),
        tone=tone,
        headline=headline,
        told=_told(chamber, found, say),
        notes=_notes(document, say),
        votes=votes,
        warning=unfrozen_words(chamber.house, found, say),
        items=item_views(chamber, document, Around(votes=votes, charter=charter), say, query=query),
        between=between_rows(chamber, found, say, query=query),
        pack=pack,
        members=[_presence(chamber, document, each, say) for each in document["members"]],
        questions=[_asked(each, say, query=query) for each in document["questions"]],
        minutes=minutes_view(chamber, found, document, say, query=query),
        before=(say("The session that lacked a quorum"), session_href(first, query=query))
        if first is not None
        else None,
        after=(say("The session that was called instead"), session_href(again, query=query))
        if again is not None
        else None,
    )


def _calls_again(chamber: Chamber, found: Session) -> list[int]:
    return [each.entry for each in sessions(chamber.house) if each.call.second_call_of == found.entry]


def _subtitle(found: Session, say: Say) -> str:
    call = found.call
    parts = [say("{start} to {end}", start=say.time(call.starts), end=say.time(call.ends)), say.written(call.place)]
    if call.remote:
        parts.append(say("one can take part from afar"))
    return joined(" · ", parts)


def _headline(chamber: Chamber, found: Session, say: Say) -> tuple[str, str]:
    if found.state == "called":
        if found.day < chamber.today:
            return "broken", say("It was to take place, and nothing says what became of it.")
        return "unknown", say("It takes place {when}.", when=inside(when(found.day, chamber.today, say)))
    words = {
        "open": ("watch", say("The session is open.")),
        "closed": ("kept", say("The session is over.")),
        "no_quorum": ("broken", say("The session did not begin: there was no quorum.")),
        "cancelled": ("broken", say("The session was cancelled.")),
    }
    return words[found.state]


def _told(chamber: Chamber, found: Session, say: Say) -> list[str]:
    if found.state == "cancelled":
        reason = say.written(found.cancelled.text) if found.cancelled else ""
        return [reason] if reason else []
    if found.state == "called" and found.day > chamber.today:
        return [coming_words(count(chamber.house, found), say)]
    sealed = (found.opening or found.no_quorum) if found.state in ("closed", "no_quorum") else None
    counted = sealed.count if sealed else count(chamber.house, found)
    told = [quorum_words(counted, say, over=sealed is not None)]
    if there := there_words(counted, say):
        told.append(say("Of them: {list}.", list=there))
    if found.opening:
        member = chamber.name(found.opening.presiding, say)
        over = found.state == "closed"
        told.append(say("{member} presided.", member=member) if over else say("{member} presides.", member=member))
    return told


def _notes(document: Document, say: Say) -> list[str]:
    told, held = [], document["session"]
    for call in document["calls"]:
        told.append(_called(call, say))
        if call["urgent"]:
            told.append(say("Called in an emergency: {reason}", reason=say.written(call["reason"])))
    if held["kind"] == "extraordinary":
        told.append(say("It is an extraordinary session."))
    if held["second_call_of"] is not None:
        told.append(say("It is a second call: it needs no quorum."))
    if not document["rules"]["adopted"]:
        told.append(say("The committee has not adopted its rules yet: it works by those proposed."))
    return told


def _called(call: Document, say: Say) -> str:
    on, days = say.date(call["on"]), call["notice_days"]
    if not days:
        return say("Called on {date}, the same day.", date=on)
    return say.plural("Called on {date}, one day before.", "Called on {date}, {n} days before.", days, date=on)


def _presence(chamber: Chamber, document: Document, member: Document, say: Say) -> PageData:
    proxies = {each["giver"]: each["holder"] for each in document["proxies"]}
    presence, number = member["presence"], member["member"]
    here = presence in ("in_person", "remote") and (not member["moves"] or member["moves"][-1]["mode"] != "left")
    told = presence_word(presence if here or presence not in ("in_person", "remote") else "left", say)
    if number in proxies and not here:
        told = say("{presence}, proxy to {member}", presence=told, member=chamber.name(proxies[number], say))
    moves = [dt.datetime.fromisoformat(each["at"]) for each in member["moves"] if each["mode"] != "excused"]
    if moves:
        told = say("{presence}, at {time}", presence=told, time=say.time(moves[-1]))
    return {
        "name": chamber.name(number, say),
        "college": chamber.college(member["college"], say),
        "presence": told,
        "here": here,
    }


def _asked(question: Document, say: Say, *, query: dict[str, str]) -> PageData:
    told = say("to: {who}, by {date}", who=say.written(question["addressee"]), date=say.date(question["due_on"]))
    entry = question["entry"]
    return {
        "text": (say.written(question["text"]), questions_href(query=query, anchor=f"q-{entry}")),
        "told": told,
        "entry": (say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))),
    }


def minutes_view(
    chamber: Chamber, found: Session, document: dict[str, Any], say: Say, *, query: dict[str, str]
) -> PageData:
    """How far the minutes are. They can be read at any time; they are sealed when the session is over."""
    last, content = chamber.house.last(Minutes, found.entry), content_of(document)
    approval = approved(chamber.house, last[1]) if last else None
    named = {"fr": say("Minutes in French"), "en": say("Minutes in English")}
    return {
        "told": _minutes_told(found, last, say),
        "fingerprint": last[1].content if last else content,
        "entry": _entry(last[0], say, query=query) if last else None,
        "approved": _entry(approval, say, query=query) if approval is not None else None,
        "changed": say("Acts were recorded since: seal a correction.") if last and last[1].content != content else "",
        "downloads": [(named[lang], minutes_href(found.entry, lang), lang) for lang in LANGUAGES],
        "data": minutes_data_href(found.entry),
    }


def _minutes_told(found: Session, last: tuple[int, Minutes] | None, say: Say) -> str:
    if last is not None:
        return say("They were sealed on {date}.", date=say.date(last[1].on))
    if found.state == "closed":
        return say("The session is over: they can be sealed.")
    return say("They are made from what is recorded here, and sealed when the session is over.")


def _entry(entry: int, say: Say, *, query: dict[str, str]) -> Linked:
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


def pack_view(evidence: SessionEvidence, scene: Scene, say: Say, *, query: dict[str, str]) -> PackView:
    """The pack, in the articles and questions of the charter in force."""
    pack, entry = evidence.pack, str(evidence.entry)
    differences = [differences_of(evidence.since, scene, say("What has changed since?"), say)]
    if evidence.before is not None:
        title = say("What was different in the pack before?")
        differences.append(differences_of(evidence.before, scene, title, say))
    return PackView(
        told=[
            say(
                "Frozen on {date}, under version {version} of the charter.",
                date=say.date(pack.on),
                version=pack.charter_version,
            ),
            say.plural("It fixes one entry of the ledger.", "It fixes the first {n} entries of the ledger.", pack.size),
        ],
        root=pack.root,
        entry=(say("entry {n}", n=entry), evidence_href(query=query, entry=entry)),
        columns=[_column(each, scene, say, query=query) for each in pack.audits],
        rows=_rows(evidence, scene, say, query=query),
        differences=differences,
    )


def _column(audit: PackAudit, scene: Scene, say: Say, *, query: dict[str, str]) -> PackColumn:
    number = str(audit.entry)
    return PackColumn(
        title=scene.title(audit.system, say),
        period=say.period(audit.start.isoformat(), audit.end.isoformat()),
        entry=(say("entry {n}", n=number), evidence_href(query=query, entry=number)),
    )


def _rows(evidence: SessionEvidence, scene: Scene, say: Say, *, query: dict[str, str]) -> list[PackRow]:
    known = {article.id: article for article in scene.charter.articles}
    found = [by_article(evidence.standing[each.system]) for each in evidence.pack.audits]
    others = dict.fromkeys(name for verdicts in found for name in verdicts if name not in known)
    return [
        PackRow(
            title=(say.text(known[name].title), article_href(name, query=query)) if name in known else (name, ""),
            verdicts=[verdicts.get(name) for verdicts in found],
        )
        for name in [*known, *others]
    ]


def _charter_told(before: str, after: str, say: Say) -> str:
    """That another text of the charter is in force. One that is being written keeps its number while it changes."""
    if before == after:
        return say("The text of the charter has changed and kept its number: version {version}.", version=after)
    return say("The charter went from version {before} to {after}.", before=before, after=after)


def differences_of(changes: PackChanges, scene: Scene, title: str, say: Say) -> Differences:
    """What differs between two packs, in sentences and by question."""
    told, (renewed, added, removed) = [], map(len, (changes.renewed, changes.added, changes.removed))
    if changes.charter:
        told.append(_charter_told(*changes.charter, say))
    if renewed:
        told.append(say.plural("One system was audited again.", "{n} systems were audited again.", renewed))
    if added:
        first = say.plural("One system was audited for the first time.", "{n} were audited for the first time.", added)
        told.append(first)
    if removed:
        told.append(say.plural("One system is no longer there.", "{n} systems are no longer there.", removed))
    if changes.none:
        told.append(say("Nothing: the evidence is the same."))
    elif not changes.verdicts:
        told.append(say("No question is answered otherwise."))
    return Differences(title=title, told=told, verdicts=[_changed(each, scene, say) for each in changes.verdicts])


def _changed(change: PackVerdictChange, scene: Scene, say: Say) -> AnswerChangeLine:
    before, after = (say("not asked") if each is None else word(each, say) for each in (change.before, change.after))
    return AnswerChangeLine(
        place=scene.title(change.system, say),
        question=worded_as(scene.charter, change.indicator, scene.systems.get(change.system), say),
        verdict=change.after or NOT_ASKED,
        told=say("{before} → {after}", before=before, after=after),
    )
