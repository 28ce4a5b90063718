"""What texts written for pairs of requests differ in: of each cue and measure, the differences, and never a text."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.base import KeptFile, Line, Sha256, Statement


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
