"""Drawings over time: a figure from audit to audit, months around a start, and small ones of windows and distances."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from boussole.audits.windows import Window
from boussole.charter.document.answers.verdict import CALLING
from boussole.dashboard.markup.elements import INK, INK_2, LINE, MARKS, NEEDLE, QUOTED, shape
from boussole.dashboard.markup.elements import SIDE as SHADE
from boussole.dashboard.views.charts.drawings import ticks
from boussole.dashboard.views.charts.groups import Ends

# One figure from audit to audit as a drawing: its mark and interval, the levels dashed, what happened as uprights.


WIDE, NARROW = 664, 272
HIGH, LEFT, RIGHT, TOP, BOTTOM = 230, 44, 12, 30, 48
SIZE = 14
_TINTS = {"broken": "#ecbfbf", "watch": "#ecd699", "unknown": "#c9c6de", "kept": "#b5d8d0"}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One audit: its value, if any, with interval and verdict, its `label` in two lines, and the events before."""

    label: tuple[str, str]
    value: float | None
    bar: Ends
    verdict: str
    events: Sequence[int] = ()


def course_svg(
    stops: Sequence[Stop], levels: Sequence[tuple[str, float]], write: Callable[[float], str], *, width: int = WIDE
) -> str:
    """The drawing, time from left to right, with the `watch` and `breach` levels; `write` says a value."""
    ends = [each for stop in stops for each in (stop.value, *stop.bar) if each is not None]
    told = ticks(min([*ends, *(at for _, at in levels)]), max([*ends, *(at for _, at in levels)]), most=5)
    step = (width - LEFT - RIGHT) / max(len(stops), 1)

    def x(at: int) -> float:
        return LEFT + step * (at + 0.5)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

    parts = [piece for value in told for piece in tick(write(value), y(value), width)]
    for kind, at in levels:
        ink, dash = (NEEDLE, "5 4") if kind == "breach" else (MARKS["watch"].ink, "2 3")
        parts.append(
            stroke((LEFT, width - RIGHT), (y(at), y(at)), ink, f'stroke-width="1.5" stroke-dasharray="{dash}"')
        )
    every = max(1, math.ceil(46 / step))
    for at, stop in enumerate(stops):
        parts += _events(stop, x(at) - step / 2, y(told[0]))
        parts += _stop(stop, x(at), y, (told[0], told[-1]))
        if (len(stops) - 1 - at) % every == 0:
            parts += [text(told_, x(at), HIGH - 28 + 17 * row, INK_2) for row, told_ in enumerate(stop.label)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HIGH}" viewBox="0 0 {width} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def tick(told: str, y: float, width: int) -> list[str]:
    return [
        stroke((LEFT, width - RIGHT), (y, y), LINE, 'stroke-width="1"'),
        text(told, LEFT - 8, y + 5, INK_2, anchor="end"),
    ]


def _events(stop: Stop, x: float, bottom: float) -> list[str]:
    if not stop.events:
        return []
    told = ", ".join(map(str, stop.events))
    return [
        stroke((x, x), (22, bottom), INK_2, 'stroke-width="1.2" stroke-dasharray="1 4"'),
        text(told, x, 16, INK, weight="bold"),
    ]


def _stop(stop: Stop, x: float, y: Callable[[float], float], scale: tuple[float, float]) -> list[str]:
    if stop.value is None:
        return [shape(stop.verdict, x=x, y=TOP / 2, size=9)]
    low, high = stop.bar
    mark = shape(stop.verdict, x=x, y=y(stop.value), size=13)
    if low is None and high is None:
        return [mark]
    top, bottom = (scale[1] if high is None else high), (scale[0] if low is None else low)
    width = 'stroke-width="9"'
    return [stroke((x, x), (y(top), y(bottom)), _TINTS.get(stop.verdict, LINE), width), mark]


def stroke(xs: tuple[float, float], ys: tuple[float, float], ink: str, more: str) -> str:
    (x1, x2), (y1, y2) = xs, ys
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{ink}" {more}/>'


def text(text: str, x: float, y: float, ink: str, *, anchor: str = "middle", weight: str = "normal") -> str:
    font = f'font-family="{QUOTED}" font-size="{SIZE}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font} fill="{ink}" text-anchor="{anchor}">{escape(text)}</text>'


# Effects by month around a start as a drawing: a mark and an interval for each month, the start upright.


STUDY_BOTTOM = 34


