"""The forms of written questions: to ask one, to answer one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from boussole.charter.committee.acting import do
from boussole.charter.records.acts import CommitteeAnswer, CommitteeQuestion
from boussole.dashboard import store
from boussole.dashboard.access.words import said_as
from boussole.dashboard.addresses import questions_href
from boussole.dashboard.committee.acts.doing import me
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.questions.figure import Figure, figure_at, reference
from boussole.dashboard.questions.view import QuestionsPage
from boussole.dashboard.words import Say

DAYS = 30
"""Days for an answer, unless the asker says otherwise."""
NONE = "-"
"""What an address says where a question is about no figure."""


def place_of(figure: Figure | None) -> str:
    """How a route names a figure."""
    return f"{figure.system}.{figure.key}" if figure else NONE


def figure_of(desk: Desk, of: str) -> Figure | None:
    """The figure that a route names."""
    system, _, key = of.partition(".")
    return figure_at(store.scene(desk.workspace), system, key, desk.say)


def asking(figure: Figure | None, chambers: Mapping[str, Chamber], say: Say, *, today: dt.date) -> Form:
    """A question, about a figure or in general."""
    committees = [(name, chamber.title(say)) for name, chamber in chambers.items()]
    first = Field(name="committee", label="", kind="hidden", value=committees[0][0]) if len(committees) == 1 else None
    about = []
    if figure is not None:
        about.append(Field(name="audit", label="", kind="hidden", value=str(figure.audit or ""), required=False))
    if figure is not None and figure.groups:
        groups = [(each.measure, each.text) for each in figure.groups]
        about.append(
            Field(name="measure", label=say("About which group?"), kind="choice", choices=groups, required=False)
        )
    return Form(
        id="ask",
        path=f"/ask/{place_of(figure)}",
        send=say("Ask"),
        fields=[
            first or Field(name="committee", label=say("For which committee?"), kind="choice", choices=committees),
            *about,
            Field(name="text", label=say("Your question"), kind="prose", rows=5),
            Field(
                name="addressee",
                label=say("Who must answer?"),
                note=say("A function, not a person."),
                value=figure.owner if figure else "",
            ),
            Field(
                name="due_on",
                label=say("By which day?"),
                kind="date",
                value=(today + dt.timedelta(days=DAYS)).isoformat(),
            ),
        ],
    )


def answering(entry: int, addressee: str, say: Say) -> Form:
    """The answer to a question."""
    return Form(
        id=f"answer-{entry}",
        path=f"/questions/answer/{entry}",
        send=say("Send the answer"),
        fields=[
            Field(
                name="role",
                label=say("In whose name do you answer?"),
                note=say("A function, not a person."),
                value=addressee,
            ),
            Field(name="text", label=say("The answer"), kind="prose", rows=8),
        ],
    )


def answers_of(page: QuestionsPage, say: Say) -> Callable[[int], list[Titled]]:
    """The form by which each question can be answered, or answered once more."""
    known = {each.entry: each for each in (*page.waiting, *page.answered)}

    def of(entry: int) -> list[Titled]:
        title = say("Answer") if known[entry].waits else say("Answer once more")
        return [(title, answering(entry, known[entry].addressee, say))]

    return of


def asked(desk: Desk, of: str) -> tuple[str, CommitteeQuestion] | None:
    """The question of an entry, and of which committee."""
    for name, chamber in store.chambers(desk.workspace).items():
        for entry, said in chamber.house.standing(CommitteeQuestion):
            if str(entry) == of:
                return name, said
    return None


def ask(desk: Desk, of: str, values: Values) -> str:
    """Seal a question."""
    say, figure, today = desk.say, figure_of(desk, of), store.today()
    if of != NONE and (figure is None or str(figure.audit or "") != values.text("audit")):
        raise UnfitError(say("This figure has changed since you looked: look at it again, then send your question."))
    if values.day("due_on") < today:
        raise UnfitError(say("This day has passed: give one to come."), "due_on")
    me(desk)
    who = desk.person.who(today)
    question = CommitteeQuestion.model_validate(
        {
            "committee": values.text("committee"),
            "role": who.role,
            "on": today,
            "by": who.by,
            "signed_in": who.signed_in,
            "addressee": values.text("addressee"),
            "due_on": values.day("due_on"),
            "text": values.text("text"),
            "system": figure.system if figure else None,
            "figure": reference(figure, values.maybe("measure") if figure.groups else None) if figure else None,
        }
    )
    return questions_href(query=desk.query, done=str(do(desk.workspace, question).entry), anchor="done")


def answer(desk: Desk, of: str, values: Values) -> str:
    """Seal the answer to a question."""
    found, who = asked(desk, of), desk.person.who(store.today())
    given = CommitteeAnswer.model_validate(
        {
            "committee": found[0] if found else "",
            "role": said_as(desk.person, values.text("role"), desk.say),
            "on": who.on,
            "by": who.by,
            "signed_in": who.signed_in,
            "of": int(of),
            "text": values.text("text"),
        }
    )
    return questions_href(query=desk.query, done=str(do(desk.workspace, given).entry), anchor="done")
