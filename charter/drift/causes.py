"""What can have moved a system, told apart: the inputs, the groups, the world, the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.counts import VersionDays
from boussole.audits.drift.series import DriftSeries
from boussole.audits.windows import Window
from boussole.charter.drift.rule import SCORE
from boussole.charter.drift.system_drift import GROUPS, INPUTS, MEANING, MOVED, ThemeReading

Read = Sequence[Mapping[str, ThemeReading]]
LEAST = 0.05
"""A version that decides fewer than one decision in twenty more than before moves nothing far."""


@dataclass(frozen=True, kw_only=True)
class Causes:
    """At one window. `meant`: the newest window up to it whose outcomes could be held to their scores.

    `world`: it changed there, or (`selected`) whom people select at the same scores did. `arrived`: versions that came
    when the scores began to move; `unseen`: no version came. `recalibrated`: outcomes at the same scores changed with a
    model; `either`: perhaps with one. `quiet`: versions that came in this window without moving the scores.
    """

    meant: int | None = None
    world: bool = False
    selected: bool = False
    arrived: Sequence[VersionDays] = ()
    unseen: bool = False
    recalibrated: bool = False
    either: bool = False
    nameless: bool = False
    quiet: Sequence[VersionDays] = ()


def causes(series: DriftSeries, read: Read, at: int) -> Causes:
    """What the windows up to one say."""
    newest = [each for each in range(at + 1) if read[each][MEANING].state != "not_examined"]
    meant = newest[-1] if newest else None
    other = meant is not None and read[meant][MEANING].state in MOVED
    with_model = other and meant is not None and bool(_came(series, read, MEANING, meant))
    nameless = meant is not None and _nameless(series, meant)
    open_ = meant is not None and not with_model and _unexplained(read[meant], nameless=nameless)
    outcome = series.system.log.outcome
    return Causes(
        meant=meant,
        world=other and not with_model and not open_,
        selected=outcome is not None and outcome.observed_for == "selected",
        arrived=_came(series, read, SCORE, at) if read[at][SCORE].state in MOVED else (),
        unseen=_unseen(series, read, at),
        recalibrated=with_model,
        either=other and open_,
        nameless=nameless,
        quiet=[
            version
            for version in newcomers(series, at)
            if read[at][SCORE].state == "kept" and version.first >= series.points[at].window.start
        ],
    )


def _unseen(series: DriftSeries, read: Read, at: int) -> bool:
    """Whether the scores moved while every watched input and the mix of groups stayed, and no version came with it."""
    now = read[at]
    groups = "kept" if not series.system.groups else now[GROUPS].state
    stayed = now[INPUTS].state == groups == "kept"
    return now[SCORE].state in MOVED and stayed and not _came(series, read, SCORE, at)


def _unexplained(now: Mapping[str, ThemeReading], *, nameless: bool) -> bool:
    """Whether the scores moved although neither inputs nor groups are known to have, or nobody names the version."""
    others = {now[INPUTS].state, now[GROUPS].state} & set(MOVED)
    return now[SCORE].state in MOVED and (nameless or not others)


def _nameless(series: DriftSeries, at: int) -> bool:
    sides = [series.deciding[side] for side in _sides(series, at)]
    return any(sum(side.values()) <= 1 - LEAST for side in sides)


def _sides(series: DriftSeries, at: int) -> list[Window]:
    point = series.points[at]
    return [side for side in (point.window, point.against) if side is not None and side in series.deciding]


def _came(series: DriftSeries, read: Read, theme: str, at: int) -> list[VersionDays]:
    """Versions that came when a theme began to move, as long as windows are compared with the same one."""
    against = [point.against for point in series.points]
    alike = at
    while alike and against[alike - 1] == against[at]:
        alike -= 1
    sure = max(alike, run(read, [theme], at, MOVED))
    unsure = max(alike, run(read, [theme], sure, (*MOVED, "unknown")))
    earlier = [point.window for point in series.points[:unsure] if point.window in series.deciding]
    before = earlier[-1] if earlier else against[at]
    return [each for each in newcomers(series, at) if _more(series, each, before, series.points[sure].window)]


def newcomers(series: DriftSeries, at: int) -> list[VersionDays]:
    """Versions that decide more in a window than in the one it is compared with."""
    point = series.points[at]
    return [each for each in series.versions if _more(series, each, point.against, point.window)]


def _more(series: DriftSeries, version: VersionDays, before: Window | None, now: Window) -> bool:
    if before is None:
        return False
    shares = [series.deciding.get(window, {}).get(version.name, 0.0) for window in (before, now)]
    return shares[1] - shares[0] >= LEAST


def run(read: Read, themes: Sequence[str], at: int, states: Sequence[str]) -> int:
    """Where the windows in a row begin in which one of the themes is in one of these states."""
    while at and any(read[at - 1][theme].state in states for theme in themes):
        at -= 1
    return at
