"""By what drift is judged: the levels of the charter, and its level of error, shared as for every other question.

What the charter asks of drift (the scores and the data followed) is judged like its other questions: Holm over the
comparisons of a question, and the level of error shared between the looks of a year. All that is said of drift beside
these questions shares that level once more, so that a steady year is accused of nothing in all but `alpha` of cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from boussole.audits.drift.series import Step
from boussole.audits.systems.model import System
from boussole.charter.judging.families import way_of
from boussole.charter.judging.statistics.testing import LOOKS, looks_of
from boussole.charter.text.judged import DRIFT
from boussole.charter.text.model import Article, Charter, Indicator

SCORE, FEATURES = "score", "features"
"""Subjects of the charter's questions on drift; all that is no score is held to the level of the features."""
CUSTOMARY = 0.1
"""The level of habit of a distance, where a charter states none."""
TO_SHIFTS, TO_MEANING, TO_OTHERS = 0.6, 0.2, 0.2
"""How the level of error is shared: that a figure moved for good at any time of a year, that scores came to mean
something else, and distances that no question of the charter asks for (decisions, outcomes, groups, controls)."""


@dataclass(frozen=True, kw_only=True)
class DriftLevel:
    """From where a distance counts as moved, and the question that says so; without one it is a habit."""

    watch: float = CUSTOMARY
    breach: float | None = None
    article: Article | None = None
    indicator: Indicator | None = None


@dataclass(frozen=True, kw_only=True)
class DriftRule:
    """How the drift of one system is judged. `looks`: how often a year one looks at windows of this length."""

    alpha: float
    looks: int
    levels: Mapping[str, DriftLevel]
    """By subject: `score` and `features`."""

    @property
    def of_shifts(self) -> float:
        """In which share of steady years any figure may be said to have moved for good."""
        return self.alpha * TO_SHIFTS

    def of_windows(self, kind: str) -> DriftRule:
        """The same for windows of another length; of a charter that shares no level between looks, it is the same."""
        return self if self.looks == 1 else replace(self, looks=LOOKS[kind])

    def level(self, subject: str) -> DriftLevel:
        """The level of a subject, or of the features for what no question names."""
        return self.levels.get(subject) or self.levels[FEATURES]


def rule_of(charter: Charter, system: System, *, step: Step | None = None) -> DriftRule:
    """The rule for windows of a length (those of the system's audits, if none is given)."""
    looks = looks_of(charter, system)
    if step is not None and charter.looks == "year":
        looks = LOOKS[step]
    return DriftRule(alpha=charter.alpha, looks=looks, levels=levels(charter, system))


def levels(charter: Charter, system: System) -> dict[str, DriftLevel]:
    """The levels of the score and of the features, as the charter asks this system."""
    found: dict[str, DriftLevel] = {}
    for article in charter.articles:
        for way in (way_of(indicator, system) for indicator in article.indicators):
            if way is None or way.metric != DRIFT or way.threshold.watch is None:
                continue
            level = DriftLevel(watch=way.threshold.watch, breach=way.threshold.breach, article=article, indicator=way)
            for subject in [way.subject] if way.subject else [SCORE, FEATURES]:
                found.setdefault(subject, level)
    return {subject: found.get(subject, DriftLevel()) for subject in (SCORE, FEATURES)}
