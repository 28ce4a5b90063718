"""An agenda as data: each item with what it rests on, its open vote and what was decided; questions of in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import inside
from boussole.charter.amending.plain import plainly
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.referrals.matters import QuestionHistory, asked_between
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voted import VotedText
from boussole.charter.committee.voting.presence import over, voters
from boussole.charter.record_types.acts import FrozenPack, Hearing, Minutes, Opinion, PublicationDecision, Vote
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    article_href,
    draft_href,
    evidence_href,
    minutes_href,
    questions_href,
    system_href,
)
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views.answers.asked import way_called
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import choice_word, item_word, sense_word
from boussole.dashboard.views.records.offering import item_part

Linked = tuple[str, str]
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BallotText:
    """What is voted on, to the letter. `source` says where it stands, `warning` what whoever votes must know of it."""

    source: Linked | None
    told: str
    warning: str
    title: str = ""
    sense: str = ""
    paragraphs: Sequence[str] = ()
    reservations: Sequence[str] = ()
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A vote that is still open: what it is about, how many have voted, and never what."""

    entry: int
    item: str
    title: str
    told: str
    text: BallotText

    @property
    def part(self) -> str:
        """The part of the page that shows it."""
        return item_part(self.item)


@dataclass(frozen=True, kw_only=True)
class ItemLink:
    """`name` says what it is: the question, the draft or the evidence; `places` where each is read."""

    name: str
    places: list[Linked]


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """An item of the agenda. `matter` are lines on what was put to the committee under it."""

    id: str
    number: str
    title: str
    kind: str
    system: Linked | None
    matter: Sequence[str]
    hearings: Sequence[PageData]
    note: Sequence[str]
    links: Sequence[ItemLink]
    aside: str
    running: Sequence[Running]
    decisions: Sequence[PageData]
    annulled: Sequence[str]

    @property
    def part(self) -> str:
        """The part of the page that shows it."""
        return item_part(self.id)


@dataclass(frozen=True, kw_only=True)
class Around:
    """What an item is read with: the votes that are open, and the charter that asks its question."""

    votes: Sequence[Running] = ()
    charter: Charter | None = None


def item_views(
    chamber: Chamber, document: Document, around: Around, say: Say, *, query: dict[str, str]
) -> list[ItemView]:
    """The agenda of a session with what was done under each item; `document` are its minutes."""
    return [_item(chamber, number, item, around, say, query=query) for number, item in enumerate(document["items"], 1)]


def _item(
    chamber: Chamber, number: int, item: Document, around: Around, say: Say, *, query: dict[str, str]
) -> ItemView:
    aside = [chamber.name(member, say) for member in item["aside"]]
    system = item["system"]
    referral = item["referral"]
    return ItemView(
        id=item["id"],
        number=str(number),
        title=say.written(item["title"]),
        kind=item_word(item["kind"], say),
        system=(chamber.system(system, say), system_href(system, query=query)) if system else None,
        matter=_matter(chamber, referral, say) if referral else [],
        hearings=[
            {"head": say("Heard: {who}", who=say.written(each.heard)), "text": say.written(each.text)}
            for _, each in (chamber.house.about(Hearing, referral["entry"]) if referral else [])
        ],
        note=[say.written(each) for each in paragraphs(item["note"]["text"])] if "note" in item else [],
        aside=say("Standing aside on this item: {members}", members=", ".join(aside)) if aside else "",
        links=item_links(around.charter, item, say, query=query),
        running=[each for each in around.votes if each.item == item["id"]],
        decisions=[_decision(chamber, each, say, query=query) for each in item["decisions"]],
        annulled=[
            say(
                "Vote annulled: {title}. Reason: {reason}",
                title=say.written(each["title"]),
                reason=say.written(each["reason"]),
            )
            for each in item["annulled"]
        ],
    )


def _matter(chamber: Chamber, referral: Document, say: Say) -> list[str]:
    rapporteur = chamber.name(referral["rapporteur"], say) if referral["rapporteur"] else say("nobody yet")
    return [
        say(
            "Put to the committee by {who}: {subject}",
            who=say.written(referral["sender"]),
            subject=say.written(referral["subject"]),
        ),
        say("Rapporteur, who reports on it: {member}", member=rapporteur),
    ]


