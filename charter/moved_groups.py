"""For whom scores and decisions moved since the window of reference: what stored audits have told, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.windows import Window, period_of

Document = Mapping[str, Any]
QUANTITIES = ("mean_score", "selection_rate")


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One group: the measure of its `change`, and that of its difference to whom it is compared with (None: to whom
    others are compared)."""

    quantity: str
    by: tuple[str, ...]
    group: tuple[str, ...]
    change: Document
    difference: Document | None

    @property
    def apart(self) -> float:
        """How likely chance alone makes it move so much otherwise than whom it is compared with; 1 where not known."""
        found = self.difference
        return 1.0 if found is None or found["value"] is None else float(found["params"]["p_adjusted"])


def months_with_groups(documents: Mapping[Window, Document]) -> list[Window]:
    """The whole months whose audits say how groups moved, or why they do not say, oldest first."""
    return [
        window
        for window in sorted(documents)
        if window == period_of(window.start, "month") and moved_groups(documents[window])
    ]


def moved_groups(document: Document) -> list[Moved]:
    """Every group of every attribute, in the order of the document: scores, then decisions."""
    measures = {measure["id"]: measure for measure in document["measures"]}
    found = []
    for quantity in QUANTITIES:
        for measure in document["measures"]:
            if measure["metric"] == f"{quantity}_change" and measure["group"]:
                _, _, label = measure["id"].partition("/")
                found.append(
                    Moved(
                        quantity=quantity,
                        by=tuple(measure["by"]),
                        group=tuple(measure["group"][name] for name in measure["by"]),
                        change=measure,
                        difference=measures.get(f"{quantity}_change_difference/{label}"),
                    )
                )
    return found


def everybody(document: Document, quantity: str) -> Document | None:
    """The change of everybody."""
    return next((m for m in document["measures"] if m["id"] == f"{quantity}_change"), None)


def apart(found: Sequence[Moved], *, alpha: float) -> list[Moved]:
    """The groups that very likely moved otherwise than whom they are compared with, the surest first."""
    return sorted((each for each in found if each.apart <= alpha), key=lambda each: each.apart)
