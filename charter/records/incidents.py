"""Incidents and appeals: what went wrong, and what job seekers contest. `charter.incidents` holds them to their rules.

Nobody is named in them: people appear by their role, and an appeal by a number of its own, drawn by chance.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.records.base import Blind, Line, Prose, Statement

Severity = Literal["minor", "significant", "serious", "widespread", "fatal"]
Duty = Literal["ai_act_73", "gdpr_33"]
Request = Literal["explanation", "contest"]
Ground = Literal["result", "data", "no_human", "not_told", "discrimination", "other"]
Outcome = Literal["upheld", "partly", "rejected"]
AppealNumber = Annotated[str, StringConstraints(pattern=r"^r_[0-9a-f]{8}$")]
"""An appeal's own number: drawn by chance, so that nothing of it leads to a person."""


class Incident(Statement):
    """Something went wrong with a system: what happened is told in `text`, in roles."""

    kind = "incident"
    governed: ClassVar[str] = "incident"
    system: Identifier
    severity: Severity
    title: Line = Field(description="What happened, in a few words")
    happened_on: dt.date = Field(description="The day it happened, or began")
    known_at: dt.datetime = Field(
        description="When it became known, in the time of `timezone`: deadlines run from then"
    )
    timezone: Line = "Europe/Paris"
    personal_data: bool = Field(False, description="Whether personal data were lost, changed or seen by others")
    articles: list[Identifier] = Field(default_factory=list)
    question: Identifier | None = Field(None, description="The question of the charter that shows it: drift, a gap")
    audit: int | None = Field(None, ge=0, description="Entry of the audit that shows it")
    findings: list[int] = Field(default_factory=list, description="Entries of findings, cases or inspections about it")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.timezone not in zoneinfo.available_timezones():
            raise ValueError(f"'{self.timezone}' is no time zone, such as Europe/Paris")
        if self.known_at.tzinfo is not None:
            raise ValueError("`known_at` is given in the time of `timezone`")
        if not self.happened_on <= self.known_at.date() <= self.on:
            raise ValueError("an incident happens, is known, and is recorded, in that order")
        if not self.text.strip():
            raise ValueError("say what happened in `text`, in roles and not in names")
        return self


class IncidentUpdate(Statement):
    """What came to be known of an incident since, how grave it is now, or to whom it was reported."""

    kind = "incident_update"
    governed: ClassVar[str] = "incident"
    about = ("incident",)
    of: int = Field(ge=0)
    severity: Severity | None = Field(None, description="How grave it is now, where that is otherwise than was said")
    known_at: dt.datetime | None = Field(None, description="With `severity`: when that became known")
    reported_to: Line | None = Field(None, description="Who was told: an authority, a provider, a committee")
    reported_at: dt.datetime | None = None
    duty: Duty | None = Field(None, description="The duty to report that this fulfils, if any")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.reported_to is None) != (self.reported_at is None):
            raise ValueError("`reported_to` and `reported_at` go together")
        if self.duty is not None and self.reported_to is None:
            raise ValueError("a `duty` is fulfilled by a report: say to whom and when")
        if self.known_at is not None and self.severity is None:
            raise ValueError("`known_at` goes with another `severity`")
        if any(each and (each.tzinfo or each.date() > self.on) for each in (self.known_at, self.reported_at)):
            raise ValueError("times are those of the incident's `timezone`, and lie before the record")
        if not (self.text.strip() or self.severity or self.reported_to):
            raise ValueError("an update says something: words, another severity, or to whom it was reported")
        return self


class IncidentClosure(Statement):
    """An incident is over: why it happened, and what was done so that it does not happen again."""

    kind = "incident_closure"
    governed: ClassVar[str] = "incident"
    about = ("incident",)
    of: int = Field(ge=0)
    cause: Prose
    measures: Prose

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
    governed: ClassVar[str] = "appeal"
    system: Identifier
    number: AppealNumber
    asks: Request = Field(description="`explanation`: why; `contest`: to have it decided anew. Two clocks")
    ground: Ground
    decided_on: dt.date = Field(description="The day of the decision that it is about")
    received_on: dt.date
    human_review: bool = Field(False, description="Whether a human review was asked for")
    blind: Blind = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.decided_on <= self.received_on <= self.on:
            raise ValueError("a decision is made, an appeal received, and entered, in that order")
        return self


class AppealDecision(Statement):
    """What was decided on an appeal, on the day `on`."""

    kind = "appeal_decision"
    governed: ClassVar[str] = "appeal"
    about = ("appeal",)
    of: int = Field(ge=0)
    outcome: Outcome
    reviewed: bool = Field(description="Whether a human looked at the whole case")
    blind: Blind = None


HELD: tuple[type[Statement], ...] = (Incident, IncidentUpdate, IncidentClosure, Appeal, AppealDecision)
"""The kinds of this module."""