def item_links(
    charter: Charter | None, item: Mapping[str, Any], say: Say, *, query: Mapping[str, str]
) -> list[ItemLink]:
    """What an item of minutes rests on; nothing where its agenda does not say."""
    found = []
    if question := item.get("question"):
        found.append(ItemLink(name=say("Question"), places=[_asked_as(charter, question, say, query=query)]))
    if draft := item.get("draft"):
        named = say("Draft no. {n}", n=str(draft))
        found.append(ItemLink(name=say("Draft"), places=[(named, draft_href(draft, query=query))]))
    if evidence := item.get("evidence"):
        places = [(say("entry {n}", n=str(each)), evidence_href(query=query, entry=str(each))) for each in evidence]
        found.append(ItemLink(name=say("Evidence"), places=places))
    return found


def _asked_as(charter: Charter | None, name: str, say: Say, *, query: Mapping[str, str]) -> Linked:
    """As the charter in force asks it; its name where it asks it no more."""
    indicator = way_called(charter, name) if charter else None
    if charter is None or indicator is None:
        return name, ""
    asked = f"{indicator.number} {plainly(indicator.question, say.lang)}"
    article = next(each.id for each in charter.articles if indicator in each.indicators)
    return asked, article_href(article, query=query, anchor=f"q-{indicator.id}")


def _decision(chamber: Chamber, decision: Document, say: Say, *, query: dict[str, str]) -> PageData:
    entry, votes = decision["entry"], []
    for choice in ("for", "against", "abstain"):
        names = [chamber.name(member, say) for member, said in decision.get("votes", {}).items() if said == choice]
        if names:
            votes.append((choice_word(choice, say), ", ".join(names)))
    took_part = [chamber.name(member, say) for member in decision.get("voters", [])]
    return {
        "number": entry,
        "entry": (say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))),
        "title": say.written(decision["title"]),
        "adopted": decision["adopted"],
        "result": say("Adopted") if decision["adopted"] else say("Not adopted"),
        "how": _how(decision, say),
        "votes": votes,
        "voters": say("Took part: {members}", members=", ".join(took_part)) if decision["how"] == "secret" else "",
        "noted": [_noted(chamber, each, say) for each in decision["dissents"]],
        "opinions": [_opinion(chamber.house, each, say, query=query) for each in decision["opinions"]],
    }


def _how(decision: Document, say: Say) -> str:
    if decision["how"] == "consensus":
        return say("By consensus: nobody who was there objected.")
    figures = {
        "for_": say.whole(decision["in_favour"]),
        "against": say.whole(decision["against"]),
        "abstained": say.whole(decision["abstained"]),
    }
    secret = say("By secret ballot: {for_} for, {against} against, {abstained} abstained.", **figures)
    shown = say("By open vote: {for_} for, {against} against, {abstained} abstained.", **figures)
    told = secret if decision["how"] == "secret" else shown
    if decision["casting"]:
        told += " " + say("Votes were equal: that of who presides decided.")
    return told


def _noted(chamber: Chamber, noted: Document, say: Say) -> PageData:
    member = chamber.name(noted["member"], say)
    if noted["sort"] == "dissent":
        return {"head": say("Dissent of {member}", member=member), "text": say.written(noted["text"])}
    return {"head": say("Reservation of {member}", member=member), "text": say.written(noted["text"])}


def _opinion(house: CommitteeState, opinion: Document, say: Say, *, query: dict[str, str]) -> PageData:
    wording, entry = opinion["wording"], opinion["entry"]
    return {
        "number": entry,
        "title": (say.written(wording["title"]), evidence_href(query=query, entry=str(entry))),
        "sense": sense_word(wording["sense"], say),
        "paragraphs": [say.written(line) for line in wording["words"].splitlines() if line.strip()],
        "reservations": [say.written(each) for each in wording["reservations"]],
        "publication": _publication(house, entry, say),
    }


def _publication(house: CommitteeState, entry: int, say: Say) -> str:
    house.get(Opinion, entry)
    decision = house.last(PublicationDecision, entry)
    if decision is None:
        return say("The committee has not decided yet whether to publish it.")
    said = decision[1]
    if said.publish:
        return say("To be published, by decision of {date}.", date=say.date(said.on))
    return say("Withheld, by decision of {date}: {reason}", date=say.date(said.on), reason=say.written(said.text))


def open_votes(
    chamber: Chamber, found: Session, texts: Mapping[str, VotedText] | None, say: Say, *, query: dict[str, str]
) -> list[Running]:
    """The open votes of a session, in their order. `texts`: what was saved, by its hash; None for outsiders."""
    house = chamber.house
    return [
        Running(
            entry=entry,
            item=vote.item,
            title=say.written(vote.title),
            told=_told(house, entry, vote, say),
            text=_text(chamber, vote, texts, say, query=query),
        )
        for entry, vote in house.about(Vote, found.entry)
        if not over(house, entry)
    ]


