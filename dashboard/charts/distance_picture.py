"""A distance from window to window as a small drawing without words: those stand around it, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.dashboard.charts.time_axis import TimeAxis, shaded
from boussole.dashboard.markup.marks import INK_2, LINE, MARKS, shape

WIDE, HIGH, SIDE, TOP, BOTTOM = 360, 104, 12, 12, 14
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
    return [(SIDE + (WIDE - 2 * SIDE) * axis.middle(at)) / WIDE for at in range(len(axis.spans))]


def small_multiple(spots: Sequence[Spot], axis: TimeAxis, *, level: float) -> str:
    """The distances over time, the level dashed, events as dotted uprights; a ring where there is none, a shade where
    days are missing."""
    values = [spot.value for spot in spots if spot.value is not None]
    top = max([level * 1.5, *[value * 1.08 for value in values]])

    def x(at: int) -> float:
        return SIDE + (WIDE - 2 * SIDE) * axis.middle(at)

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - value / top)

    parts = shaded(axis, left=SIDE, wide=WIDE - 2 * SIDE, high=y(0))
    parts.append(f'<line x1="0" x2="{WIDE}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{LINE}" stroke-width="1"/>')
    parts += [
        f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="2" y2="{y(0):.1f}" stroke="{INK_2}" stroke-width="1.2" '
        f'stroke-dasharray="1 4"/>'
        for at, spot in enumerate(spots)
        if spot.event
    ]
    parts.append(
        f'<line x1="0" x2="{WIDE}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="{MARKS["watch"].ink}" '
        'stroke-width="1.4" stroke-dasharray="5 4"/>'
    )
    for run in _runs(spots, axis):
        points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in run)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK_2}" stroke-width="1.2"/>')
    for at, spot in enumerate(spots):
        if spot.value is None:
            parts.append(shape("not_examined", x=x(at), y=y(0), size=8))
        elif len(spots) <= MOST_MARKS or spot.state in ("watch", "broken"):
            parts.append(shape(spot.state, x=x(at), y=y(spot.value), size=11))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}">'
        f"{''.join(parts)}</svg>"
    )


def _runs(spots: Sequence[Spot], axis: TimeAxis) -> list[list[tuple[int, float]]]:
    """The stretches in which every window has a distance, and no day is missing."""
    found: list[list[tuple[int, float]]] = [[]]
    for at, spot in enumerate(spots):
        if spot.value is None or axis.parted(at):
            found.append([])
        if spot.value is not None:
            found[-1].append((at, spot.value))
    return [run for run in found if len(run) > 1]
