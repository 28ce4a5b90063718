"""Effects on work as they stand on a day: the last survey beside the one before, training, time, consultations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from boussole.charter.deadlines.days import months_later
from boussole.charter.record_types.work import Consultation, Survey, Theme, TimeSaved, Training
from boussole.charter.records.facts import Facts
from boussole.charter.work.survey import THEMES

S = TypeVar("S", TimeSaved, Training)
SHOWN = 0.05
"""The smallest change of a mean that is told: less is unchanged."""
FRESH = 12
"""Months after which a survey no longer answers the question (2.6)."""


@dataclass(frozen=True, kw_only=True)
class ThemeChange:
    """A theme with its mean now, and how much that moved since the survey before; None where there was none."""

    theme: Theme
    n: int
    mean: float
    moved: float | None


@dataclass(frozen=True, kw_only=True)
class SurveyChange:
    """The last survey about a system, or about all of them, beside the one before."""

    entry: int
    survey: Survey
    before: Survey | None
    themes: Sequence[ThemeChange]
    fresh: bool

    @property
    def falls(self) -> list[Theme]:
        """Themes that have fallen since the survey before, by as much as is shown."""
        return [each.theme for each in self.themes if each.moved is not None and each.moved <= -SHOWN]


def surveys(facts: Facts) -> dict[str | None, SurveyChange]:
    """The last survey of each system; None: about all of them."""
    by_system: dict[str | None, list[tuple[int, Survey]]] = {}
    for entry, said in facts.standing(Survey):
        by_system.setdefault(said.system, []).append((entry, said))
    return {name: _asked(found, facts.as_of) for name, found in by_system.items()}


def _asked(found: Sequence[tuple[int, Survey]], today: dt.date) -> SurveyChange:
    ordered = sorted(found, key=lambda pair: (pair[1].end, pair[0]))
    entry, last = ordered[-1]
    alike = [said for _, said in ordered[:-1] if (said.lowest, said.highest) == (last.lowest, last.highest)]
    earlier = [said for said in alike if said.end < last.start]
    before = earlier[-1] if earlier else None
    return SurveyChange(
        entry=entry,
        survey=last,
        before=before,
        themes=[_moved(theme, last, before) for theme in THEMES if theme in last.everybody.themes],
        fresh=months_later(last.end, FRESH) >= today,
    )


def _moved(theme: Theme, last: Survey, before: Survey | None) -> ThemeChange:
    now = last.everybody.themes[theme]
    then = before.everybody.themes.get(theme) if before else None
    return ThemeChange(theme=theme, n=now.n, mean=now.mean, moved=round(now.mean - then.mean, 2) if then else None)


def trainings(facts: Facts) -> list[tuple[int, Training]]:
    """What was stated of training, the latest first."""
    return _latest(facts.standing(Training))


def times(facts: Facts) -> list[tuple[int, TimeSaved]]:
    """What was stated of time saved, the latest first."""
    return _latest(facts.standing(TimeSaved))


def consultations(facts: Facts) -> list[tuple[int, Consultation]]:
    """The steps of consultations, those to come first, then the latest."""
    found = facts.standing(Consultation)
    coming = [pair for pair in found if pair[1].planned_on is not None and pair[1].planned_on >= facts.as_of]
    past = [pair for pair in found if pair not in coming]
    coming.sort(key=lambda pair: (pair[1].planned_on or pair[1].on, pair[0]))
    return [*coming, *sorted(past, key=lambda pair: (pair[1].planned_on or pair[1].on, pair[0]), reverse=True)]


def _latest(found: Sequence[tuple[int, S]]) -> list[tuple[int, S]]:
    return sorted(found, key=lambda pair: (pair[1].end, pair[0]), reverse=True)


def trained(facts: Facts) -> Mapping[str | None, Training]:
    """What was stated last of training for each system; None: for all of them."""
    return {said.system: said for _, said in reversed(trainings(facts))}
