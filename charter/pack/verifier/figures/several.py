"""Measures of an open pack that follow from several shares that it tells: what a group's errors come to together.

Sources: as in `others`, which computes the same from the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Optional

from ..groups import Claims
from ..rates import extreme, mean_rate
from ..scores import wilson
from ..system import By, System
from .others import ALPHA, BENEFITS, differential, inequality, means, worst_cases

Cell = tuple[int, int]
"""Cases and rows."""
Get = Callable[[str, dict], Mapping[Optional[By], Cell]]
"""Of a rate, at the attribute and stage of a measure, the cell of each group; of everybody at None."""
ERRORS = ("false_negative_rate", "false_positive_rate")
TREATMENT = ("treatment_equality_difference", "treatment_equality_ratio")


class Several:
    """Computes measures again that follow from several shares of one document."""

    def __init__(self, system: System, get: Get) -> None:
        self.system, self.get = system, get

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these, or a share that it needs is not told."""
        metric = measure["metric"]
        own = tuple(measure["group"][name] for name in measure["by"]) if measure["group"] else None
        if metric in ALPHA:
            return self._inequality(measure, own)
        makers = {
            "balanced_accuracy": self._balanced,
            "false_negatives_per_false_positive": self._odds,
            "actor_selection_rate_ratio": self._actor,
        }
        if metric in makers:
            return makers[metric](measure, own)
        if metric in TREATMENT:
            values = [k / n for k, n in self._per(measure).values()]
            return {"value": extreme([values], metric.rpartition("_")[2])} if values else None
        if metric == "differential_fairness":
            cells = self._selected(measure)
            return differential(cells) if cells else None
        return self._worst_case(measure) if metric == "impact_ratio_worst_case" else None

    def _balanced(self, measure: dict, own: By | None) -> Claims | None:
        cells = [self.get(name, measure).get(own) for name in ("true_positive_rate", "true_negative_rate")]
        told = [cell for cell in cells if cell]
        if len(told) < 2:
            return None
        claims: Claims = {"value": sum(k / n for k, n in told) / 2, "n": sum(n for _, n in told)}
        if not self.system.clustered:
            ends = [wilson(k, n) for k, n in told]
            _, low, high = mean_rate([(k / n, (end.low, end.high)) for (k, n), end in zip(told, ends)])
            claims |= {"interval.low": low, "interval.high": high}
        return claims

    def _per(self, measure: dict) -> dict[By | None, Cell]:
        """False negatives and false positives of each group that has some of the latter."""
        under, over = (self.get(name, measure) for name in ERRORS)
        return {group: (under[group][0], over[group][0]) for group in under if group in over and over[group][0]}

    def _odds(self, measure: dict, own: By | None) -> Claims | None:
        cell = self._per(measure).get(own)
        return {"value": cell[0] / cell[1], "n": sum(cell)} if cell else None

    def _benefits(self, measure: dict) -> dict[By | None, tuple[int, int, int]]:
        """By group: people with the benefit 0, 1 and 2, of those with an outcome."""
        under, over = (self.get(name, measure) for name in ERRORS)
        found = {}
        for group, (right, n) in self.get("accuracy", measure).items():
            wrong = [cells[group][0] if group in cells else None for cells in (under, over)]
            if None in wrong:  # nobody of one outcome: the other errors are all there are
                wrong = [n - right - (wrong[1 - i] or 0) if each is None else each for i, each in enumerate(wrong)]
            low, high = wrong if self.system.favourable else reversed(wrong)
            found[group] = (int(low or 0), right, int(high or 0))
        return found

    def _inequality(self, measure: dict, own: By | None) -> Claims | None:
        metric, each = measure["metric"], self._benefits(measure)
        if metric.startswith("between_group"):
            parts = means(people for group, people in each.items() if group is not None)
        else:
            parts = list(zip(BENEFITS, each.get(own, ())))
        return inequality(parts, ALPHA[metric]) if parts else None

    def _selected(self, measure: dict) -> list[Cell]:
        return [cell for group, cell in self.get("selection_rate", measure).items() if group is not None]

    def _worst_case(self, measure: dict) -> Claims | None:
        share, rate = (self.get(name, measure).get(None) for name in ("unknown_share", "unknown_selection_rate"))
        if share is None or (rate is None and share[0]):
            return None
        unknown = rate or (0, 0)
        ratios = [a / b for a, b in worst_cases(self._selected(measure), unknown, self.system.favourable) if b]
        value = (min if self.system.favourable else max)(ratios, default=None)
        return None if value is None else {"value": value, "params.unknown": unknown[1]}

    def _actor(self, measure: dict, own: By | None) -> Claims | None:
        """The product of the ratios of one actor's stages."""
        by, actor, value = tuple(measure["by"]), measure["given"]["actor"], 1.0
        names = [name for name in self.system.stages if self.system.actors.get(name) == actor]
        for name in names:
            cells = self.get("stage_selection_rate", {**measure, "given": {"stage": name}})
            reference = self.system.reference(by)
            others = [reference] if reference else [each for each in cells if each not in (own, None)]
            if own not in cells or not others or any(each not in cells for each in others):
                return None
            k, n = (sum(part) for part in zip(*(cells[each] for each in others)))
            value *= cells[own][0] / cells[own][1] / (k / n)
        return {"value": value, "params.stages": names}
