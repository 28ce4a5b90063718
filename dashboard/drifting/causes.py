"""What can have moved a system, told apart: the inputs, the groups, the world, the model.

The inputs and the mix of groups are seen as such. The world changed where the same scores are followed by other
outcomes than before, unless another model came when that began: its scores may simply mean something else. The model
changed where another version decides and the scores moved when it came; where scores moved although nothing that is
watched did, it is the model or an input that nobody watches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.drift.counts import Version
from audits.drift.series import DriftSeries
from dashboard.drifting.readings import GROUPS, INPUTS, MEANING, MOVED, SCORE, Reading

Read = Sequence[Mapping[str, Reading]]


@dataclass(frozen=True, kw_only=True)
class Causes:
    """At one window. `meant`: the newest window up to it whose outcomes could be held to their scores.

    `world`: it is there that the world changed. `arrived`: versions that came when the scores began to move. `unseen`:
    scores moved though nothing watched did, and no version is declared. `recalibrated`: outcomes at the same scores
    changed, with a model that came then. `either`: they changed while scores moved, and it is not known whether
    another model came. `quiet`: versions that came in this window without moving the scores.
    """

    meant: int | None = None
    world: bool = False
    arrived: Sequence[Version] = ()
    unseen: bool = False
    recalibrated: bool = False
    either: bool = False
    quiet: Sequence[Version] = ()


def causes(series: DriftSeries, read: Read, at: int) -> Causes:
    """What the windows up to one say."""
    newest = [each for each in range(at + 1) if read[each][MEANING].state != "not_examined"]
    meant = newest[-1] if newest else None
    other = meant is not None and read[meant][MEANING].state in MOVED
    with_model = meant is not None and (bool(_came(series, read, MEANING, meant)) or _unseen(series, read, meant))
    open_ = meant is not None and not with_model and _unexplained(read[meant])
    moved = read[at][SCORE].state in MOVED
    return Causes(
        meant=meant,
        world=other and not with_model and not open_,
        arrived=_came(series, read, SCORE, at) if moved else (),
        unseen=_unseen(series, read, at),
        recalibrated=other and with_model,
        either=other and open_,
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


def _unexplained(now: Mapping[str, Reading]) -> bool:
    """Whether the scores moved and neither the inputs nor the groups are known to have moved."""
    return now[SCORE].state in MOVED and not {now[INPUTS].state, now[GROUPS].state} & set(MOVED)


def _came(series: DriftSeries, read: Read, theme: str, at: int) -> list[Version]:
    """New versions that began to decide when a theme began to move, or while that was uncertain."""
    sure = run(read, [theme], at, MOVED)
    unsure = run(read, [theme], sure, (*MOVED, "unknown"))
    first, last = series.points[unsure].window.start, series.points[sure].window.end
    return [version for version in newcomers(series, at) if first <= version.first <= last]


def newcomers(series: DriftSeries, at: int) -> list[Version]:
    """Versions that decide in a window and began after the one it is compared with."""
    point = series.points[at]
    if point.against is None:
        return []
    end = point.against.end
    return [
        each for each in series.versions if end < each.first <= point.window.end and each.last >= point.window.start
    ]


def run(read: Read, themes: Sequence[str], at: int, states: Sequence[str]) -> int:
    """Where the windows in a row begin in which one of the themes is in one of these states."""
    while at and any(read[at - 1][theme].state in states for theme in themes):
        at -= 1
    return at