def unfrozen_words(house: CommitteeState, found: Session, say: Say) -> str:
    """That a session has no frozen evidence, before or while it votes; empty where it has, and where it is over."""
    if found.state != "open" or house.last(FrozenPack, found.entry) is not None:
        return ""
    return say(
        "The evidence of this session is not frozen: the figures on the pages can change between the debate and the "
        "vote, and nobody can show later what the committee had seen."
    )


def _told(house: CommitteeState, entry: int, vote: Vote, say: Say) -> str:
    cast = len(voters(house, entry))
    kind = say("Secret ballot under way") if vote.secret else say("Vote under way")
    number = say.plural("one vote cast", "{n} votes cast", cast) if cast else say("no vote cast yet")
    return f"{kind} · {inside(number)}"


def _text(
    chamber: Chamber, vote: Vote, texts: Mapping[str, VotedText] | None, say: Say, *, query: dict[str, str]
) -> BallotText:
    if vote.subject is None:
        told = say("No text goes with this vote: what is decided is what its title says.")
        return BallotText(source=None, told=told, warning="")
    if minutes := _minutes(chamber, vote.subject, say):
        return minutes
    if texts is None:
        told = say("The members of the committee read its text here; others do once it is decided.")
        return BallotText(source=None, told=told, warning="", fingerprint=vote.subject)
    if vote.subject in texts:
        return _draft(texts[vote.subject], say, query=query)
    return BallotText(
        source=None,
        told="",
        warning=say(
            "The text of this vote is not kept here: ask for it before you vote, and hold it to its fingerprint."
        ),
        fingerprint=vote.subject,
    )


def _draft(text: VotedText, say: Say, *, query: dict[str, str]) -> BallotText:
    number, wording = str(text.draft), text.wording
    named = (
        say("Draft no. {n}, version {version}", n=number, version=str(text.version))
        if text.version is not None
        else say("A text that was kept aside, of draft no. {n}", n=number)
    )
    later = text.version is not None and text.latest > text.version
    warning = say(
        "The draft was saved again since, as version {latest}: the vote is on version {version}, as it stands here.",
        latest=str(text.latest),
        version=str(text.version),
    )
    return BallotText(
        source=(named, draft_href(text.draft, query=query)),
        told=say("This is the text that is voted on, to the letter."),
        warning=warning if later else "",
        title=say.written(wording.title),
        sense=sense_word(wording.sense, say),
        paragraphs=[say.written(each) for each in paragraphs(wording.words)],
        reservations=[say.written(each) for each in wording.reservations],
        fingerprint=wording.sha256,
    )


def _minutes(chamber: Chamber, subject: str, say: Say) -> BallotText | None:
    for _, said in chamber.house.standing(Minutes):
        if said.content == subject:
            day = say.date(session(chamber.house, said.of).day)
            named = say("Minutes of the session of {date}", date=day)
            return BallotText(
                source=(named, minutes_href(said.of, say.lang)),
                told=say("The vote is on these minutes, as they were sealed: read them first."),
                warning="",
                fingerprint=subject,
            )
    return None


def between_rows(chamber: Chamber, found: Session, say: Say, *, query: dict[str, str]) -> list[PageData]:
    """The questions that stand on the agenda of a session because nobody asked them in one."""
    if found.state == "cancelled":
        return []
    return [
        _between(chamber, each, say, query=query) for each in asked_between(chamber.house, found, today=chamber.today)
    ]


def _between(chamber: Chamber, each: QuestionHistory, say: Say, *, query: dict[str, str]) -> PageData:
    said = each.question
    asker = chamber.name(said.by, say) if said.by else who_words(said.role, say)
    return {
        "text": (say.written(said.text), questions_href(query=query, anchor=f"q-{each.entry}")),
        "told": say(
            "Asked by {who} on {date}, to: {whom}", who=asker, date=say.date(said.on), whom=say.written(said.addressee)
        ),
        "state": state_words(each, say),
        "late": each.state == "overdue",
    }


def state_words(each: QuestionHistory, say: Say) -> str:
    """How far the answer to a question is."""
    if each.state == "answered":
        return say("Answered on {date}", date=say.date(each.answers[0][1].on))
    due = say.date(each.question.due_on)
    return (
        say("No answer: it was due on {date}", date=due) if each.state == "overdue" else say("Due on {date}", date=due)
    )
