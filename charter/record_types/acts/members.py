"""Who sits on a committee (mandates, offices, proxies, interests, recusals), and notes on items."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.acts.base import Act, Member, OfSession, Sitting
from boussole.charter.record_types.base import Prose
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit


class ItemNote(Act):
    """A note on an item of an agenda; the one taken last counts. `text` is its words."""

    kind = "item_note"
    about = ("convocation",)
    unasked = ("document", "system")
    commands = (
        Command(
            words="committee note",
            action="CONVENE",
            help="Take a note on an item of a session's agenda, for its minutes.",
        ),
    )
    forms = (
        WebForm(
            place="session/note",
            title="Take a note on this item",
            send="Keep the note",
            notes=(
                "It stands in the minutes under this item, in place of the note before. Name roles, no people. What is "
                "still to be written has to be, before the minutes are sealed.",
            ),
            action="CONVENE",
            asks=("text",),
            filled={"of": "session", "item": "item"},
        ),
    )

    of: OfSession = Field(ge=0)
    item: Identifier = Field(description="The id of the item of the agenda")
    text: Annotated[Prose, Input(label="Note", required=True, rows=6, proposed="item_note")] = Field(
        "", description="Its words"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise unfit("A note has words.", "text")
        return self


NOTES: tuple[type[Act], ...] = (ItemNote,)
"""The acts of this module."""


Ground = Literal["interest", "choice"]


class Mandate(Act):
    """A member sits for a college, from a day until another. `replaces`: the mandate that it ends, the day before."""

    kind = "mandate"
    commands = (
        Command(
            words="committee seat",
            action="SEAT",
            help="Give a member a mandate; a new member gets a number.",
            inputs={
                "member": Input(
                    required=False, choices="members", help="Number or name, where the member is known already."
                ),
                "name": Input(type=str, help="Their name: kept beside the ledger, where it can be erased."),
            },
        ),
    )
    forms = (
        WebForm(
            place="committee/seat",
            title="Give somebody a mandate",
            send="Give the mandate",
            action="SEAT",
            asks=("member", "name", "again", "college", "start", "end", "replaces"),
            inputs={
                "member": Input(kind="hidden", proposed="new_member"),
                "name": Input(
                    type=str,
                    label="Name of the new member",
                    longest=200,
                    note="It is kept beside the ledger, where it can be corrected and erased.",
                ),
                "again": Input(type=str, label="Or somebody who has sat on it before", choices="known_members"),
            },
        ),
    )

    member: Member
    college: Annotated[Identifier, Input(label="College", choices="colleges")] = Field(
        description="The id of the college"
    )
    start: Annotated[dt.date, Input(label="First day", proposed="today", option="--from")] = Field(
        description="First day of the mandate"
    )
    end: Annotated[dt.date | None, Input(label="Last day", option="--to")] = Field(
        None, description="Last day, if any; else until further notice"
    )
    replaces: Annotated[
        int | None, Input(label="Whom they replace: that mandate ends the day before", choices="mandates")
    ] = Field(None, ge=0, description="The entry of the mandate that it takes over")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise unfit("It ends before it starts: one of both days is not right.", "end")
        return self


class MandateEnd(Act):
    """A mandate ends before its term: a resignation, for example."""

    kind = "mandate_end"
    about = ("mandate",)
    commands = (Command(words="committee end-mandate", action="SEAT", help="End a mandate before its term."),)
    forms = (
        WebForm(
            place="committee/end-mandate",
            title="End a mandate before its day",
            send="End the mandate",
            action="SEAT",
            asks=("of", "last_day"),
        ),
    )

    of: Annotated[int, Input(label="Whose mandate ends", choices="mandates", help="The entry of the mandate.")] = Field(
        ge=0
    )
    last_day: Annotated[dt.date, Input(label="Last day")] = Field(description="Its last day")


class Office(Act):
    """A member holds an office from a day on: the one named last does, while their mandate lasts."""

    kind = "office"
    commands = (
        Command(
            words="committee office",
            action="SEAT",
            help="Say who holds an office from a day on.",
            inputs={"start": Input(required=False, help="First day; else today.")},
        ),
    )
    forms = (
        WebForm(
            place="committee/office",
            title="Name the chair or the deputy",
            send="Name them",
            action="SEAT",
            asks=("member", "office", "start"),
        ),
    )

    member: Sitting
    office: Annotated[
        Literal["chair", "deputy"],
        Input(label="Office", kind="radio", words={"chair": "chair", "deputy": "deputy chair"}, argument=True),
    ] = Field(description="The office")
    start: Annotated[dt.date, Input(label="First day", proposed="today", option="--from")]


class Proxy(Act):
    """A member who can't come lets another vote for them, in one session."""

    kind = "proxy"
    about = ("convocation",)
    commands = (Command(words="committee proxy", action="TAKE_PART", help="Record a member's proxy for a session."),)
    forms = (
        WebForm(
            place="session/proxy",
            title="Record a proxy",
            send="Record the proxy",
            notes=("A proxy lets a member who is there vote for one who cannot come, in this session.",),
            action="PRESIDE",
            asks=("giver", "holder"),
            filled={"of": "session"},
        ),
        WebForm(
            place="session/give-proxy",
            title="I cannot come: give a proxy",
            send="Give the proxy",
            action="TAKE_PART",
            asks=("holder",),
            filled={"of": "session", "giver": "me"},
            inputs={"holder": Input(label="Who votes for you", choices="others")},
        ),
    )

    of: OfSession = Field(ge=0)
    giver: Annotated[Member, Input(label="Who cannot come", choices="members", option="--from")] = Field(
        description="The member who cannot come"
    )
    holder: Annotated[Member, Input(label="Who votes for them", choices="members", option="--to")] = Field(
        description="The member who votes for them"
    )


