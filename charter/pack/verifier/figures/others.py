"""More measures computed again from the rows: inequality, worst cases, parts of actors, answers beside the judged one.

Their values; of these measures intervals are only found sealed. Sources: Speicher et al. (2018), KDD, 2239; Foulds et
al. (2020), ICDE, 1918; Manski (2003); Mantel & Haenszel (1959), JNCI 22:719; Kitagawa (1955), JASA 50:1168.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..groups import Claims, Groups
from ..rates import SELECTION, counted, total
from ..rows import Buckets, Table
from ..system import By
from .stages import Stages

ALPHA = {"generalized_entropy_index": 2, "theil_index": 1}
ALPHA.update({f"between_group_{name}": alpha for name, alpha in list(ALPHA.items())})
PRIOR = 1.0
BENEFITS = (0.0, 1.0, 2.0)


class Others:
    """Measures of groups and strata that need more than a rate."""

    def __init__(self, groups: Groups, stages: Stages) -> None:
        self.groups, self.stages, self.system, self.rows = groups, stages, groups.system, groups.rows

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        table = self.rows.tables(by)
        if metric in ALPHA:
            return self._inequality(measure, by, table)
        if metric == "differential_fairness":
            return differential(self._selected(by, table))
        if metric == "impact_ratio_worst_case":
            return self._worst_case(by, table)
        if metric == "actor_selection_rate_ratio":
            return self._actor(measure, by)
        return (
            self._beside(measure, by)
            if metric in ("standardised_selection_rate_ratio", "selection_odds_ratio")
            else None
        )

    def _benefits(self, cells: Buckets) -> tuple[int, int, int]:
        """People with the benefit 0, 1 and 2."""
        passed_over, undue = total([cells], [(0, 1)]), total([cells], [(1, 0)])
        right = total([cells], [(0, 0), (1, 1)])
        return (passed_over, right, undue) if self.system.favourable else (undue, right, passed_over)

    def _inequality(self, measure: dict, by: By, table: Table) -> Claims:
        alpha, metric = ALPHA[measure["metric"]], measure["metric"]
        if metric.startswith("between_group"):
            shown = self.groups.shown.of(by, "outcomes", table).values()
            parts = means([people for cells in shown if sum(people := self._benefits(cells))])
        else:
            cells = table[tuple(measure["group"][name] for name in by) if measure["group"] else ()]
            parts = list(zip(BENEFITS, self._benefits(cells)))
        return inequality(parts, alpha)

    def _selected(self, by: By, table: Table) -> list[tuple[int, int]]:
        """Selected and all people of each group that has some."""
        shown = self.groups.shown.of(by, "decisions", table).values()
        pairs = [tuple(map(sum, counted([cells], SELECTION))) for cells in shown]
        return [(k, n) for k, n in pairs if n]

    def _worst_case(self, by: By, table: Table) -> Claims:
        unknown = counted([cells for group, cells in table.items() if None in group], SELECTION)
        k, n = map(sum, unknown)
        ratios = [a / b for a, b in worst_cases(self._selected(by, table), (k, n), self.system.favourable)]
        return {"value": (min if self.system.favourable else max)(ratios), "params.unknown": n}

    def _actor(self, measure: dict, by: By) -> Claims:
        """The product of the ratios of one actor's stages."""
        actor, own, value = measure["given"]["actor"], tuple(measure["group"][name] for name in by), 1.0
        names = [name for name in self.system.stages if self.system.actors.get(name) == actor]
        for name in names:
            stage = self.system.stages.index(name)
            table = self.rows.tables(by, stage, stage)
            _, other = self.groups.against(by, own, self.groups.shown.of(by, f"stage:{name}", table))
            (k, n), (k0, n0) = (tuple(map(sum, counted(part, SELECTION))) for part in ([table[own]], other))
            value *= k / n / (k0 / n0)
        return {"value": value, "params.stages": names}

    def _beside(self, measure: dict, by: By) -> Claims:
        """Within strata: the odds ratio, or rates standardised to everybody."""
        own = tuple(measure["group"][name] for name in by)
        table = self.rows.tables(by)
        shown = self.groups.shown.of(by, "decisions", table)
        reference = self.system.reference(by)
        others = [reference] if reference else [group for group in shown if group != own]
        every = self.stages.strata(by, list(table), None)
        one, two = self.stages.strata(by, [own], None), self.stages.strata(by, others, None)
        held = sorted(name for name in one if sum(one[name][1]) and name in two and sum(two[name][1]))
        sums = [tuple(map(sum, (*one[name], *two[name]))) for name in held]
        if measure["metric"] == "selection_odds_ratio":
            above = math.fsum(k1 * (n0 - k0) / (n1 + n0) for k1, n1, k0, n0 in sums)
            below = math.fsum(k0 * (n1 - k1) / (n1 + n0) for k1, n1, k0, n0 in sums)
            return {"value": above / below}
        target = [sum(every[name][1]) for name in held]
        first = math.fsum(w * k1 / n1 for w, (k1, n1, _, _) in zip(target, sums)) / sum(target)
        second = math.fsum(w * k0 / n0 for w, (_, _, k0, n0) in zip(target, sums)) / sum(target)
        return {"value": first / second, "params.values": [first, second]}


def means(groups: Iterable[tuple[int, int, int]]) -> list[tuple[float, int]]:
    """The mean benefit and the size of groups, by how many people have the benefit 0, 1 and 2."""
    return [((b + 2 * c) / (a + b + c), a + b + c) for a, b, c in groups]


def inequality(parts: list[tuple[float, int]], alpha: int) -> Claims:
    """What a measure of inequality must say of benefits held by numbers of people."""
    return {"value": entropy(parts, alpha), "n": sum(n for _, n in parts), "params.alpha": alpha}


def differential(cells: Iterable[tuple[int, int]]) -> Claims:
    """What differential fairness must say of the selected and all people of each group."""
    found = [((k + PRIOR / 2) / (n + PRIOR), (n - k + PRIOR / 2) / (n + PRIOR)) for k, n in cells]
    value = max(math.log(max(chances) / min(chances)) for chances in zip(*found))
    return {"value": value, "params.concentration": PRIOR}


def worst_cases(cells: list[tuple[int, int]], unknown: tuple[int, int], favourable: bool) -> list[tuple[float, float]]:
    """The rates of every two groups, had all people of an unknown one been of either: at the first one's expense."""
    k, n = unknown
    low = [own / (size + n - k) for own, size in cells]
    high = [(own + k) / (size + k) for own, size in cells]
    one, other = (low, high) if favourable else (high, low)
    return [(a, b) for i, a in enumerate(one) for j, b in enumerate(other) if i != j]


def entropy(parts: list[tuple[float, int]], alpha: int) -> float:
    """The generalized entropy index of values held by numbers of people; 1 is Theil's."""
    people = sum(n for _, n in parts)
    mean = math.fsum(value * n for value, n in parts) / people
    if alpha == 1:
        terms = [n * (value / mean) * math.log(value / mean) for value, n in parts if value and n]
    else:
        terms = [n * ((value / mean) ** alpha - 1) / (alpha * (alpha - 1)) for value, n in parts if n]
    return max(0.0, math.fsum(terms) / people)
