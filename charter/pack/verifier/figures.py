"""Figures computed again from the counts that a pack releases: rates, gaps and ratios. The rest is left as sealed.

`cells/ENTRY.csv` holds the cases and the rows of each rate that a document shows.
"""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from .tally import Tally

Cell = tuple[int, int]
"""Cases and rows."""
SHARES = {
    "selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate", "false_negative_rate",
    "precision", "false_discovery_rate", "negative_predictive_value", "false_omission_rate", "accuracy", "base_rate",
    "stage_selection_rate", "cumulative_selection_rate", "missing_outcome_share", "scoring_rate", "unknown_share",
    "unknown_selection_rate",
}  # fmt: skip
"""Figures whose counts a pack must hold where a document shows them."""
RATE_OF = {"late_reply_ratio": "late_reply_share"}
"""The rate that a comparison is about, where its name does not say it."""
GAPS = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "predictive_equality": ("false_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
    "overall_accuracy_equality": ("accuracy",),
    "treatment_equality": ("false_negatives_per_false_positive",),
}
"""Figures over all groups: the largest difference, or the smallest ratio, of the highest and the lowest of rates."""


class Recomputed(NamedTuple):
    """What was done of the figures of a document: recomputed, and sealed only, by their names."""

    counts: list[str]
    rates: list[str]
    """Figures compared with the two rates of which they are made, as the document states them; their counts are not
    released."""
    sealed: list[str]


class Figures:
    """The figures of one document, compared with the counts that the pack releases."""

    def __init__(self, document: dict, system: dict, cells: dict[str, Cell]) -> None:
        self.document, self.system, self.cells = document, system, cells
        self.shown = {each["id"]: each for each in document["measures"]}
        self._by: dict[tuple, dict[tuple[str, ...], str]] = {}
        for each in document["measures"]:
            if each["status"] == "ok" and each["group"]:
                self._by.setdefault(_place(each["metric"], each), {})[_group(each)] = each["id"]

    def check(self, name: str, tally: Tally) -> Recomputed:
        """Compares each figure of the window with what its counts give."""
        found = Recomputed([], [], [])
        for missing in sorted(set(self.cells) - set(self.shown)):
            tally.check(f"{name}: {missing}: the document shows no such figure", holds=False)
        for each in self.document["measures"]:
            where = f"{name}: {each['id']}"
            if each["status"] != "ok":
                tally.compare(f"{where}: a figure that is not shown", [each["value"], each["interval"]], [None, None])
                continue
            counted, claims = self._claims(each)
            tally.claims(where, each, claims)
            lacking = each["metric"] in SHARES and each["id"] not in self.cells
            tally.check(f"{where}: the pack leaves out its counts", holds=not lacking)
            (found.sealed if not claims else found.counts if counted else found.rates).append(each["id"])
        return found

    def check_several(self, windows: dict[str, Figures], name: str, tally: Tally) -> Recomputed:
        """Compares figures of several windows with the counts of each; `windows`: earlier audits, by their evidence."""
        found, several = Recomputed([], [], []), self.document.get("accumulated")
        for each in [*several["measures"], *several.get("recent", ())] if several else ():
            if each["status"] != "ok":
                continue
            pooled = self._pooled(each, windows)
            claims = _from_values(each) if pooled is None else {"value": pooled[0] / pooled[1], "n": pooled[1]}
            where = f"{each['id']} since {each['params'].get('since')}"
            tally.claims(f"{name}: {where}", each, claims)
            (found.counts if pooled else found.rates if claims else found.sealed).append(where)
        return found

    def _claims(self, each: dict) -> tuple[bool, dict]:
        """Whether counts give this figure, and what it must be; nothing where neither counts nor rates do."""
        metric, scale = each["metric"], each["params"].get("scale")
        if each["id"] in self.cells:
            k, n = self.cells[each["id"]]
            return True, {"value": k / n, "n": n}
        name, _, kind = metric.rpartition("_")
        if name in GAPS and kind in ("difference", "ratio"):
            return True, {"value": _gap([self._values(rate, each) for rate in GAPS[name]], kind)}
        if metric == "impact_ratio":
            values = self._values("selection_rate", each)
            best = max if (self.system.get("columns") or {}).get("favourable", True) else min
            own = self.shown[self._by[_place("selection_rate", each)][_group(each)]]["value"]
            return True, {"value": own / best(values)}
        if scale not in ("ratio", "difference"):
            return False, {}
        counts = each["params"].get("counts")
        if counts is None or "strata" in str((each["params"].get("test") or {}).get("method")):
            return False, _from_values(each)
        (k1, k0), (n1, n0) = counts["k"], counts["n"]
        claims = {"value": _compared(k1 / n1, k0 / n0, scale), "n": n1 + n0, "params.values": [k1 / n1, k0 / n0]}
        sides = self._sides(each)
        return True, {**claims, **({"params.counts": sides} if sides else {})}

    def _sides(self, each: dict) -> dict | None:
        """The released counts of a group and of those it is compared with; None where one of them is not released."""
        rate = RATE_OF.get(each["metric"], each["metric"].rpartition("_")[0])
        groups = self._by.get(_place(rate, each), {})
        own, against = _group(each), self._reference(each["by"])
        others = [against] if against else [group for group in groups if group != own]
        names = [groups.get(group, "") for group in (own, *others)]
        if len(names) < 2 or any(name not in self.cells for name in names):
            return None
        cells = [self.cells[name] for name in names]
        k, n = ([cells[0][i], sum(cell[i] for cell in cells[1:])] for i in (0, 1))
        return {"k": k, "n": n}

    def _reference(self, by: list[str]) -> tuple[str, ...] | None:
        """The group that others are compared with; None: each with all others."""
        values = [(self.system.get("groups") or {})[name].get("reference") for name in by]
        return None if any(value is None for value in values) else tuple(map(str, values))

    def _values(self, rate: str, each: dict) -> list[float]:
        """What a rate is in each group that is shown, of the attribute of another figure."""
        return [self.shown[name]["value"] for name in self._by.get(_place(rate, each), {}).values()]

    def _pooled(self, each: dict, windows: dict[str, Figures]) -> Cell | None:
        """The cases and rows of a rate in several windows; None where one of them is not in the pack, or hides it."""
        if each["metric"] not in SHARES:
            return None
        since, before = each["params"]["since"], self.document["accumulated"]["windows"]
        asked = [one for one in before if one["start"] >= since and each["metric"] not in (one.get("without") or ())]
        k = n = 0
        for figures in (*(windows.get(window["cubes"]) for window in asked), self):
            shown = None if figures is None else figures.shown.get(each["id"])
            if figures is None or (shown and shown["status"] == "suppressed"):
                return None
            own = figures.cells.get(each["id"], (0, 0))
            k, n = k + own[0], n + own[1]
        return (k, n) if n else None


