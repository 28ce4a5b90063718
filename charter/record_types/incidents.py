"""Incidents and appeals: what went wrong, and what job seekers contest. `charter.incidents` holds them to their rules.

Nobody is named in them: people appear by their role, and an appeal by a number of its own, drawn by chance.
"""

from __future__ import annotations

import datetime as dt
import operator
import zoneinfo
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.base import Blind, Line, Prose, Sha256, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit

Severity = Literal["minor", "significant", "serious", "widespread", "fatal"]
Duty = Literal["ai_act_73", "gdpr_33"]
Request = Literal["explanation", "contest"]
Ground = Literal["result", "data", "no_human", "not_told", "discrimination", "other"]
Outcome = Literal["upheld", "partly", "rejected"]
AppealNumber = Annotated[str, StringConstraints(pattern=r"^r_[0-9a-f]{8}$")]
"""An appeal's own number: drawn by chance, so that nothing of it leads to a person."""

ROLES = "Write roles, never names: what is sealed can't be erased. Numbers of files and addresses are refused."
"""Said wherever somebody writes what will be sealed."""
LEVELS = (
    "minor: nobody lost a right or a chance; significant: people were treated wrongly, and it can be put right; "
    "serious: serious harm, or a breach of fundamental rights (AI Act, Art. 3(49)); widespread: the same for many "
    "people or a critical infrastructure; fatal: somebody died"
)
SEVERITIES = {
    "fatal": "Serious: somebody died",
    "widespread": "Serious and widespread",
    "serious": "Serious",
    "significant": "Significant",
    "minor": "Minor",
}
"""What each severity is called, the gravest first."""
Which = Input(help="The entry of the incident: see `boussole incident list`.")
System = Annotated[Identifier, Input(label="System", choices="systems")]


class Incident(Statement):
    """Something went wrong with a system: what happened is told in `text`, in roles."""

    kind = "incident"
    read_action = "SEE_INCIDENTS"
    governed: ClassVar[str] = "incident"
    computed = ("timezone",)
    commands = (Command(words="incident open", action="TELL_INCIDENT", help="Enter an incident."),)
    forms = (
        WebForm(
            place="incidents/open",
            about=False,
            id="incident-open",
            title="Record an incident",
            send="Record the incident",
            notes=(ROLES,),
            action="TELL_INCIDENT",
            asks=(
                *("system", "title", "text", "severity", "happened_on", "known_at"),
                *("personal_data", "articles", "question", "findings"),
            ),
            filled={"audit": "nothing"},
            inputs={"severity": Input(choices="severities")},
        ),
    )

    text: Annotated[Prose, Input(label="What happened, in roles", required=True)] = Field(
        "", description="What happened, in roles and not in names"
    )
    system: System = Field(description="The id of the system")
    severity: Annotated[Severity, Input(label="How grave is it?", words=SEVERITIES)] = Field(description=LEVELS)
    title: Annotated[Line, Input(label="What happened, in a few words")] = Field(
        description="What happened, in a few words"
    )
    happened_on: Annotated[dt.date, Input(label="Day it happened, or began")] = Field(
        description="The day it happened, or began"
    )
    known_at: Annotated[
        dt.datetime,
        Input(
            label="When did it become known?",
            note="Deadlines run from then.",
            day="past",
            option="--known",
            help="When it became known: deadlines run from then.",
        ),
    ] = Field(description="When it became known, in the time of `timezone`: deadlines run from then")
    timezone: Line = "Europe/Paris"
    personal_data: Annotated[bool, Input(label="Personal data were lost, changed or seen by others")] = Field(
        False, description="Personal data were lost, changed or seen by others"
    )
    articles: Annotated[
        list[Identifier], Input(label="Articles of the charter it touches", choices="articles", option="--article")
    ] = Field(default_factory=list, description="The id of an article it is about; give it again for others")
    question: Annotated[
        Identifier | None, Input(label="Question of the charter that shows it: drift, a gap", choices="questions")
    ] = Field(None, description="The id of the charter's question that shows it")
    audit: int | None = Field(None, ge=0, description="The entry of the audit that shows it")
    findings: Annotated[
        list[int], Input(label="Entry of a finding or case about it", kind="number", option="--finding")
    ] = Field(default_factory=list, description="The entry of a finding, case or inspection about it")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.timezone not in zoneinfo.available_timezones():
            raise ValueError(f"'{self.timezone}' is no time zone, such as Europe/Paris")
        if self.known_at.tzinfo is not None:
            raise ValueError("`known_at` is given in the time of `timezone`")
        if self.happened_on > self.known_at.date():
            raise unfit("It became known before it happened: one of both days is not right.", "known_at")
        if self.known_at.date() > self.on:
            raise ValueError("an incident happens, is known, and is recorded, in that order")
        if not self.text.strip():
            raise ValueError("say what happened in `text`, in roles and not in names")
        return self


