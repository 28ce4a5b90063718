"""Who sits on a committee: mandates, offices, proxies, interests, and who stands aside."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.records.acts.base import Act, Member


class Mandate(Act):
    """A member sits for a college, from a day until another. `replaces`: the mandate that it ends, the day before."""

    kind = "mandate"
    member: Member
    college: Identifier
    start: dt.date
    end: dt.date | None = Field(None, description="Last day; none: until further notice")
    replaces: int | None = Field(None, ge=0, description="Entry of the mandate that this one takes over")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError("a mandate ends on the day it starts, or later")
        return self


class MandateEnd(Act):
    """A mandate ends before its term: a resignation, for example."""

    kind = "mandate_end"
    about = ("mandate",)
    of: int = Field(ge=0)
    last_day: dt.date


class Office(Act):
    """A member holds an office from a day on: the one named last does, while their mandate lasts."""

    kind = "office"
    member: Member
    office: Literal["chair", "deputy"]
    start: dt.date


class Proxy(Act):
    """A member who can't come lets another vote for them, in one session."""

    kind = "proxy"
    about = ("convocation",)
    of: int = Field(ge=0)
    giver: Member
    holder: Member


class Interest(Act):
    """A member declares an interest: they stand aside wherever one of these systems, or this matter, is dealt with.

    `text` says what ties them to it in general words, without naming anybody.
    """

    kind = "interest"
    about = ("referral",)
    of: int | None = Field(None, ge=0, description="Entry of the referral, where it is about one")
    member: Member
    systems: list[Identifier] = Field(default_factory=list, max_length=100)
    until: dt.date | None = Field(None, description="Last day; none: until it is taken back")

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.of is None and not self.systems:
            raise ValueError("an interest is in a system or in a referral: name one")
        return self


class Recusal(Act):
    """A member stands aside on an item of a session."""

    kind = "recusal"
    about = ("convocation",)
    of: int = Field(ge=0)
    item: Identifier
    member: Member
    ground: Literal["interest", "choice"]


class Retraction(Act):
    """An act that should not stand: it stays in the ledger, and no longer counts."""

    kind = "retraction"
    about = ("mandate", "office", "proxy", "interest", "recusal", "referral", "rapporteur", "question", "dissent")
    of: int = Field(ge=0)
