"""Distances between two windows, as documents write them: one model for each metric, with what it depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from boussole.audits.drift.distance_params import (
    JensenShannonParams,
    MissingParams,
    PsiParams,
    SmirnovParams,
    WassersteinParams,
)
from boussole.audits.measures import Measure, Status
from boussole.charter.document.base import Count, DocumentPart
from boussole.charter.document.measures import VALUE_OR_REASON, IntervalOfMeasure, value_or_reason


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


class Smirnov(DistanceDocument):
    """The Kolmogorov-Smirnov distance of two windows."""

    metric: Literal["kolmogorov_smirnov"]
    params: SmirnovParams


class Wasserstein(DistanceDocument):
    """The Wasserstein distance of two windows."""

    metric: Literal["wasserstein"]
    params: WassersteinParams


class MissingShare(DistanceDocument):
    """The share of decisions of the window without a value of a column."""

    metric: Literal["missing_share"]
    params: MissingParams


Distance = Annotated[
    Psi | JensenShannon | Smirnov | Wasserstein | MissingShare,
    Field(discriminator="metric"),
]
"""A measure between two windows: its metric says which parameters it has."""
_DISTANCES = TypeAdapter(tuple[Distance, ...])


def distances_of(measures: Iterable[Measure]) -> tuple[Distance, ...]:
    """Measures between two windows as documents write them."""
    return _DISTANCES.validate_python([measure.document() for measure in measures])
