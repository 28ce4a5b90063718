"""Measures as an audit document writes them, and in short: as far as judging reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic.config import JsonDict

from boussole.audits.measure_params import Params
from boussole.audits.measures import Measure, Status
from boussole.audits.uncertainty.tests import p_value
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hash, Share


class IntervalOfMeasure(DocumentPart):
    """Where the true value very likely lies; `method` names how that was found out."""

    low: float
    high: float
    level: Annotated[float, Field(gt=0, lt=1)]
    method: str


class MeasureInShort(DocumentPart):
    """A measure as judging reads it: what it is of, what it depends on, whether it has a value; perhaps no figures."""

    id: str
    metric: str
    by: tuple[str, ...]
    group: dict[str, str] | None
    given: dict[str, str]
    status: Status
    reason: str | None
    params: Params
    value: float | None = None
    n: Count | None = None
    clusters: Count | None = None
    interval: IntervalOfMeasure | None = None
    p_value: Annotated[
        Share | None,
        MAYBE,
        Field(
            description="Of a ratio or difference between two groups: the two-sided p-value of no difference, computed "
            "from params.test and not corrected for the number of comparisons; verdicts hold one-sided, corrected "
            "ones. Close to 0.05 it can disagree with an interval of another method (newcombe)"
        ),
    ] = None

    @field_validator("group")
    @classmethod
    def _ordered(cls, group: dict[str, str] | None, info: ValidationInfo) -> dict[str, str] | None:
        """The group in the order of its attributes: sealed documents sort keys, and sentences name groups in order."""
        by = info.data.get("by", ())
        return {name: group[name] for name in by} if group is not None and set(by) == set(group) else group

    @property
    def values_of_group(self) -> tuple[str, ...]:
        """The values of its group, in the order of its attributes; none across groups."""
        return () if self.group is None else tuple(self.group[name] for name in self.by)


_WHERE_OK: JsonDict = {"properties": {"value": {"type": "number"}, "reason": {"type": "null"}}}
_WHERE_NOT: JsonDict = {
    "properties": {"value": {"type": "null"}, "reason": {"type": "string"}, "interval": {"type": "null"}},
}
_WHERE_HIDDEN: JsonDict = {"properties": {"n": {"type": "null"}, "clusters": {"type": "null"}}}
VALUE_OR_REASON: JsonDict = {
    "if": {"properties": {"status": {"const": "ok"}}},
    "then": _WHERE_OK,
    "else": _WHERE_NOT,
    "allOf": [{"if": {"properties": {"status": {"const": "suppressed"}}}, "then": _WHERE_HIDDEN}],
}
"""What schemas say of every measure: a value goes with status `ok`, a reason with the others."""


class _Valued(Protocol):
    @property
    def status(self) -> Status: ...
    @property
    def value(self) -> float | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def clusters(self) -> int | None: ...
    @property
    def interval(self) -> IntervalOfMeasure | None: ...


V = TypeVar("V", bound=_Valued)


def value_or_reason(measure: V) -> V:
    """The same measure. Raises ValueError where it has a value and a reason, or neither, or tells of what is hidden."""
    if (measure.status == "ok") != (measure.value is not None) or (measure.status == "ok") != (measure.reason is None):
        raise ValueError("a value goes with status ok, a reason with every other")
    if measure.value is None and measure.interval is not None:
        raise ValueError("an interval goes with a value")
    if measure.status == "suppressed" and (measure.n, measure.clusters) != (None, None):
        raise ValueError("what is suppressed tells no number of people")
    return measure


class MeasureDocument(MeasureInShort):
    """One measured value, or why there is none: a value goes with status `ok`, a reason with the others.

    `n` is the denominator, `clusters` the hash buckets that hold some of it; of what is suppressed both are hidden.
    """

    model_config = ConfigDict(json_schema_extra=VALUE_OR_REASON)

    value: float | None
    n: Count | None
    clusters: Count | None
    interval: IntervalOfMeasure | None

    _is_one = model_validator(mode="after")(value_or_reason)


def measures_of(measures: Iterable[Measure]) -> tuple[MeasureDocument, ...]:
    """Measures as an audit document writes them."""
    return tuple(_document(measure) for measure in measures)


def _document(measure: Measure) -> MeasureDocument:
    params = Params.of(measure.params)
    found = p_value(params.test.stated if params.test else None, params.scale)
    tested = {} if found is None else {"p_value": found}
    return MeasureDocument.model_validate({**measure.document(), **tested})


def by_id(measures: Sequence[MeasureDocument]) -> dict[str, MeasureDocument]:
    """Measures by their names."""
    return {measure.id: measure for measure in measures}


Why = Literal["first", "span", "declaration", "version", "evidence"]
"""Why nothing before is counted: there is no audit of it; a year is enough; groups, columns or references are others;
another version of the model decided; what was counted then cannot be read any more."""


class EarlierWindow(DocumentPart):
    """A window before that of the audit whose figures count too, and the evidence that they are computed from."""

    start: Day
    end: Day
    cubes: Annotated[Hash, Field(description="The evidence file of its audit")]
    system: Annotated[Hash, Field(description="The declaration that was used")]
    as_of: Annotated[Day, Field(description="Day from which its outcomes were read")]
    without: Annotated[
        tuple[str, ...] | None,
        MAYBE,
        Field(description="Measures that the charter judges otherwise since: this window does not answer for them"),
    ] = None


class AccumulatedFigures(DocumentPart):
    """Figures of several windows together, by which their questions are judged; `windows`: oldest first."""

    since: Annotated[Day, Field(description="First day of the oldest window that counts")]
    because: Annotated[Why, Field(description="Why no earlier window counts")]
    windows: tuple[EarlierWindow, ...]
    version: Annotated[
        str | None, MAYBE, Field(description="The version of the model that most decisions of the window were made by")
    ] = None
    measures: tuple[MeasureDocument, ...]
    recent: Annotated[
        Annotated[tuple[MeasureDocument, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(
            description="The same over the last windows alone, as many as their parameter `recent` says: they are "
            "judged as well; absent where no more than these count"
        ),
    ] = None

    @property
    def figures(self) -> tuple[MeasureDocument, ...]:
        """Those of all windows that count, then those of recent ones, which their parameter `recent` tells apart."""
        return (*self.measures, *(self.recent or ()))


def overlaid(
    measures: Sequence[MeasureDocument], found: AccumulatedFigures | None, *, decided: Mapping[str, int | None]
) -> tuple[MeasureDocument, ...]:
    """The measures of a window, with those of several windows in the place of its own where as many `decided`."""
    figures = {} if found is None else {(each.id, each.params.recent): each for each in found.figures}
    few = {name: windows for name, windows in decided.items() if windows is not None}
    few = {name: windows for of, windows in few.items() for name in _shares(of)} | few

    def told(measure: MeasureDocument) -> MeasureDocument:
        if (windows := few.get(measure.id)) == 1:
            return measure
        every = figures.get((measure.id, None), measure)  # which recent figures are where they are told of no more
        return figures.get((measure.id, windows), every)

    return tuple(told(each) for each in measures)


ENDINGS = ("_ratio", "_difference")
"""By which the name of a comparison ends, after that of the share that it compares."""


def _shares(name: str) -> list[str]:
    """What the shares may be called that a comparison compares: of the same group, at the same stage."""
    metric, _, of = name.partition("/")
    return [f"{metric.removesuffix(ending)}/{of}" for ending in ENDINGS]
