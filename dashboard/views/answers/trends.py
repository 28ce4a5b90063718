"""How often agents decide otherwise than proposed, from period to period."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.metrics.human import OVERRIDE_RATE
from boussole.audits.metrics.reworked import REWORKED_SHARE
from boussole.audits.windows import Window
from boussole.charter.document import MeasureDocument, VerdictDocument
from boussole.charter.judging.statistics.months import FEWEST_PERIODS, Gap, by_month, side_of
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.answers.course import SystemPast

TRENDED = (OVERRIDE_RATE, REWORKED_SHARE)
"""Measures of which a fall says that people check less and less."""
LONGEST = 12
"""Periods that a trend spans at most, the newest: a year of months."""


Figures = list[MeasureDocument | None]
"""The figure in each period, None where it is not told."""


def trend_of_all(past: SystemPast, verdict: VerdictDocument, say: Say) -> str:
    """Whether the figure of everybody falls, in a sentence; empty of other questions, and of a single audit."""
    windows = _apart(past)
    if verdict.metric not in TRENDED or len(windows) < 2:
        return ""
    named = [_found(past, window, str(verdict.metric)) for window in windows]
    figures: Figures = [found[0] if found and not _earlier_too(found[0]) else None for found in named]
    return " ".join([_words(*_trend(windows, figures), say), say("No verdict rests on a trend.")])


def _apart(past: SystemPast) -> list[Window]:
    """The newest windows of which no two share a day: what several count is told by the shortest."""
    kept: list[Window] = []
    for window in sorted(past.audits, key=lambda each: (each.end, -each.start.toordinal())):
        if not kept or window.start > kept[-1].end:
            kept.append(window)
    return kept[-LONGEST:]


def _found(past: SystemPast, window: Window, metric: str) -> list[MeasureDocument]:
    return [each for each in past.audits[window].judged_measures if each.metric == metric]


def _earlier_too(measure: MeasureDocument) -> bool:
    """Whether a figure counts earlier windows too: such figures share cases and show no course."""
    return measure.params.since is not None


def _trend(windows: Sequence[Window], figures: Figures) -> tuple[int, Gap | None]:
    """How many periods tell of it, and its change a month."""
    return by_month(list(zip(windows, figures, strict=True)))


def _words(n: int, found: Gap | None, say: Say) -> str:
    if n < FEWEST_PERIODS:
        return say("A trend takes three periods at least.")
    side = side_of(found)
    if found is None or not side:
        return say("Over these {n} periods, chance alone could explain how it moved.", n=say.whole(n))
    ends = {"low": found.low, "high": found.high} if side == "rose" else {"low": -found.high, "high": -found.low}
    named = {name: say.number(100 * end, 1) for name, end in (("by", abs(found.value)), *ends.items())}
    if side == "fell":
        return say(
            "Over these {n} periods it fell, more than chance explains: by {by} in 100 a month (very probably between "
            "{low} and {high}).",
            n=say.whole(n),
            **named,
        )
    return say(
        "Over these {n} periods it rose, more than chance explains: by {by} in 100 a month (very probably between "
        "{low} and {high}).",
        n=say.whole(n),
        **named,
    )
