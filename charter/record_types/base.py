"""What every record is made of: who states it, when, in which words, with which document.

No kind asks for a personal name: people appear by their role. `on` is the day the act took place, as stated; the day
it was sealed is the ledger's. `of` names the entry of the record that this one is about.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.record_types.inputs import Command, Input, WebForm

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(max_length=100_000)]


UNTOLD = object()
"""Marks a field that is sealed and told to nobody: what keeps something else a secret."""
Blind = Annotated[
    Sha256 | None,
    UNTOLD,
    Field(description="Made under a key of the house, so that nobody finds the words from their hash by trying all"),
]


class KeptFile(Strict):
    """A document that is kept with the records, named by its content."""

    sha256: Sha256
    name: Line
    size: int = Field(ge=1)


DOCUMENT = Input(
    label="The document it rests on",
    kind="file",
    note="PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text or CSV, without macros. A copy is kept with the records, "
    "and its name is sealed: it must name nobody.",
)
"""How people are asked for a document."""
NAMES_NOBODY = "Name roles, no people: what is sealed is never erased."
"""What is said above words that will be sealed."""
Document = Annotated[KeptFile, DOCUMENT, Field(description="The document it rests on; a copy is kept with the records")]


class Statement(Strict):
    """What every record says: who, when, in which words, with which document."""

    kind: ClassVar[str]
    """The kind of its entry in the ledger."""
    about: ClassVar[tuple[str, ...]] = ()
    """Kinds of record that `of` may name."""
    governed: ClassVar[str] = ""
    """The command that holds it to rules of its own before it is sealed; empty: anybody's word is sealed as it is."""
    commands: ClassVar[tuple[Command, ...]] = ()
    """The commands that make one."""
    forms: ClassVar[tuple[WebForm, ...]] = ()
    """The forms that make one."""
    computed: ClassVar[tuple[str, ...]] = ()
    """Fields that nobody is asked for: they follow from others, or from what there is at that moment."""
    read_action: ClassVar[str] = "SEE_COMMITTEE"
    """The permission that whoever reads one needs."""
    told_after: ClassVar[tuple[str, ...]] = ()
    """Kinds of record of which one must end what it is about before anybody is told it; empty: at once."""
    unasked: ClassVar[tuple[str, ...]] = ()
    """Fields that every record has, and none of this kind needs."""

    role: Annotated[Line, Input(label="In whose name?", note="A function, not a person.")] = Field(
        description="Who states it: a role, never a name"
    )
    on: Annotated[dt.date, Input(label="On which day?")] = Field(description="The day it took place")
    signed_in: bool = Field(False, description="False: stated in local mode, where nobody signs in")
    text: Annotated[Prose, Input(label="In a few words")] = Field("", description="In words")
    document: Annotated[KeptFile | None, DOCUMENT] = Field(
        None, description="The document it rests on, if any; a copy is kept with the records"
    )
    system: Annotated[Identifier | None, Input(label="About which system?", choices="systems")] = Field(
        None, description="The id of the system; all of them if absent"
    )


class FoundFile(Strict):
    """A file of the workspace, as it was found: its path from there, and its hash."""

    path: Line
    sha256: Sha256


class LedgerStart(Statement):
    """Why a ledger was started anew, and what was found of the one before: its entry is the first."""

    kind: ClassVar[str] = "ledger_start"
    read_action = "SEE_EVIDENCE"
    governed: ClassVar[str] = "ledger begin"

    text: Prose = Field(description="Why", min_length=1)
    lost: Literal["missing", "empty", "bare"] = Field(description="What was there of the file of the ledger before")
    files: list[FoundFile] = Field(description="Evidence, documents and reports that no entry seals any more")


