"""Measures held to the counts that a document tells by itself: where the rows are not in the pack.

Counts of hidden groups are in neither. Rows of the same person would have to be known for what rests on clusters; there
only values are computed again, and intervals from the tests that are written beside them.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..buckets import scored
from ..chances import quantile
from ..groups import LAYERS, Claims, Sides, ends
from ..rates import COMPARED, EXTREMES, OF_OUTCOMES, extreme
from ..scores import difference_interval, of_gap, ratio_interval, share_end, wilson
from ..system import By, System, label
from .several import Several
from .stages import STAGED

Cell = tuple[int, int]
"""Cases and rows."""
NAMED = {"stage_selection_rate_ratio": "stage_selection_rate"}
NAMED["cumulative_selection_rate_ratio"] = "cumulative_selection_rate"
NAMED["scoring_rate_ratio"] = "scoring_rate"
NAMED["late_reply_ratio"] = "late_reply_share"
OF_PEOPLE = ("late_reply_share", "late_reply_ratio", "prompt_reply_share")
"""Measures whose clusters are people, whatever those of decisions are."""

TELLING = {
    *OF_OUTCOMES,
    *OF_PEOPLE,
    "selection_rate",
    "missing_outcome_share",
    "unknown_share",
    "unknown_selection_rate",
    *STAGED,
}
"""Measures whose counts a pack must hold where their value is told."""


class ExpectedMeasures:
    """Computes measures again from the cells that a document tells (`cells/ENTRY.csv`)."""

    def __init__(self, document: dict, system: System, cells: dict[str, Cell]) -> None:
        self.system, self.cells = system, cells
        measures = {measure["id"]: measure for measure in document["measures"]}
        self._by: dict[tuple, dict[By | None, Cell]] = {}
        for name, cell in cells.items():
            self._by.setdefault(_key(measures[name]["metric"], measures[name]), {})[_own(measures[name])] = cell
        self.several = Several(system, self._every)

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where counts that are told do not give it."""
        metric = measure["metric"]
        if measure["id"] in self.cells:
            return self._share(self.cells[measure["id"]], clustered=self.system.clustered or metric in OF_PEOPLE)
        if metric in COMPARED or metric in NAMED:
            return self._compared(measure)
        name, _, kind = metric.rpartition("_")
        if name in EXTREMES and all(rate in LAYERS or rate in RATES for rate in EXTREMES[name]):
            values = [list(self._values(measure, rate).values()) for rate in EXTREMES[name]]
            return {"value": extreme(values, kind)}
        if metric == "impact_ratio":
            values_ = self._values(measure, "selection_rate")
            best = (max if self.system.favourable else min)(values_.values())
            own = tuple(measure["group"][name] for name in measure["by"])
            return {"value": values_[own] / best}
        return self.several.claims(measure) or of_effect(measure) or of_test(measure)

    def untold(self, document: dict) -> list[str]:
        """The shares that a document tells and whose counts are not there."""
        told = (m for m in document["measures"] if m["status"] == "ok" and m["metric"] in TELLING)
        return [m["id"] for m in told if m["id"] not in self.cells and not m["metric"].endswith("_ratio")]

    def _share(self, cell: Cell, *, clustered: bool) -> Claims:
        k, n = cell
        claims: Claims = {"value": k / n, "n": n}
        if not clustered:
            found = wilson(k, n)
            claims.update({"interval.low": found.low, "interval.high": found.high, "interval.method": "wilson"})
        return claims

    def _every(self, rate: str, measure: dict) -> Mapping[By | None, Cell]:
        """The cells of a rate at the attribute and stage of a measure, by group; that of everybody at None."""
        return self._by.get(_key(rate, measure), {})

    def _cells(self, measure: dict, rate: str) -> dict[By, Cell]:
        """The same of groups alone."""
        return {group: cell for group, cell in self._every(rate, measure).items() if group is not None}

    def _values(self, measure: dict, rate: str) -> dict[By, float]:
        return {group: k / n for group, (k, n) in self._cells(measure, rate).items()}

    def sides(self, measure: dict) -> Sides | None:
        """The counts of a share (one side), or of both groups of a comparison; None where they are not told."""
        if measure["id"] in self.cells:
            k, n = self.cells[measure["id"]]
            return [[([k], [n])]]
        if measure["metric"] not in COMPARED and measure["metric"] not in NAMED:
            return None
        both = self._both(measure)
        return [[([k], [n])] for k, n in both] if both else None

    def _both(self, measure: dict) -> tuple[Cell, Cell] | None:
        """The cells of a group, and of those it is compared with together; None where one is not told."""
        metric, by = measure["metric"], tuple(measure["by"])
        cells = self._cells(measure, COMPARED[metric][0] if metric in COMPARED else NAMED[metric])
        own = tuple(measure["group"][name] for name in by)
        reference = self.system.reference(by)
        others = [reference] if reference else [group for group in cells if group != own]
        if own not in cells or any(group not in cells for group in others):
            return None
        return cells[own], (sum(cells[group][0] for group in others), sum(cells[group][1] for group in others))

    def _compared(self, measure: dict) -> Claims | None:
        both, scale = self._both(measure), COMPARED.get(measure["metric"], ("", "ratio"))[1]
        if both is None:
            return of_test(measure)
        (k1, n1), (k0, n0) = both
        reference = self.system.reference(by := tuple(measure["by"]))
        k, n, values = (k1, k0), (n1, n0), [k1 / n1, k0 / n0]
        claims: Claims = {
            "value": values[0] / values[1] if scale == "ratio" else values[0] - values[1],
            "n": sum(n),
            "params.values": values,
            "params.counts": {"k": list(k), "n": list(n)},
            "params.against": label(by, reference) if reference else "rest",
        }
        if self.system.clustered or measure["metric"] in OF_PEOPLE:
            return {**claims, **(of_test(measure) or {})}
        interval, test = scored(k, n, scale, "")
        return {**claims, **ends(interval), "params.test": test}


