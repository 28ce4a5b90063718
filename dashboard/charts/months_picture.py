"""A figure from month to month: what came as discs, what was expected as open diamonds on dashed bars; no words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boussole.dashboard.charts.distance_picture import BOTTOM, SIDE, TOP, WIDE
from boussole.dashboard.charts.time_axis import TimeAxis, shaded
from boussole.dashboard.markup.marks import INK, INK_2, LINE, MARKS, shape

HIGH = 150
Ends = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class MonthValue:
    """A value with the ends of its interval, if it has one."""

    value: float
    ends: Ends | None = None

    @property
    def reach(self) -> Ends:
        """From where to where it is drawn."""
        return self.ends or (self.value, self.value)


@dataclass(frozen=True, kw_only=True)
class Month:
    """What came of a month, and what was expected of it; `strayed`: the first lies outside the second."""

    came: MonthValue | None = None
    expected: MonthValue | None = None
    strayed: bool = False
    event: bool = False


def scale_of(months: Sequence[Month], *, step: float) -> Ends | None:
    """From where to where a drawing reaches, in whole steps; None where there is nothing to draw.

    >>> scale_of([Month(came=MonthValue(value=0.87, ends=(0.853, 0.89)))], step=0.05)
    (0.85, 0.9)
    """
    ends = [end for month in months for told in (month.came, month.expected) if told for end in told.reach]
    if not ends:
        return None
    low, high = math.floor(min(ends) / step + 1e-9), math.ceil(max(ends) / step - 1e-9)
    return round(low * step, 6), round(max(high, low + 1) * step, 6)


def months_picture(months: Sequence[Month], axis: TimeAxis, scale: Ends) -> str:
    """Months at their true distance; events as dotted uprights, the ends of the scale as lines, missing days shaded."""

    def x(at: int) -> float:
        return SIDE + (WIDE - 2 * SIDE) * axis.middle(at)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - scale[0]) / (scale[1] - scale[0]))

    parts = shaded(axis, left=SIDE, wide=WIDE - 2 * SIDE, high=y(scale[0]))
    parts += [
        f'<line x1="0" x2="{WIDE}" y1="{y(end):.1f}" y2="{y(end):.1f}" stroke="{LINE}" stroke-width="1"/>'
        for end in (scale[0], sum(scale) / 2, scale[1])
    ]
    aside = min(7.0, (WIDE - 2 * SIDE) * axis.narrowest / 4)
    for at, month in enumerate(months):
        if month.event:
            parts.append(_upright(x(at), 2, y(scale[0]), INK_2, 'stroke-width="1.2" stroke-dasharray="1 4"'))
        both = month.came is not None and month.expected is not None
        if month.expected is not None:
            parts += _expected(x(at) + (aside if both else 0), month.expected, y)
        if month.came is not None:
            parts += _came(x(at) - (aside if both else 0), month.came, y, strayed=month.strayed)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _expected(x: float, told: MonthValue, y: Callable[[float], float]) -> list[str]:
    ink, middle, r = MARKS["unknown"].ink, y(told.value), 5
    bar = _upright(x, y(told.reach[1]), y(told.reach[0]), ink, 'stroke-width="2" stroke-dasharray="4 3"')
    points = f"{x:.1f},{middle - r:.1f} {x + r:.1f},{middle:.1f} {x:.1f},{middle + r:.1f} {x - r:.1f},{middle:.1f}"
    return [bar, f'<polygon points="{points}" fill="#fff" stroke="{ink}" stroke-width="1.6"/>']


def _came(x: float, told: MonthValue, y: Callable[[float], float], *, strayed: bool) -> list[str]:
    ink = MARKS["watch"].ink if strayed else INK
    bar = _upright(x, y(told.reach[1]), y(told.reach[0]), ink, 'stroke-width="2"')
    if strayed:
        return [bar, shape("watch", x=x, y=y(told.value), size=11)]
    return [bar, f'<circle cx="{x:.1f}" cy="{y(told.value):.1f}" r="4.5" fill="{ink}"/>']


def _upright(x: float, top: float, bottom: float, ink: str, more: str) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="{ink}" {more}/>'
