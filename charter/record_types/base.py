"""What every record is made of: who states it, when, in which words, with which document.

No kind asks for a personal name: people appear by their role. `on` is the day the act took place, as stated; the day
it was sealed is the ledger's. `of` names the entry of the record that this one is about.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from boussole.audits.systems.kinds import Identifier, Strict
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
