"""The document `boussole.drift-series/1`: how far windows of a system lie from another one, as reports attach it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from boussole.audits.drift.distance_params import (
    MissingParams,
    PsiParams,
    WassersteinParams,
)
from boussole.audits.drift.series import Against, Step
from boussole.audits.measures import Status
from boussole.charter.document.audit import System
from boussole.charter.document.base import Count, Day, DocumentPart
from boussole.charter.document.differences.distances import ColumnChange
from boussole.charter.document.measures import IntervalOfMeasure
from boussole.charter.document.references import WindowOfAudit

SCHEMA: Literal["boussole.drift-series/1"] = "boussole.drift-series/1"


class FigureOfSeries(DocumentPart):
    """One figure of a window, or why there is none; the edges of its bins are not told."""

    id: str
    value: float | None
    status: Status
    reason: str | None
    n: Count | None
    interval: IntervalOfMeasure | None
    params: PsiParams | WassersteinParams | MissingParams


class WindowOfSeries(WindowOfAudit):
    """One window with its figures; `reason` where there is nothing to compare."""

    against: WindowOfAudit | None
    decisions: Count
    reason: str | None
    measures: tuple[FigureOfSeries, ...]


class VersionOfSeries(DocumentPart):
    """A version of the model, and the first day on which it decided."""

    name: str
    first: Day


class LastingShift(DocumentPart):
    """A measure of the audits that moved and stayed where it went."""

    measure: Annotated[str, Field(description="The measure's id")]
    since: Annotated[Day, Field(description="First day of the window in which it moved")]
    noticed: Annotated[Day, Field(description="First day of the window at whose end that could be known")]
    before: float
    after: float
    season: Annotated[bool, Field(description="It moved in the same way a year before, and no further")]


class DriftSeriesDocument(DocumentPart):
    """How far each window of a system lies from the one it is compared with, and what moved for good."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.drift-series/1"], Field(alias="schema")]
    system: System
    as_of: Annotated[Day, Field(description="Day from which outcomes were read")]
    by: Step
    against: Against
    windows: tuple[WindowOfSeries, ...]
    versions: tuple[VersionOfSeries, ...]
    columns: Annotated[tuple[ColumnChange, ...], Field(description="What became of columns, and when")]
    moved_for_good: tuple[LastingShift, ...]
    looked_at_together: Annotated[
        tuple[str, ...], Field(description="Ids of the measures among which those that moved were found")
    ]
