"""Voting, under one's own number: the one form of a session whose answer is kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from boussole.charter.committee.acts.balloting import vote_in_secret, vote_openly
from boussole.charter.committee.voting.presence import electors, voters
from boussole.charter.record_types.acts import Choice, Vote
from boussole.charter.records import SealedStatement
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.acts.doing import Doing, me, who
from boussole.dashboard.records.acts.receipt import receipt_page
from boussole.dashboard.records.place import Place
from boussole.dashboard.views.committee_words import choice_word
from boussole.dashboard.words.say import Say

CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")


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


def _cast(desk: Desk, place: Place, values: Values) -> SealedStatement | Response:
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


CAST = Doing(
    name="cast",
    title=lambda say: say("Vote"),
    send=lambda say: say("Cast this vote"),
    ask=_casting,
    act=_cast,
    note=_how,
)
