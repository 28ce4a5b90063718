"""The typed parameters of distances between two windows: one model for each metric, in the order of documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.document_part import MAYBE, Count, Day, DocumentPart, Share, given
from boussole.audits.measure_params import Number, StoredTest
from boussole.audits.measures import Measure

Shares = tuple[Share, ...]


class DistanceParams(DocumentPart):
    """The bins that a distance was taken over, and how many decisions are in them."""

    edges: Annotated[tuple[Number, ...] | None, MAYBE, Field(description="Where bins of numbers part")] = None
    categories: Annotated[tuple[str, ...] | None, MAYBE, Field(description="Names of the values of a category")] = None
    shares: Annotated[
        tuple[Shares, Shares] | None, MAYBE, Field(description="Of each category, in the reference and in the window")
    ] = None
    new: Annotated[tuple[str, ...] | None, MAYBE, Field(description="Categories that the reference has not")] = None
    gone: Annotated[tuple[str, ...] | None, MAYBE, Field(description="Categories that the window has not")] = None
    values: Annotated[Count | None, MAYBE, Field(description="How many different values both windows have")] = None
    reference_total: Annotated[Count | None, MAYBE, Field(description="Decisions of the reference in the bins")] = None
    current_total: Annotated[Count | None, MAYBE, Field(description="Decisions of the window in the bins")] = None
    readable_from: Annotated[Day | None, MAYBE, Field(description="First day on which outcomes can be read")] = None


class PsiParams(DistanceParams):
    """What the population stability index depends on."""

    smoothing: Annotated[float | None, MAYBE, Field(description="Added to each filled bin")] = None
    bad_side: Annotated[Literal["above"] | None, MAYBE] = None
    scale: Annotated[Literal["distance"] | None, MAYBE] = None
    test: Annotated[StoredTest | None, MAYBE] = None


class JensenShannonParams(DistanceParams):
    """What the Jensen-Shannon distance depends on."""

    form: Annotated[Literal["distance"] | None, MAYBE] = None
    base: Annotated[Literal[2] | None, MAYBE, Field(description="Of the logarithm")] = None


class SmirnovParams(DistanceParams):
    """How far the Kolmogorov-Smirnov distance of the bins is from that of the rows."""

    bin_bound: Annotated[Number | None, MAYBE] = None
    low: Annotated[Number | None, MAYBE] = None
    high: Annotated[Number | None, MAYBE] = None


class WassersteinParams(DistanceParams):
    """How far the Wasserstein distance of the bins is from that of the rows."""

    low: Annotated[Number | None, MAYBE] = None
    high: Annotated[Number | None, MAYBE] = None
    bin_bound: Annotated[Number | None, MAYBE] = None
    clipped: Annotated[
        bool | None, MAYBE, Field(description="Whether values beyond the outer edges count as lying at them")
    ] = None


class MissingParams(DocumentPart):
    """How many decisions of the window lack a value of the column."""

    missing: Annotated[Count | None, MAYBE] = None


MODELS: Mapping[str, type[DistanceParams | MissingParams]] = {
    "psi": PsiParams,
    "jensen_shannon": JensenShannonParams,
    "kolmogorov_smirnov": SmirnovParams,
    "wasserstein": WassersteinParams,
    "missing_share": MissingParams,
}
"""By metric."""


def psi_of(measure: Measure) -> PsiParams:
    """What a population stability index that was just computed depends on."""
    return PsiParams.of(measure.params)


def stored_test(measure: Measure) -> StoredTest:
    """The test of a population stability index. Raises ValueError where it has no value."""
    return given(psi_of(measure).test)


def ends_of_rows(measure: Measure) -> tuple[float, float | None] | None:
    """Return the ends of the distance of the rows where only bins are counted (None: unknown), else None."""
    params = MODELS[measure.metric].of(measure.params)
    if not isinstance(params, SmirnovParams | WassersteinParams) or params.low is None:
        return None
    return params.low, params.high
