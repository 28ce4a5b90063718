"""The months of a system as `boussole.drift-series/1`: the figures that the drift section of a report prints."""

from __future__ import annotations

import datetime as dt

from boussole.audits.drift.series import Point
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.charter.document.differences.drift import ColumnChange
from boussole.charter.document.differences.drift_series import (
    SCHEMA,
    DriftSeriesDocument,
    FigureOfSeries,
    LastingShift,
    VersionOfSeries,
    WindowOfSeries,
)
from boussole.charter.document.windows import WindowOfAudit
from boussole.charter.drift.system_drift import Drift

MONTHS = 12
"""Windows that are told, the newest ones."""
FIGURES = ("psi", "wasserstein", "missing_share")
"""What reports print, and so attach, of each column."""


def series_document(drift: Drift, *, as_of: dt.date) -> DriftSeriesDocument:
    """The newest windows of a system with their figures: the same that the page of drift shows."""
    series = drift.series
    return DriftSeriesDocument(
        schema_=SCHEMA,
        system=series.system.id,
        as_of=as_of,
        by=series.step,
        against=series.against,
        windows=tuple(_window(point, series.system) for point in series.points[-MONTHS:]),
        versions=tuple(VersionOfSeries(name=each.name, first=each.first) for each in series.versions),
        columns=tuple(ColumnChange(on=each.on, kind=each.kind, column=each.column) for each in series.changes),
        moved_for_good=tuple(
            LastingShift(
                measure=each.id,
                since=each.since.start,
                noticed=each.noticed.start,
                before=each.before,
                after=each.after,
                season=each.seasonal,
            )
            for each in drift.shifts
        ),
        looked_at_together=tuple(each.id for each in drift.looked),
    )


def _window(point: Point, system: System) -> WindowOfSeries:
    return WindowOfSeries(
        start=point.window.start,
        end=point.window.end,
        timezone=system.timezone,
        against=None if point.against is None else WindowOfAudit.in_zone(point.against, system),
        decisions=point.decisions,
        reason=point.reason,
        measures=tuple(_figure(each) for each in point.measures if each.metric in FIGURES),
    )


def _figure(measure: Measure) -> FigureOfSeries:
    """One figure without the edges of its bins: the lake has these, and they are many."""
    document = measure.document()
    kept = {key: value for key, value in document["params"].items() if key != "edges"}
    told = {key: document[key] for key in ("id", "value", "status", "reason", "n", "interval")}
    return FigureOfSeries.of({**told, "params": kept})
