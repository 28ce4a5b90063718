"""What a committee deals with: referrals, rapporteurs, hearings, frozen packs, questions and their answers."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.records.acts.base import Act, Member
from boussole.charter.records.base import Line, Sha256


class Referral(Act):
    """A matter is put to the committee: by the organisation, by an authority, or by its own members."""

    kind = "referral"
    origin: Literal["organisation", "authority", "self"]
    subject: Line
    sender: Line = Field(description="Who asks: a role")
    supporters: list[Member] = Field(default_factory=list, description="The members who ask, in a self-referral")
    articles: list[Identifier] = Field(default_factory=list)
    due_on: dt.date | None = Field(None, description="By when an opinion is asked for")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.origin == "self") != bool(self.supporters):
            raise ValueError("`supporters` are the members who ask for a self-referral, and only for one")
        if len(set(self.supporters)) < len(self.supporters):
            raise ValueError("each of the `supporters` is named once")
        return self


class Rapporteur(Act):
    """A member reports on a matter; the one named last does."""

    kind = "rapporteur"
    about = ("referral",)
    of: int = Field(ge=0)
    member: Member


class Hearing(Act):
    """Somebody was heard on a matter; `text` says what they said, in short."""

    kind = "hearing"
    about = ("referral",)
    of: int = Field(ge=0)
    session: int | None = Field(None, ge=0, description="Entry of the session, where it was in one")
    heard: Line = Field(description="Who was heard: a role, not a person")


class PackAudit(Strict):
    """An audit of a frozen pack: the last of a system at that moment."""

    system: Identifier
    entry: int = Field(ge=0)
    document: Sha256
    start: dt.date
    end: dt.date


class FrozenPack(Act):
    """The evidence as it stood at a moment: the ledger's size and root, the charter in force, the audits.

    Frozen anew, the record before it stays: what changed in between is computed from both.
    """

    kind = "frozen_pack"
    about = ("convocation",)
    of: int = Field(ge=0)
    size: int = Field(ge=0, description="Entries of the ledger before this one")
    root: Sha256 = Field(description="The tree hash of these entries")
    charter: Sha256
    charter_version: Line
    audits: list[PackAudit] = Field(default_factory=list)
    replaces: int | None = Field(None, ge=0, description="Entry of the pack that this one freezes anew")


class Reference(Strict):
    """The figure that a question is about."""

    system: Identifier
    audit: int | None = Field(None, ge=0, description="Entry of the audit that shows it")
    indicator: Identifier | None = None
    measure: Line | None = Field(None, description="The id of the measure in the audit")
    group: dict[Identifier, Line] = Field(default_factory=dict, max_length=3)


class CommitteeQuestion(Act):
    """A written question: to whom, by when, about which figure. `text` is the question."""

    kind = "question"
    about = ("convocation",)
    of: int | None = Field(None, ge=0, description="Entry of the session in which it was asked, if any")
    addressee: Line = Field(description="Who must answer: a role")
    due_on: dt.date
    figure: Reference | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.text.strip():
            raise ValueError("a question needs its words, in `text`")
        if self.due_on < self.on:
            raise ValueError("a question is due on the day it is asked, or later")
        if self.figure is not None and self.system != self.figure.system:
            raise ValueError("a question about a figure is about its system")
        return self


class CommitteeAnswer(Act):
    """The answer to a question, in words or in a document."""

    kind = "answer"
    about = ("question",)
    of: int = Field(ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.document is None:
            raise ValueError("an answer needs words or a document")
        return self
