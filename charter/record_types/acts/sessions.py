"""Sessions: convened with an agenda, opened with a quorum, closed; and who was there."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.acts.base import COUNTED, Act, Member, OfSession, Sitting
from boussole.charter.record_types.acts.rules import ItemKind
from boussole.charter.record_types.base import Line, Prose, Sha256
from boussole.charter.record_types.inputs import Command, Input, WebForm


def _to_the_minute(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        raise ValueError("give day, hour and minute, in the committee's own time: 2026-12-03T14:00")
    return moment


LocalTime = Annotated[dt.datetime, AfterValidator(_to_the_minute)]
"""A moment in the time zone of the committee, to the minute."""
Now = Annotated[LocalTime, Input(label="When", proposed="now")]
NOW = Input(required=False, help="When, in the committee's time; now if absent.")


Entry = Annotated[int, Field(ge=0)]
LINKS = ("question", "draft", "evidence")
"""What an item rests on: left out of what is sealed where it rests on nothing."""


class Item(Strict):
    """One item of an agenda; `referral` is the entry of the matter that it deals with."""

    id: Identifier
    title: Line
    kind: ItemKind = "discussion"
    referral: int | None = Field(None, ge=0)
    system: Identifier | None = None
    question: Identifier | None = Field(None, description="The id of the question of the charter that it is about")
    draft: int | None = Field(None, ge=1, description="The number of the draft that is to be voted on under it")
    evidence: list[Entry] = Field(default_factory=list, max_length=20, description="Entries of the ledger it rests on")

    @model_serializer(mode="wrap")
    def _as_written(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = written(self)
        return {name: value for name, value in found.items() if name not in LINKS or value}

    @property
    def matter(self) -> tuple[str, str, str, int | None, str | None]:
        """What it deals with, whatever it rests on: what members must know of in time."""
        return self.id, self.title, self.kind, self.referral, self.system


class Convocation(Act):
    """A session is called: when, where, with which agenda, under which rules.

    `amends`: the first convocation of a session whose time, place or agenda this one changes. `second_call_of`: the
    session without quorum whose agenda this one takes up.
    """

    kind = "convocation"
    session: Literal["ordinary", "extraordinary"] = "ordinary"
    starts: Annotated[LocalTime, Input(label="It starts")]
    ends: Annotated[LocalTime, Input(label="It ends")]
    timezone: str
    place: Annotated[Line, Input(label="Place")]
    remote: Annotated[bool, Input(label="One can take part from afar")] = Field(
        False, description="Whether one can take part from afar"
    )
    agenda: Annotated[list[Item], Input(label="Agenda")] = Field(min_length=1, max_length=100)
    urgent: Annotated[bool, Input(label="It is an emergency: less notice", words={"yes": "Yes"})] = Field(
        False, description="Called with less notice; `text` says why"
    )
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
    commands = (Command(words="committee cancel", action="CONVENE", help="Cancel a session that has not begun."),)
    forms = (
        WebForm(
            place="session/cancel",
            title="Cancel the session",
            send="Cancel the session",
            action="CONVENE",
            asks=("text",),
            filled={"of": "session"},
            inputs={"text": Input(required=True)},
        ),
    )

    of: OfSession = Field(ge=0)
    text: Annotated[Prose, Input(label="Why", rows=2)] = Field("", description="Why")


class Attendance(Act):
    """A member is there, in person or from afar, is excused, or leaves."""

    kind = "attendance"
    about = ("convocation",)
    commands = (
        Command(
            words="committee attend",
            action="PRESIDE",
            help="Record that members are there, in person or from afar, are excused, or leave.",
            each="member",
            inputs={
                "member": Input(
                    type=list[str], required=True, help="A member's number or name; give it again for others."
                ),
                "at": NOW,
            },
        ),
    )
    forms = (
        WebForm(
            place="session/attend",
            title="Record who is there",
            send="Record presence",
            action="PRESIDE",
            each="member",
            asks=("member", "mode", "at"),
            filled={"of": "session"},
            inputs={"member": Input(label="Members", kind="choices")},
        ),
    )

    of: OfSession = Field(ge=0)
    member: Sitting
    mode: Annotated[
        Literal["in_person", "remote", "excused", "left"],
        Input(
            label="How they are there, or not",
            kind="radio",
            choices="modes",
            words={"in_person": "in the room", "remote": "from afar", "excused": "excused", "left": "left"},
            default="in_person",
            proposed="in_person",
        ),
    ] = Field(description="How they are there, or are not")
    at: Now


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
    computed = (*COUNTED, "count")
    commands = (
        Command(
            words="committee open",
            action="PRESIDE",
            help="Open a session with its quorum.",
            inputs={"presiding": Input(required=False)},
        ),
    )
    forms = (
        WebForm(
            place="session/open",
            title="Open the session",
            send="Open the session",
            action="PRESIDE",
            asks=("presiding",),
            filled={"of": "session"},
        ),
    )

    of: OfSession = Field(ge=0)
    presiding: Annotated[Member, Input(label="Who presides", choices="there", spare=True)] = Field(
        description="Who presides, where neither chair nor deputy is there"
    )
    count: Count


class NoQuorum(Act):
    """A session could not begin: there were not enough."""

    kind = "no_quorum"
    about = ("convocation",)
    computed = (*COUNTED, "count")
    commands = (
        Command(
            words="committee no-quorum",
            action="PRESIDE",
            help="Record that a session could not begin; a second one can then be called.",
        ),
    )
    forms = (
        WebForm(
            place="session/no-quorum",
            title="Record that there is no quorum",
            send="Record that there is no quorum",
            notes=("The session does not begin. A second one on the same agenda can then be called.",),
            action="PRESIDE",
            filled={"of": "session"},
        ),
    )

    of: OfSession = Field(ge=0)
    count: Count


class Closing(Act):
    """A session ends."""

    kind = "closing"
    about = ("convocation",)
    commands = (Command(words="committee close", action="PRESIDE", help="Close a session.", inputs={"at": NOW}),)
    forms = (
        WebForm(
            place="session/close",
            title="Close the session",
            send="Close the session",
            notes=("Nothing more can be decided in it afterwards.",),
            action="PRESIDE",
            asks=("at",),
            filled={"of": "session"},
        ),
    )

    of: OfSession = Field(ge=0)
    at: Now


SESSIONS: tuple[type[Act], ...] = (Convocation, Cancellation, Attendance, Opening, NoQuorum, Closing)
"""The acts of this module."""
