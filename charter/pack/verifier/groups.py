"""Measures of groups computed again from the rows: rates, extremes over groups, and judged comparisons."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .buckets import Counted, compared, rate_interval
from .rates import (
    ALL,
    COMPARED,
    EXTREMES,
    FALSE_NEGATIVES,
    OF_OUTCOMES,
    SELECTION,
    Rate,
    bad_side,
    bounds,
    counted,
    extreme,
    mean_rate,
    missing,
    rate_of,
    total,
)
from .rows import Buckets, Rows, Table
from .scores import Interval
from .system import By, System, label

Claims = dict[str, object]
"""What a measure must say, by the path to it: `value`, `interval.low`, `params.values`."""
Sides = list[list[Counted]]
"""The counts of a share (one side) or of both groups of a comparison, by stratum."""


class ShownGroups:
    """Which groups a document shows: hidden ones enter no maximum, minimum or comparison."""

    def __init__(self, measures: Sequence[dict]) -> None:
        self._hidden: dict[tuple[str, By], set] = {}
        self._apart: dict[By, set] = {}
        for measure in measures:
            if measure["reason"] == APART and measure["metric"] == SELECTED and measure["group"]:
                by = tuple(measure["by"])
                self._apart.setdefault(by, set()).add(tuple(measure["group"][name] for name in by))
            if measure["status"] == "suppressed" and measure["group"] and measure["metric"] in LAYERS:
                layer = LAYERS[measure["metric"]] + measure["given"].get("stage", "")
                by = tuple(measure["by"])
                self._hidden.setdefault((layer, by), set()).add(tuple(measure["group"][name] for name in by))

    def hidden(self, layer: str, by: By) -> set[By]:
        """The groups that are hidden in a layer."""
        return self._hidden.get((layer, by), set())

    def apart(self, by: By) -> set[By]:
        """The groups whose rows enter nothing."""
        return self._apart.get(by, set())

    def left_out(self, measure: dict, table: Table, *entering: Collection[By]) -> Claims:
        """How many groups a measure over several leaves out, where it says so (older documents do not)."""
        if "groups_left_out" not in measure["params"]:
            return {}
        known = {group for group in table if None not in group} | self.apart(tuple(measure["by"]))
        return {"params.groups_left_out": sum(not all(group in each for each in entering) for group in known)}

    def of(self, by: By, layer: str, table: Table) -> dict[By, Buckets]:
        """The groups with a known value that may be shown."""
        hidden = self.hidden(layer, by)
        return {g: cells for g, cells in table.items() if None not in g and g not in hidden}  # type: ignore[misc]


LAYERS = {
    "selection_rate": "decisions",
    "base_rate": "outcomes",
    "precision": "outcomes",
    "stage_selection_rate": "stage:",
    "mean_score": "scores",
    "calibration_in_the_large": "seen",
    "auc": "seen",
    "scoring_rate": "scoring",
    "late_reply_share": "late",
    "prompt_reply_share": "prompt",
}
SELECTED = "selection_rate"
APART = "set_apart"
"""The reason of groups whose rows enter nothing."""


class Groups:
    """Computes measures of groups again."""

    def __init__(self, system: System, rows: Rows, shown: ShownGroups) -> None:
        self.system, self.rows, self.shown = system, rows, shown

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say."""
        metric, by = measure["metric"], tuple(measure["by"])
        table = self.rows.tables(by)
        rate = rate_of(metric, self.system.observed_for)
        if metric in COMPARED:
            return self._compared(measure, by, table)
        if rate is not None or metric == "balanced_accuracy":
            own = self._own(measure, by, table)
            odds = self._odds if rate is FALSE_NEGATIVES else self._balanced
            return self.rate(own, rate) if rate is not None and rate is not FALSE_NEGATIVES else odds(own)
        name, _, kind = metric.rpartition("_")
        if name in EXTREMES:
            return self._extreme(measure, table, EXTREMES[name], kind)
        if metric == "impact_ratio":
            return self._impact(measure, by, table)
        return self._unknown(measure, table) if metric in ("unknown_share", "unknown_selection_rate") else None

    def _own(self, measure: dict, by: By, table: Table) -> Buckets:
        return table[tuple(measure["group"][name] for name in by) if measure["group"] else ()]

    def rate(self, cells: Buckets, rate: Rate) -> Claims:
        """A rate with its interval."""
        found = counted([cells], rate)
        claims = share(found, self.system.clustered)
        if rate.missing:
            claims["params.missing_outcomes"] = missing([cells], rate)
            ends = bounds([cells], rate)
            if missing([cells], rate) and ends:
                claims["params.bounds"] = list(ends)
        return claims

    def _odds(self, cells: Buckets) -> Claims:
        over, under = total([cells], FALSE_NEGATIVES.over), total([cells], FALSE_NEGATIVES.under)
        return {"value": over / under, "n": over + under, "params.missing_outcomes": missing([cells], FALSE_NEGATIVES)}

    def _balanced(self, cells: Buckets) -> Claims:
        rates = [OF_OUTCOMES["true_positive_rate"], OF_OUTCOMES["true_negative_rate"]]
        parts = [counted([cells], rate) for rate in rates]
        values = [sum(k) / sum(n) for k, n in parts]
        claims: Claims = {"value": sum(values) / 2, "n": sum(sum(n) for _, n in parts)}
        if not self.system.clustered:
            ends = [rate_interval(part, False) for part in parts]
            _, low, high = mean_rate([(value, (end.low, end.high)) for value, end in zip(values, ends)])
            claims |= {"interval.low": low, "interval.high": high}
        return claims

    def values(self, by: By, table: Table, metric: str) -> dict[By, float]:
        """The rate of every group that is shown and has somebody to count."""
        rate = rate_of(metric, self.system.observed_for) or SELECTION
        layer = "decisions" if metric == SELECTED else "outcomes"
        found = {}
        for group, cells in self.shown.of(by, layer, table).items():
            k, n = counted([cells], rate)
            if sum(n):
                found[group] = sum(k) / sum(n)
        return found

    def _extreme(self, measure: dict, table: Table, metrics: Sequence[str], kind: str) -> Claims:
        each = [self.values(tuple(measure["by"]), table, metric) for metric in metrics]
        value = extreme([list(values.values()) for values in each], kind)
        compared_ = len({group for values in each for group in values})
        return {"value": value, "params.groups_compared": compared_, **self.shown.left_out(measure, table, *each)}

    def _impact(self, measure: dict, by: By, table: Table) -> Claims | None:
        values = self.values(by, table, SELECTED)
        if len(values) < 2:
            return None
        best = (max if self.system.favourable else min)(values.values())
        own = tuple(measure["group"][name] for name in by)
        to = [label(by, group) for group, value in values.items() if value == best]
        claims: Claims = {"value": values[own] / best, "n": total([table[own]]), "params.groups_compared": len(values)}
        claims |= self.shown.left_out(measure, table, values)
        return {**claims, "params.to": to[0]} if len(to) == 1 else claims

    def _unknown(self, measure: dict, table: Table) -> Claims:
        unknown = [cells for group, cells in table.items() if None in group]
        if measure["metric"] == "unknown_selection_rate":
            return share(counted(unknown, SELECTION), self.system.clustered)
        everybody = counted(list(table.values()), Rate(ALL, ALL))
        claims = share((counted(unknown, Rate(ALL, ALL))[0], everybody[1]), self.system.clustered)
        for name, decision in (("among_selected", 1), ("among_not_selected", 0)) if self.system.decides else ():
            cells = [(decision, o) for o in range(3)]
            if total(list(table.values()), cells):
                claims[f"params.{name}"] = total(unknown, cells) / total(list(table.values()), cells)
        return claims

    def _compared(self, measure: dict, by: By, table: Table) -> Claims | None:
        name, scale, _, _ = COMPARED[measure["metric"]]
        rate = rate_of(name, self.system.observed_for)
        layer = "decisions" if name == SELECTED else "outcomes"
        own = tuple(measure["group"][attribute] for attribute in by)
        shown = self.shown.of(by, layer, table)
        against, other = self.against(by, own, shown)
        if rate is None:
            return None
        claims = two_groups([table[own]], other, rate, scale, self.system.clustered)
        claims["params.against"], claims["params.scale"] = against, scale
        claims["params.bad_side"] = bad_side(measure["metric"], self.system.favourable)
        claims |= self.shown.left_out(measure, table, [own, *shown])
        if rate.missing:
            claims["params.missing_outcomes"] = missing([table[own], *other], rate)
        return claims

    def sides(self, measure: dict) -> Sides | None:
        """The counts of a share (one side), or of both groups of a comparison; None where it is neither."""
        metric, by = measure["metric"], tuple(measure["by"])
        table, compared_ = self.rows.tables(by), metric in COMPARED
        rate = rate_of(COMPARED[metric][0] if compared_ else metric, self.system.observed_for)
        if rate is None or rate is FALSE_NEGATIVES:
            return None
        own = self._own(measure, by, table)
        if not compared_:
            return [[counted([own], rate)]]
        shown = self.shown.of(by, "decisions" if COMPARED[metric][0] == SELECTED else "outcomes", table)
        group = tuple(measure["group"][name] for name in by)
        return [[counted([own], rate)], [counted(self.against(by, group, shown)[1], rate)]]

    def against(self, by: By, own: By, shown: dict[By, Buckets]) -> tuple[str, list[Buckets]]:
        """Whom a group is compared with: the declared reference, else all others that are shown."""
        reference = self.system.reference(by)
        if reference is not None:
            return label(by, reference), [shown[reference]]
        return "rest", [cells for group, cells in shown.items() if group != own and total([cells])]


