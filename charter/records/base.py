"""What every record is made of: who states it, when, in which words, with which document.

No kind asks for a personal name: people appear by their role. `on` is the day the act took place, as stated; the day
it was sealed is the ledger's. `of` names the entry of the record that this one is about.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from boussole.audits.systems.kinds import Identifier, Strict

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(max_length=100_000)]


Blind = Annotated[
    Sha256 | None,
    Field(description="Made under a key of the house, so that nobody finds the words from their hash by trying all"),
]


class KeptFile(Strict):
    """A document that is kept with the records, named by its content."""

    sha256: Sha256
    name: Line
    size: int = Field(ge=1)


class Statement(Strict):
    """What every record says: who, when, in which words, with which document."""

    kind: ClassVar[str]
    """The kind of its entry in the ledger."""
    about: ClassVar[tuple[str, ...]] = ()
    """Kinds of record that `of` may name."""
    governed: ClassVar[str] = ""
    """The command that holds it to rules of its own before it is sealed; empty: anybody's word is sealed as it is."""

    role: Line = Field(description="Who states it: a role, not a person")
    on: dt.date = Field(description="The day it took place")
    signed_in: bool = Field(False, description="False: stated in local mode, where nobody signs in")
    text: Prose = ""
    document: KeptFile | None = None
    system: Identifier | None = Field(None, description="The system it is about; none: all of them")
