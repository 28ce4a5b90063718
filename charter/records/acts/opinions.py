"""Opinions, their publication, and minutes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.records.acts.base import Act
from boussole.charter.records.base import Line, Prose, Sha256


class OpinionText(Strict):
    """The words of an opinion: what is drafted together, put to the vote, and issued, the same to the letter."""

    title: Line
    sense: Literal["favourable", "reserved", "unfavourable", "none"] = Field(
        description="`reserved`: favourable with reservations; `none`: neither for nor against"
    )
    words: Prose
    reservations: list[Prose] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.words.strip():
            raise ValueError("an opinion needs its words, in `words`")
        if (self.sense == "reserved") != bool(self.reservations):
            raise ValueError("an opinion with the sense `reserved` has `reservations`, and no other has")
        return self

    @property
    def sha256(self) -> str:
        """What the vote on it names."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))


class Opinion(Act):
    """An opinion that the committee has adopted, by the decision that `of` names."""

    kind = "opinion"
    about = ("tally", "consensus")
    of: int = Field(ge=0)
    referral: int | None = Field(None, ge=0)
    wording: OpinionText
    articles: list[Identifier] = Field(default_factory=list)
    replaces: int | None = Field(None, ge=0, description="Entry of the opinion that this one corrects")


class PublicationDecision(Act):
    """The committee decides to publish an opinion, or to withhold it; `text` says why it is withheld."""

    kind = "publication_decision"
    about = ("opinion",)
    of: int = Field(ge=0)
    publish: bool

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.publish and not self.text.strip():
            raise ValueError("an opinion is withheld for a reason: give it in `text`")
        return self


class Publication(Act):
    """An opinion was published."""

    kind = "publication"
    about = ("opinion",)
    of: int = Field(ge=0)
    where: Line


class Minutes(Act):
    """The minutes of a session: the hash of their canonical JSON, made from the first `size` entries of the ledger.

    They are approved by a decision whose `subject` is that hash.
    """

    kind = "minutes"
    about = ("convocation",)
    of: int = Field(ge=0)
    content: Sha256
    size: int = Field(ge=1)
    replaces: int | None = Field(None, ge=0, description="Entry of the minutes that these correct")
