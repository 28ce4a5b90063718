"""What is said of a system that only writes: an audit document without measures, evidence and seal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from boussole.charter.document.answers.verdict import ArticleVerdict
from boussole.charter.document.answers.verdicts import VerdictDocument
from boussole.charter.document.audit import System
from boussole.charter.document.base import Count, Day, DocumentPart, Hex
from boussole.charter.document.windows import WindowOfAudit

SCHEMA: Literal["boussole.texts/1"] = "boussole.texts/1"


class CharterOfTexts(DocumentPart):
    """The charter that judged."""

    id: str
    version: str
    sha256: Hex


class TextsDocument(DocumentPart):
    """What is said of a system that only writes: how many texts, and each question as it stands."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.texts/1"], Field(alias="schema")]
    system: System
    window: WindowOfAudit
    as_of: Day
    charter: CharterOfTexts
    texts: Annotated[Count, Field(description="How many texts were written in the window")]
    measures: Annotated[tuple[()], Field(description="No measure reads texts yet")]
    verdicts: tuple[VerdictDocument, ...]
    articles: tuple[ArticleVerdict, ...]

    @property
    def judged_measures(self) -> tuple[()]:
        """The measures that its verdicts rest on: none yet."""
        return self.measures
