"""Opinions, their publication, and minutes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.acts.base import COUNTED, Act, OfSession
from boussole.charter.record_types.base import Line, Prose, Sha256
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit

OfOpinion = Annotated[int, Input(help="The entry of the opinion.")]


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
        """The hash of the text's canonical JSON, which the vote on it names."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))


class Opinion(Act):
    """An opinion that the committee has adopted, by the decision that `of` names."""

    kind = "opinion"
    about = ("tally", "consensus")
    unasked = ("document",)
    computed = (*COUNTED, "wording")
    commands = (
        Command(
            words="committee issue",
            action="ISSUE",
            help="Issue an opinion in the words that were adopted.",
            inputs={"draft": Input(type=int, required=True, help="The draft that was adopted.")},
        ),
    )
    forms = (
        WebForm(
            place="session/issue",
            title="Issue the opinion that was adopted",
            send="Issue the opinion",
            action="ISSUE",
            filled={"of": "entry", "referral": "item_referral", "system": "item_system"},
        ),
    )

    of: Annotated[int, Input(help="The entry of the result, or of the consensus.")] = Field(ge=0)
    referral: int | None = Field(None, ge=0, description="The entry of the referral that it answers")
    wording: OpinionText
    articles: Annotated[list[Identifier], Input(choices="articles", option="--article")] = Field(
        default_factory=list, description="The id of an article it is about; give it again for others"
    )
    replaces: int | None = Field(None, ge=0, description="The entry of the opinion that it corrects")


class PublicationDecision(Act):
    """The committee decides to publish an opinion, or to withhold it; `text` says why it is withheld."""

    kind = "publication_decision"
    about = ("opinion",)
    commands = (
        Command(
            words="committee publish",
            action="ISSUE",
            help="Record the committee's decision to publish an opinion, or to withhold it.",
            leaves=("publish",),
            inputs={"withhold": Input(type=bool, help="Not to publish it; say why in --text.")},
        ),
    )
    forms = (
        WebForm(
            place="session/publish",
            title="Record the decision on publication",
            send="Record the decision",
            action="ISSUE",
            asks=("publish", "text"),
            filled={"of": "entry"},
        ),
    )

    of: OfOpinion = Field(ge=0)
    text: Annotated[Prose, Input(label="Why it is withheld", rows=2)] = Field("", description="In words")
    publish: Annotated[
        bool, Input(label="What the committee decided", kind="radio", words={"yes": "Publish it", "no": "Withhold it"})
    ]

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.publish and not self.text.strip():
            raise unfit("Say why it is withheld.", "text")
        return self


class Publication(Act):
    """An opinion was published."""

    kind = "publication"
    about = ("opinion",)
    commands = (Command(words="committee published", action="ISSUE", help="Record that an opinion was published."),)
    forms = (
        WebForm(
            place="session/published",
            title="Record that it was published",
            send="Record the publication",
            action="ISSUE",
            asks=("where",),
            filled={"of": "entry"},
        ),
    )

    of: OfOpinion = Field(ge=0)
    where: Annotated[Line, Input(label="Where it was published")] = Field(description="Where it was published")


class Minutes(Act):
    """The minutes of a session: the hash of their canonical JSON, made from the first `size` entries of the ledger.

    They are approved by a decision whose `subject` is that hash.
    """

    kind = "minutes"
    about = ("convocation",)
    computed = (*COUNTED, "content", "size", "replaces")
    commands = (
        Command(
            words="committee seal-minutes",
            action="CONVENE",
            help="Seal the minutes of a session that is over, or their correction; `minutes` prints them.",
        ),
    )
    forms = (
        WebForm(
            place="session/minutes",
            title="Seal the minutes",
            send="Seal the minutes",
            notes=(
                "Read them first. What is recorded later is sealed as a correction beside them, never in their place.",
            ),
            action="CONVENE",
            filled={"of": "session"},
        ),
    )

    of: OfSession = Field(ge=0)
    content: Sha256
    size: int = Field(ge=1)
    replaces: int | None = Field(None, ge=0, description="Entry of the minutes that these correct")


OPINIONS: tuple[type[Act], ...] = (Opinion, PublicationDecision, Publication, Minutes)
"""The acts of this module."""