@dataclass(frozen=True, kw_only=True)
class MonthAround:
    """A month counted from a start (0: its own), with its effect and the ends of its interval."""

    month: int
    value: float
    low: float
    high: float


def event_study_svg(
    months: Sequence[MonthAround],
    write: Callable[[float], str],
    count: Callable[[int], str],
    *,
    start: str,
    width: int = WIDE,
) -> str:
    """The drawing, time from left to right, months before the start hollow; `write` says an effect, `count` a month."""
    told = ticks(min([0.0, *(each.low for each in months)]), max([0.0, *(each.high for each in months)]), most=5)
    first, last = months[0].month, months[-1].month
    step = (width - LEFT - RIGHT) / (last - first + 1)

    def x(month: float) -> float:
        return LEFT + step * (month - first + 0.5)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - STUDY_BOTTOM) * (1 - (value - told[0]) / (told[-1] - told[0]))

    parts = [piece for value in told for piece in tick(write(value), y(value), width)]
    parts.append(stroke((LEFT, width - RIGHT), (y(0.0), y(0.0)), NEEDLE, 'stroke-width="1.5" stroke-dasharray="5 4"'))
    at = x(-0.5)
    parts.append(stroke((at, at), (22, y(told[0])), INK_2, 'stroke-width="1.5" stroke-dasharray="1 4"'))
    parts.append(text(start, at, 16, INK, weight="bold"))
    every = max(1, math.ceil(40 / step))
    for month in range(first, last + 1):
        if month % every == 0:
            parts.append(text(count(month), x(month), HIGH - 10, INK_2))
    parts += [piece for each in months for piece in _mark(each, x(each.month), y)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HIGH}" viewBox="0 0 {width} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _mark(each: MonthAround, x: float, y: Callable[[float], float]) -> list[str]:
    fill = INK if each.month >= 0 else "#fff"
    return [
        stroke((x, x), (y(each.high), y(each.low)), INK_2, 'stroke-width="4" stroke-opacity="0.4"'),
        f'<circle cx="{x:.1f}" cy="{y(each.value):.1f}" r="5" fill="{fill}" stroke="{INK}" stroke-width="1.8"/>',
    ]


# A drawing over time, read month by month by pointer or arrow keys: what lies at a place is said under it.


@dataclass(frozen=True, kw_only=True)
class PlaceReading:
    """What a drawing says at one place; `x`: where that lies, from 0 at its left edge to 1 at its right."""

    x: float
    text: str

    @property
    def told(self) -> str:
        """As the script of the page reads it.

        >>> PlaceReading(x=1 / 3, text="May: 4").told
        '[0.3333, "May: 4"]'
        """
        return json.dumps([round(self.x, 4), self.text], ensure_ascii=False)


# Where windows of time lie on a line from left to right: each at its true distance, and where days are missing.


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


# A distance from window to window as a small drawing without words: those stand around it, as text.


SMALL_WIDE, SMALL_HIGH, SIDE, SMALL_TOP, SMALL_BOTTOM = 360, 104, 12, 12, 14
MOST_MARKS = 40
"""More marks than this would lie on one another: the line alone is drawn, with the marks of what moved."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One window: its distance, if any, and its state; `event`: something happened in it."""

    value: float | None
    state: str
    event: bool


def places(axis: TimeAxis) -> list[float]:
    """Where the windows of an axis lie in a drawing of this width, as shares of it."""
    return [(SIDE + (SMALL_WIDE - 2 * SIDE) * axis.middle(at)) / SMALL_WIDE for at in range(len(axis.spans))]


