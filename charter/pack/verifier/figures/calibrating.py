"""What scores say of groups beside others, computed again: calibration, distances, and who scores above the middle.

Sources: Naeini et al. (2015), AAAI, 2901; Cox (1958), Biometrika 45:562; Smirnov (1948); Vallender (1974); NYC Local
Law 144, 6 RCNY 5-300.
"""

from __future__ import annotations

import itertools
import math

from ..buckets import rate_interval
from ..groups import Claims, Groups, share, two_groups
from ..rates import SELECTION, bad_side, counted
from ..rows import BUCKETS, Buckets, Group, empty
from ..system import By
from .moments import Single, compared
from .score_bins import BINS, Part, ScoreBins, histogram, largest_gap, scored, together

PARTS = 10
PAIRED = {
    "calibration_difference": ("scores", "seen"),
    "score_kolmogorov_smirnov": ("scores",),
    "score_wasserstein": ("scores",),
}
"""Comparisons of scores, and in which layers a group can be hidden from them."""


class Calibrating:
    """Computes measures of calibration and of distances between scores again."""

    def __init__(self, groups: Groups, bins: ScoreBins) -> None:
        self.system, self.shown, self.bins = groups.system, groups.shown, bins

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        table = self.bins.now.get("*".join(by), {})
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        if metric == "calibration_error":
            return self._error(measure, table[own])
        if metric in PAIRED:
            return self._paired(metric, by, own, table)
        return self._above(metric, by, own, table) if metric in ("scoring_rate", "scoring_rate_ratio") else None

    def _error(self, measure: dict, part: Part) -> Claims:
        """Σ |Σ score − positive outcomes| over equal bins ÷ outcomes; the curve where one is told."""
        seen = [row for row in scored(part) if row.outcome < 2]
        found = [0.0] * PARTS
        for row in seen:
            found[_part(row.bin)] += self.bins.sum(row) - row.n * row.outcome
        n = sum(row.n for row in seen)
        claims: Claims = {"value": math.fsum(map(abs, found)) / n, "n": n, "params.bins": PARTS}
        for i, told in enumerate(measure["params"].get("curve") or []):
            width = (self.bins.high - self.bins.low) / PARTS
            ends = [round((told[name] - self.bins.low) / width) for name in ("low", "high")]
            some = [row for row in seen if ends[0] <= _part(row.bin) < ends[1]]
            claims |= {f"params.curve.{i}.{path}": value for path, value in self._observed(some).items()}
        return claims

    def _observed(self, some: Part) -> Claims:
        """One bin of a curve: the mean score, and how often the outcome came."""
        k, n = [0] * BUCKETS, [0] * BUCKETS
        for row in some:
            k[row.bucket] += row.n * row.outcome
            n[row.bucket] += row.n
        interval = rate_interval((k, n), self.system.clustered)
        return {
            "n": sum(n),
            "mean_score": math.fsum(map(self.bins.sum, some)) / sum(n),
            "observed_rate": sum(k) / sum(n),
            "interval.low": interval.low,
            "interval.high": interval.high,
        }

    def _paired(self, metric: str, by: By, own: Group, table: dict[Group, Part]) -> Claims:
        hidden = set().union(*(self.shown.hidden(layer, by) for layer in PAIRED[metric]))
        against, others = self.bins.against(by, own, [group for group in table if group not in hidden])
        one, two = scored(table[own]), scored(together(table, others))
        claims: Claims = {"params.against": against}
        if metric == "calibration_difference":
            sides = [self.bins.errors(part) for part in (one, two)]
            test = compared(Single(sides[0]), Single(sides[1]), self.system.clustered, -2.0, 2.0)
            values = [side.mean for side in sides]
            n = {"n": sum(side.size for side in sides), "params.decisions": sum(row.n for row in (*one, *two))}
            return {**claims, **n, **test, "value": values[0] - values[1], "params.values": values}
        claims |= {"n": sum(row.n for row in (*one, *two)), "params.bins": BINS}
        if metric == "score_wasserstein":
            return {**claims, "value": self._moved(one, two), "params.bin_bound": self.bins.edge(1) - self.bins.low}
        value, bound = largest_gap(histogram(one), histogram(two))
        return {**claims, "value": value, "params.bin_bound": bound}

    def _moved(self, one: Part, two: Part) -> float:
        """∫ |F − G|, every score taken as the mean of its bin and side."""
        steps: list[tuple[float, float]] = []
        for part, sign in ((one, 1), (two, -1)):
            whole = sum(row.n for row in part)
            for i in {row.bin for row in part}:
                some = [row for row in part if row.bin == i]
                n = sum(row.n for row in some)
                steps.append((math.fsum(map(self.bins.sum, some)) / n, sign * n / whole))
        steps.sort()
        found, height = 0.0, 0.0
        for (at, step), (then, _) in zip(steps, steps[1:]):
            height += step
            found += abs(height) * (then - at)
        return found

    def _above(self, metric: str, by: By, own: Group, table: dict[Group, Part]) -> Claims:
        """Who scores above the median of everybody, to the end of a bin where it holds several scores."""
        median, first, exact = self._middle()
        cells = {group: _halves(part, first) for group, part in table.items()}
        if metric == "scoring_rate":
            claims = share(counted([cells[own]], SELECTION), self.system.clustered)
            claims["params.median_between"] = [self.bins.edge(i) for i in (median, min(median + 1, BINS))]
            counts = histogram(table[own])
            return claims if exact else {**claims, "params.bin_bound": counts[median] / sum(counts)}
        hidden = self.shown.hidden("scoring", by)
        against, others = self.bins.against(by, own, [group for group in table if group not in hidden])
        parts = [cells[group] for group in others]
        claims = two_groups([cells[own]], parts, SELECTION, "ratio", self.system.clustered)
        side = bad_side("selection_rate_ratio", self.system.favourable)
        return {**claims, "params.against": against, "params.scale": "ratio", "params.bad_side": side}

    def _middle(self) -> tuple[int, int, bool]:
        """The bin of the median, the first bin counted as above it, and whether it holds one score only."""
        everybody = scored(self.bins.now[""][()])
        counts = histogram(everybody)
        whole = sum(counts)
        median = next(i for i, below in enumerate(itertools.accumulate(counts)) if 2 * below >= whole)
        within = [row for row in everybody if row.bin == median]
        n, total, squares = counts[median], sum(row.total for row in within), sum(row.squares for row in within)
        if (n * squares - total * total) / n**2 < 1e-15 * self.bins.unit**2:
            return median, median + 1, True
        over = sum(counts[median + 1 :])
        nearer = abs(2 * (over + counts[median]) - whole) < abs(2 * over - whole)
        return median, median if nearer else median + 1, False


def _part(bin_: int) -> int:
    """Which of ten equal parts a bin is in; the highest score is in the last."""
    return min(bin_ * PARTS // BINS, PARTS - 1)


def _halves(part: Part, first: int) -> Buckets:
    """Who scores in a bin or above it, as a decision without outcome."""
    cells = empty()
    for row in scored(part):
        cells[row.bucket][1 if row.bin >= first else 0][2] += row.n
    return cells
