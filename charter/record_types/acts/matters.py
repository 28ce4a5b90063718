"""What a committee deals with: referrals, rapporteurs, hearings, frozen packs, questions and their answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.acts.base import COUNTED, Act, Member, OfSession, Sitting
from boussole.charter.record_types.base import Line, Prose, Sha256
from boussole.charter.record_types.inputs import Command, Input, WebForm


class PaperFile(Strict):
    """A file of a paper: in which language and form, its hash and its size in bytes."""

    lang: Literal["fr", "en"]
    form: Literal["pdf", "md"]
    sha256: Sha256
    size: int = Field(ge=1)


class SessionPaper(Act):
    """A paper of a session was made as files: whoever has one sees by its hash that it is unchanged.

    The files may bear names, so they are kept beside the ledger, where they can be erased. Those of minutes bear a
    number drawn by chance, so that nobody finds a name from a hash by trying all.
    """

    kind = "session_paper"
    about = ("convocation",)
    unasked = ("document", "system")
    computed = (*COUNTED, "paper", "made_from", "files")

    of: OfSession = Field(ge=0)
    paper: Literal["file", "minutes"] = Field(description="`file`: agenda, evidence, drafts, questions and answers")
    made_from: int = Field(ge=0, description="Entry of the frozen pack, or of the minutes, that it tells")
    files: list[PaperFile] = Field(min_length=1, max_length=8)


PAPERS: tuple[type[Act], ...] = (SessionPaper,)
"""The acts of this module."""


OfReferral = Annotated[int, Input(help="The entry of the referral.")]


class Referral(Act):
    """A matter is put to the committee: by the organisation, by an authority, or by its own members."""

    kind = "referral"
    unasked = ("document",)
    commands = (Command(words="committee refer", action="REFER", help="Put a matter to the committee."),)
    forms = (
        WebForm(
            place="committee/refer",
            title="Put a matter to the committee",
            send="Put it to the committee",
            action="REFER",
            led=False,
            asks=("origin", "sender", "subject", "system", "due_on", "text"),
            filled={"supporters": "nothing", "articles": "nothing"},
        ),
        WebForm(
            place="committee/refer-ourselves",
            title="Take up a matter ourselves",
            send="Take it up",
            action="TAKE_PART",
            led=False,
            asks=("subject", "system", "due_on", "text", "supporters"),
            filled={"sender": "members", "articles": "nothing"},
            fixed={"origin": "self"},
        ),
    )

    text: Annotated[Prose, Input(label="What is asked")] = Field("", description="In words")
    system: Annotated[Identifier | None, Input(label="System", choices="systems")] = Field(
        None, description="The id of the system it is about, if any"
    )
    origin: Annotated[
        Literal["organisation", "authority", "self"],
        Input(
            label="Who asks?",
            kind="radio",
            words={"organisation": "the organisation", "authority": "an outside authority"},
            default="organisation",
        ),
    ] = Field(description="`self`: members ask for it themselves")
    subject: Annotated[Line, Input(label="What it is about, in a few words")] = Field(description="What it is about")
    sender: Annotated[Line, Input(label="In whose name: a role, not a person")] = Field(description="Who asks: a role")
    supporters: Annotated[
        list[Member], Input(label="Members who ask with you", choices="others", option="--supporter")
    ] = Field(default_factory=list, description="A member who asks, in a self-referral; give it again for others")
    articles: Annotated[list[Identifier], Input(choices="articles", option="--article")] = Field(
        default_factory=list, description="The id of an article it is about; give it again for others"
    )
    due_on: Annotated[dt.date | None, Input(label="By when an opinion is asked for", option="--due")] = Field(
        None, description="By when an opinion is asked for"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.origin == "self") != bool(self.supporters):
            raise ValueError("`supporters` are the members who ask for a self-referral, and only for one")
        if len(set(self.supporters)) < len(self.supporters):
            raise ValueError("each of the `supporters` is named once")
        return self


class Rapporteur(Act):
    """A member reports on a matter; the one named last does."""

    kind = "rapporteur"
    about = ("referral",)
    commands = (
        Command(words="committee rapporteur", action="CONVENE", help="Name the member who reports on a matter."),
    )
    forms = (
        WebForm(
            place="session/rapporteur",
            title="Name who reports on it",
            send="Name them",
            action="CONVENE",
            asks=("member",),
            filled={"of": "entry"},
        ),
    )

    of: OfReferral = Field(ge=0)
    member: Sitting


class Hearing(Act):
    """Somebody was heard on a matter; `text` says what they said, in short."""

    kind = "hearing"
    about = ("referral",)
    commands = (
        Command(
            words="committee hear",
            action="CONVENE",
            help="Record that somebody was heard on a matter, and what they said in short.",
        ),
    )
    forms = (
        WebForm(
            place="session/hear",
            title="Record a hearing",
            send="Record the hearing",
            action="CONVENE",
            asks=("heard", "text"),
            filled={"of": "entry", "session": "session"},
            inputs={"text": Input(required=True)},
        ),
    )

    of: OfReferral = Field(ge=0)
    text: Annotated[Prose, Input(label="What they said, in short")] = Field("", description="In words")
    session: int | None = Field(None, ge=0, description="The entry of the session, if it was in one")
    heard: Annotated[Line, Input(label="Who was heard: a role, not a person")] = Field(
        description="Who was heard: a role, not a person"
    )


class PackAudit(Strict):
    """An audit of a frozen pack: the last of a system at that moment."""

    system: Identifier
    entry: int = Field(ge=0)
    document: Sha256
    start: dt.date
    end: dt.date


class FrozenPack(Act):
    """The evidence as it stood at a moment: the ledger's size and root, the charter in force, the audits.

    Frozen anew, the record before it stays: what changed in between is computed from both.
    """

    kind = "frozen_pack"
    about = ("convocation",)
    computed = (*COUNTED, "size", "root", "charter", "charter_version", "audits", "replaces")
    commands = (
        Command(
            words="committee freeze",
            action="CONVENE",
            help="Freeze the evidence for a session, or freeze it anew and say what changed.",
        ),
    )
    forms = (
        WebForm(
            place="session/freeze",
            title="Freeze the evidence",
            send="Freeze the evidence",
            notes=(
                "It fixes what the session works on: the last audit of each system, the charter, the ledger. "
                "Frozen again later, what changed in between is shown.",
            ),
            action="CONVENE",
            filled={"of": "session"},
        ),
    )

    of: OfSession = Field(ge=0)
    size: int = Field(ge=0, description="Entries of the ledger before this one")
    root: Sha256 = Field(description="The tree hash of these entries")
    charter: Sha256
    charter_version: Line
    audits: list[PackAudit] = Field(default_factory=list)
    replaces: int | None = Field(None, ge=0, description="Entry of the pack that this one freezes anew")


class Reference(Strict):
    """The figure that a question is about."""

    system: Identifier
    audit: int | None = Field(None, ge=0, description="Entry of the audit that shows it")
    indicator: Identifier | None = None
    measure: Line | None = Field(None, description="The id of the measure in the audit")
    group: dict[Identifier, Line] = Field(default_factory=dict, max_length=3)


class CommitteeQuestion(Act):
    """A written question: to whom, by when, about which figure. `text` is the question."""

    kind = "question"
    about = ("convocation",)
    unasked = ("document",)
    computed = ("figure",)
    commands = (
        Command(
            words="committee ask",
            action="TAKE_PART",
            help="Ask a written question, about a figure or in general: who must answer it, and by when.",
            by="member",
            inputs={
                "indicator": Input(type=str, option="--question", help="The id of the charter's question."),
                "audit": Input(type=int, help="The entry of the audit that shows the figure."),
                "group": Input(
                    type=list[str], option="--group", help="ATTRIBUTE=VALUE of the group, such as gender=F."
                ),
                "member": Input(type=str, help="The member who asks, if one does."),
            },
        ),
    )
    forms = (
        WebForm(
            place="session/ask",
            title="Ask a question",
            send="Ask it",
            action="TAKE_PART",
            asks=("text", "addressee", "due_on", "system"),
            filled={"of": "session", "by": "me"},
        ),
        WebForm(
            place="ask/",
            id="ask",
            title="Ask a question",
            send="Ask",
            action="TAKE_PART",
            led=False,
            asks=("committee", "audit", "measure", "text", "addressee", "due_on"),
            filled={"of": "nothing", "by": "me", "system": "figure_system"},
            inputs={
                "committee": Input(label="For which committee?", choices="committees", alone=True),
                "audit": Input(type=str, kind="hidden"),
                "measure": Input(type=str, label="About which group?", choices="figure_groups"),
                "text": Input(label="Your question", rows=5),
                "addressee": Input(label="Who must answer?", note="A function, not a person."),
                "due_on": Input(label="By which day?", day="to_come"),
            },
        ),
    )

    text: Annotated[Prose, Input(label="The question", required=True)] = Field("", description="The question")
    system: Annotated[Identifier | None, Input(label="System", choices="systems")] = Field(
        None, description="The id of the system it is about, if any"
    )
    of: Annotated[int | None, Input(option="--session", help="The entry of the session, if asked in one.")] = Field(
        None, ge=0, description="Entry of the session in which it was asked, if any"
    )
    addressee: Annotated[Line, Input(label="Who must answer: a role", option="--to")] = Field(
        description="Who must answer: a role"
    )
    due_on: Annotated[dt.date, Input(label="Answer by", proposed="in_30_days", option="--due")] = Field(
        description="By when"
    )
    figure: Reference | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.text.strip():
            raise ValueError("a question needs its words, in `text`")
        if self.due_on < self.on:
            raise ValueError("a question is due on the day it is asked, or later")
        if self.figure is not None and self.system != self.figure.system:
            raise ValueError("a question about a figure is about its system")
        return self


class CommitteeAnswer(Act):
    """The answer to a question, in words or in a document."""

    kind = "answer"
    about = ("question",)
    unasked = ("system",)
    commands = (
        Command(
            words="committee answer",
            action="ANSWER",
            help="Answer a question, in words or with a document.",
            inputs={"role": Input(required=True, help="Who answers: a role, never a name.")},
        ),
    )
    forms = (
        WebForm(
            place="questions/answer",
            title="Answer",
            send="Send the answer",
            action="ANSWER",
            led=False,
            asks=("role", "text"),
            filled={"of": "address"},
            inputs={"role": Input(label="In whose name do you answer?"), "text": Input(required=True)},
        ),
    )

    of: Annotated[int, Input(help="The entry of the question.")] = Field(ge=0)
    text: Annotated[Prose, Input(label="The answer", rows=8)] = Field("", description="In words")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.document is None:
            raise ValueError("an answer needs words or a document")
        return self


MATTERS: tuple[type[Act], ...] = (Referral, Rapporteur, Hearing, FrozenPack, CommitteeQuestion, CommitteeAnswer)
"""The acts of this module."""
