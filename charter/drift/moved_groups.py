"""For whom scores and decisions moved since the window of reference: what stored audits have told, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id
from boussole.charter.drift.rule import Rule

QUANTITIES = ("mean_score", "selection_rate")
CHANGES = tuple(f"{quantity}_change" for quantity in QUANTITIES)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One group: the measure of its `change`, and that of its difference to whom it is compared with (None: to whom
    others are compared). `otherwise`: it very likely moved otherwise than these."""

    quantity: str
    by: tuple[str, ...]
    group: tuple[str, ...]
    change: MeasureDocument
    difference: MeasureDocument | None
    otherwise: bool


def months_with_groups(documents: Mapping[Window, AuditDocument]) -> list[Window]:
    """The whole months whose audits say how groups moved, or why they do not say, oldest first."""
    return [
        window
        for window in sorted(documents)
        if window == period_of(window.start, "month") and _tells(documents[window])
    ]


def moved_groups(document: AuditDocument, rule: Rule) -> list[Moved]:
    """Every group of every attribute, in the order of the document: scores, then decisions; judged by the level of the
    charter, shared between the looks of a year."""
    measures = by_id(document.measures)
    found = []
    for quantity in QUANTITIES:
        for measure in document.measures:
            if measure.metric == f"{quantity}_change" and measure.group:
                _, _, label = measure.id.partition("/")
                difference = measures.get(f"{quantity}_change_difference/{label}")
                found.append(
                    Moved(
                        quantity=quantity,
                        by=measure.by,
                        group=measure.values_of_group,
                        change=measure,
                        difference=difference,
                        otherwise=_by_chance(difference) * rule.looks <= rule.alpha,
                    )
                )
    return found


def _tells(document: AuditDocument) -> bool:
    return any(each.group and each.metric in CHANGES for each in document.measures)


def _by_chance(difference: MeasureDocument | None) -> float:
    """How likely chance alone makes a group move so much otherwise than whom it is compared with; 1 where not known."""
    return given(difference.params.p_adjusted) if difference and difference.value is not None else 1.0


def everybody(document: AuditDocument, quantity: str) -> MeasureDocument | None:
    """The change of everybody."""
    return next((each for each in document.measures if each.id == f"{quantity}_change"), None)


def apart(found: Sequence[Moved]) -> list[Moved]:
    """The groups that very likely moved otherwise than whom they are compared with, the surest first."""
    return sorted((each for each in found if each.otherwise), key=lambda each: _by_chance(each.difference))
