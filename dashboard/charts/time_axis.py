"""Where windows of time lie on a line from left to right: each at its true distance, and where days are missing."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.windows import Window
from boussole.dashboard.markup.marks import SIDE as SHADE


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """The first and the day after the last of each window, as shares of the whole time; `gaps`: days in no window."""

    spans: Sequence[tuple[float, float]]
    gaps: Sequence[tuple[float, float]]

    def middle(self, at: int) -> float:
        """The middle of a window."""
        return sum(self.spans[at]) / 2

    @property
    def narrowest(self) -> float:
        """How near the middles of two windows lie, at the nearest."""
        middles = [self.middle(at) for at in range(len(self.spans))]
        return min((later - earlier for earlier, later in itertools.pairwise(middles)), default=1.0)

    def parted(self, at: int) -> bool:
        """Whether days are missing before a window."""
        return any(abs(end - self.spans[at][0]) < 1e-9 for _, end in self.gaps)


def time_axis(windows: Sequence[Window]) -> TimeAxis:
    """The axis of windows in the order of time.

    >>> year = [Window(dt.date(2026, month, 1), dt.date(2026, month, 30)) for month in (4, 6, 11)]
    >>> [round(start, 2) for start, _ in time_axis(year).spans], len(time_axis(year).gaps)
    ([0.0, 0.25, 0.88], 2)
    """
    if not windows:
        return TimeAxis(spans=(), gaps=())
    first, days = windows[0].start, (windows[-1].end - windows[0].start).days + 1

    def share(day: dt.date) -> float:
        return (day - first).days / days

    spans = [(share(each.start), share(each.end + dt.timedelta(days=1))) for each in windows]
    pairs = itertools.pairwise(spans)
    return TimeAxis(spans=spans, gaps=[(one[1], other[0]) for one, other in pairs if other[0] - one[1] > 1e-9])


def shaded(axis: TimeAxis, *, left: float, wide: float, high: float) -> list[str]:
    """The days that no window holds, as shaded stretches of a drawing."""
    shape = f'y="0" height="{high:g}" fill="{SHADE}"'
    return [
        f'<rect x="{left + wide * start:.1f}" width="{wide * (end - start):.1f}" {shape}/>' for start, end in axis.gaps
    ]
