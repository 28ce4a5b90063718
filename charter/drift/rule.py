"""By what drift is judged: the levels of the charter, and its level of error, shared as for every other question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.drift.series import Step
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.holm import holm_levels
from boussole.audits.uncertainty.tests import End, end_of
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id
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


Ends = tuple[float, float]
ENDS: tuple[End, End] = ("low", "high")
QUANTITIES = ("mean_score", "selection_rate")
CHANGES = tuple(f"{quantity}_change" for quantity in QUANTITIES)


@dataclass(frozen=True, kw_only=True)
class GroupMove:
    """One group: the measure of its `change`, and whether it very likely moved `otherwise` than its reference."""

    quantity: str
    by: tuple[str, ...]
    group: tuple[str, ...]
    change: MeasureDocument
    difference: MeasureDocument | None
    otherwise: bool
    between: Ends | None = None


def periods_with_groups(documents: Mapping[Window, AuditDocument], kind: AuditWindow) -> list[Window]:
    """The periods of a kind whose audits say how groups moved, or why they do not say, oldest first."""
    return [
        window for window in sorted(documents) if window == period_of(window.start, kind) and _tells(documents[window])
    ]


def moved_groups(document: AuditDocument, rule: DriftRule) -> list[GroupMove]:
    """Every group of every attribute, scores before decisions, judged at the level of the charter of a year's looks."""
    measures = by_id(document.measures)
    found = []
    for quantity in QUANTITIES:
        levels = _levels(document, f"{quantity}_change_difference", rule)
        for measure in document.measures:
            if measure.metric == f"{quantity}_change" and measure.group:
                _, _, label = measure.id.partition("/")
                difference = measures.get(f"{quantity}_change_difference/{label}")
                found.append(
                    GroupMove(
                        quantity=quantity,
                        by=measure.by,
                        group=measure.values_of_group,
                        change=measure,
                        difference=difference,
                        otherwise=_by_chance(difference) * rule.looks <= rule.alpha,
                        between=_between(difference, levels),
                    )
                )
    return found


def _levels(document: AuditDocument, metric: str, rule: DriftRule) -> dict[str, float]:
    """The two-sided level that each difference is held to: Holm's over all groups, shared between the looks."""
    family = {
        each.id: each.params.p
        for each in document.measures
        if each.metric == metric and each.params.p is not None and each.params.p_adjusted is not None
    }
    levels = holm_levels(list(family.values()), alpha=rule.alpha / rule.looks)
    return dict(zip(family, levels, strict=True))


def _between(difference: MeasureDocument | None, levels: Mapping[str, float]) -> Ends | None:
    if difference is None or difference.params.test is None or difference.id not in levels:
        return None
    test, chance = difference.params.test.stated, levels[difference.id] / 2
    low, high = (end_of(test, chance=chance, end=end) for end in ENDS)
    return None if low is None or high is None else (low, high)


def _tells(document: AuditDocument) -> bool:
    return any(each.group and each.metric in CHANGES for each in document.measures)


def _by_chance(difference: MeasureDocument | None) -> float:
    """How likely chance alone makes a group move so much otherwise than whom it is compared with; 1 where not known."""
    return given(difference.params.p_adjusted) if difference and difference.value is not None else 1.0


def everybody(document: AuditDocument, quantity: str) -> MeasureDocument | None:
    """The change of everybody."""
    return next((each for each in document.measures if each.id == f"{quantity}_change"), None)


def apart(found: Sequence[GroupMove]) -> list[GroupMove]:
    """The groups that very likely moved otherwise than whom they are compared with, the surest first."""
    return sorted((each for each in found if each.otherwise), key=lambda each: _by_chance(each.difference))
