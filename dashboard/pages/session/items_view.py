"""The items of an agenda as data: the matter, who stands aside, what was decided and how, what members noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Hearing, Opinion, PublicationDecision
from boussole.charter.text.model import Charter
from boussole.dashboard.pages.session.ballot_view import Running
from boussole.dashboard.pages.session.links_view import ItemLink, item_links
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.words import choice_word, item_word, sense_word
from boussole.dashboard.words.addresses import evidence_href, system_href
from boussole.dashboard.words.say import Say

Document = dict[str, Any]
Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class DissentNote:
    """A dissent or a reservation: whose, and in which words."""

    head: str
    text: str


@dataclass(frozen=True, kw_only=True)
class OpinionText:
    """An opinion in its adopted words."""

    number: int
    title: Linked
    sense: str
    paragraphs: Sequence[str]
    reservations: Sequence[str]
    publication: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision: its result, how it was taken, who voted what where the vote was open, what members noted."""

    number: int
    entry: Linked
    title: str
    adopted: bool
    result: str
    how: str
    votes: Sequence[tuple[str, str]]
    voters: str
    noted: Sequence[DissentNote]
    opinions: Sequence[OpinionText]


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """An item of the agenda. `matter` are lines on what was put to the committee under it."""

    id: str
    number: str
    title: str
    kind: str
    system: Linked | None
    matter: Sequence[str]
    hearings: Sequence[DissentNote]
    note: Sequence[str]
    links: Sequence[ItemLink]
    aside: str
    running: Sequence[Running]
    decisions: Sequence[Decision]
    annulled: Sequence[str]


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
            DissentNote(head=say("Heard: {who}", who=say.written(each.heard)), text=say.written(each.text))
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


def _decision(chamber: Chamber, decision: Document, say: Say, *, query: dict[str, str]) -> Decision:
    entry, votes = decision["entry"], []
    for choice in ("for", "against", "abstain"):
        names = [chamber.name(member, say) for member, said in decision.get("votes", {}).items() if said == choice]
        if names:
            votes.append((choice_word(choice, say), ", ".join(names)))
    took_part = [chamber.name(member, say) for member in decision.get("voters", [])]
    return Decision(
        number=entry,
        entry=(say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))),
        title=say.written(decision["title"]),
        adopted=decision["adopted"],
        result=say("Adopted") if decision["adopted"] else say("Not adopted"),
        how=_how(decision, say),
        votes=votes,
        voters=say("Took part: {members}", members=", ".join(took_part)) if decision["how"] == "secret" else "",
        noted=[_noted(chamber, each, say) for each in decision["dissents"]],
        opinions=[_opinion(chamber.house, each, say, query=query) for each in decision["opinions"]],
    )


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


def _noted(chamber: Chamber, noted: Document, say: Say) -> DissentNote:
    member = chamber.name(noted["member"], say)
    if noted["sort"] == "dissent":
        return DissentNote(head=say("Dissent of {member}", member=member), text=say.written(noted["text"]))
    return DissentNote(head=say("Reservation of {member}", member=member), text=say.written(noted["text"]))


def _opinion(house: CommitteeState, opinion: Document, say: Say, *, query: dict[str, str]) -> OpinionText:
    wording, entry = opinion["wording"], opinion["entry"]
    return OpinionText(
        number=entry,
        title=(say.written(wording["title"]), evidence_href(query=query, entry=str(entry))),
        sense=sense_word(wording["sense"], say),
        paragraphs=[say.written(line) for line in wording["words"].splitlines() if line.strip()],
        reservations=[say.written(each) for each in wording["reservations"]],
        publication=_publication(house, entry, say),
    )


def _publication(house: CommitteeState, entry: int, say: Say) -> str:
    """What the committee decided on publishing an opinion."""
    house.get(Opinion, entry)
    decision = house.last(PublicationDecision, entry)
    if decision is None:
        return say("The committee has not decided yet whether to publish it.")
    said = decision[1]
    if said.publish:
        return say("To be published, by decision of {date}.", date=say.date(said.on))
    return say("Withheld, by decision of {date}: {reason}", date=say.date(said.on), reason=say.written(said.text))