def _place(metric: str, each: dict) -> tuple:
    return metric, tuple(each["by"]), tuple(sorted(each["given"].items()))


def _group(each: dict) -> tuple[str, ...]:
    return tuple(each["group"][name] for name in each["by"]) if each["group"] else ()


def _compared(one: float, other: float, scale: str) -> float:
    return one / other if scale == "ratio" else one - other


def _from_values(each: dict) -> dict:
    """What a comparison must be by the two rates that are stated with it; nothing where they are not."""
    scale, values = each["params"].get("scale"), each["params"].get("values")
    return {"value": _compared(values[0], values[1], scale)} if values and scale in ("ratio", "difference") else {}


def _gap(rates: list[list[float]], kind: str) -> float | None:
    """The largest difference or the smallest ratio; None where a rate has no two groups, or nothing to divide by."""
    if any(len(values) < 2 or (kind == "ratio" and max(values) == 0) for values in rates):
        return None
    found = [_compared(*((max(v), min(v)) if kind == "difference" else (min(v), max(v))), kind) for v in rates]
    return max(found) if kind == "difference" else min(found)


def cells_of(text: str) -> dict[str, Cell]:
    """The released counts of a document. Raises ValueError where a figure is there twice, or its counts cannot be."""
    found: dict[str, Cell] = {}
    for row in csv.DictReader(io.StringIO(text), strict=True):
        name, k, n = row["measure"], int(row["cases"]), int(row["rows"])
        if name in found or not 0 <= k <= n or n == 0:
            raise ValueError(f"the counts of {name} are there twice, or cannot be")
        found[name] = (k, n)
    return found