class IncidentUpdate(Statement):
    """What came to be known of an incident since, how grave it is now, or to whom it was reported."""

    kind = "incident_update"
    read_action = "SEE_INCIDENTS"
    governed: ClassVar[str] = "incident"
    about = ("incident",)
    commands = (
        Command(
            words="incident update",
            action="FOLLOW_INCIDENT",
            help="Say what came to be known since, how grave it is now, or to whom it was reported and when.",
            leaves=("system",),
            inputs={"of": Which},
        ),
    )
    forms = (
        WebForm(
            place="incidents/news",
            id="incident-news",
            title="Add news, or a report to an authority",
            send="Record it",
            notes=(ROLES,),
            action="FOLLOW_INCIDENT",
            asks=("text", "severity", "reported_to", "reported_at", "duty"),
            filled={"of": "address", "known_at": "nothing"},
        ),
    )

    of: int = Field(ge=0)
    text: Annotated[Prose, Input(label="What came to be known")] = Field("", description="In words")
    severity: Annotated[Severity | None, Input(label="How grave it is now", words=SEVERITIES)] = Field(
        None, description="How grave it is now, where that is otherwise than was said"
    )
    known_at: Annotated[dt.datetime | None, Input(option="--known")] = Field(
        None, description="With `severity`: when that became known"
    )
    reported_to: Annotated[Line | None, Input(label="Reported to")] = Field(
        None, description="Who was told: an authority, a provider, a committee"
    )
    reported_at: Annotated[dt.datetime | None, Input(label="Reported when", day="past", option="--reported")] = Field(
        None, description="With `reported_to`: when they were told"
    )
    duty: Annotated[
        Duty | None,
        Input(
            label="Which duty does this report fulfil?",
            words={"ai_act_73": "AI Act, Art. 73", "gdpr_33": "GDPR, Art. 33"},
        ),
    ] = Field(None, description="With `reported_to`: the duty to report that this fulfils, if any")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.reported_to is None) != (self.reported_at is None):
            at = "reported_at" if self.reported_to else "reported_to"
            raise unfit("A report has a receiver and a time: give both.", at)
        if self.duty is not None and self.reported_to is None:
            raise unfit("Say to whom it was reported, and when.", "reported_to")
        if self.known_at is not None and self.severity is None:
            raise ValueError("`known_at` goes with another `severity`")
        if any(each and (each.tzinfo or each.date() > self.on) for each in (self.known_at, self.reported_at)):
            raise ValueError("times are those of the incident's `timezone`, and lie before the record")
        if not (self.text.strip() or self.severity or self.reported_to):
            raise unfit("Say something: in words, another gravity, or a report.", "text")
        return self


class IncidentClosure(Statement):
    """An incident is over: why it happened, and what was done so that it does not happen again."""

    kind = "incident_closure"
    read_action = "SEE_INCIDENTS"
    governed: ClassVar[str] = "incident"
    about = ("incident",)
    commands = (
        Command(
            words="incident close",
            action="FOLLOW_INCIDENT",
            help="Close an incident with its cause and the measures taken. What had to be reported must have been.",
            leaves=("system",),
            inputs={"of": Which},
        ),
    )
    forms = (
        WebForm(
            place="incidents/close",
            id="incident-close",
            title="Close this incident",
            send="Close the incident",
            notes=(ROLES,),
            action="FOLLOW_INCIDENT",
            asks=("cause", "measures"),
            filled={"of": "address"},
        ),
    )

    of: int = Field(ge=0)
    cause: Annotated[Prose, Input(label="Why did it happen?")] = Field(description="Why it happened")
    measures: Annotated[Prose, Input(label="What was done so that it does not happen again?")] = Field(
        description="What was done so that it does not happen again"
    )

    @model_validator(mode="after")
    def _says_both(self) -> Self:
        if not (self.cause.strip() and self.measures.strip()):
            raise ValueError("an incident is closed with its cause and the measures taken")
        return self


