"""Sessions: convened with an agenda, opened with a quorum, closed; and who was there."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.records.acts.base import Act, Member
from boussole.charter.records.acts.rules import ItemKind
from boussole.charter.records.base import Line, Sha256


def _to_the_minute(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        raise ValueError("give day, hour and minute, in the committee's own time: 2026-12-03T14:00")
    return moment


LocalTime = Annotated[dt.datetime, AfterValidator(_to_the_minute)]
"""A moment in the time zone of the committee, to the minute."""


class Item(Strict):
    """One item of an agenda; `referral` is the entry of the matter that it deals with."""

    id: Identifier
    title: Line
    kind: ItemKind = "discussion"
    referral: int | None = Field(None, ge=0)
    system: Identifier | None = None


class Convocation(Act):
    """A session is called: when, where, with which agenda, under which rules.

    `amends`: the first convocation of a session whose time, place or agenda this one changes. `second_call_of`: the
    session without quorum whose agenda this one takes up.
    """

    kind = "convocation"
    session: Literal["ordinary", "extraordinary"] = "ordinary"
    starts: LocalTime
    ends: LocalTime
    timezone: str
    place: Line
    remote: bool = Field(False, description="Whether one can take part from afar")
    agenda: list[Item] = Field(min_length=1, max_length=100)
    urgent: bool = Field(False, description="Called with less notice; `text` says why")
    second_call_of: int | None = Field(None, ge=0)
    amends: int | None = Field(None, ge=0)
    rules: Sha256 = Field(description="Hash of the rules that the session is held to")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.starts < self.ends <= self.starts + dt.timedelta(days=1):
            raise ValueError("a session ends after it starts, and within a day")
        ids = [item.id for item in self.agenda]
        if len(set(ids)) < len(ids):
            raise ValueError(f"the item '{next(i for i in ids if ids.count(i) > 1)}' is given twice")
        return self


class Cancellation(Act):
    """A session does not take place."""

    kind = "cancellation"
    about = ("convocation",)
    of: int = Field(ge=0)


class Attendance(Act):
    """A member is there, in person or from afar, is excused, or leaves."""

    kind = "attendance"
    about = ("convocation",)
    of: int = Field(ge=0)
    member: Member
    mode: Literal["in_person", "remote", "excused", "left"]
    at: LocalTime


class Count(Strict):
    """Who counts at a moment: members, those there, of them from afar, those represented, and how many are needed."""

    members: int = Field(ge=0)
    present: int = Field(ge=0)
    remote: int = Field(ge=0)
    represented: int = Field(ge=0)
    needed: int = Field(ge=0, description="How many must be there; 0 in a session that needs no quorum")
    counted: int = Field(ge=0, description="How many count as there")

    @property
    def reached(self) -> bool:
        """Whether there are enough, and anybody at all."""
        return self.present > 0 and self.counted >= self.needed


class Opening(Act):
    """A session begins, with its quorum."""

    kind = "opening"
    about = ("convocation",)
    of: int = Field(ge=0)
    presiding: Member
    count: Count


class NoQuorum(Act):
    """A session could not begin: there were not enough."""

    kind = "no_quorum"
    about = ("convocation",)
    of: int = Field(ge=0)
    count: Count


class Closing(Act):
    """A session ends."""

    kind = "closing"
    about = ("convocation",)
    of: int = Field(ge=0)
    at: LocalTime
