"""The rules of a committee, and its sessions: convened, opened with a quorum, closed; and who was there."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict, Texts
from boussole.charter.record_types.acts.base import COUNTED, Act, Member, OfSession, Sitting
from boussole.charter.record_types.base import Line, Prose, Sha256
from boussole.charter.record_types.inputs import Command, Input, WebForm

Share = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}/[1-9][0-9]{0,2}$")]
ItemKind = Literal["approval", "information", "discussion", "opinion", "election", "other"]


class Group(Strict):
    """A college of the committee: its id and its name."""

    id: Identifier = Field(description="Its name for other files")
    title: Texts = Field(description="Its name, for readers")


class SessionRules(Strict):
    """The rules by which sessions are convened."""

    notice_days: int = Field(5, ge=0, le=365, description="Fewest days between the convocation and the session")
    second_notice_days: int = Field(
        5, ge=0, le=365, description="The same for a session that replaces one without quorum"
    )
    urgent: bool = Field(True, description="Whether an emergency, with its reason, allows less notice")
    remote: bool = Field(True, description="Whether members may take part from afar")


class QuorumRules(Strict):
    """The rules that say how many members must be there."""

    share: Share = Field("1/2", description="Share of the members, at least, for a valid session")
    represented_count: bool = Field(True, description="Whether members who gave a proxy count as there")
    recused_count: bool = Field(
        True, description="Whether those who stand aside on an item still count among the members"
    )
    second_call: bool = Field(True, description="Whether a second session on the same agenda needs no quorum")

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if not 0 < Fraction(self.share) <= 1:
            raise ValueError("`share` is above 0, and at most 1/1")
        return self


class ProxyRules(Strict):
    """The rules that say who may vote for somebody absent."""

    per_member: int = Field(1, ge=0, le=20, description="Most proxies that one member may hold; 0: none at all")


class VoteRules(Strict):
    """The rules by which votes are decided."""

    majority: Literal["cast", "present"] = Field(
        "cast",
        description="`cast`: more votes for than against; `present`: for, by over half of all there or represented",
    )
    casting_vote: bool = Field(
        True, description="Whether the presiding member's vote decides where votes are equal; never in a secret ballot"
    )
    secret_fewest: int = Field(
        3, ge=2, le=100, description="Fewest voters in a secret ballot: with less, none is secret"
    )


class OpinionRules(Strict):
    """The days by which opinions are published and answered."""

    publish_days: int = Field(30, ge=1, le=3650, description="Days within which an opinion is published")
    reply_days: int = Field(90, ge=1, le=3650, description="Days within which it is answered")
    late_days: int = Field(90, ge=1, le=3650, description="Days of waiting after which an opinion counts as ignored")


class ReferralRules(Strict):
    """The rules that say who may put a matter to the committee."""

    self_referral_members: int = Field(1, ge=1, le=100, description="Fewest members who ask for a self-referral")


class AgendaTemplate(Strict):
    """One item that the agenda of an ordinary session starts from."""

    id: Identifier = Field(description="Its name within the agenda")
    title: Texts = Field(description="As it stands in the agenda")
    kind: ItemKind = Field("discussion", description="What is done under it")


class Rules(Strict):
    """The file `committees/ID.yaml`: a committee and how it works."""

    id: Identifier = Field(description="Its name for other files; that of its file")
    title: Texts = Field(description="Its name, for readers")
    adopted_on: dt.date | None = Field(None, description="Day on which the committee adopted these rules, as it says")
    note: Texts | None = Field(None, description="What a reader must know of these rules")
    timezone: str = Field("Europe/Paris", description="Where its sessions take place")
    colleges: list[Group] = Field(min_length=1, max_length=20, description="The groups that sit on it")
    sessions: SessionRules = Field(default_factory=SessionRules, description="How sessions are convened")
    quorum: QuorumRules = Field(default_factory=QuorumRules, description="How many must be there")
    proxies: ProxyRules = Field(default_factory=ProxyRules, description="Who may vote for somebody absent")
    votes: VoteRules = Field(default_factory=VoteRules, description="How votes are decided")
    opinions: OpinionRules = Field(default_factory=OpinionRules, description="Deadlines of opinions")
    referrals: ReferralRules = Field(default_factory=ReferralRules, description="Who may put a matter to it")
    agenda: list[AgendaTemplate] = Field(default_factory=list, description="What an ordinary agenda starts from")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for what, ids in (("college", [c.id for c in self.colleges]), ("item", [i.id for i in self.agenda])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"the {what} '{next(i for i in ids if ids.count(i) > 1)}' is given twice")
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"'{self.timezone}' is no time zone, such as Europe/Paris") from error
        return self

    @property
    def sha256(self) -> str:
        """The hash of the rules' canonical JSON, which a convocation names."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))


class RulesInForce(Act):
    """Rules as they stand from then on: `adopted` by the committee, or `used` for the first time while proposed."""

    kind = "rules"
    computed = ("rules",)
    commands = (
        Command(
            words="committee adopt",
            action="SET_RULES",
            help="Put the rules of the committee's file in force: from then on, editing the file changes nothing.",
            fixed={"act": "adopted"},
        ),
    )
    forms = (
        WebForm(
            place="committee/adopt",
            title="Record that the committee adopted its rules",
            send="Put these rules in force",
            notes=(
                "They are those of its file, as they stand now. From then on, changing the file changes nothing "
                "until others are adopted.",
            ),
            action="SET_RULES",
            asks=("text",),
            fixed={"act": "adopted"},
        ),
    )

    text: Annotated[Prose, Input(label="When and how it adopted them", rows=2)] = Field("", description="In words")
    act: Literal["used", "adopted"]
    rules: Rules


RULES: tuple[type[Act], ...] = (RulesInForce,)
"""The acts of this module."""


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
