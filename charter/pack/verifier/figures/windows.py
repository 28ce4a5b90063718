"""How far each group moved since the window of reference, computed again: changes, distances, and whether alike.

Sources: Card & Krueger (1994), AER 84:772; Siddiqi (2006); Endres & Schindelin (2003); Vallender (1974); Bartlett
(1935), JRSS Supplement 2:248; Bishop, Fienberg & Holland (1975), 3.5; Rao & Scott (1984).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..buckets import cluster_size
from ..buckets import compared as compared_rates
from ..chances import gamma_above
from ..groups import Claims, Groups, ends
from ..rows import BUCKETS, Group
from ..scores import holm
from ..system import By
from .drift import HALF, distance, merged, psi
from .moments import MeanChange, Single, compared, shares
from .score_bins import BINS, Part, ScoreBins, by_bucket, histogram, largest_gap, scored, together

QUANTITIES = ("selection_rate", "mean_score")
DISTANCES = ("psi", "jensen_shannon", "kolmogorov_smirnov", "wasserstein")
OF_DECISION, OF_SCORE = {"role": "decision"}, {"feature": "score"}
LEAST, ROUNDS = 5.0, 200


class Windows:
    """Computes measures of groups in two windows again."""

    def __init__(self, groups: Groups, bins: ScoreBins, measures: Sequence[dict]) -> None:
        self.system, self.bins = groups.system, bins
        self.told: dict[tuple[str, By], list[Group]] = {}
        self.p: dict[str, dict[str, float]] = {}
        for measure in measures:
            if measure["status"] == "ok" and measure["group"] and measure["by"]:
                own = tuple(measure["group"][name] for name in measure["by"])
                self.told.setdefault((measure["metric"], tuple(measure["by"])), []).append(own)
                if "p_adjusted" in measure["params"]:
                    self.p.setdefault(measure["metric"], {})[measure["id"]] = measure["params"]["p"]

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        quantity = metric.partition("_change")[0]
        if quantity in QUANTITIES and metric == f"{quantity}_change":
            return self._change(quantity, by, own)
        if quantity in QUANTITIES and metric == f"{quantity}_change_difference":
            return {**self._difference(quantity, by, own), **self._family(measure)}
        if metric == "score_interaction":
            return {**self._interaction(by, own), **self._family(measure)}
        if metric in DISTANCES and measure["given"] == OF_DECISION:
            return self._of_decisions(metric, by, own)
        return self._of_scores(metric, by, own) if metric in DISTANCES and measure["given"] == OF_SCORE else None

    def _sides(self, by: By, groups: Iterable[Group]) -> tuple[Part, Part]:
        """The rows of some groups now, and in the window of reference."""
        name, listed = "*".join(by), list(groups)
        return together(self.bins.now.get(name, {}), listed), together(self.bins.then.get(name, {}), listed)

    def _moments(self, quantity: str, by: By, groups: Iterable[Group]) -> MeanChange:
        parts = self._sides(by, groups)
        make = self.bins.scores if quantity == "mean_score" else lambda part: shares(*_selected(part))
        return MeanChange(*(make(part) for part in parts))

    def _change(self, quantity: str, by: By, own: Group) -> Claims:
        found, clustered = self._moments(quantity, by, [own]), self.system.clustered
        if quantity == "mean_score":
            width = self.bins.high - self.bins.low
            told = compared(Single(found.now), Single(found.then), clustered, -width, width)
        else:
            now, then = (_selected(part) for part in self._sides(by, [own]))
            interval, test = compared_rates(now, then, "difference", clustered)
            told = {**ends(interval), "params.test": test} if interval else {"interval": None}
        values = [found.now.mean, found.then.mean]
        sizes = {"n": found.now.size, "params.reference_n": found.then.size}
        return {**told, **sizes, "value": found.mean, "params.values": values}

    def _difference(self, quantity: str, by: By, own: Group) -> Claims:
        against, others = self.bins.against(by, own, self.told.get((f"{quantity}_change", by), []))
        one, other = (self._moments(quantity, by, groups) for groups in ([own], others))
        width = 1.0 if quantity == "selection_rate" else self.bins.high - self.bins.low
        return {
            **compared(one, other, self.system.clustered, -2 * width, 2 * width),
            "value": one.mean - other.mean,
            "n": one.now.size + other.now.size,
            "params.against": against,
            "params.changes": [one.mean, other.mean],
        }

    def _family(self, measure: dict) -> Claims:
        """Holm's correction over all groups of the same measure."""
        p = self.p.get(measure["metric"], {})
        if measure["id"] not in p:
            return {}
        corrected = dict(zip(p, holm(list(p.values()), [1.0] * len(p))))
        return {"params.family": len(p), "params.p_adjusted": corrected[measure["id"]]}

    def _effect(self, *sides: Part) -> float:
        """By how much repeated people can multiply a sampling error at most."""
        return max(cluster_size(by_bucket(part)) for part in sides) if self.system.clustered else 1.0

    def _of_decisions(self, metric: str, by: By, own: Group) -> Claims:
        now, then = self._sides(by, [own])
        counts = [[sum(rows) - sum(cases), sum(cases)] for cases, rows in (_selected(then), _selected(now))]
        return self._index(metric, counts, self._effect(now, then))

    def _of_scores(self, metric: str, by: By, own: Group) -> Claims:
        now, then = self._sides(by, [own])
        fine = [histogram(part, BINS) for part in (then, now)]
        if metric in DISTANCES[:2]:
            edges = self._edges()
            counts = [[*_coarse(each, edges), _unscored(part)] for each, part in zip(fine, (then, now))]
            return self._index(metric, counts, self._effect(scored(now), scored(then)))
        totals: Claims = {"n": sum(fine[1])}
        totals |= {"params.reference_total": sum(fine[0]), "params.current_total": sum(fine[1])}
        if metric == "kolmogorov_smirnov":
            value, bound = largest_gap(*fine)
            return {**totals, "value": value, "params.bin_bound": bound}
        width = self.bins.high - self.bins.low
        return {**totals, "value": _moved(*fine) * width / BINS, "params.bin_bound": width / BINS}

    def _edges(self) -> list[int]:
        """Where the tenths of everybody's scores in the window of reference begin."""
        counts = [*histogram(self.bins.then[""][()], BINS), 0]
        return [int(edge) for edge in merged([float(i) for i in range(1, BINS)], counts, counts)[0]]

    def _index(self, metric: str, counts: list[list[int]], effect: float) -> Claims:
        then, now = (sum(side) for side in counts)
        pairs = [(p, q) for p, q in zip(*counts) if p + q]
        claims: Claims = {"n": now, "params.reference_total": then, "params.current_total": now}
        if metric == "jensen_shannon":
            return {**claims, "value": distance(pairs)}
        parts = [effect / then, effect / now]
        test = {"kind": "noncentral_chi2", "statistic": psi(pairs, HALF * effect), "df": max(len(pairs) - 1, 1)}
        test.update(scale=sum(parts), scale_reference=parts[0], design_effect=effect)
        return {**claims, "value": psi(pairs), "params.test": test}

    def _interaction(self, by: By, own: Group) -> Claims:
        """Whether the odds of each bin changed by the same factors in both groups."""
        against, others = self.bins.against(by, own, self.told.get(("mean_score_change", by), []))
        edges, sides = self._edges(), [self._sides(by, groups) for groups in ([own], others)]
        counts = [[_coarse(histogram(part, BINS), edges) for part in side] for side in sides]
        effect = max(self._effect(*map(scored, side)) for side in sides)
        n = sum(counts[0][0]) + sum(counts[1][0])
        value, df = _chi_square(counts)
        p = gamma_above(df / 2, value / effect / 2)
        told: Claims = {"params.df": df, "params.p": p, "params.design_effect": effect, "params.against": against}
        return {**told, "value": value / effect, "n": n}


