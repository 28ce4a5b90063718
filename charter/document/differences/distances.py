"""Distances between two windows, as documents write them: one model for each metric, with what that metric depends on.

The fields of each model stand in the order in which its metric states them: documents are written in that order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from boussole.audits.measures import Measure, Status
from boussole.charter.document.base import LATER, Count, Day, DocumentPart, Share
from boussole.charter.document.measures import (
    VALUE_OR_REASON,
    IntervalOfMeasure,
    Number,
    StoredTest,
    value_or_reason,
)

Shares = tuple[Share, ...]


class DistanceParams(DocumentPart):
    """The bins that a distance was taken over, and how many decisions are in them."""

    edges: Annotated[tuple[Number, ...] | None, LATER, Field(description="Where bins of numbers part")] = None
    categories: Annotated[tuple[str, ...] | None, LATER, Field(description="Names of the values of a category")] = None
    shares: Annotated[
        tuple[Shares, Shares] | None, LATER, Field(description="Of each category, in the reference and in the window")
    ] = None
    new: Annotated[tuple[str, ...] | None, LATER, Field(description="Categories that the reference has not")] = None
    gone: Annotated[tuple[str, ...] | None, LATER, Field(description="Categories that the window has not")] = None
    values: Annotated[Count | None, LATER, Field(description="How many different values both windows have")] = None
    reference_total: Annotated[Count | None, LATER, Field(description="Decisions of the reference in the bins")] = None
    current_total: Annotated[Count | None, LATER, Field(description="Decisions of the window in the bins")] = None
    readable_from: Annotated[Day | None, LATER, Field(description="First day on which outcomes can be read")] = None


class PsiParams(DistanceParams):
    """What the population stability index depends on."""

    smoothing: Annotated[float | None, LATER, Field(description="Added to each filled bin")] = None
    bad_side: Annotated[Literal["above"] | None, LATER] = None
    scale: Annotated[Literal["distance"] | None, LATER] = None
    test: Annotated[StoredTest | None, LATER] = None


class JensenShannonParams(DistanceParams):
    """What the Jensen-Shannon distance depends on."""

    form: Annotated[Literal["distance"] | None, LATER] = None
    base: Annotated[Literal[2] | None, LATER, Field(description="Of the logarithm")] = None


class ChiSquareParams(DistanceParams):
    """What the chi-square test depends on."""

    design_effect: Annotated[Number | None, LATER] = None
    df: Annotated[Number | None, LATER, Field(description="Degrees of freedom")] = None
    p: Annotated[Share | None, LATER] = None
    least_expected: Annotated[Number | None, LATER, Field(description="The smallest expected count of a bin")] = None


class SmirnovParams(DistanceParams):
    """How far the Kolmogorov-Smirnov distance of the bins is from that of the rows."""

    bin_bound: Annotated[Number | None, LATER] = None
    low: Annotated[Number | None, LATER] = None
    high: Annotated[Number | None, LATER] = None


class WassersteinParams(DistanceParams):
    """How far the Wasserstein distance of the bins is from that of the rows."""

    low: Annotated[Number | None, LATER] = None
    high: Annotated[Number | None, LATER] = None
    bin_bound: Annotated[Number | None, LATER] = None
    clipped: Annotated[
        bool | None, LATER, Field(description="Whether values beyond the outer edges count as lying at them")
    ] = None


class MannWhitneyParams(DistanceParams):
    """What the Mann-Whitney test depends on, and how far its chance is from that of the rows."""

    p: Annotated[Share | None, LATER, Field(description="Two-sided")] = None
    p_higher: Annotated[Share | None, LATER, Field(description="One-sided: values came to be higher")] = None
    bin_bound: Annotated[Number | None, LATER] = None
    design_effect: Annotated[Number | None, LATER] = None


class RankParams(DistanceParams):
    """What the Cramér-von Mises and the Anderson-Darling test depend on."""

    p: Annotated[Share | None, LATER] = None
    design_effect: Annotated[Number | None, LATER] = None


class MissingParams(DocumentPart):
    """How many decisions of the window lack a value of the column."""

    missing: Annotated[Count | None, LATER] = None


class DistanceDocument(DocumentPart):
    """A measure between two windows, or why there is none: a value goes with status `ok`, a reason with the others."""

    model_config = ConfigDict(json_schema_extra=VALUE_OR_REASON)

    id: str
    metric: str
    by: tuple[str, ...]
    group: dict[str, str] | None
    given: dict[str, str]
    value: float | None
    status: Status
    reason: str | None
    n: Count | None
    clusters: Count | None
    interval: IntervalOfMeasure | None

    _is_one = model_validator(mode="after")(value_or_reason)


class Psi(DistanceDocument):
    """The population stability index of two windows."""

    metric: Literal["psi"]
    params: PsiParams


class JensenShannon(DistanceDocument):
    """The Jensen-Shannon distance of two windows."""

    metric: Literal["jensen_shannon"]
    params: JensenShannonParams


class BinDistance(DistanceDocument):
    """The Hellinger distance or the total variation of two windows, which depend on their bins alone."""

    metric: Literal["hellinger", "total_variation"]
    params: DistanceParams


class ChiSquare(DistanceDocument):
    """Pearson's chi-square of two windows."""

    metric: Literal["chi_square"]
    params: ChiSquareParams


class Smirnov(DistanceDocument):
    """The Kolmogorov-Smirnov distance of two windows."""

    metric: Literal["kolmogorov_smirnov"]
    params: SmirnovParams


class Wasserstein(DistanceDocument):
    """The Wasserstein distance of two windows."""

    metric: Literal["wasserstein"]
    params: WassersteinParams


class MannWhitney(DistanceDocument):
    """The chance that a value of the window is higher than one of the reference."""

    metric: Literal["mann_whitney"]
    params: MannWhitneyParams


class RankStatistic(DistanceDocument):
    """The statistic of a rank test that both windows follow one distribution."""

    metric: Literal["cramer_von_mises", "anderson_darling"]
    params: RankParams


class MissingShare(DistanceDocument):
    """The share of decisions of the window without a value of a column."""

    metric: Literal["missing_share"]
    params: MissingParams


Distance = Annotated[
    Psi | JensenShannon | BinDistance | ChiSquare | Smirnov | Wasserstein | MannWhitney | RankStatistic | MissingShare,
    Field(discriminator="metric"),
]
"""A measure between two windows: its metric says which parameters it has."""
_DISTANCES = TypeAdapter(tuple[Distance, ...])


def distances_of(measures: Iterable[Measure]) -> tuple[Distance, ...]:
    """Measures between two windows as documents write them."""
    return _DISTANCES.validate_python([measure.document() for measure in measures])
