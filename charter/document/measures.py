"""Measures as an audit document writes them, and in short: as far as judging reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from boussole.audits.measures import Measure
from boussole.charter.document.base import Count, Part

Side = Literal["below", "above"]
Scale = Literal["ratio", "difference", "distance"]


class IntervalOfMeasure(Part):
    """Where the true value very likely lies; `method` names how that was found out."""

    low: float
    high: float
    level: Annotated[float, Field(gt=0, lt=1)]
    method: str


class Params(Part):
    """What a measure depends on. Named here is what judging and pages read; a metric may add figures of its own."""

    model_config = ConfigDict(frozen=True, extra="allow")

    scale: Scale | None = None
    bad_side: Side | None = None
    against: str | None = None
    test: Mapping[str, Any] | None = None
    values: tuple[float, ...] | None = None
    picture: str | None = None
    readable_from: dt.date | None = None
    expired_on: dt.date | None = None
    bounds: tuple[float, float] | None = None
    """Of a share: where it lies if all that is missing were of one kind, and of the other."""
    will_be: tuple[float, float] | None = None
    """Of an expected share: where the true one will very likely lie."""
    changes: tuple[float, float] | None = None
    """Of two groups: how far each of them moved."""
    p: float | None = None
    p_adjusted: float | None = None
    curve: tuple[dict[str, Any], ...] | None = None
    """Bands of scores, the lowest first."""
    missing_scores: int | None = None
    missing_outcomes: int | None = None

    def get(self, name: str) -> Any:
        """One of them by its name, as the charter or a metric calls it; None where it is absent."""
        return getattr(self, name, None)


class MeasureInShort(Part):
    """A measure as judging reads it: what it is of, what it depends on, whether it has a value; perhaps no figures."""

    id: str
    metric: str
    by: tuple[str, ...]
    group: dict[str, str] | None
    given: dict[str, str]
    status: Literal["ok", "undefined", "suppressed"]
    reason: str | None
    params: Params
    value: float | None = None
    n: Count | None = None
    clusters: Count | None = None
    interval: IntervalOfMeasure | None = None

    @property
    def values_of_group(self) -> tuple[str, ...]:
        """The values of its group, in the order of its attributes; none across groups."""
        return () if self.group is None else tuple(self.group[name] for name in self.by)


_WHERE_OK: JsonDict = {"properties": {"value": {"type": "number"}, "reason": {"type": "null"}}}
_WHERE_NOT: JsonDict = {
    "properties": {"value": {"type": "null"}, "reason": {"type": "string"}, "interval": {"type": "null"}},
}
_WHERE_HIDDEN: JsonDict = {"properties": {"n": {"type": "null"}, "clusters": {"type": "null"}}}


class MeasureDocument(MeasureInShort):
    """One measured value, or why there is none: a value goes with status `ok`, a reason with the others.

    `n` is the denominator, `clusters` the hash buckets that hold some of it; of what is suppressed both are hidden.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"status": {"const": "ok"}}},
            "then": _WHERE_OK,
            "else": _WHERE_NOT,
            "allOf": [{"if": {"properties": {"status": {"const": "suppressed"}}}, "then": _WHERE_HIDDEN}],
        }
    )

    value: float | None
    n: Count | None
    clusters: Count | None
    interval: IntervalOfMeasure | None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.status == "ok") != (self.value is not None) or (self.status == "ok") != (self.reason is None):
            raise ValueError("a value goes with status ok, a reason with every other")
        if self.value is None and self.interval is not None:
            raise ValueError("an interval goes with a value")
        if self.status == "suppressed" and (self.n, self.clusters) != (None, None):
            raise ValueError("what is suppressed tells no number of people")
        return self


def measures_of(measures: Iterable[Measure]) -> tuple[MeasureDocument, ...]:
    """Measures as an audit document writes them."""
    return tuple(MeasureDocument.model_validate(measure.document()) for measure in measures)


def by_id(measures: Sequence[MeasureDocument]) -> dict[str, MeasureDocument]:
    """Measures by their names."""
    return {measure.id: measure for measure in measures}
