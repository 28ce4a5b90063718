"""For whom scores and decisions moved since the window of reference: what stored audits have told, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.uncertainty.holm import holm_levels
from boussole.audits.uncertainty.inversion import End, end_of
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id
from boussole.charter.drift.rule import DriftRule

Ends = tuple[float, float]
ENDS: tuple[End, End] = ("low", "high")
QUANTITIES = ("mean_score", "selection_rate")
CHANGES = tuple(f"{quantity}_change" for quantity in QUANTITIES)


@dataclass(frozen=True, kw_only=True)
class GroupMove:
    """One group: the measure of its `change`, and that of its difference to whom it is compared with (None: to whom
    others are compared). `otherwise`: it very likely moved otherwise than these; `between`: where that difference lies,
    as far as its test tells at the level that decided: it holds 0 exactly where it is not `otherwise`."""

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
    """Every group of every attribute, in the order of the document: scores, then decisions; judged by the level of the
    charter, shared between the looks of a year."""
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