class Appeal(Statement):
    """A job seeker asks why, or contests a decision in which a system took part; an agent enters it.

    It holds no name, no file number and nothing else that leads to the person.
    """

    kind = "appeal"
    read_action = "SEE_APPEALS"
    governed: ClassVar[str] = "appeal"
    commands = (
        Command(
            words="appeal enter",
            action="ENTER_APPEAL",
            help="Enter an appeal. Its number, drawn by chance, is printed: tell it to the person, it is kept with no "
            "name.",
            leaves=("number", "document"),
        ),
    )
    forms = (
        WebForm(
            place="incidents/appeal",
            about=False,
            id="appeal-enter",
            title="Enter an appeal",
            send="Enter the appeal",
            notes=(
                ROLES,
                (
                    "Its number, drawn by chance, is shown afterwards: give it to the person, and keep it with their "
                    "file."
                ),
            ),
            action="ENTER_APPEAL",
            asks=("number", "system", "asks", "ground", "decided_on", "received_on", "human_review", "text"),
        ),
    )

    text: Annotated[Prose, Input(label="In words, without anything that leads to the person")] = Field(
        "", description="In words, without anything that leads to the person"
    )
    system: System = Field(description="The id of the system")
    number: Annotated[AppealNumber, Input(kind="hidden", proposed="new_appeal")]
    asks: Annotated[
        Request, Input(label="What do they ask?", words={"explanation": "An explanation", "contest": "A new decision"})
    ] = Field(description="`explanation`: why, within a month; `contest`: to have it decided anew, within two")
    ground: Annotated[
        Ground,
        Input(
            label="On which ground?",
            words={
                "result": "The result is wrong",
                "data": "The data are wrong",
                "no_human": "No human looked at it",
                "not_told": "They were not told of the tool",
                "discrimination": "They feel discriminated against",
                "other": "Another ground",
            },
        ),
    ] = Field(
        description="The result; wrong data; no human looked; they were not told of the tool; discrimination; other"
    )
    decided_on: Annotated[dt.date, Input(label="Day of the decision it is about")] = Field(
        description="The day of the decision that it is about"
    )
    received_on: Annotated[dt.date, Input(label="Day it was received", day="past")] = Field(
        description="The day it was received"
    )
    human_review: Annotated[bool, Input(label="A human review was asked for")] = Field(
        False, description="They ask that a human look at it"
    )
    blind: Blind = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.decided_on > self.received_on:
            raise unfit("It was received before the decision was made: one of both days is not right.", "received_on")
        if self.received_on > self.on:
            raise ValueError("a decision is made, an appeal received, and entered, in that order")
        return self


class AppealDecision(Statement):
    """What was decided on an appeal, on the day `on`."""

    kind = "appeal_decision"
    read_action = "SEE_APPEALS"
    governed: ClassVar[str] = "appeal"
    about = ("appeal",)
    commands = (
        Command(
            words="appeal decide",
            action="ENTER_APPEAL",
            help="Say what was decided on an appeal, on the day given by --on.",
            leaves=("system", "sheet"),
            inputs={"of": Input(type=str, help="The number or the entry of the appeal.")},
        ),
    )
    forms = (
        WebForm(
            place="incidents/decide",
            about=False,
            id="appeal-decide",
            title="Record what was decided on an appeal",
            send="Record the decision",
            notes=(ROLES,),
            action="ENTER_APPEAL",
            asks=("of", "outcome", "on", "reviewed", "text"),
            inputs={"on": Input(label="Day of the decision", day="past")},
        ),
    )

    of: Annotated[int, Input(label="Which appeal?", choices="appeals")] = Field(ge=0)
    text: Annotated[Prose, Input(label="Reasons, in roles")] = Field("", description="In words")
    outcome: Annotated[
        Outcome,
        Input(
            label="What was decided?", words={"upheld": "Upheld", "partly": "Upheld in part", "rejected": "Rejected"}
        ),
    ] = Field(description="What was decided on it")
    reviewed: Annotated[bool, Input(label="A human looked at the whole case")] = Field(
        description="A human looked at the whole case"
    )
    sheet: Sha256 | None = Field(
        None,
        exclude_if=operator.not_,
        description="The hash of the sheet that answers a request for an explanation; what the sheet says is kept "
        "nowhere. Such a sheet that lacks something that the law asks makes the outcome `partly`",
    )
    blind: Blind = None


HELD: tuple[type[Statement], ...] = (Incident, IncidentUpdate, IncidentClosure, Appeal, AppealDecision)
"""The kinds of this module."""