def share(found: Counted, clustered: bool) -> Claims:
    """What a share must say: value, size, clusters, interval."""
    interval = rate_interval(found, clustered)
    return {
        "value": sum(found[0]) / sum(found[1]),
        "n": sum(found[1]),
        "clusters": sum(1 for n in found[1] if n) if clustered else None,
        "interval.low": interval.low,
        "interval.high": interval.high,
        "interval.method": interval.method,
    }


def two_groups(one: list[Buckets], other: list[Buckets], rate: Rate, scale: str, clustered: bool) -> Claims:
    """What a comparison must say."""
    first, second = counted(one, rate), counted(other, rate)
    k, n = (sum(first[0]), sum(second[0])), (sum(first[1]), sum(second[1]))
    values = [a / b for a, b in zip(k, n)]
    interval, test = compared(first, second, scale, clustered)
    return {
        "value": values[0] / values[1] if scale == "ratio" else values[0] - values[1],
        "n": sum(n),
        "clusters": sum(1 for a, b in zip(first[1], second[1]) if a + b) if clustered else None,
        **ends(interval),
        "params.values": values,
        "params.counts": {"k": list(k), "n": list(n)},
        "params.decisions": total([*one, *other]),
        "params.test": test,
    }


def ends(interval: Interval | None) -> Claims:
    """What a measure must say of its interval."""
    if interval is None:
        return {"interval": None}
    return {"interval.low": interval.low, "interval.high": interval.high, "interval.method": interval.method}
