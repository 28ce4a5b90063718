"""How a committee decides (consensus, open votes, secret ballots) and the opinions that it issues."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.acts.base import COUNTED, Act, Member, OfSession, Sitting
from boussole.charter.record_types.acts.sessions import Count
from boussole.charter.record_types.base import UNTOLD, Blind, Line, Prose, Sha256
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


Choice = Literal["for", "against", "abstain"]
DRAFT = Input(type=int, help="The draft of the opinion it is about.")
"""On the command line a text that is decided on is named by its draft, or by its hash."""
Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


OfVote = Annotated[int, Input(help="The entry of the vote.")]


class VotedItem(Act):
    """The fields of what is put to the committee: the item, in words, and the hash of the text where there is one."""

    about = ("convocation",)
    of: OfSession = Field(ge=0)
    item: Identifier = Field(description="The id of the item of the agenda")
    title: Annotated[Line, Input(label="What is decided, in a few words", proposed="item_title")] = Field(
        description="What is decided, in a few words"
    )
    subject: Annotated[
        Sha256 | None,
        Input(
            label="The text it is about, to the letter",
            note="An opinion can be issued in these words alone.",
            choices="texts",
            help="The hash of the text it is about, such as of minutes.",
        ),
    ] = Field(None, description="Hash of the text that is decided on (`OpinionText.sha256`)")


class Vote(VotedItem):
    """A vote begins."""

    kind = "vote"
    commands = (
        Command(words="committee vote", action="PRESIDE", help="Put something to the vote.", inputs={"draft": DRAFT}),
    )
    forms = (
        WebForm(
            place="session/vote",
            title="Put it to the vote",
            send="Begin the vote",
            action="PRESIDE",
            asks=("title", "subject", "secret"),
            filled={"of": "session", "item": "item"},
        ),
    )

    secret: Annotated[bool, Input(label="By secret ballot")] = Field(description="By secret ballot")


class Ballot(Act):
    """An open vote of one member; `by` is another where that one votes for them."""

    kind = "ballot"
    about = ("vote",)
    told_after = ("tally",)
    of: int = Field(ge=0)
    voter: Member
    choice: Choice
    blind: Blind = None


class Participation(Act):
    """A member voted in a secret ballot. `box` commits to all ballots and shows none
    (`charter.committee.voting.votes`)."""

    kind = "participation"
    about = ("vote",)
    told_after = ("tally",)
    of: int = Field(ge=0)
    voter: Member
    box: Annotated[Sha256, UNTOLD]


class ShownBallot(Strict):
    """A ballot of a secret vote that is over: its nonce, which only its voter knew, and what it says."""

    nonce: Nonce
    choice: Choice


class Tally(Act):
    """The end of a vote, and its result. Of a secret ballot: the ballots without names, in a random order."""

    kind = "tally"
    about = ("vote",)
    computed = (
        *COUNTED,
        *("in_favour", "against", "abstained", "basis", "casting", "adopted", "count", "salt", "ballots"),
    )
    commands = (Command(words="committee count", action="PRESIDE", help="End a vote, and say its result."),)
    forms = (
        WebForm(
            place="session/count",
            title="End the vote and count",
            send="End the vote and count",
            action="PRESIDE",
            filled={"of": "entry"},
        ),
    )

    of: OfVote = Field(ge=0)
    in_favour: Annotated[int, Input(label="For")] = Field(ge=0)
    against: Annotated[int, Input(label="Against")] = Field(ge=0)
    abstained: Annotated[int, Input(label="Abstention")] = Field(ge=0)
    basis: int = Field(ge=0, description="The number of which more than half must be for it")
    casting: Annotated[bool, Input(label="The vote of who presides decided", words={"yes": "Yes"})] = Field(
        description="Whether the presiding member's vote decided between equal numbers"
    )
    adopted: Annotated[bool, Input(label="What was put to the vote is adopted")]
    count: Count = Field(description="Who was there at the end of the vote")
    salt: Annotated[Sha256 | None, UNTOLD] = Field(
        None, description="Of the last commitment to the ballots of a secret vote"
    )
    ballots: Annotated[list[ShownBallot], UNTOLD] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.salt is None) != (not self.ballots):
            raise ValueError("`salt` and `ballots` are those of a secret vote, together")
        return self


class Annulment(Act):
    """A vote is void: it began by mistake, or its ballots cannot be counted. It is held again."""

    kind = "annulment"
    about = ("vote",)
    computed = ("anew",)
    commands = (
        Command(
            words="committee annul",
            action="PRESIDE",
            help="Declare an open vote void; the ballots of a secret one are destroyed unseen.",
        ),
    )
    forms = (
        WebForm(
            place="session/annul",
            title="Annul the vote",
            send="Annul the vote",
            notes=("The ballots of a secret vote are destroyed unseen. It can be held again.",),
            action="PRESIDE",
            asks=("text",),
            filled={"of": "entry"},
        ),
    )

    of: OfVote = Field(ge=0)
    text: Annotated[Prose, Input(label="Why", required=True, rows=2)] = Field("", description="Why")


class Consensus(VotedItem):
    """A decision without a vote: nobody who was there objected."""

    kind = "consensus"
    computed = (*COUNTED, "count")
    commands = (
        Command(
            words="committee consensus",
            action="PRESIDE",
            help="Record a decision by consensus, without a vote.",
            inputs={"draft": DRAFT},
        ),
    )
    forms = (
        WebForm(
            place="session/consensus",
            title="Record a consensus",
            send="Record the consensus",
            notes=("Nobody who is there objects: no vote is needed.",),
            action="PRESIDE",
            asks=("title", "subject"),
            filled={"of": "session", "item": "item"},
        ),
    )

    count: Count


class Dissent(Act):
    """A member wants their disagreement, or a reservation, to be noted under their name. `text` is its words."""

    kind = "dissent"
    about = ("tally", "consensus")
    commands = (
        Command(
            words="committee dissent",
            action="TAKE_PART",
            help="Note a member's disagreement or reservation, under their name.",
            leaves=("sort",),
            inputs={"reservation": Input(type=bool, help="A reservation, not a disagreement.")},
        ),
    )
    forms = (
        WebForm(
            place="session/dissent",
            title="Have your disagreement noted",
            send="Have it noted",
            notes=("It stands in the minutes under your name, in your words.",),
            action="TAKE_PART",
            asks=("sort", "text"),
            filled={"of": "entry", "member": "me"},
        ),
    )

    of: Annotated[int, Input(help="The entry of the result, or of the consensus.")] = Field(ge=0)
    text: Annotated[Prose, Input(label="In your words", required=True)] = Field("", description="Their words")
    member: Sitting
    sort: Annotated[
        Literal["dissent", "reservation"],
        Input(
            label="What shall be noted",
            kind="radio",
            required=True,
            words={"dissent": "I disagree", "reservation": "I agree, with a reservation"},
        ),
    ] = "dissent"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise ValueError("a dissent needs its words, in `text`")
        return self


VOTES: tuple[type[Act], ...] = (Vote, Ballot, Participation, Tally, Annulment, Consensus, Dissent)
"""The acts of this module."""
