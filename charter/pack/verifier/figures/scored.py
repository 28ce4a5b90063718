"""Measures of scores computed again from the counts by score: their values; intervals are only found sealed.

Sources: Hanley & McNeil (1982), Radiology 143:29 (areas, equal scores count one half); Brier (1950).
"""

from __future__ import annotations

import math

from ..groups import Claims, Groups
from ..rows import Group, ScoreBin
from ..system import By
from .score_bins import ScoreBins, scored

AREAS = ("auc", "bpsn_auc", "bnsp_auc", "auc_difference")
MEANS = ("mean_score", "brier_score", "calibration_in_the_large")


class Scores:
    """Computes measures of scores by group again."""

    def __init__(self, groups: Groups, bins: ScoreBins) -> None:
        self.groups, self.system, self.bins = groups, groups.system, bins

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        if metric not in (*AREAS, *MEANS):
            return None
        table = {group: scored(part) for group, part in self.bins.now.get("*".join(by), {}).items()}
        own = table[tuple(measure["group"][name] for name in by) if measure["group"] else ()]
        if metric in MEANS:
            return self._mean(metric, own)
        if metric == "auc":
            return {"value": area(own, own), "n": sum(row.n for row in own if row.outcome < 2)}
        other = [row for rows in self._others(by, measure, table) for row in rows]
        if metric == "auc_difference":
            values = [area(own, own), area(other, other)]
            return {"value": values[0] - values[1], "params.values": values}
        return {"value": area(other, own) if metric == "bpsn_auc" else area(own, other)}

    def _others(self, by: By, measure: dict, table: dict[Group, list[ScoreBin]]) -> list[list[ScoreBin]]:
        reference, own = self.system.reference(by), tuple(measure["group"][name] for name in by)
        if reference is not None:
            return [table[reference]]
        hidden = self.groups.shown.hidden("scores", by) | self.groups.shown.hidden("seen", by)
        return [rows for group, rows in table.items() if group != own and None not in group and group not in hidden]

    def _mean(self, metric: str, rows: list[ScoreBin]) -> Claims:
        """Mean score; mean squared distance of score and outcome; mean of score − outcome."""
        used = rows if metric == "mean_score" else [row for row in rows if row.outcome < 2]
        n, scores = sum(row.n for row in used), math.fsum(self.bins.sum(row) for row in used)
        positives = [row for row in used if row.outcome == 1]
        if metric == "mean_score":
            return {"value": scores / n, "n": n}
        if metric == "calibration_in_the_large":
            return {"value": (scores - sum(row.n for row in positives)) / n, "n": n}
        squares = math.fsum(self.bins.squares(row) for row in used)
        distance = squares - 2 * math.fsum(self.bins.sum(row) for row in positives) + sum(row.n for row in positives)
        return {"value": distance / n, "n": n}


def area(positives: list[ScoreBin], negatives: list[ScoreBin]) -> float:
    """How often a positive of the first has a higher score than a negative of the second; within a bin, one half."""
    top = max(row.bin for row in [*positives, *negatives]) + 1
    up, down = [0] * top, [0] * top
    for rows, outcome, counts in ((positives, 1, up), (negatives, 0, down)):
        for row in rows:
            counts[row.bin] += row.n if row.outcome == outcome else 0
    found, below = 0.0, 0
    for one, zero in zip(up, down):
        found += one * (below + zero / 2)
        below += zero
    return found / (sum(up) * below)