RATES = {rate for rates in EXTREMES.values() for rate in rates if rate != "false_negatives_per_false_positive"}


def _own(measure: dict) -> By | None:
    """The group of a measure; None where it is of everybody, or of all groups together."""
    return tuple(measure["group"][name] for name in measure["by"]) if measure["group"] else None


def _key(metric: str, measure: dict) -> tuple:
    """A metric, attribute and stage."""
    return metric, tuple(measure["by"]), tuple(sorted(measure["given"].items()))


def of_effect(measure: dict) -> Claims | None:
    """The same of an effect since a start; None where it is none."""
    test = measure["params"].get("test") or {}
    if test.get("method") != "cluster_jackknife":
        return None
    value, half = float(test["estimate"]), quantile(0.975, test) * float(test["se"])
    return {"value": value, "interval.low": value - half, "interval.high": value + half}


def of_test(measure: dict) -> Claims | None:
    """The value and interval that the test beside a measure gives."""
    test = measure["params"].get("test") or {}
    method = str(test.get("method", ""))
    if test.get("kind") == "gap_share":
        return of_gap(test)
    if test.get("kind") == "score_share":
        p, size, z = float(test["estimate"]), float(test["size"]), quantile(0.975, test)
        low = 0.0 if test.get("at_most") else share_end(p, size, z)
        return {"value": p, "interval.low": low, "interval.high": share_end(p, size, -z)}
    if not str(test.get("kind", "")).startswith("score_") or measure["interval"] is None:
        return None
    k, n = tuple(test["k"]), tuple(test["n"])
    rates = k[0] / n[0], k[1] / n[1]
    z = quantile(0.975, test)
    if test["kind"] == "score_ratio":
        return {"value": rates[0] / rates[1], **ends(ratio_interval(k, n, method, z))}
    if "df" in test:
        return {"value": rates[0] - rates[1], **ends(difference_interval(k, n, method, z))}
    return {"value": rates[0] - rates[1]}
