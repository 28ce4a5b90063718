"""One figure month by month: a drawing of what came and what was to be expected, and the same in words and cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.windows import Window
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.over_time import (
    ExpectedMonth,
    PlaceReading,
    months_picture,
    places,
    scale_of,
    time_axis,
)
from boussole.dashboard.views.drift.words import period_words

STEP, SPOKEN = 0.05, 6
"""The scale of the drawing goes by steps of five hundredths; so many of the newest months are told in words."""


@dataclass(frozen=True, kw_only=True)
class MonthlyFigure:
    """`states` and `words`: of a figure that is judged, the mark of each row, and what it says."""

    anchor: str
    title: str
    svg: str
    alt: str
    scale: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str]
    words: Sequence[str]
    places: Sequence[float]
    """Where each month lies in the drawing, as a share of its width."""

    @property
    def readings(self) -> list[PlaceReading]:
        """What each month says: every cell of its row under the name of its column, and its mark in words."""
        found = []
        for at, (x, row) in enumerate(zip(self.places, self.rows, strict=True)):
            cells = [f"{name} {cell}" for name, cell in zip(self.head[1:], row[1:], strict=False) if cell]
            word = self.words[at] if self.words else ""
            found.append(PlaceReading(x=x, text=" · ".join(part for part in (row[0], *cells, word) if part)))
        return found


def monthly_figure(
    anchor: str,
    title: str,
    windows: Sequence[Window],
    months: Sequence[ExpectedMonth],
    say: Say,
    *,
    head: Sequence[str],
    cells: Sequence[Sequence[str]],
    states: Sequence[str] = (),
    words: Sequence[str] = (),
) -> MonthlyFigure:
    """At least one of `months` has a value. `head` names the period first, `cells` are those after it."""
    names = [capital(period_words(window, say)) for window in windows]
    spoken = [
        say("{name}: {verdicts}.", name=name, verdicts=_spoken(month, say))
        for name, month in list(zip(names, months, strict=True))[-SPOKEN:]
    ]
    scale, axis = scale_of(months, step=STEP), time_axis(windows)
    low, high = (say.number(100 * end, 0) for end in scale)
    return MonthlyFigure(
        anchor=anchor,
        title=title,
        svg=months_picture(months, axis, scale),
        alt=" ".join([f"{title}.", *spoken]),
        scale=say("Scale: {low} to {high} of 100.", low=low, high=high),
        ends=(names[0], names[-1]),
        head=head,
        rows=[[name, *row] for name, row in zip(names, cells, strict=True)],
        states=states,
        words=words,
        places=places(axis),
    )


def hundredths(share: float, say: Say) -> str:
    """A share of 100, as people read it."""
    return say.number(100 * share, 1)


def _spoken(month: ExpectedMonth, say: Say) -> str:
    parts = []
    if month.came is not None:
        parts.append(say("{n} of 100 came", n=hundredths(month.came, say)))
    if month.expected is not None:
        parts.append(say("{between} of 100 expected", between=hundredths(month.expected, say)))
    return ", ".join(parts) or say("no figure")
