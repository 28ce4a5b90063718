"""What an outside authority found, and the end of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.systems.kinds import Identifier
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.record_types.base import Document, Line, Statement
from boussole.charter.record_types.inputs import Command, Input

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

    authority: Line = Field(description="The outside authority")
    title: Line = Field(description="What its document is called")
    articles: Articles = Field(min_length=1)
    cap: Cap = Field(description="No article it names is better than this")
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

    of: int = Field(ge=0)
    document: Document