def _selected(part: Iterable) -> tuple[list[int], list[int]]:
    """Selected and all, by bucket."""
    cases, rows = [0] * BUCKETS, [0] * BUCKETS
    for row in part:
        cases[row.bucket] += row.n * row.decision
        rows[row.bucket] += row.n
    return cases, rows


def _unscored(part: Part) -> int:
    return sum(row.n for row in part if row.bin < 0)


def _coarse(counts: Sequence[int], edges: Sequence[int]) -> list[int]:
    """Counts by hundredth, summed between edges."""
    at = [0, *edges, len(counts)]
    return [sum(counts[a:b]) for a, b in zip(at, at[1:])]


def _moved(before: Sequence[int], now: Sequence[int]) -> float:
    """∫ |F − G| in bins, values spread evenly over theirs."""
    found, start = 0.0, 0.0
    for p, q in zip(before, now):
        end = start + p / sum(before) - q / sum(now)
        size = abs(start) + abs(end)
        found += size / 2 if start * end >= 0 else (start * start + end * end) / (2 * size)
        start = end
    return found


def _chi_square(counts: list[list[list[int]]]) -> tuple[float, int]:
    """Pearson's statistic of no interaction of group, window and bin; bins are joined until each expects enough."""
    while True:
        expected = _fitted(counts)
        cells = [(g, w) for g in (0, 1) for w in (0, 1)]
        least = [min(expected[g][w][b] for g, w in cells) for b in range(len(counts[0][0]))]
        if min(least) >= LEAST:
            parts = [
                (counts[g][w][b] - expected[g][w][b]) ** 2 / expected[g][w][b]
                for g, w in cells
                for b in range(len(least))
            ]
            return math.fsum(parts), len(least) - 1
        at = least.index(min(least))
        into = min((i for i in (at - 1, at + 1) if 0 <= i < len(least)), key=lambda i: least[i])
        for g, w in cells:
            counts[g][w][into] += counts[g][w][at]
            del counts[g][w][at]


def _fitted(counts: list[list[list[int]]]) -> list[list[list[float]]]:
    """Expected counts with the same sums over any one of the three, by iterative proportional fitting."""
    bins = range(len(counts[0][0]))
    found = [[[1.0 for _ in bins] for _ in (0, 1)] for _ in (0, 1)]
    lines = [[(g, w, b) for g in (0, 1)] for w in (0, 1) for b in bins]
    lines += [[(g, w, b) for w in (0, 1)] for g in (0, 1) for b in bins]
    lines += [[(g, w, b) for b in bins] for g in (0, 1) for w in (0, 1)]
    most = max(n for side in counts for window in side for n in window)
    for _ in range(ROUNDS):
        before = [[list(window) for window in side] for side in found]
        for line in lines:
            whole = sum(found[g][w][b] for g, w, b in line)
            factor = sum(counts[g][w][b] for g, w, b in line) / whole if whole > 0 else 0.0
            for g, w, b in line:
                found[g][w][b] *= factor
        apart = max(abs(found[g][w][b] - before[g][w][b]) for g in (0, 1) for w in (0, 1) for b in bins)
        if apart <= 1e-9 * max(most, 1.0):
            break
    return found
