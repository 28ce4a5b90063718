"""A whole audit document, and what it shares with a system that no audit has measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Protocol

from pydantic import ConfigDict, Field

from boussole.charter.document.answers.verdict import ArticleVerdict, Verdict, worst
from boussole.charter.document.answers.verdicts import VerdictDocument
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hash, Hex
from boussole.charter.document.left_out import LeftOut
from boussole.charter.document.measures import AccumulatedFigures, MeasureDocument, by_id, overlaid
from boussole.charter.document.references import ReferenceChanged, WindowOfAudit
from boussole.charter.document.versions import DecidedBy

SCHEMA: Literal["boussole.audit/1"] = "boussole.audit/1"
System = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,47}$")]
"""The id of a system."""
SEAL = ("entry", "root")
"""Keys of the evidence that exist only once the audit is sealed."""


class Evidence(DocumentPart):
    """What the audit read, by hash, and where the ledger seals it."""

    cubes: Annotated[Hash, Field(description="The evidence file: the cube rows that were read")]
    rows: Annotated[Hash, Field(description="The same rows as CSV")]
    system: Annotated[Hash, Field(description="The declaration of the system that was used")]
    statements: Annotated[Count, Field(description="What people had stated before this entry of the ledger counted")]
    entry: Count | None = None
    root: Hex | None = None


class CharterOfAudit(DocumentPart):
    """The charter that judged."""

    id: str
    version: str
    sha256: Hex
    adopted_before_window: bool


class SystemVerdicts(Protocol):
    """What a charter says of one system: every question, and what they come to by article."""

    @property
    def measures(self) -> tuple[MeasureDocument, ...]: ...

    @property
    def judged_measures(self) -> tuple[MeasureDocument, ...]: ...

    @property
    def verdicts(self) -> tuple[VerdictDocument, ...]: ...

    @property
    def articles(self) -> tuple[ArticleVerdict, ...]: ...


def by_article(document: SystemVerdicts) -> dict[str, Verdict]:
    """The verdicts of the articles of a document, by their ids."""
    return {each.article: each.verdict for each in document.articles}


class UnmeasuredSystem(DocumentPart):
    """What people have stated, on a day, of a system that no audit has measured."""

    on: Day
    measures: tuple[MeasureDocument, ...]
    verdicts: tuple[VerdictDocument, ...]
    articles: tuple[ArticleVerdict, ...]

    @property
    def judged_measures(self) -> tuple[MeasureDocument, ...]:
        """The measures that its verdicts rest on."""
        return self.measures

    @property
    def judged_by_id(self) -> Mapping[str, MeasureDocument]:
        """The same by their names."""
        return by_id(self.measures)

    @property
    def until(self) -> Day:
        """The last day that its verdicts are about."""
        return self.on

    @property
    def entry(self) -> int | None:
        """None: no entry of the ledger seals it."""
        return None


class AuditDocument(DocumentPart):
    """What one audit of one system measured and how the charter judged it."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.audit/1"], Field(alias="schema")]
    system: System
    window: WindowOfAudit
    reference: WindowOfAudit | None
    as_of: Annotated[Day, Field(description="Day from which outcomes were read")]
    snapshot: Annotated[Count, Field(description="Snapshot of the lake")]
    evidence: Evidence
    charter: CharterOfAudit
    code: Annotated[Hash, Field(description="Hash of the source that measured and judged")]
    rule: Annotated[Literal[1], Field(description="The rule by which comparisons become verdicts")]
    method: Annotated[Literal[1], Field(description="The set of methods by which figures are computed")]
    decisions: Count
    left_out: Annotated[LeftOut, Field(description="What came in and was not counted")]
    versions: Annotated[
        Annotated[tuple[DecidedBy, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(description="Which version of the model decided; absent where the log names none"),
    ] = None
    measures: tuple[MeasureDocument, ...]
    accumulated: Annotated[
        AccumulatedFigures | None,
        MAYBE,
        Field(
            description="What this window and those before it tell together, by which their questions are judged; "
            "absent where no other window counts"
        ),
    ] = None
    verdicts: tuple[VerdictDocument, ...]
    articles: tuple[ArticleVerdict, ...]
    references: Annotated[
        Annotated[tuple[ReferenceChanged, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(
            description="Groups whose reference is another one than in the audit sealed before, where that alone "
            "changed an answer; absent where there are none"
        ),
    ] = None

    @cached_property
    def judged_measures(self) -> tuple[MeasureDocument, ...]:
        """The measures that its verdicts rest on: those of several windows, or of this or recent ones if graver."""
        compared = [each for verdict in self.verdicts for each in verdict.comparisons]
        decided = {each.measure: 1 if each.alone else each.recent for each in compared}
        return overlaid(self.measures, self.accumulated, decided=decided)

    @cached_property
    def judged_by_id(self) -> Mapping[str, MeasureDocument]:
        """The same by their names."""
        return by_id(self.judged_measures)

    @property
    def of_texts(self) -> bool:
        """Whether the rows that it counts as its decisions are texts: of a system that writes and decides nothing."""
        return not any(measure.metric == "selection_rate" for measure in self.measures)

    @property
    def until(self) -> Day:
        """The last day that its verdicts are about."""
        return self.window.end

    @property
    def entry(self) -> int | None:
        """The entry of the ledger that seals it; None before it is sealed."""
        return self.evidence.entry

    def sealed(self, *, entry: int, root: str) -> AuditDocument:
        """The same document with the place of its seal."""
        return self.changed(evidence=self.evidence.changed(entry=entry, root=root))


Standing = AuditDocument | UnmeasuredSystem
"""A system as it stands on a day: by its latest audit, or by what people have stated alone."""


def worst_of(document: SystemVerdicts) -> Verdict:
    """The worst verdict of a document among its questions."""
    return Verdict(worst(each.verdict for each in document.verdicts))
