"""What people state, one model for each kind of record.

A record is never changed: a later one answers or withdraws it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.acts import ACTS, Act
from boussole.charter.record_types.answering import Answer, Attestation, Case, Inspection, Review
from boussole.charter.record_types.base import (
    NAMES_NOBODY,
    Articles,
    Cap,
    Closure,
    Document,
    Finding,
    KeptFile,
    LedgerStart,
    Line,
    PairedTexts,
    Prose,
    Sha256,
    Statement,
    Stocktaking,
)
from boussole.charter.record_types.incidents import (
    HELD,
    Appeal,
    AppealDecision,
    Incident,
    IncidentClosure,
    IncidentUpdate,
)
from boussole.charter.record_types.inputs import Command, Input, WebForm
from boussole.charter.record_types.planting import PLANTING
from boussole.charter.record_types.work import WORK

__all__ = [
    "KINDS",
    "STATED",
    "Adoption",
    "Answer",
    "Appeal",
    "AppealDecision",
    "Attestation",
    "Cap",
    "Case",
    "Closure",
    "Finding",
    "FollowUp",
    "Incident",
    "IncidentClosure",
    "IncidentUpdate",
    "Inspection",
    "KeptFile",
    "LedgerStart",
    "Recommendation",
    "Reply",
    "Review",
    "Sha256",
    "Statement",
    "Withdrawal",
]

Addressee = Annotated[Line, Input(label="Who must answer?", note="A function, not a person.", option="--to")]


class Recommendation(Statement):
    """What the committee or an outside authority recommends, to whom, and by when somebody must answer."""

    kind = "recommendation"
    read_action = "SEE_ARTICLE"
    commands = (
        Command(
            words="record recommendation",
            action="FOLLOW",
            help="Enter a recommendation, of the committee or of an outside authority: who must answer it, by when.",
            leaves=("committee", "opinion"),
        ),
        Command(
            words="committee recommend",
            action="ISSUE",
            help="Enter a recommendation of the committee; it is answered by `boussole record reply`.",
            fixed={"outside": False},
            leaves=("body", "document"),
        ),
    )
    forms = (
        WebForm(
            place="recommendations/own",
            about=False,
            id="recommend-own",
            title="Record a recommendation of a committee",
            send="Record the recommendation",
            action="ISSUE",
            asks=("committee", "text", "addressee", "due_on", "system", "articles"),
            filled={"body": "nothing", "opinion": "nothing"},
            fixed={"outside": False},
            inputs={"committee": Input(required=True)},
        ),
        WebForm(
            place="recommendations/outside",
            about=False,
            id="recommend-outside",
            title="Record a recommendation of an outside authority",
            send="Record the recommendation",
            action="FOLLOW",
            asks=("body", "text", "addressee", "due_on", "system", "articles"),
            filled={"committee": "nothing", "opinion": "nothing"},
            fixed={"outside": True},
        ),
    )

    text: Annotated[Prose, Input(label="What is recommended?", required=True)] = Field(
        "", description="The recommendation"
    )
    body: Annotated[Line, Input(label="Which authority?")] = Field(
        description="Who recommends: the committee, or an authority"
    )
    outside: Annotated[
        bool, Input(label="Who recommends?", words={"yes": "an outside authority", "no": "a committee"})
    ] = Field(description="It comes from an outside authority")
    addressee: Addressee = Field(description="Who must answer: a role")
    due_on: Annotated[dt.date, Input(label="By which day?", option="--due", day="to_come")] = Field(
        description="By when"
    )
    articles: Articles = Field(default_factory=list)
    committee: Annotated[Identifier | None, Input(label="Which committee?", choices="committees")] = Field(
        None, description="The committee of this workspace that recommends, if any"
    )
    opinion: int | None = Field(None, ge=0, description="The entry of the opinion that it is part of")


class Reply(Statement):
    """The answer to a recommendation, or to an opinion of a committee."""

    kind = "reply"
    read_action = "SEE_ARTICLE"
    about = ("recommendation", "opinion")
    commands = (Command(words="record reply", action="ANSWER", help="Answer a recommendation.", leaves=("system",)),)
    forms = (
        WebForm(
            place="recommendations/reply",
            title="Answer",
            send="Send the answer",
            action="ANSWER",
            asks=("role", "accepted", "text"),
            filled={"of": "address"},
            inputs={"role": Input(label="In whose name do you answer?")},
        ),
    )

    of: int = Field(ge=0)
    text: Annotated[Prose, Input(label="The answer", required=True, rows=8)] = Field("", description="In words")
    accepted: Annotated[
        Literal["yes", "partly", "no"],
        Input(label="Is it accepted?", words={"yes": "Accepted", "partly": "Accepted in part", "no": "Refused"}),
    ] = Field(description="Whether it is accepted")


class FollowUp(Statement):
    """What became of a recommendation, or of an opinion of a committee."""

    kind = "follow_up"
    about = ("recommendation", "opinion")
    commands = (
        Command(
            words="record follow-up", action="FOLLOW", help="Say what became of a recommendation.", leaves=("system",)
        ),
    )
    forms = (
        WebForm(
            place="recommendations/follow",
            title="Say what became of it",
            send="Record it",
            action="FOLLOW",
            asks=("state", "text"),
            filled={"of": "address"},
        ),
    )

    of: int = Field(ge=0)
    state: Annotated[
        Literal["in_progress", "done", "dropped"],
        Input(label="How far is it?", words={"in_progress": "In progress", "done": "Done", "dropped": "Dropped"}),
    ] = Field(description="What became of it")


class Adoption(Statement):
    """The committee's act by which a version of the charter comes into force."""

    kind = "adoption"
    read_action = "SEE_CHARTER"
    unasked = ("text", "system")
    computed = ("version",)
    commands = (
        Command(
            words="charter adopt",
            action="SET_RULES",
            help="Put a version of the charter in force: the committee's act, sealed with its document.\n\n"
            "From then on that version judges, whatever the files of charter/ say; verdicts that were given stay as "
            "they are.",
            inputs={
                "role": Input(help="Who adopts: the committee, as a role."),
                "on": Input(help="The day of the act."),
                "document": Input(help="The act itself: the signed opinion or minutes."),
                "charter": Input(
                    type=str,
                    required=False,
                    help="A folder, template or kept version; else the text of the workspace.",
                ),
            },
        ),
    )
    forms = (
        WebForm(
            place="charter/adopt",
            about=False,
            id="adopt-charter",
            title="Record that the committee adopted this text",
            send="Put it in force",
            notes=(
                "It is the text of the workspace, as it stands now. From then on it judges, whatever its files say; "
                "verdicts that were given stay as they are.",
            ),
            action="SET_RULES",
            asks=("charter", "role", "on", "document"),
            inputs={
                "charter": Input(kind="hidden", proposed="charter_text"),
                "role": Input(label="Which committee adopted it?"),
                "on": Input(day="past", proposed="today"),
            },
        ),
    )

    charter: Sha256 = Field(description="Hash of the text that is put in force")
    version: Line = Field(description="Its number, as the text says")
    document: Document


