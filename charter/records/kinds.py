"""What people state, one model for each kind of record.

A record is never changed: a later one answers or withdraws it.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.records.acts import ACTS, Act
from boussole.charter.records.base import KeptFile, Line, Sha256, Statement
from boussole.charter.records.incidents import HELD, Appeal, AppealDecision, Incident, IncidentClosure, IncidentUpdate
from boussole.charter.records.ledger_start import LedgerStart
from boussole.charter.records.work import WORK

__all__ = [
    "KINDS",
    "STATED",
    "Adoption",
    "Answer",
    "Appeal",
    "AppealDecision",
    "Attestation",
    "Cap",
    "Case",
    "Closure",
    "Finding",
    "FollowUp",
    "Incident",
    "IncidentClosure",
    "IncidentUpdate",
    "Inspection",
    "KeptFile",
    "LedgerStart",
    "Recommendation",
    "Reply",
    "Review",
    "Sha256",
    "Statement",
    "Withdrawal",
]

Answer = Literal["kept", "watch", "broken"]
Cap = Literal["watch", "broken"]


class Attestation(Statement):
    """A human statement that answers an attested question, with its document, until it expires."""

    kind = "attestation"
    indicator: Identifier
    asked: Sha256 | None = Field(None, description="Hash of the question as it was worded (`Indicator.wording`)")
    answer: Answer
    valid_until: dt.date
    document: KeptFile

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_until <= self.on:
            raise ValueError("an attestation is valid until a day after it was made")
        return self


class Case(Statement):
    """A case of what the charter does not tolerate, reported and still to be confirmed by a human."""

    kind = "case"
    indicator: Identifier
    system: Identifier
    happened_on: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.happened_on > self.on:
            raise ValueError("a case is reported on the day it happened, or later")
        return self


class Inspection(Statement):
    """A sample that people examined for cases of what the charter does not tolerate."""

    kind = "inspection"
    indicator: Identifier
    asked: Sha256 | None = Field(None, description="Hash of the question as it was worded (`Indicator.wording`)")
    system: Identifier
    start: dt.date = Field(description="First day of what was sampled")
    end: dt.date = Field(description="Last day of what was sampled")
    examined: int = Field(ge=1, description="How many were examined")
    found: int = Field(ge=0, description="How many cases were found")
    recall: float = Field(gt=0, le=1, description="Share of true cases that the method finds")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.found > self.examined:
            raise ValueError("more cases were found than examined")
        if not self.start <= self.end <= self.on:
            raise ValueError("an inspection starts, ends, and is stated, in that order")
        return self


class Review(Statement):
    """What a human found of a reported case, or of the cases of an inspection: they are one, or they are not."""

    kind = "review"
    about = ("case", "inspection")
    of: int = Field(ge=0)
    outcome: Literal["confirmed", "refuted"]


class Finding(Statement):
    """What an outside authority found: until it is closed, the articles it names are no better than `cap`."""

    kind = "finding"
    authority: Line
    title: Line
    articles: list[Identifier] = Field(min_length=1)
    cap: Cap
    document: KeptFile


class Closure(Statement):
    """The end of a finding, as its authority said."""

    kind = "closure"
    about = ("finding",)
    of: int = Field(ge=0)
    document: KeptFile


class Recommendation(Statement):
    """What the committee or an outside authority recommends, to whom, and by when somebody must answer."""

    kind = "recommendation"
    body: Line = Field(description="Who recommends: the committee, or an authority")
    outside: bool = Field(description="Whether it comes from an outside authority")
    addressee: Line = Field(description="Who must answer: a role")
    due_on: dt.date
    articles: list[Identifier] = Field(default_factory=list)
    committee: Identifier | None = Field(None, description="The committee of this workspace that recommends, if any")
    opinion: int | None = Field(None, ge=0, description="Entry of the opinion that it is part of")


class Reply(Statement):
    """The answer to a recommendation, or to an opinion of a committee."""

    kind = "reply"
    about = ("recommendation", "opinion")
    of: int = Field(ge=0)
    accepted: Literal["yes", "partly", "no"]


class FollowUp(Statement):
    """What became of a recommendation, or of an opinion of a committee."""

    kind = "follow_up"
    about = ("recommendation", "opinion")
    of: int = Field(ge=0)
    state: Literal["in_progress", "done", "dropped"]


class Adoption(Statement):
    """The committee's act by which a version of the charter comes into force."""

    kind = "adoption"
    charter: Sha256
    version: Line
    document: KeptFile


class Withdrawal(Statement):
    """A record that should not stand: it stays in the ledger, and no longer counts."""

    kind = "withdrawal"
    about = (
        "attestation",
        "case",
        "inspection",
        "review",
        "finding",
        "closure",
        "recommendation",
        "reply",
        "follow_up",
        *(kind.kind for kind in (*HELD, *WORK)),
    )
    of: int = Field(ge=0)


MODELS: tuple[type[Statement], ...] = (
    Attestation,
    Case,
    Inspection,
    Review,
    Finding,
    Closure,
    Recommendation,
    Reply,
    FollowUp,
    Adoption,
    Withdrawal,
    LedgerStart,
    *HELD,
    *WORK,
    *ACTS,
)

KINDS: dict[str, type[Statement]] = {model.kind: model for model in MODELS}

STATED = tuple(kind for kind, model in KINDS.items() if not issubclass(model, Act))
"""The kinds that verdicts may rest on: acts of committees are not among them."""
