"""What texts written for pairs of requests differ in, with the tests that say whether chance explains it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boussole.charter.document.base import LATER, Count, Day, DocumentPart, Hex


class PairedDifference(DocumentPart):
    """How texts differ in one measure where only one cue of the request is changed."""

    cue: str
    measure: str
    pairs: Annotated[int, Field(ge=1, description="Pairs of texts with a value on both sides")]
    changes: Annotated[
        tuple[int, ...],
        Field(min_length=1, description="By pair of values, the sum of its differences, changed less reference"),
    ]
    difference: Annotated[float, Field(description="Mean of a pair, in the unit of the measure")]
    p: Annotated[
        float,
        Field(
            gt=0, le=1, description="Two-sided, under changes of sign of `changes`: at least 0.0001 if some are drawn"
        ),
    ]
    p_holm: Annotated[float, Field(gt=0, le=1, description="The same, corrected over all measures and cues")]
    detectable: Annotated[
        float | None,
        Field(ge=0, description="Smallest difference that the test finds with the charter's power; null: none"),
    ]
    matters: Annotated[float, Field(gt=0, description="Difference that the charter wants to be found")]


class PairedTest(DocumentPart):
    """A test with pairs that answers a question: what was recorded, and every difference with its test."""

    entry: Count
    on: Day
    document: Annotated[Hex, Field(description="The measures of every text, kept with the records")]
    model: str
    texts: Count
    tests: Annotated[
        int, Field(ge=1, description="Tests recorded in the twelve months up to this one, itself included")
    ]
    needed: Annotated[
        Annotated[int, Field(ge=1)] | None,
        LATER,
        Field(description="About how many pairs of a cue it takes, where those there are do not suffice"),
    ] = None
    missing: Annotated[
        Annotated[tuple[str, ...], Field(min_length=1)] | None,
        LATER,
        Field(description="What the charter wants to be changed in requests, and the test did not change"),
    ] = None
    differences: Annotated[tuple[PairedDifference, ...], Field(min_length=1)]
