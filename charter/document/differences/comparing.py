"""The document of a comparison: a candidate judged against the version in production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from boussole.audits.measure_params import Side
from boussole.audits.windows import Window
from boussole.charter.document.audit import System
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hex, Share

SCHEMA: Literal["boussole.comparison/1"] = "boussole.comparison/1"
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

    kind: Annotated[Literal["version", "run", "file"], Field(description="Where it was read from")]
    name: str
    window: Days
    decisions: Some


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


class JudgedChange(DocumentPart):
    """How one comparison of the charter changed from production to the candidate, and whether it got worse."""

    model_config = ConfigDict(populate_by_name=True)

    measure: str
    metric: str
    by: Annotated[tuple[str, ...], Field(min_length=1)]
    group: dict[str, str]
    against: str
    scale: Annotated[Scale, Field(description="candidate − production, or candidate ÷ production")]
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
    reason: Annotated[str | None, Field(description="Why there is no figure, or no difference")]


class ComparisonDocument(DocumentPart):
    """A candidate compared with the version in production: what got worse, and whether it may replace the other."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.comparison/1"], Field(alias="schema")]
    kind: Literal["candidate"]
    system: System
    production: VersionSide
    candidate: VersionSide
    alpha: Annotated[float, Field(description="The chance of one false alarm in the whole comparison")]
    family: Annotated[Count, Field(description="How many rows Holm's correction spans")]
    charter: CharterOfComparison
    power: float
    margins: Margins
    rows: tuple[JudgedChange, ...]
    verdict: Outcome
    reason: Literal["no_comparison"] | None
