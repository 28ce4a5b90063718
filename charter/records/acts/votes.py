"""How a committee decides: by consensus, by open votes, by secret ballots; and what members want to be noted."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.records.acts.base import Act, Member
from boussole.charter.records.acts.sessions import Count
from boussole.charter.records.base import Blind, Line, Sha256

Choice = Literal["for", "against", "abstain"]
Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Decided(Act):
    """What is put to the committee: the item, in words, and the hash of the text where there is one."""

    about = ("convocation",)
    of: int = Field(ge=0)
    item: Identifier
    title: Line = Field(description="What is decided, in a few words")
    subject: Sha256 | None = Field(None, description="Hash of the text that is decided on (`OpinionText.sha256`)")


class Vote(Decided):
    """A vote begins."""

    kind = "vote"
    secret: bool


class Ballot(Act):
    """An open vote of one member; `by` is another where that one votes for them."""

    kind = "ballot"
    about = ("vote",)
    of: int = Field(ge=0)
    voter: Member
    choice: Choice
    blind: Blind = None


class Participation(Act):
    """A member voted in a secret ballot. `box` commits to all ballots and shows none (`charter.committee.box`)."""

    kind = "participation"
    about = ("vote",)
    of: int = Field(ge=0)
    voter: Member
    box: Sha256


class ShownBallot(Strict):
    """A ballot of a secret vote that is over: its nonce, which only its voter knew, and what it says."""

    nonce: Nonce
    choice: Choice


class Tally(Act):
    """The end of a vote, and its result. Of a secret ballot: the ballots without names, in a random order."""

    kind = "tally"
    about = ("vote",)
    of: int = Field(ge=0)
    in_favour: int = Field(ge=0)
    against: int = Field(ge=0)
    abstained: int = Field(ge=0)
    basis: int = Field(ge=0, description="The number of which more than half must be for it")
    casting: bool = Field(description="Whether the presiding member's vote decided between equal numbers")
    adopted: bool
    count: Count = Field(description="Who was there at the end of the vote")
    salt: Sha256 | None = Field(None, description="Of the last commitment to the ballots of a secret vote")
    ballots: list[ShownBallot] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.salt is None) != (not self.ballots):
            raise ValueError("`salt` and `ballots` are those of a secret vote, together")
        return self


class Annulment(Act):
    """A vote is void: it began by mistake, or its ballots cannot be counted. It is held again."""

    kind = "annulment"
    about = ("vote",)
    of: int = Field(ge=0)


class Consensus(Decided):
    """A decision without a vote: nobody who was there objected."""

    kind = "consensus"
    count: Count


class Dissent(Act):
    """A member wants their disagreement, or a reservation, to be noted under their name. `text` is its words."""

    kind = "dissent"
    about = ("tally", "consensus")
    of: int = Field(ge=0)
    member: Member
    sort: Literal["dissent", "reservation"] = "dissent"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise ValueError("a dissent needs its words, in `text`")
        return self