class Withdrawal(Statement):
    """A record that should not stand: it stays in the ledger, and no longer counts."""

    kind = "withdrawal"
    about = (
        "attestation",
        "case",
        "inspection",
        "review",
        "finding",
        "closure",
        "recommendation",
        "reply",
        "follow_up",
        "stocktaking",
        "paired_texts",
        *(kind.kind for kind in (*HELD, *WORK, *PLANTING)),
    )
    commands = (
        Command(
            words="record withdraw",
            action="STATE",
            help="Withdraw a record: it stays in the ledger, and no longer counts. Say why in --text.",
            leaves=("system", "document"),
            inputs={"text": Input(required=True)},
        ),
    )
    forms = (
        WebForm(
            place="evidence/withdraw",
            title="Withdraw this record",
            send="Withdraw it",
            notes=("It stays in the ledger, and from today on it no longer counts. No day before changes.",),
            action="STATE",
            asks=("text",),
            filled={"of": "address"},
            inputs={"text": Input(label="Why should it not stand?", note=NAMES_NOBODY, required=True)},
        ),
    )

    of: int = Field(ge=0)


MODELS: tuple[type[Statement], ...] = (
    Attestation,
    Case,
    Inspection,
    Review,
    Finding,
    Closure,
    Recommendation,
    Reply,
    FollowUp,
    Adoption,
    Withdrawal,
    LedgerStart,
    Stocktaking,
    PairedTexts,
    *HELD,
    *WORK,
    *PLANTING,
    *ACTS,
)

KINDS: dict[str, type[Statement]] = {model.kind: model for model in MODELS}

STATED = tuple(kind for kind, model in KINDS.items() if not issubclass(model, Act))
"""The kinds that people state: acts of committees are not among them."""
