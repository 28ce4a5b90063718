"""What a member does: vote, stand aside, dissent, ask, give a proxy. Each acts under their own number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from starlette.responses import Response

from boussole.charter.committee.balloting import vote_in_secret, vote_openly
from boussole.charter.committee.presence import electors, voters
from boussole.charter.records import Sealed
from boussole.charter.records.acts import Choice, CommitteeQuestion, Dissent, Proxy, Recusal, Vote
from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.acts.deciding import ground
from boussole.dashboard.committee.acts.doing import Choices, Doing, me, members, sealed, who
from boussole.dashboard.committee.acts.place import Place
from boussole.dashboard.committee.acts.receipt import receipt_page
from boussole.dashboard.committee.words import choice_word
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say

CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")
ANSWER_DAYS = 30
"""Days that the form proposes for the answer to a question."""


def mine(place: Place, member: str | None) -> list[str]:
    """The members for whom somebody can still vote: themselves, and those whose proxy they hold."""
    vote = place.chamber.house.get(Vote, place.about)
    able, cast = electors(place.chamber.house, place.found, vote.item), voters(place.chamber.house, place.about)
    return [voter for voter, caster in able.items() if caster == member and voter not in cast]


def _casting(place: Place, who_acts: Person, say: Say) -> Sequence[Field]:
    """For whom, where that is not clear, and what: of a secret vote, what was chosen is never kept."""
    secret = place.chamber.house.get(Vote, place.about).secret
    choices = [(choice, choice_word(choice, say)) for choice in CHOICES]
    what = Field(name="choice", label=say("The vote"), kind="radio", choices=choices, kept=not secret)
    known = mine(place, who_acts.member)
    if len(known) < 2:
        voter = next(iter(known), who_acts.member or "")
        return [Field(name="voter", label="", kind="hidden", value=voter, required=False), what]
    names = [(each, _whose(place, each, who_acts.member, say)) for each in known]
    return [Field(name="voter", label=say("Whose vote is it?"), kind="radio", choices=names), what]


def _whose(place: Place, voter: str, member: str | None, say: Say) -> str:
    if voter == member:
        return say("my own")
    return say("that of {member}, whose proxy I hold", member=place.chamber.name(voter, say))


def _cast(desk: Desk, place: Place, values: Values) -> Sealed | Response:
    """One vote, cast by whoever acts, for whom the form said when it was shown.

    That of a secret ballot is answered at once with its receipt, which is kept nowhere.
    """
    member = me(desk)
    voter = values.maybe("voter") or member
    vote = place.chamber.house.get(Vote, place.about)
    name, choice, acting = place.chamber.id, values.text("choice"), who(desk, place)
    if not vote.secret:
        return vote_openly(desk.workspace, name, vote=place.about, voter=voter, choice=_chosen(choice), who=acting)
    done, nonce = vote_in_secret(
        desk.workspace, name, vote=place.about, voter=voter, choice=_chosen(choice), who=acting
    )
    return receipt_page(place, done, nonce, desk.say, query=desk.query)


def _chosen(word: str) -> Choice:
    """What the form lets through is one of these."""
    return next(choice for choice in CHOICES if choice == word)


def _how(place: Place, say: Say) -> str:
    if place.chamber.house.get(Vote, place.about).secret:
        return say(
            "A secret ballot: that you voted is recorded, and never what. You are shown a receipt once, by which you "
            "can find your ballot at the end."
        )
    return say("An open vote: once it is over, it is shown under your name.")


def _recuse(desk: Desk, place: Place, values: Values) -> Sealed:
    said = {"item": place.on.id, "member": me(desk), "ground": values.text("ground")}
    return sealed(desk, place, values, Recusal, of=place.found.entry, **said)


def _dissenting(_place: Place, _: Person, say: Say) -> Sequence[Field]:
    sorts: Choices = [("dissent", say("I disagree")), ("reservation", say("I agree, with a reservation"))]
    return [
        Field(name="sort", label=say("What shall be noted"), kind="radio", choices=sorts),
        Field(name="text", label=say("In your words"), kind="prose"),
    ]


def _dissent(desk: Desk, place: Place, values: Values) -> Sealed:
    said = {"member": me(desk), "sort": values.text("sort"), "text": values.text("text")}
    return sealed(desk, place, values, Dissent, of=place.about, **said)


def _asking(place: Place, _: Person, say: Say) -> Sequence[Field]:
    today = place.chamber.now.date()
    systems: Choices = [(name, place.chamber.system(name, say)) for name in place.chamber.systems]
    about = (
        [Field(name="system", label=say("System"), kind="choice", choices=systems, required=False)] if systems else []
    )
    return [
        Field(name="text", label=say("The question"), kind="prose"),
        Field(name="addressee", label=say("Who must answer: a role")),
        Field(
            name="due_on",
            label=say("Answer by"),
            kind="date",
            value=(today + dt.timedelta(days=ANSWER_DAYS)).isoformat(),
        ),
        *about,
    ]


def _ask(desk: Desk, place: Place, values: Values) -> Sealed:
    me(desk)
    return sealed(
        desk,
        place,
        values,
        CommitteeQuestion,
        of=place.found.entry,
        text=values.text("text"),
        addressee=values.text("addressee"),
        due_on=values.day("due_on"),
        system=values.maybe("system") if place.chamber.systems else None,
    )


def _giving(place: Place, who_acts: Person, say: Say) -> Sequence[Field]:
    others = [each for each in members(place, say) if each[0] != who_acts.member]
    return [Field(name="holder", label=say("Who votes for you"), kind="choice", choices=others)]


def _give(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(desk, place, values, Proxy, of=place.found.entry, giver=me(desk), holder=values.text("holder"))


CAST = Doing(
    name="cast",
    title=lambda say: say("Vote"),
    send=lambda say: say("Cast this vote"),
    ask=_casting,
    act=_cast,
    note=_how,
)
RECUSE = Doing(
    name="recuse",
    title=lambda say: say("Stand aside on this item"),
    send=lambda say: say("Stand aside"),
    ask=lambda _place, _me, say: [ground(say)],
    act=_recuse,
    note=lambda _, say: say("You then take no part in it, and your vote does not count on it."),
)
DISSENT = Doing(
    name="dissent",
    title=lambda say: say("Have your disagreement noted"),
    send=lambda say: say("Have it noted"),
    ask=_dissenting,
    act=_dissent,
    note=lambda _, say: say("It stands in the minutes under your name, in your words."),
)
ASK = Doing(
    name="ask",
    title=lambda say: say("Ask a question"),
    send=lambda say: say("Ask it"),
    ask=_asking,
    act=_ask,
)
GIVE = Doing(
    name="give-proxy",
    title=lambda say: say("I cannot come: give a proxy"),
    send=lambda say: say("Give the proxy"),
    ask=_giving,
    act=_give,
)
DOINGS = (CAST, RECUSE, DISSENT, ASK, GIVE)