class Interest(Act):
    """A member declares an interest: they stand aside wherever one of these systems, or this matter, is dealt with.

    `text` says what ties them to it in general words, without naming anybody. Of one system or matter, the last
    declaration counts.
    """

    kind = "interest"
    about = ("referral",)
    commands = (
        Command(
            words="committee interest",
            action="TAKE_PART",
            help="Declare a member's interest: they stand aside wherever these systems or this matter are dealt with.",
        ),
    )
    forms = (
        WebForm(
            place="committee/interest",
            title="Declare an interest",
            send="Declare it",
            notes=("You then stand aside by yourself wherever it is dealt with.",),
            action="TAKE_PART",
            asks=("systems", "of", "until", "text"),
            filled={"member": "me"},
        ),
    )

    text: Annotated[Prose, Input(label="What ties you to it, without naming anybody", rows=2)] = Field(
        "", description="What ties them to it in general words, without naming anybody"
    )
    of: Annotated[
        int | None, Input(label="Matter", choices="matters", option="--referral", help="The entry of a referral.")
    ] = Field(None, ge=0, description="Entry of the referral, where it is about one")
    member: Sitting
    systems: Annotated[list[Identifier], Input(label="Systems", choices="systems", option="--system")] = Field(
        default_factory=list, max_length=100, description="The id of a system; give it again for others"
    )
    until: Annotated[dt.date | None, Input(label="Last day")] = Field(
        None, description="Last day, if any; declared again with one, an interest ends"
    )

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.of is None and not self.systems:
            raise unfit("Say in what: a system or a matter.")
        return self


class Recusal(Act):
    """A member stands aside on an item of a session."""

    kind = "recusal"
    about = ("convocation",)
    commands = (
        Command(words="committee recuse", action="TAKE_PART", help="Record that a member stands aside on an item."),
    )
    forms = (
        WebForm(
            place="session/aside",
            title="Record that a member stands aside",
            send="Record it",
            action="PRESIDE",
            asks=("member", "ground"),
            filled={"of": "session", "item": "item"},
            inputs={"member": Input(label="Who stands aside")},
        ),
        WebForm(
            place="session/recuse",
            title="Stand aside on this item",
            send="Stand aside",
            notes=("You then take no part in it, and your vote does not count on it.",),
            action="TAKE_PART",
            asks=("ground",),
            filled={"of": "session", "item": "item", "member": "me"},
        ),
    )

    of: OfSession = Field(ge=0)
    item: Identifier = Field(description="The id of the item of the agenda")
    member: Sitting
    ground: Annotated[
        Ground,
        Input(
            label="For what reason",
            kind="radio",
            words={"interest": "a personal interest", "choice": "their own choice"},
        ),
    ] = Field(description="An interest, or the member's choice")


MEMBERS: tuple[type[Act], ...] = (Mandate, MandateEnd, Office, Proxy, Interest, Recusal)
"""The acts of this module."""
