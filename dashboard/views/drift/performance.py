"""How good decisions and scores were, as the audits of each month say it: what came, and what scores let expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.audits.drift.series import DriftSeries
from boussole.audits.metrics.estimated import AREA
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.over_time import ExpectedMonth
from boussole.dashboard.views.drift.monthly import MonthlyFigure, hundredths, monthly_figure
from boussole.dashboard.views.drift.multiples import DriftEvent, on_days
from boussole.dashboard.views.drift.words import why_not


def performance_figures(
    series: DriftSeries, audits: Mapping[Window, AuditDocument], happened: Sequence[DriftEvent], say: Say
) -> list[MonthlyFigure]:
    """Of everybody, each figure that some audit of these windows has, or estimates outside the reference window."""
    windows = [point.window for point in series.points if point.window in audits]
    figures = []
    for name, title in _titles(series.system, say).items():
        came = [_measure(name, audits[window]) for window in windows]
        expected = [_expected(name, window, audits[window], series.system) for window in windows]
        months = [
            ExpectedMonth(
                came=one.value if one else None,
                expected=other.value if other else None,
                event=bool(on_days(happened, window)),
            )
            for window, one, other in zip(windows, came, expected, strict=True)
        ]
        if all(month.came is None and month.expected is None for month in months):
            continue
        head = [say("Period"), say("Decisions"), say("Came, of 100"), say("95% interval"), say("Expected, of 100")]
        cells = [_cells(one, other, series.system, say) for one, other in zip(came, expected, strict=True)]
        figures.append(monthly_figure(f"performance-{name}", title, windows, months, say, head=head, cells=cells))
    return figures


def _titles(system: System, say: Say) -> dict[str, str]:
    """What each figure is about, in the order of the page."""
    selected = decision(system, say.lang)
    return {
        "accuracy": say("Right decisions, of those whose outcome is known"),
        "precision": say("Share of positive outcomes among those {selected}", selected=selected),
        AREA: say("How well scores tell outcomes apart (AUC)"),
        "true_positive_rate": say("Share {selected} of those whose outcome was positive", selected=selected),
        "false_positive_rate": say("Share {selected} of those whose outcome was negative", selected=selected),
    }


def _measure(name: str, document: AuditDocument) -> MeasureDocument | None:
    return next((each for each in document.measures if each.id == name), None)


def _expected(name: str, window: Window, document: AuditDocument, system: System) -> MeasureDocument | None:
    """The estimate of a window; none where it shares days with the reference window, from which estimates come."""
    reference = reference_window(system)
    if reference is not None and reference.start <= window.end and window.start <= reference.end:
        return None
    return _measure(f"estimated_{name}", document)


def _cells(came: MeasureDocument | None, expected: MeasureDocument | None, system: System, say: Say) -> list[str]:
    """The cells of a month after its name; where there is no figure, why."""

    def between(low: float, high: float) -> str:
        return say("{low} to {high}", low=hundredths(low, say), high=hundredths(high, say))

    def value(measure: MeasureDocument | None) -> str:
        if measure is None:
            return ""
        if measure.value is None:
            return why_not(measure.reason or "", system, say, readable_from=measure.params.readable_from)
        return hundredths(measure.value, say)

    size = next((each.n for each in (came, expected) if each is not None and each.n), None)
    interval = came.interval if came else None
    will_be = expected.params.will_be if expected else None
    return [
        say.whole(size) if size else "",
        value(came),
        between(interval.low, interval.high) if interval else "",
        between(*will_be) if will_be else value(expected),
    ]
