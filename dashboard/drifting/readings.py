"""What the distances of a window say beside the level of the charter: which part of a system moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audits.drift.compared import DECISION, OUTCOME
from audits.drift.control_counts import CONTROL
from audits.drift.meaning import LEVEL, SHIFT, TILT, beyond
from audits.drift.series import Point
from audits.drift.shifts import Shift
from audits.measures import Measure
from audits.systems.model import System
from audits.uncertainty.holm import holm
from audits.uncertainty.tests import tails
from charter.families import way_of
from charter.groups_over_time import MIX
from charter.judged import DRIFT
from charter.model import Article, Charter, Indicator
from dashboard.marks import ORDER

INPUTS, GROUPS, SCORE, MEANING, GAPS = "inputs", "groups", "score", "meaning", "gaps"
THEMES = (INPUTS, SCORE, DECISION, OUTCOME, MEANING, GROUPS, GAPS)
MOVED = ("watch", "broken")
ALPHA = 0.05
MONTHLY = 0.01 / 12
"""Whether scores mean what they meant is asked every month: the level is that of a year of them, one of the four years
in a hundred in which a steady system may be said to have moved."""
FEWEST = 10
"""Decisions (people, where they come back) for each class, on average: of fewer, chance is no bell curve."""
CUSTOMARY = 0.1
"""The level of habit, where a charter states none."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """From where a distance counts as moved, and the question that says so; without one it is a habit."""

    watch: float = CUSTOMARY
    breach: float | None = None
    article: Article | None = None
    indicator: Indicator | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One theme in one window: its state as the key of a mark, what moved most, and why others have no figure.

    `states`: of each column or attribute.
    """

    state: str = "not_examined"
    moved: Sequence[str] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def levels(charter: Charter, system: System) -> dict[str, Level]:
    """The level of the score and of everything else (``""``), as the charter asks this system."""
    found: dict[str, Level] = {}
    for article in charter.articles:
        for way in (way_of(indicator, system) for indicator in article.indicators):
            if way is None or way.metric != DRIFT or way.threshold.watch is None:
                continue
            level = Level(watch=way.threshold.watch, breach=way.threshold.breach, article=article, indicator=way)
            for subject in {"score": [SCORE], "features": [""]}.get(way.subject or "", [SCORE, ""]):
                found.setdefault(subject, level)
    return {subject: found.get(subject, Level()) for subject in (SCORE, "")}


def readings(point: Point, level: Mapping[str, Level]) -> dict[str, Reading]:
    """Every theme of a window; nothing was examined where it is not compared."""
    by_theme: dict[str, list[Measure]] = {theme: [] for theme in THEMES}
    for measure in point.measures:
        if measure.metric == DRIFT and (theme := theme_of(measure)):
            by_theme[theme].append(measure)
    found = {theme: _reading(each, level[SCORE if theme == SCORE else ""]) for theme, each in by_theme.items()}
    return found | {MEANING: _meaning([each for each in point.measures if each.metric in (SHIFT, TILT)])}


def theme_of(measure: Measure) -> str:
    """What a distance is about."""
    name = (measure.group or ("",))[0]
    if measure.by == ("feature",):
        return SCORE if name == SCORE else INPUTS
    if measure.by == (CONTROL,):
        return INPUTS
    return GROUPS if measure.by == (MIX,) else name


def _reading(measures: Sequence[Measure], level: Level) -> Reading:
    """Of several columns, chance alone moves one more often: what is beyond the level is held to all of them."""
    known = [measure for measure in measures if measure.value is not None]
    sides = [tails(each.params["test"], threshold=level.watch, bad_side="above") for each in known]
    beyond, good = holm([each for each, _ in sides]), [each for _, each in sides]
    states = {
        _name(each): _state(each, level, far=far < ALPHA, near=near < ALPHA)
        for each, far, near in zip(known, beyond, good, strict=True)
    }
    reasons = {_name(each): each.reason or "" for each in measures if each.value is None}
    moved = [each for each in known if states[_name(each)] in ("watch", "broken")]
    moved.sort(key=lambda each: -(each.value or 0))
    every = [*states.values(), *["unknown" for reason in reasons.values() if reason == "no_values"]]
    return Reading(
        state=min(every, key=ORDER.index, default="not_examined"),
        moved=[_name(each) for each in moved],
        reasons=reasons,
        states=states,
    )


def _meaning(measures: Sequence[Measure]) -> Reading:
    """Whether scores mean what they meant, from two figures: both are held to the same level, whatever the charter says
    of distances."""
    known = [each for each in measures if each.value is not None]
    found = [beyond(each) for each in known]
    far, near = holm([p for p, _ in found]), max((p for _, p in found), default=1.0) < ALPHA
    states = {
        each.metric: "watch" if p < MONTHLY else "kept" if near else "unknown"
        for each, p in zip(known, far, strict=True)
    }
    return Reading(
        state=min(states.values(), key=ORDER.index, default="not_examined"),
        moved=[name for name, state in states.items() if state == "watch"],
        reasons={each.metric: each.reason or "" for each in measures if each.value is None},
        states=states,
    )


def meaning_reading(reading: Reading, point: Point, found: Sequence[Shift]) -> Reading:
    """The reading of one month, with what all months say together: that a figure moved for good, beyond the level."""
    moved = [each for each in found if each.since.start <= point.window.start and abs(each.after - each.before) > LEVEL]
    new = [each.id for each in moved if each.id in reading.states and not each.seasonal and _holds(each, point)]
    if not new:
        return reading
    states = {**reading.states, **dict.fromkeys(new, "watch")}
    return replace(reading, state="watch", states=states, moved=[name for name in states if states[name] == "watch"])


def _holds(shift: Shift, point: Point) -> bool:
    """Whether a month is still where a figure moved to, beyond the level: nearer to that than to what scores meant in
    the reference period (0). A figure may have moved back there."""
    measure = point.measure(shift.id, OUTCOME)
    if measure is None or measure.value is None or abs(shift.after) <= LEVEL:
        return False
    return beyond(measure)[1] >= ALPHA and abs(measure.value - shift.after) < abs(measure.value)


def _state(measure: Measure, level: Level, *, far: bool, near: bool) -> str:
    if _few(measure.params["test"]):
        return "unknown"
    if far and level.breach is not None:
        beyond, _ = tails(measure.params["test"], threshold=level.breach, bad_side="above")
        return "broken" if beyond < ALPHA else "watch"
    return "watch" if far else "kept" if near else "unknown"


def _few(test: Mapping[str, Any]) -> bool:
    """Whether a window holds too few for its classes."""
    parts = test["scale_reference"], test["scale"] - test["scale_reference"]
    return bool(1 / max(parts) < FEWEST * (test["df"] + 1))


def _name(measure: Measure) -> str:
    return (measure.group or ("",))[0]
