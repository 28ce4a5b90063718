"""Comparisons of two versions, one document for both kinds: a candidate that is judged against the version in
production, or the whole months of a version beside those of the version before."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, RootModel

from boussole.audits.measure_params import Side
from boussole.audits.windows import Window
from boussole.charter.document.audit import System
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hex, Share
from boussole.charter.document.differences.distances import Distance
from boussole.charter.document.measures import IntervalOfMeasure

SCHEMA: Literal["boussole.comparison/1"] = "boussole.comparison/1"
Kind = Literal["candidate", "sequential"]
Outcome = Literal["worse", "not_worse", "unknown"]
Scale = Literal["ratio", "difference"]
Some = Annotated[int, Field(ge=1)]


class Days(DocumentPart):
    """First and last day, both included."""

    start: Day
    end: Day

    @classmethod
    def between(cls, window: Window) -> Days:
        """The days of a window."""
        return cls(start=window.start, end=window.end)


class VersionSide(DocumentPart):
    """One of the two that are compared."""

    kind: Annotated[Literal["version", "run", "file"] | None, MAYBE, Field(description="Where it was read from")] = None
    name: str
    window: Days
    decisions: Some
    entry: Annotated[
        Count | None, MAYBE, Field(description="The entry of the ledger that seals the audit it comes from")
    ] = None


class CharterOfComparison(DocumentPart):
    """The charter by which a candidate is judged."""

    id: str
    version: str
    sha256: Hex


class Margins(DocumentPart):
    """What still counts as not worse: a ratio that falls by no more than this factor, a gap that grows by no more."""

    ratio: Annotated[float, Field(gt=0, lt=1)]
    gap: Annotated[float, Field(gt=0, lt=1)]

    def on(self, side: str, *, scale: str) -> float:
        """The margin on the bad side of a comparison, as a factor or a difference."""
        if scale == "ratio":
            return self.ratio if side == "below" else 1 / self.ratio
        return -self.gap if side == "below" else self.gap


class MeasureOfTwo(DocumentPart):
    """One measure on both sides, and how it changed from one to the other."""

    measure: str
    metric: str
    by: tuple[str, ...]
    group: dict[str, str] | None
    against: str | None
    scale: Annotated[Scale, Field(description="candidate − production, or candidate ÷ production")]
    change: float | None
    reason: Annotated[str | None, Field(description="Why there is no figure, or no difference")]


class TwoVersions(DocumentPart):
    """What every comparison of two versions says, whatever its kind."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.comparison/1"], Field(alias="schema")]
    kind: Kind
    system: System
    production: VersionSide
    candidate: VersionSide
    alpha: Annotated[float, Field(description="The chance of one false alarm in the whole comparison")]
    family: Annotated[Count, Field(description="How many rows Holm's correction spans")]
    rows: tuple[MeasureOfTwo, ...]

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """The comparison from its JSON as it was stored. Raises ValueError for what is
        none, or one of another kind."""
        found = ComparisonDocument.model_validate_json(text, strict=True).root
        if isinstance(found, cls):
            return found
        raise ValueError(f"this comparison is of another kind: {found.kind}")


class JudgedChange(MeasureOfTwo):
    """How one comparison of the charter changed from production to the candidate, and whether it got worse."""

    model_config = ConfigDict(populate_by_name=True)

    by: Annotated[tuple[str, ...], Field(min_length=1)]
    group: dict[str, str]
    against: str
    bad_side: Side
    articles: Annotated[tuple[str, ...], Field(min_length=1)]
    production: float | None
    candidate: float | None
    change: Annotated[float | None, Field(description="A factor, or a difference of differences")]
    bound: Annotated[float | None, Field(description="How bad the change could be, at the level alpha")]
    margin: float | None
    n: Annotated[tuple[int, int] | None, Field(description="Decisions that count, in production and in the candidate")]
    units: Annotated[Count | None, Field(description="Cases: people, else requests, else decisions")]
    paired: Annotated[Count | None, Field(description="Cases that both versions judged")]
    changed_: Annotated[
        Count | None, Field(alias="changed", description="Paired cases that the versions judge differently")
    ]
    p_worse: Share | None
    p_worse_adjusted: Share | None
    p_worse_at_most: Annotated[
        Literal[True] | None,
        MAYBE,
        Field(description="Whether `p_worse_adjusted` is the least that drawn exchanges can tell: it may be smaller"),
    ] = None
    p_within: Share | None
    smallest: Annotated[
        float | None, Field(description="The smallest regression that these cases would have shown; null: none")
    ]
    verdict: Outcome


class CandidateComparison(TwoVersions):
    """A candidate held to the version in production: what got worse, and whether it may replace the other."""

    kind: Literal["candidate"]
    charter: CharterOfComparison
    power: float
    margins: Margins
    rows: tuple[JudgedChange, ...]
    verdict: Outcome
    reason: Literal["no_comparison"] | None


class FigureOfSide(DocumentPart):
    """A measure on one side."""

    value: float
    n: Count | None
    interval: IntervalOfMeasure | None


class IntervalOfChange(IntervalOfMeasure):
    """Where a difference very likely lies, from the intervals of both sides."""

    method: Literal["mover"]


class ChangeOfMeasure(MeasureOfTwo):
    """One measure on both sides; without a value on one of them, none is told of either."""

    given: dict[str, str]
    production: FigureOfSide | None
    candidate: FigureOfSide | None
    interval: IntervalOfChange | None
    p: Share | None
    p_adjusted: Share | None
    differs: bool


class VersionComparison(TwoVersions):
    """Two versions side by side: what differs, on fairness and on drift; nothing is judged."""

    kind: Annotated[Literal["sequential"], Field(description="Whole months of one version beside those of the next")]
    changed_on: Annotated[Day, Field(description="The first day of the new version")]
    mixed: Annotated[
        tuple[Days, ...], Field(description="Months between them that are left out because neither decided alone")
    ]
    rows: tuple[ChangeOfMeasure, ...]
    drift: Annotated[tuple[Distance, ...], Field(description="Distances of everybody")]

    @property
    def differing(self) -> list[ChangeOfMeasure]:
        """The rows that very likely differ, the surest first."""
        return sorted((row for row in self.rows if row.differs), key=lambda row: row.p_adjusted or 0.0)


class ComparisonDocument(RootModel[Annotated[CandidateComparison | VersionComparison, Field(discriminator="kind")]]):
    """Two versions of a system: a candidate judged on the cases of both, or months beside months."""
