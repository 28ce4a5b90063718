"""Comparisons and thresholds as a verdict tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boussole.charter.document.base import EARLY, SINCE, Count, Day, Part, Share, Texts
from boussole.charter.document.verdict import Verdict


class Levels(Part):
    """The levels of a threshold on the side where a comparison is bad."""

    watch: float | None
    breach: float | None


class Comparison(Part):
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
        SINCE,
        Field(description="Part of the charter's level that the first step of Holm's correction gives this comparison"),
    ] = None
    levels: Levels
    more_decisions: Count | None
    reason: str | None = None


class ThresholdOfVerdict(Part):
    """The threshold that a question was held to, and since when it was one."""

    watch: float | None = None
    breach: float | None = None
    tolerance: float | None = None
    status: Annotated[Literal["proposed", "adopted"] | None, EARLY] = None
    since: Annotated[Day | None, EARLY] = None
    justification: Texts | None = None
    source: str | None = None
    proven_on: Annotated[
        Day | None,
        Field(
            description="Of an adopted level, the day from which an adoption in the ledger proves it; "
            "null: none does, and it is post hoc"
        ),
    ] = None
    post_hoc: Annotated[bool | None, EARLY] = None
