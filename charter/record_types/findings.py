"""What an outside authority found, and the end of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.systems.kinds import Identifier
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.record_types.base import NAMES_NOBODY, Document, Line, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm

Cap = Literal[Verdict.WATCH, Verdict.BROKEN]
Articles = Annotated[
    list[Identifier],
    Input(label="About which articles?", choices="articles", option="--article"),
    Field(description="The id of an article; give it again for others"),
]


class Finding(Statement):
    """What an outside authority found: until it is closed, the articles it names are no better than `cap`."""

    kind = "finding"
    read_action = "SEE_ARTICLE"
    commands = (
        Command(
            words="record finding",
            action="FOLLOW",
            help="Enter what an outside authority found: it caps the articles it names until it is closed.",
        ),
    )
    forms = (
        WebForm(
            place="recommendations/finding",
            about=False,
            id="finding",
            title="Record a finding of an outside authority",
            send="Record the finding",
            notes=("It holds the articles that it names down at once, until it is closed.",),
            action="FOLLOW",
            asks=("authority", "title", "on", "articles", "cap", "system", "text", "document"),
            inputs={
                "on": Input(day="past", proposed="today"),
                "system": Input(note="Left open: for all of them."),
                "text": Input(note=NAMES_NOBODY),
            },
        ),
    )

    authority: Annotated[Line, Input(label="Which authority?")] = Field(description="The outside authority")
    title: Annotated[Line, Input(label="What is its document called?")] = Field(
        description="What its document is called"
    )
    articles: Articles = Field(min_length=1)
    cap: Annotated[
        Cap,
        Input(
            label="Until it is closed, these articles are no better than",
            kind="radio",
            words={"watch": "Watch", "broken": "Not kept"},
        ),
    ] = Field(description="No article it names is better than this")
    document: Document


class Closure(Statement):
    """The end of a finding, as its authority said."""

    kind = "closure"
    read_action = "SEE_ARTICLE"
    about = ("finding",)
    commands = (
        Command(
            words="record close",
            action="FOLLOW",
            help="Close a finding of an outside authority, with the document that says so.",
            leaves=("system",),
        ),
    )
    forms = (
        WebForm(
            place="recommendations/close",
            id="close-finding",
            title="Record that it is closed",
            send="Close the finding",
            notes=("Its authority says so in a document. From that day on, its articles are judged without it.",),
            action="FOLLOW",
            asks=("on", "text", "document"),
            filled={"of": "address"},
            inputs={"on": Input(day="past", proposed="today"), "text": Input(note=NAMES_NOBODY)},
        ),
    )

    of: int = Field(ge=0)
    document: Document
