"""The explorer's drawing: one dot and interval for each group, and what it says in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from boussole.charter.document import MeasureDocument
from boussole.dashboard.charts.bars import Ends, carried, decided, drawn, own, within
from boussole.dashboard.charts.dots import WIDE, Dot, Layout, Line, Rows
from boussole.dashboard.charts.groups import reason_words
from boussole.dashboard.markup.marks import word
from boussole.dashboard.pages.fairness.figures import Group, level_at
from boussole.dashboard.views.fairness_choice import PROFILES, Kind
from boussole.dashboard.words.say import Say


def drawing(
    found: Sequence[Group],
    kind: Kind,
    say: Say,
    *,
    control: str,
    level: int | None,
    minimum: int,
    layout: Layout = WIDE,
) -> Rows:
    """Rates, or with comparable profiles ratios to the reference, which is 100%."""
    ratios = control == PROFILES
    percent = ratios or kind.percent
    lines = _lines(found, say, ratios=ratios, level=level) if level is not None else []
    lowest = -1.0 if kind.rate == "calibration_in_the_large" else 0.0
    highest = 1.0 if kind.percent and not ratios else math.inf
    bounds, alone = (lowest, highest), all(group.judged is None for group in found)
    dots = [_dot(group, kind, say, bounds, ratios=ratios, alone=alone, minimum=minimum) for group in found]
    return Rows(dots=dots, lines=lines, percent=percent, bounds=bounds, layout=layout)


def spoken(shown: Rows, say: Say) -> str:
    """What the drawing shows: every group with its figure, interval and verdict."""
    return " ".join(_spoken(dot, say, percent=shown.percent) for dot in shown.dots)


def figure(value: float, say: Say, *, percent: bool) -> str:
    """A value as the drawing writes it."""
    return say.percent(value) if percent else say.number(value, 2)


def _bar(group: Group, shown: MeasureDocument, *, ratios: bool, alone: bool) -> Ends:
    """The interval that decided; where no verdict rests on what is drawn (`alone`), that of the figure by itself."""
    if alone:
        return own(shown.interval)
    return decided(group.judged) if ratios else drawn(group.judged, group.rate.value, group.compared)


def _dot(
    group: Group, kind: Kind, say: Say, bounds: tuple[float, float], *, ratios: bool, alone: bool, minimum: int
) -> Dot:
    label = say("{group} (reference)", group=group.name) if group.reference else group.name
    shown = group.compared if ratios else group.rate
    if ratios and group.reference:
        return Dot(label=label, value=1.0, low=None, high=None, text=say.percent(1.0), note="", verdict=None)
    if shown is None:
        note = say("not compared (no other group)")
        return Dot(label=label, value=None, low=None, high=None, text="", note=note, verdict=None)
    value = shown.value
    note = "" if value is not None else reason_words(shown.reason or shown.status, say, minimum=minimum)
    text = "" if value is None else figure(value, say, percent=ratios or kind.percent)
    low, high = within(_bar(group, shown, ratios=ratios, alone=alone), bounds)
    return Dot(label=label, value=value, low=low, high=high, text=text, note=note, verdict=group.verdict)


def _lines(found: Sequence[Group], say: Say, *, ratios: bool, level: int) -> list[Line]:
    """The chosen level, carried back to the scale of each group; one line where all groups share it."""
    at: dict[int, float] = {}
    for place, group in enumerate(found):
        measure = group.compared
        if measure is None or measure.value is None or group.reference:
            continue
        threshold = level_at(level, measure.params)
        carried_to = threshold if ratios else carried(threshold, group.rate.value, measure)
        if carried_to is not None:
            at[place] = carried_to
    if not at:
        return []
    label = say("the level chosen")
    if max(at.values()) - min(at.values()) < 1e-4:
        return [Line(at=next(iter(at.values())), label=label, first=0, last=len(found) - 1, broken=True)]
    labels = [label] + [""] * len(at)
    return [
        Line(at=value, label=told, first=place, last=place, broken=True)
        for (place, value), told in zip(at.items(), labels, strict=False)
    ]


def _spoken(dot: Dot, say: Say, *, percent: bool) -> str:
    if dot.value is None:
        return say("{name}: {verdicts}.", name=dot.label, verdicts=dot.note)
    told = dot.text
    if dot.low is not None and dot.high is not None:
        low, high = (figure(end, say, percent=percent) for end in (dot.low, dot.high))
        told = say("{value} (between {low} and {high})", value=told, low=low, high=high)
    verdict = f", {word(dot.verdict, say).lower()}" if dot.verdict else ""
    return say("{name}: {verdicts}.", name=dot.label, verdicts=told + verdict)
