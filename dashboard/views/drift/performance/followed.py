"""One figure followed through the months: its drawing, and all that it shows in words and cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.drift.series import DriftSeries
from boussole.audits.languages import capital
from boussole.dashboard.charts.distance_picture import places
from boussole.dashboard.charts.months_picture import Month, months_picture, scale_of
from boussole.dashboard.charts.time_axis import time_axis
from boussole.dashboard.views.drift.performance.groups import GroupTable
from boussole.dashboard.views.drift.performance.words import PerformanceWords
from boussole.dashboard.views.drift.words import period_words

STEP, SPOKEN = 0.05, 6
"""The scale of a drawing goes by steps of five hundredths; so many of the newest months are told in words."""


@dataclass(frozen=True, kw_only=True)
class FollowedRows:
    """`states` and `words`: the mark of each row, and what it says; `groups`: the same of groups, if audits told it."""

    anchor: str
    title: str
    sentences: Sequence[str]
    svg: str
    alt: str
    scale: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str]
    words: Sequence[str]
    groups: GroupTable | None = None
    places: Sequence[float] = ()
    """Where each month lies in the drawing, as a share of its width."""


def drawn(
    anchor: str,
    title: str,
    series: DriftSeries,
    months: Sequence[Month],
    words: PerformanceWords,
    *,
    sentences: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    states: Sequence[str],
    said: Sequence[str],
) -> FollowedRows:
    """The figure of each month of a series; `head` is that of all cells but the mark."""
    scale = scale_of(months, step=STEP) or (0.0, 1.0)
    ends = [capital(period_words(each.window, words.say)) for each in (series.performance[0], series.performance[-1])]
    spoken = [
        words.say("{name}: {verdicts}.", name=row[0], verdicts=_spoken(month, words))
        for row, month in list(zip(rows, months, strict=True))[-SPOKEN:]
    ]
    axis = time_axis([each.window for each in series.performance])
    return FollowedRows(
        anchor=anchor,
        title=title,
        sentences=sentences,
        svg=months_picture(months, axis, scale),
        alt=" ".join([f"{title}.", *spoken]),
        scale=words.say(
            "From {low} (below) to {high} of 100.", low=_whole(scale[0], words), high=_whole(scale[1], words)
        ),
        ends=(ends[0], ends[1]),
        head=[*head, words.say("Reading")],
        rows=rows,
        states=states,
        words=said,
        places=places(axis),
    )


def _whole(value: float, words: PerformanceWords) -> str:
    return words.say.number(100 * value, 0)


def _spoken(month: Month, words: PerformanceWords) -> str:
    """A month of a drawing in words."""
    told = []
    if month.came is not None:
        told.append(words.say("{n} of 100 came", n=words.value(month.came.value)))
    if month.expected is not None:
        told.append(words.say("{between} of 100 expected", between=words.between(*month.expected.reach)))
    return ", ".join(told) or words.say("no figure")
