"""Documents of the distances between two windows, `boussole.drift/1`, with one model for each distance."""

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
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.audit import System
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hex
from boussole.charter.document.measures import VALUE_OR_REASON, IntervalOfMeasure, value_or_reason
from boussole.charter.document.references import WindowOfAudit


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


SCHEMA: Literal["boussole.drift/1"] = "boussole.drift/1"
Some = Annotated[int, Field(ge=1)]
Script = Annotated[str, Field(pattern="^sha256-[A-Za-z0-9+/]{43}=$")]
BY_COMMAND = "; written by the command only"


class OfBoth(DocumentPart):
    """One number of the window and of the one it is held to."""

    window: Some
    against: Some


class EvidentlyDocument(DocumentPart):
    """What Evidently was shown: samples of both windows, by the hashes of seed and id, and columns."""

    version: str
    drawn: OfBoth
    seed: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]


class ColumnChange(DocumentPart):
    """What became of a column."""

    on: Day
    kind: str
    column: str


class ReportFiles(DocumentPart):
    """Where a report is kept."""

    model_config = ConfigDict(populate_by_name=True)

    html: str
    json_: Annotated[str, Field(alias="json")]
    sha256: Hex


class DriftDocument(DocumentPart):
    """How far a window of a system lies from another: exact distances, and the samples that Evidently was shown."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.drift/1"], Field(alias="schema")]
    system: System
    window: WindowOfAudit
    against: WindowOfAudit
    as_of: Annotated[Day, Field(description="Day from which outcomes were read")]
    decisions: OfBoth
    measures: tuple[Distance, ...]
    evidently: Annotated[
        EvidentlyDocument | None,
        MAYBE,
        Field(description="What Evidently was shown; absent with --no-report"),
    ] = None
    html_sha256: Annotated[Hex | None, MAYBE, Field(description="Of the page that was made with it")] = None
    scripts: Annotated[
        tuple[Script, ...] | None, MAYBE, Field(description="Of the page: no other script runs in it")
    ] = None
    readings: Annotated[
        dict[str, Verdict] | None, MAYBE, Field(description=f"How the drift page reads each column{BY_COMMAND}")
    ] = None
    changes: Annotated[
        tuple[ColumnChange, ...] | None,
        MAYBE,
        Field(description=f"What became of columns in these windows or between them{BY_COMMAND}"),
    ] = None
    stored: Annotated[ReportFiles | None, MAYBE, Field(description=f"Where the report is kept{BY_COMMAND}")] = None
