"""The forms of the page of recommendations: answers, what became of something, new recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from boussole.charter.committee.issuing import recommend
from boussole.charter.records import seal, statements
from boussole.charter.records.acts import Opinion
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.records.kinds import FollowUp, Recommendation, Reply
from boussole.dashboard import store
from boussole.dashboard.access.words import said_as
from boussole.dashboard.addresses import recommendations_href
from boussole.dashboard.committee.acts.doing import acting
from boussole.dashboard.followed.words import accepted_word, became_word
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say

REPLY, FOLLOW, OUTSIDE, OWN = "reply", "follow", "outside", "own"
Choices = Sequence[tuple[str, str]]


def replying(entry: int, addressee: str, say: Say) -> Form:
    """An answer to a recommendation or an opinion."""
    words = [(each, accepted_word(each, say)) for each in get_args(Reply.model_fields["accepted"].annotation)]
    return Form(
        id=f"reply-{entry}",
        path=f"/recommendations/{REPLY}/{entry}",
        send=say("Send the answer"),
        fields=[
            Field(
                name="role",
                label=say("In whose name do you answer?"),
                note=say("A function, not a person."),
                value=addressee,
            ),
            Field(name="accepted", label=say("Is it accepted?"), kind="choice", choices=words),
            Field(name="text", label=say("The answer"), kind="prose", rows=8),
        ],
    )


def following(entry: int, say: Say) -> Form:
    """What became of a recommendation or an opinion."""
    words = [(each, became_word(each, say)) for each in get_args(FollowUp.model_fields["state"].annotation)]
    return Form(
        id=f"follow-{entry}",
        path=f"/recommendations/{FOLLOW}/{entry}",
        send=say("Record it"),
        fields=[
            Field(name="state", label=say("How far is it?"), kind="choice", choices=words),
            Field(name="text", label=say("In a few words"), kind="prose", required=False),
        ],
    )


def recommending(systems: Choices, articles: Choices, say: Say, *, committees: Choices = ()) -> Form:
    """A new recommendation: of a committee where `committees` are given, else of an outside authority."""
    body = (
        Field(name="committee", label=say("Which committee?"), kind="choice", choices=committees)
        if committees
        else Field(name="body", label=say("Which authority?"))
    )
    return Form(
        id="recommend-own" if committees else "recommend-outside",
        path=f"/recommendations/{OWN if committees else OUTSIDE}",
        send=say("Record the recommendation"),
        fields=[
            body,
            Field(name="text", label=say("What is recommended?"), kind="prose"),
            Field(name="addressee", label=say("Who must answer?"), note=say("A function, not a person.")),
            Field(name="due_on", label=say("By which day?"), kind="date"),
            Field(name="system", label=say("About which system?"), kind="choice", choices=systems, required=False),
            Field(
                name="articles", label=say("About which articles?"), kind="choices", choices=articles, required=False
            ),
        ],
    )


def systems_of(desk: Desk) -> Choices:
    """The systems of the register, to choose from."""
    return [(name, desk.say.text(system.title, name)) for name, system in desk.workspace.deciding.items()]


def articles_of(desk: Desk) -> Choices:
    """The articles of the charter in force, to choose from."""
    return [(each.id, desk.say.text(each.title)) for each in in_force(desk.workspace).charter.articles]


def committees_of(desk: Desk) -> Choices:
    """The committees of the workspace, to choose from."""
    return [(name, chamber.title(desk.say)) for name, chamber in store.chambers(desk.workspace).items()]


def addressee_of(desk: Desk, of: str) -> tuple[int, str] | None:
    """The recommendation or opinion of an entry, and who must answer it; None where it is neither."""
    facts = facts_of(desk.workspace, as_of=store.today())
    for entry, said in facts.standing(Recommendation):
        if str(entry) == of:
            return entry, said.addressee
    for each in statements(desk.workspace, kinds=[Opinion.kind]):
        if str(each.entry) == of:
            return each.entry, ""
    return None


def reply(desk: Desk, of: str, values: Values) -> str:
    """Seal an answer."""
    said = Reply.model_validate(
        {
            "role": said_as(desk.person, values.text("role"), desk.say),
            "on": store.today(),
            "signed_in": desk.person.authenticated,
            "of": int(of),
            "accepted": values.text("accepted"),
            "text": values.text("text"),
        }
    )
    return _done(desk, seal(desk.workspace, said).entry)


def follow(desk: Desk, of: str, values: Values) -> str:
    """Seal what became of something."""
    said = FollowUp.model_validate(
        {
            "role": desk.person.role.value,
            "on": store.today(),
            "signed_in": desk.person.authenticated,
            "of": int(of),
            "state": values.text("state"),
            "text": values.text("text"),
        }
    )
    return _done(desk, seal(desk.workspace, said).entry)


def recommend_outside(desk: Desk, _: str, values: Values) -> str:
    """Seal a recommendation of an outside authority."""
    _to_come(values, desk.say)
    said = Recommendation.model_validate(
        {
            "role": desk.person.role.value,
            "on": store.today(),
            "signed_in": desk.person.authenticated,
            "body": values.text("body"),
            "outside": True,
            "addressee": values.text("addressee"),
            "due_on": values.day("due_on"),
            "text": values.text("text"),
            "system": values.maybe("system"),
            "articles": values.chosen("articles"),
        }
    )
    return _done(desk, seal(desk.workspace, said).entry)


def recommend_own(desk: Desk, _: str, values: Values) -> str:
    """Seal a recommendation of a committee."""
    _to_come(values, desk.say)
    done = recommend(
        desk.workspace,
        values.text("committee"),
        who=acting(desk, store.chambers(desk.workspace)[values.text("committee")]),
        text=values.text("text"),
        to=values.text("addressee"),
        due_on=values.day("due_on"),
        system=values.maybe("system"),
        articles=values.chosen("articles"),
    )
    return _done(desk, done.entry)


def _to_come(values: Values, say: Say) -> None:
    if values.day("due_on") < store.today():
        raise UnfitError(say("This day has passed: give one to come."), "due_on")


def _done(desk: Desk, entry: int) -> str:
    return recommendations_href(query=desk.query, done=str(entry), anchor="done")
