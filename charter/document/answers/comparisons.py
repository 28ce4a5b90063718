"""Comparisons and thresholds as a verdict tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import LATER, Count, Day, DocumentPart, Share, Texts


class Levels(DocumentPart):
    """The levels of a threshold on the side where a comparison is bad."""

    watch: float | None
    breach: float | None


class IntervalOfTests(DocumentPart):
    """Where the figure lies as far as the tests that decided tell: they reject what lies outside, and nothing inside.

    An end is null where no test rejects anything on that side. The end on the bad side of the figure decides whether it
    is kept, the other whether it is watched or broken.
    """

    low: float | None
    high: float | None
    error_low: Annotated[float, Field(gt=0, lt=1, description="Chance that the truth lies below `low`, at most")]
    error_high: Annotated[float, Field(gt=0, lt=1, description="Chance that the truth lies above `high`, at most")]


class Comparison(DocumentPart):
    """What the tests say of one measure that answers a question."""

    measure: str
    against: str
    verdict: Literal[Verdict.KEPT, Verdict.WATCH, Verdict.BROKEN, Verdict.UNKNOWN]
    p_breach: Share | None
    p_watch: Share | None
    p_kept: Share | None
    adjusted: Annotated[bool, Field(description="Whether p_breach and p_watch are Holm-corrected over the family")]
    share: Annotated[
        Annotated[float, Field(gt=0, le=1)] | None,
        Field(description="Part of the charter's level that the first step of Holm's correction gives this comparison"),
    ]
    levels: Levels
    interval: Annotated[
        IntervalOfTests | None,
        Field(description="The interval that decided; null where no test did"),
    ]
    alone: Annotated[
        Literal[True] | None,
        LATER,
        Field(description="Whether it rests on the window alone, which is graver than all windows since then together"),
    ] = None
    recent: Annotated[
        Annotated[int, Field(gt=1)] | None,
        LATER,
        Field(
            description="How many windows, up to that of the audit, it rests on where these are graver than all since "
            "then together"
        ),
    ] = None
    more_decisions: Count | None
    reason: str | None = None


class ThresholdOfVerdict(DocumentPart):
    """The threshold that a question was held to, and since when it was one."""

    watch: float | None = None
    breach: float | None = None
    watch_alpha: Annotated[
        float | None,
        LATER,
        Field(
            description="How often chance alone may put it beyond the watch level; absent: as often as `alpha` of the "
            "charter says"
        ),
    ] = None
    tolerance: float | None = None
    breaks_from: Annotated[
        Day | None, LATER, Field(description="The first day of which a confirmed case breaks the promise")
    ] = None
    status: Literal["proposed", "adopted"] | None
    since: Day | None
    justification: Texts | None = None
    source: str | None = None
    proven_on: Annotated[
        Day | None,
        Field(
            description="Of an adopted level, the day from which an adoption in the ledger proves it; "
            "null: none does, and it is post hoc"
        ),
    ] = None
    post_hoc: bool | None