def small_multiple(spots: Sequence[Spot], axis: TimeAxis, *, level: float) -> str:
    """The distances over time, the level dashed, events as dotted uprights, a ring where none is, a shade for gaps."""
    values = [spot.value for spot in spots if spot.value is not None]
    top = max([level * 1.5, *[value * 1.08 for value in values]])

    def x(at: int) -> float:
        return SIDE + (SMALL_WIDE - 2 * SIDE) * axis.middle(at)

    def y(value: float) -> float:
        return SMALL_TOP + (SMALL_HIGH - SMALL_TOP - SMALL_BOTTOM) * (1 - value / top)

    parts = shaded(axis, left=SIDE, wide=SMALL_WIDE - 2 * SIDE, high=y(0))
    parts.append(f'<line x1="0" x2="{SMALL_WIDE}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{LINE}" stroke-width="1"/>')
    parts += [
        f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="2" y2="{y(0):.1f}" stroke="{INK_2}" stroke-width="1.2" '
        f'stroke-dasharray="1 4"/>'
        for at, spot in enumerate(spots)
        if spot.event
    ]
    parts.append(
        f'<line x1="0" x2="{SMALL_WIDE}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="{MARKS["watch"].ink}" '
        'stroke-width="1.4" stroke-dasharray="5 4"/>'
    )
    for run in _runs(spots, axis):
        points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in run)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK_2}" stroke-width="1.2"/>')
    for at, spot in enumerate(spots):
        if spot.value is None:
            parts.append(shape("not_examined", x=x(at), y=y(0), size=8))
        elif len(spots) <= MOST_MARKS or spot.state in CALLING:
            parts.append(shape(spot.state, x=x(at), y=y(spot.value), size=11))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SMALL_WIDE}" height="{SMALL_HIGH}" '
        f'viewBox="0 0 {SMALL_WIDE} {SMALL_HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _runs(spots: Sequence[Spot], axis: TimeAxis) -> list[list[tuple[int, float]]]:
    found: list[list[tuple[int, float]]] = [[]]
    for at, spot in enumerate(spots):
        if spot.value is None or axis.parted(at):
            found.append([])
        if spot.value is not None:
            found[-1].append((at, spot.value))
    return [run for run in found if len(run) > 1]


# A figure from month to month: what came as discs, what was expected as open diamonds; no words.


MONTHS_HIGH = 150
Reach = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class ExpectedMonth:
    """What came of a month, and what was expected of it; `moved`: this month is judged to be one to watch."""

    came: float | None = None
    expected: float | None = None
    moved: bool = False
    event: bool = False


def scale_of(months: Sequence[ExpectedMonth], *, step: float) -> Reach:
    """From where to where a drawing of some months that have figures reaches, in whole steps.

    >>> scale_of([ExpectedMonth(came=0.853, expected=0.89)], step=0.05)
    (0.85, 0.9)
    """
    ends = [each for month in months for each in (month.came, month.expected) if each is not None]
    low, high = math.floor(min(ends) / step + 1e-9), math.ceil(max(ends) / step - 1e-9)
    return round(low * step, 6), round(max(high, low + 1) * step, 6)


def months_picture(months: Sequence[ExpectedMonth], axis: TimeAxis, scale: Reach) -> str:
    """Months at their true distance; events as dotted uprights, the ends of the scale as lines, missing days shaded."""

    def x(at: int) -> float:
        return SIDE + (SMALL_WIDE - 2 * SIDE) * axis.middle(at)

    def y(value: float) -> float:
        return SMALL_TOP + (MONTHS_HIGH - SMALL_TOP - SMALL_BOTTOM) * (1 - (value - scale[0]) / (scale[1] - scale[0]))

    parts = shaded(axis, left=SIDE, wide=SMALL_WIDE - 2 * SIDE, high=y(scale[0]))
    parts += [
        f'<line x1="0" x2="{SMALL_WIDE}" y1="{y(end):.1f}" y2="{y(end):.1f}" stroke="{LINE}" stroke-width="1"/>'
        for end in (scale[0], sum(scale) / 2, scale[1])
    ]
    aside = min(7.0, (SMALL_WIDE - 2 * SIDE) * axis.narrowest / 4)
    for at, month in enumerate(months):
        if month.event:
            parts.append(_upright(x(at), 2, y(scale[0]), INK_2, 'stroke-width="1.2" stroke-dasharray="1 4"'))
        both = month.came is not None and month.expected is not None
        if month.expected is not None:
            parts.append(_expected(x(at) + (aside if both else 0), y(month.expected)))
        if month.came is not None:
            parts.append(_came(x(at) - (aside if both else 0), y(month.came), moved=month.moved))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SMALL_WIDE}" height="{MONTHS_HIGH}" '
        f'viewBox="0 0 {SMALL_WIDE} {MONTHS_HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _expected(x: float, y: float) -> str:
    r = 5
    points = f"{x:.1f},{y - r:.1f} {x + r:.1f},{y:.1f} {x:.1f},{y + r:.1f} {x - r:.1f},{y:.1f}"
    return f'<polygon points="{points}" fill="#fff" stroke="{MARKS["unknown"].ink}" stroke-width="1.6"/>'


def _came(x: float, y: float, *, moved: bool) -> str:
    if moved:
        return shape("watch", x=x, y=y, size=11)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{INK}"/>'


def _upright(x: float, top: float, bottom: float, ink: str, more: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="{ink}" {more}/>'
