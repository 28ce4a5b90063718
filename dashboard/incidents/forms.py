"""What the page of incidents and appeals asks: the forms, by whom they may be filled in, and what each does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, get_args

from boussole.audits.systems import System
from boussole.charter.incidents.appeals import Contested, appeals, new_number
from boussole.charter.incidents.duties import SEVERITIES
from boussole.charter.incidents.entering import enter
from boussole.charter.incidents.incidents import IncidentHistory, incidents
from boussole.charter.records.facts import facts_of
from boussole.charter.records.incidents import (
    Appeal,
    AppealDecision,
    Duty,
    Ground,
    Incident,
    IncidentClosure,
    IncidentUpdate,
    Outcome,
    Request,
)
from boussole.charter.records.kinds import Statement
from boussole.charter.text.model import Charter
from boussole.dashboard import store
from boussole.dashboard.addresses import incidents_href
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.incidents.words import (
    duty_word,
    ground_word,
    outcome_word,
    request_word,
    severity_meaning,
    severity_word,
)
from boussole.dashboard.words import Say

OPEN, NEWS, CLOSE, ENTER, DECIDE = "open", "news", "close", "appeal", "decide"
Systems = dict[str, System]


def roles_note(say: Say) -> str:
    """Said wherever somebody writes what will be sealed."""
    return say("Write roles, never names: what is sealed can't be erased. Numbers of files and addresses are refused.")


def opening(
    systems: Systems, charter_articles: list[tuple[str, str]], questions: list[tuple[str, str]], say: Say
) -> Form:
    """An incident is recorded."""
    grades = [(each, f"{severity_word(each, say)} — {severity_meaning(each, say)}") for each in reversed(SEVERITIES)]
    return Form(
        id="incident-open",
        path=f"/incidents/{OPEN}",
        send=say("Record the incident"),
        note=roles_note(say),
        fields=[
            Field(name="system", label=say("System"), kind="choice", choices=_titles(systems, say)),
            Field(name="title", label=say("What happened, in a few words")),
            Field(name="text", label=say("What happened, in roles"), kind="prose"),
            Field(name="severity", label=say("How grave is it?"), kind="choice", choices=grades),
            Field(name="happened_on", label=say("Day it happened, or began"), kind="date"),
            Field(
                name="known_at",
                label=say("When did it become known?"),
                kind="moment",
                note=say("Deadlines run from then."),
            ),
            Field(
                name="personal_data",
                label=say("Personal data were lost, changed or seen by others"),
                kind="tick",
                required=False,
            ),
            Field(
                name="articles",
                label=say("Articles of the charter it touches"),
                kind="choices",
                choices=charter_articles,
                required=False,
            ),
            Field(
                name="question",
                label=say("Question of the charter that shows it: drift, a gap"),
                kind="choice",
                choices=questions,
                required=False,
            ),
            Field(
                name="finding",
                label=say("Entry of a finding or case about it"),
                kind="number",
                required=False,
            ),
        ],
    )


def news(entry: int, say: Say) -> Form:
    """News of an incident: words, another severity, a report."""
    grades = [(each, severity_word(each, say)) for each in reversed(SEVERITIES)]
    return Form(
        id=f"incident-news-{entry}",
        path=f"/incidents/{NEWS}/{entry}",
        send=say("Record it"),
        note=roles_note(say),
        fields=[
            Field(name="text", label=say("What came to be known"), kind="prose", required=False),
            Field(name="severity", label=say("How grave it is now"), kind="choice", choices=grades, required=False),
            Field(name="reported_to", label=say("Reported to"), required=False),
            Field(name="reported_at", label=say("Reported when"), kind="moment", required=False),
            Field(
                name="duty",
                label=say("Which duty does this report fulfil?"),
                kind="choice",
                choices=[(each, duty_word(each, say)) for each in get_args(Duty)],
                required=False,
            ),
        ],
    )


def closing(entry: int, say: Say) -> Form:
    """An incident ends."""
    return Form(
        id=f"incident-close-{entry}",
        path=f"/incidents/{CLOSE}/{entry}",
        send=say("Close the incident"),
        note=roles_note(say),
        fields=[
            Field(name="cause", label=say("Why did it happen?"), kind="prose"),
            Field(name="measures", label=say("What was done so that it does not happen again?"), kind="prose"),
        ],
    )


def entering(systems: Systems, say: Say, *, number: str = "") -> Form:
    """An appeal is entered. Its number is drawn when the form is shown: sent twice, it is entered once."""
    return Form(
        id="appeal-enter",
        path=f"/incidents/{ENTER}",
        send=say("Enter the appeal"),
        note=roles_note(say)
        + " "
        + say("Its number, drawn by chance, is shown afterwards: give it to the person, and keep it with their file."),
        fields=[
            Field(name="number", label="", kind="hidden", value=number or new_number()),
            Field(name="system", label=say("System"), kind="choice", choices=_titles(systems, say)),
            Field(
                name="asks",
                label=say("What do they ask?"),
                kind="choice",
                choices=[(each, request_word(each, say)) for each in get_args(Request)],
            ),
            Field(
                name="ground",
                label=say("On which ground?"),
                kind="choice",
                choices=[(each, ground_word(each, say)) for each in get_args(Ground)],
            ),
            Field(name="decided_on", label=say("Day of the decision it is about"), kind="date"),
            Field(name="received_on", label=say("Day it was received"), kind="date"),
            Field(name="human_review", label=say("A human review was asked for"), kind="tick", required=False),
            Field(
                name="text",
                label=say("In words, without anything that leads to the person"),
                kind="prose",
                required=False,
            ),
        ],
    )


def deciding(waiting: Sequence[Contested], say: Say) -> Form:
    """What was decided on an appeal that waits."""
    return Form(
        id="appeal-decide",
        path=f"/incidents/{DECIDE}",
        send=say("Record the decision"),
        note=roles_note(say),
        fields=[
            Field(
                name="appeal",
                label=say("Which appeal?"),
                kind="choice",
                choices=[(str(each.entry), each.appeal.number) for each in waiting],
            ),
            Field(
                name="outcome",
                label=say("What was decided?"),
                kind="choice",
                choices=[(each, outcome_word(each, say)) for each in get_args(Outcome)],
            ),
            Field(name="on", label=say("Day of the decision"), kind="date"),
            Field(name="reviewed", label=say("A human looked at the whole case"), kind="tick", required=False),
            Field(name="text", label=say("Reasons, in roles"), kind="prose", required=False),
        ],
    )


def _titles(systems: Systems, say: Say) -> list[tuple[str, str]]:
    return sorted(((name, say.text(system.title, name)) for name, system in systems.items()), key=lambda each: each[1])


def articles_of(charter: Charter, say: Say) -> list[tuple[str, str]]:
    """The articles of a charter, to choose from."""
    return [(each.id, say.text(each.title)) for each in charter.articles]


def questions_of(charter: Charter, say: Say) -> list[tuple[str, str]]:
    """Its questions, by number."""
    return [
        (each.id, f"{each.number} {say.text(each.question).replace('{system}', say('the system'))}")
        for each in charter.ways
    ]


def told(desk: Desk, of: str) -> IncidentHistory | None:
    """The incident of an entry."""
    return next((each for each in incidents(_facts(desk)) if str(each.entry) == of), None)


def waiting(desk: Desk) -> list[Contested]:
    """The appeals that wait for a decision, late ones first."""
    return [each for each in appeals(_facts(desk)) if each.decision is None]


def _facts(desk: Desk) -> Any:
    return facts_of(desk.workspace, as_of=store.today())


def open_incident(desk: Desk, _: str, values: Values) -> str:
    """Record an incident."""
    say, known_at, happened_on = desk.say, values.moment("known_at"), values.day("happened_on")
    if happened_on > known_at.date():
        raise UnfitError(say("It became known before it happened: one of both days is not right."), "known_at")
    _not_to_come(known_at.date(), "known_at", say)
    finding = values.number("finding")
    return _sealed(
        desk,
        Incident,
        on=known_at.date(),
        system=values.text("system"),
        timezone=desk.workspace.system(values.text("system")).timezone,
        severity=values.text("severity"),
        title=values.text("title"),
        text=values.text("text"),
        happened_on=happened_on,
        known_at=known_at,
        personal_data=values.ticked("personal_data"),
        articles=values.chosen("articles"),
        question=values.maybe("question"),
        findings=[] if finding is None else [finding],
    )


def tell_news(desk: Desk, of: str, values: Values) -> str:
    """Record what came to be known of an incident."""
    say, reported_to = desk.say, values.maybe("reported_to")
    moment = values.moment("reported_at") if values.maybe("reported_at") else None
    if (reported_to is None) != (moment is None):
        raise UnfitError(
            say("A report has a receiver and a time: give both."), "reported_at" if reported_to else "reported_to"
        )
    if moment is not None:
        _not_to_come(moment.date(), "reported_at", say)
    if values.maybe("duty") and reported_to is None:
        raise UnfitError(say("Say to whom it was reported, and when."), "reported_to")
    if not (values.text("text") or values.maybe("severity") or reported_to):
        raise UnfitError(say("Say something: in words, another gravity, or a report."), "text")
    return _sealed(
        desk,
        IncidentUpdate,
        of=int(of),
        text=values.text("text"),
        severity=values.maybe("severity"),
        reported_to=reported_to,
        reported_at=moment,
        duty=values.maybe("duty"),
    )


def close_incident(desk: Desk, of: str, values: Values) -> str:
    """Close an incident."""
    return _sealed(desk, IncidentClosure, of=int(of), cause=values.text("cause"), measures=values.text("measures"))


def enter_appeal(desk: Desk, _: str, values: Values) -> str:
    """Enter an appeal."""
    say, decided_on, received_on = desk.say, values.day("decided_on"), values.day("received_on")
    if decided_on > received_on:
        raise UnfitError(
            say("It was received before the decision was made: one of both days is not right."), "received_on"
        )
    _not_to_come(received_on, "received_on", say)
    return _sealed(
        desk,
        Appeal,
        on=received_on,
        number=values.text("number"),
        system=values.text("system"),
        asks=values.text("asks"),
        ground=values.text("ground"),
        decided_on=decided_on,
        received_on=received_on,
        human_review=values.ticked("human_review"),
        text=values.text("text"),
    )


def decide_appeal(desk: Desk, _: str, values: Values) -> str:
    """Record what was decided on an appeal."""
    _not_to_come(values.day("on"), "on", desk.say)
    return _sealed(
        desk,
        AppealDecision,
        on=values.day("on"),
        of=int(values.text("appeal")),
        outcome=values.text("outcome"),
        reviewed=values.ticked("reviewed"),
        text=values.text("text"),
    )


def _not_to_come(day: dt.date, field: str, say: Say) -> None:
    if day > store.today():
        raise UnfitError(say("{date} has not come yet.", date=say.date(day)), field)


def _sealed(desk: Desk, kind: type[Statement], **fields: Any) -> str:
    """Seal a statement of whoever acts; the address of the page that says so."""
    said = {"role": desk.person.role.value, "on": store.today(), "signed_in": desk.person.authenticated, **fields}
    done = enter(desk.workspace, kind.model_validate(said))
    return incidents_href(query=desk.query, done=str(done.entry), anchor="done")
