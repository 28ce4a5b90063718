"""How a committee works: the rules that its file states and its sessions are held to."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict, Texts
from boussole.charter.record_types.acts.base import Act
from boussole.charter.record_types.base import Prose
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