class PairedMeasure(Strict):
    """One measure of the texts of one cue. Within a pair only the cue was changed."""

    cue: Identifier = Field(description="What was changed in the requests")
    measure: Identifier = Field(description="What was measured of the texts")
    pairs: int = Field(ge=1, description="How many pairs have a value on both sides")
    changes: list[Annotated[int, Field(ge=-(10**9), le=10**9)]] = Field(
        min_length=1,
        max_length=1_000,
        description="By pair of values, the sum of its differences: the changed side less the reference",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.pairs < len(self.changes):
            raise ValueError("there are fewer pairs of texts than pairs of values")
        return self


class PairedTexts(Statement):
    """A test with pairs: the same requests, written for two names, ages or places, and what the texts differ in."""

    kind = "paired_texts"
    read_action = "SEE_ARTICLE"
    unasked = ("text",)

    system: Identifier = Field(description="The id of the system")
    document: KeptFile = Field(description="The measures of every text; no text is kept")
    prompts: Sha256 = Field(description="Hash of the requests, as they were sent")
    model: Line = Field(description="What wrote the texts, as whoever ran it says")
    texts: int = Field(ge=2, description="How many texts were measured")
    measured: Annotated[list[PairedMeasure], Field(min_length=1, max_length=1_000)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [(each.cue, each.measure) for each in self.measured]
        if len({*names}) < len(names):
            raise ValueError("a measure of a cue is told twice")
        if any(2 * each.pairs > self.texts for each in self.measured):
            raise ValueError("a measure has more pairs than there are texts")
        return self


class Stocktaking(Statement):
    """How many uses were on trial or in service, how many of them examined, and the models that belong to none."""

    kind = "stocktaking"
    computed = ("uses", "examined", "grave", "models", "unregistered")
    unasked = ("system", "document")
    commands = (
        Command(
            words="record stocktaking",
            action="STATE",
            help="Take stock: how many uses are in service and examined, and which models of MLflow belong to no use.",
            leaves=("system", "document", "on"),
        ),
    )
    forms = (
        WebForm(
            place="register/stocktaking",
            about=False,
            id="stocktaking",
            title="Take stock today",
            send="Take stock",
            notes=(
                "Counted and sealed as they stand at this moment: uses on trial or in service, those examined, and the "
                "models in MLflow that belong to none.",
            ),
            action="STATE",
            asks=("text",),
            inputs={"text": Input(note=NAMES_NOBODY)},
        ),
    )

    uses: int = Field(ge=0, description="Uses on trial or in service, by the register")
    examined: int = Field(ge=0, description="Those of them of which at least one question was looked at")
    grave: int = Field(ge=0, description="Those of them of high risk of which no question was")
    models: int = Field(ge=0, description="Models that the registry of MLflow held")
    unregistered: Annotated[list[Line], Field(max_length=10_000)] = Field(
        default_factory=list, description="Those of them that belong to no use of the register, by name"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.examined + self.grave > self.uses:
            raise ValueError("more uses are examined, or of high risk and not examined, than are in service")
        if len(self.unregistered) > self.models or len({*self.unregistered}) < len(self.unregistered):
            raise ValueError("more models belong to no use than there are, or one is named twice")
        return self


Cap = Literal[Verdict.WATCH, Verdict.BROKEN]
Articles = Annotated[
    list[Identifier],
    Input(label="About which articles?", choices="articles", option="--article"),
    Field(description="The id of an article; give it again for others"),
]


class Finding(Statement):
    """What an outside authority found: until it is closed, the articles it names are no better than `cap`."""

    kind = "finding"
    read_action = "SEE_ARTICLE"
    commands = (
        Command(
            words="record finding",
            action="FOLLOW",
            help="Enter what an outside authority found: it caps the articles it names until it is closed.",
        ),
    )
    forms = (
        WebForm(
            place="recommendations/finding",
            about=False,
            id="finding",
            title="Record a finding of an outside authority",
            send="Record the finding",
            notes=("It holds the articles that it names down at once, until it is closed.",),
            action="FOLLOW",
            asks=("authority", "title", "on", "articles", "cap", "system", "text", "document"),
            inputs={
                "on": Input(day="past", proposed="today"),
                "system": Input(note="Left open: for all of them."),
                "text": Input(note=NAMES_NOBODY),
            },
        ),
    )

    authority: Annotated[Line, Input(label="Which authority?")] = Field(description="The outside authority")
    title: Annotated[Line, Input(label="What is its document called?")] = Field(
        description="What its document is called"
    )
    articles: Articles = Field(min_length=1)
    cap: Annotated[
        Cap,
        Input(
            label="Until it is closed, these articles are no better than",
            kind="radio",
            words={"watch": "Watch", "broken": "Not kept"},
        ),
    ] = Field(description="No article it names is better than this")
    document: Document


class Closure(Statement):
    """The end of a finding, as its authority said."""

    kind = "closure"
    read_action = "SEE_ARTICLE"
    about = ("finding",)
    commands = (
        Command(
            words="record close",
            action="FOLLOW",
            help="Close a finding of an outside authority, with the document that says so.",
            leaves=("system",),
        ),
    )
    forms = (
        WebForm(
            place="recommendations/close",
            id="close-finding",
            title="Record that it is closed",
            send="Close the finding",
            notes=("Its authority says so in a document. From that day on, its articles are judged without it.",),
            action="FOLLOW",
            asks=("on", "text", "document"),
            filled={"of": "address"},
            inputs={"on": Input(day="past", proposed="today"), "text": Input(note=NAMES_NOBODY)},
        ),
    )

    of: int = Field(ge=0)
    document: Document
