"""What people state of a question of the charter: an answer, a case of what it tolerates not, a sample, a review."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.record_types.base import NAMES_NOBODY, Document, Sha256, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit

Answer = Literal[Verdict.KEPT, Verdict.WATCH, Verdict.BROKEN]
Question = Annotated[Identifier, Input(option="--question"), Field(description="The id of the question in the charter")]
Asked = Annotated[Sha256 | None, Field(description="Hash of the question as it was worded (`Indicator.wording`)")]
SAMPLED = {"indicator": "figure_question", "system": "figure_system"}
"""What the page of an answer fills in: its question and its system."""


class Attestation(Statement):
    """A human statement that answers an attested question, with its document, until it expires."""

    kind = "attestation"
    computed = ("asked",)
    commands = (
        Command(
            words="record attestation",
            action="STATE",
            help="Answer an attested question: a human statement with its document, until it expires.",
            inputs={"valid_until": Input(required=False)},
        ),
    )
    forms = (
        WebForm(
            place="answer/attest",
            title="Answer this question by a statement",
            send="Seal the statement",
            notes=("Until it expires, it is what the page answers: a statement, told as one, with its document.",),
            action="STATE",
            asks=("answer", "role", "on", "valid_until", "system", "text", "document"),
            filled={"indicator": "figure_question"},
            inputs={
                "on": Input(label="On which day was it made?", day="past", proposed="today"),
                "system": Input(
                    label="For which system?", note="Left open: for all of them.", choices="figure_systems"
                ),
                "text": Input(note=NAMES_NOBODY),
            },
        ),
    )

    indicator: Question
    asked: Asked = None
    answer: Annotated[
        Answer,
        Input(
            label="What does it answer?", kind="radio", words={"kept": "Kept", "watch": "Watch", "broken": "Not kept"}
        ),
    ] = Field(description="What the statement answers")
    valid_until: Annotated[
        dt.date, Input(label="Until which day does it hold?", day="to_come", proposed="valid_until")
    ] = Field(description="Last day it holds; what the charter says, if absent")
    document: Document

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_until <= self.on:
            raise unfit("It holds until a day after it was made.", "valid_until")
        return self


class Case(Statement):
    """A case of what the charter does not tolerate, reported and still to be confirmed by a human."""

    kind = "case"
    commands = (
        Command(
            words="record case",
            action="STATE",
            help="Report a case of what the charter does not tolerate; a human must confirm or refute it.",
        ),
    )
    forms = (
        WebForm(
            place="answer/case",
            title="Report a case",
            send="Report it",
            notes=("It breaks nothing until somebody has looked at it and confirmed it.",),
            action="STATE",
            asks=("happened_on", "text", "document"),
            filled=SAMPLED,
            inputs={"text": Input(label="What happened, in roles", note=NAMES_NOBODY, required=True)},
        ),
    )

    indicator: Question
    system: Annotated[Identifier, Input(choices="systems")] = Field(description="The id of the system")
    happened_on: Annotated[dt.date, Input(label="On which day did it happen?", day="past")] = Field(
        description="The day it happened"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.happened_on > self.on:
            raise unfit("A case is reported on the day it happened, or later.", "happened_on")
        return self


class Inspection(Statement):
    """A sample that people examined for cases of what the charter does not tolerate."""

    kind = "inspection"
    computed = ("asked",)
    commands = (
        Command(
            words="record inspection",
            action="STATE",
            help="State that a sample was examined for cases of what the charter does not tolerate.",
        ),
    )
    forms = (
        WebForm(
            place="answer/inspection",
            title="State that a sample was examined",
            send="Seal it",
            notes=("What it finds counts once somebody has confirmed it.",),
            action="STATE",
            asks=("start", "end", "examined", "found", "recall", "text", "document"),
            filled=SAMPLED,
            inputs={
                "examined": Input(label="How many were examined?"),
                "found": Input(label="How many cases were found?"),
                "text": Input(label="How it was drawn and read", note=NAMES_NOBODY),
            },
        ),
    )

    indicator: Question
    asked: Asked = None
    system: Annotated[Identifier, Input(choices="systems")] = Field(description="The id of the system")
    start: Annotated[dt.date, Input(label="First day", day="past", option="--from")] = Field(
        description="First day of what was sampled"
    )
    end: Annotated[dt.date, Input(label="Last day", day="past", option="--to")] = Field(
        description="Last day of what was sampled"
    )
    examined: Annotated[int, Input(label="Examined")] = Field(ge=1, description="How many were examined")
    found: Annotated[int, Input(label="Cases found")] = Field(ge=0, description="How many cases were found")
    recall: Annotated[
        float,
        Input(label="Of true cases, the share that the method finds", note="Above 0, up to 1: 0.9 finds nine in ten."),
    ] = Field(gt=0, le=1, description="Of true cases, the share that the method finds: above 0, up to 1")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.found > self.examined:
            raise unfit("More cases were found than were examined.", "found")
        if not self.start <= self.end <= self.on:
            raise unfit("The last day is not before the first, nor after the day of the statement.", "end")
        return self


class Review(Statement):
    """What a human found of a reported case, or of the cases of an inspection: they are one, or they are not."""

    kind = "review"
    about = ("case", "inspection")
    commands = (
        Command(
            words="record review",
            action="STATE",
            help="Confirm or refute a reported case, or the cases of an inspection.",
            leaves=("system",),
        ),
    )
    forms = (
        WebForm(
            place="answer/review",
            title="Confirm or refute it",
            send="Seal what was found",
            action="STATE",
            asks=("outcome", "text", "document"),
            filled={"of": "address"},
            inputs={"text": Input(label="Why", note=NAMES_NOBODY, required=True)},
        ),
    )

    of: int = Field(ge=0)
    outcome: Annotated[
        Literal["confirmed", "refuted"],
        Input(
            label="What did you find?",
            kind="radio",
            words={"confirmed": "It is such a case", "refuted": "It is none"},
        ),
    ] = Field(description="What the human found")
