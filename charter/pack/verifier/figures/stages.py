"""The stages of a funnel, and comparable profiles, computed again from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, NamedTuple

from ..buckets import Counted, at_worth, effective_buckets, filled, worth
from ..chances import quantile
from ..groups import Claims, Groups, Sides, ends, share, two_groups
from ..rates import SELECTION, counted
from ..rows import BUCKETS, Buckets, Group, Table
from ..scores import Interval, difference_interval, ratio_interval
from ..system import By

STAGED = {
    "stage_selection_rate": True,
    "cumulative_selection_rate": False,
    "stage_selection_rate_ratio": True,
    "cumulative_selection_rate_ratio": False,
}
"""Whether a measure is about those who reached the stage before, or about everybody."""
ADJUSTED = {"adjusted_selection_rate_ratio": False, "adjusted_stage_selection_rate_ratio": True}
Strata = dict[str, tuple[list[int], list[int]]]
"""Of each stratum: selected and all, by bucket."""


class Stages:
    """Computes measures of stages and within strata again."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.system, self.rows = groups, groups.system, groups.rows

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        if metric in ADJUSTED:
            return self._adjusted(measure, by)
        if metric not in STAGED:
            return None
        stage = self.system.stages.index(measure["given"]["stage"])
        table = self.rows.tables(by, stage, stage if STAGED[metric] else 0)
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        if not metric.endswith("_ratio"):
            return share(counted([table[own]], SELECTION), self.system.clustered)
        against, other = self._against(by, own, table, measure["given"]["stage"])
        claims = two_groups([table[own]], other, SELECTION, "ratio", self.system.clustered)
        return {**claims, "params.against": against, **self._side()}

    def sides(self, measure: dict) -> Sides | None:
        """The counts of a share (one side), or of both groups of a comparison; None where it is neither."""
        metric, by = measure["metric"], tuple(measure["by"])
        if metric in ADJUSTED:
            one, two = self._both(measure, by)
            return [[side[name] for name in _held(one, two)] for side in (one, two)]
        if metric not in STAGED:
            return None
        stage = self.system.stages.index(measure["given"]["stage"])
        table = self.rows.tables(by, stage, stage if STAGED[metric] else 0)
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        found = [[counted([table[own]], SELECTION)]]
        if metric.endswith("_ratio"):
            found.append([counted(self._against(by, own, table, measure["given"]["stage"])[1], SELECTION)])
        return found

    def _side(self) -> Claims:
        return {"params.bad_side": "below" if self.system.favourable else "above", "params.scale": "ratio"}

    def _against(self, by: By, own: By, table: Table, stage: str) -> tuple[str, list[Buckets]]:
        return self.groups.against(by, own, self.groups.shown.of(by, f"stage:{stage}", table))

    def _adjusted(self, measure: dict, by: By) -> Claims:
        one, two = self._both(measure, by)
        held = _held(one, two)
        claims = within([one[name] for name in held], [two[name] for name in held], self.system.clustered)
        every = sum(sum(n) for strata in (one, two) for _, n in strata.values())
        return {**claims, "params.covered": float(str(claims["n"])) / every, **self._side()}

    def _both(self, measure: dict, by: By) -> tuple[Strata, Strata]:
        """The strata of the group that is compared, and of those it is compared with."""
        own, stage = tuple(measure["group"][name] for name in by), None
        table, layer = self.rows.tables(by), "decisions"
        if ADJUSTED[measure["metric"]]:
            stage = self.system.stages.index(measure["given"]["stage"])
            table, layer = self.rows.tables(by, stage, stage), f"stage:{measure['given']['stage']}"
        shown = self.groups.shown.of(by, layer, table)
        reference = self.system.reference(by)
        others = [reference] if reference else [g for g, c in shown.items() if g != own and counted([c], SELECTION)]
        return self.strata(by, [own], stage), self.strata(by, others, stage)

    def strata(self, by: By, groups: Sequence[Group], stage: int | None) -> Strata:
        """Selected and all of some groups in each stratum; with a stage, of those who reached the one before."""
        found: Strata = {}
        for row in self.rows.strata:
            if row.by != "*".join(by) or row.group not in groups or row.stratum is None:
                continue
            if stage is not None and (row.furthest is None or row.furthest < stage):
                continue
            selected = row.decision if stage is None else int((row.furthest or 0) > stage)
            cases, rows = found.setdefault(row.stratum, ([0] * BUCKETS, [0] * BUCKETS))
            cases[row.bucket] += row.n * selected
            rows[row.bucket] += row.n
        return found


def _held(one: Strata, two: Strata) -> list[str]:
    """The strata that hold people of both, in order."""
    return sorted(name for name in one if sum(one[name][1]) and name in two and sum(two[name][1]))


def within(one: Sequence[Counted], two: Sequence[Counted], clustered: bool) -> Claims:
    """Two groups compared within strata that hold people of both: the Mantel-Haenszel risk ratio."""
    found = matched(one, two, "ratio", clustered)
    return {
        "value": found.rates[0] / found.rates[1],
        "n": sum(n1 + n0 for _, n1, _, n0 in found.sums),
        **ends(found.interval),
        "params.values": list(found.rates),
        "params.decisions": sum(n1 + n0 for _, n1, _, n0 in found.sums),
        "params.strata": len(found.sums),
        "params.strata_above": sum(k1 * n0 > k0 * n1 for k1, n1, k0, n0 in found.sums),
        "params.test": found.test,
    }


class Matched(NamedTuple):
    """Two groups compared within strata: k1, n1, k0, n0 of each stratum, standardised rates, interval and test."""

    sums: list[tuple]
    rates: tuple[float, float]
    interval: Interval | None
    test: dict


def matched(one: Sequence[Counted], two: Sequence[Counted], scale: str, clustered: bool) -> Matched:
    """Both rates, each standardised over strata that hold people of both, and their ratio or difference judged.

    Sources: Greenland & Robins (1985), Biometrics 41:55; Miettinen & Nurminen (1985), Stat. in Medicine 4:213; Kish's
    effective sizes.
    """
    sums = [(sum(k1), sum(n1), sum(k0), sum(n0)) for (k1, n1), (k0, n0) in zip(one, two)]
    rates = weighted(sums)
    sizes = tuple(
        sum(n1 * n0 / (n1 + n0) for _, n1, _, n0 in sums) ** 2
        / sum((n1 * n0 / (n1 + n0)) ** 2 / (n1, n0)[i] for _, n1, _, n0 in sums)
        for i in (0, 1)
    )
    judged = _of_people((one, two), rates, sizes, scale) if clustered else _of_rows(sums, rates, sizes, scale)
    return Matched(sums, rates, *judged)


def weighted(sums: Sequence[tuple]) -> tuple[float, float]:
    """Both rates, each averaged over the strata with weights n1 n0 ÷ (n1 + n0)."""
    used = [(k1, n1, k0, n0) for k1, n1, k0, n0 in sums if n1 and n0]
    weights = [n1 * n0 / (n1 + n0) for _, n1, _, n0 in used]
    whole = sum(weights)
    if not whole:
        return 0.0, 0.0
    first = sum(w * (k1 / n1) for w, (k1, n1, _, _) in zip(weights, used)) / whole  # 1 where everybody is selected
    return first, sum(w * (k0 / n0) for w, (_, _, k0, n0) in zip(weights, used)) / whole


def _of_people(sides: tuple, rates: tuple, sizes: tuple, scale: str) -> tuple[Interval | None, dict]:
    """The interval and the test where rows of one person fall in one bucket."""
    one, two = sides
    rows = [[sum(n[b] for _, n in strata) for b in range(BUCKETS)] for strata in (one, two)]
    parts = [weighted(_without(one, two, b)) for b in filled(*rows)]
    found = worth(rates, tuple(zip(*parts)), sizes, tuple(rows), "log" if scale == "ratio" else "identity")
    if found is not None:
        return at_worth(rates, found[0], found[1], scale)
    few = tuple(effective_buckets(each) for each in rows)
    return _scored(rates, few, scale, "miettinen_nurminen_buckets")


def _of_rows(sums: Sequence[tuple], rates: tuple, sizes: tuple, scale: str) -> tuple[Interval | None, dict]:
    """The same of independent rows."""
    if scale == "ratio":
        plain = sum((1 - rate) / (rate * size) for rate, size in zip(rates, sizes)) if min(rates) > 0 else 0.0
        variance = _variance(sums)
    else:
        plain = sum(rate * (1 - rate) / size for rate, size in zip(rates, sizes))
        variance = _variance_of_difference(sums)
    if plain > 0 and variance > 0:
        sizes = tuple(size * plain / variance for size in sizes)
    return _scored(rates, sizes, scale, "miettinen_nurminen_strata")


def _scored(rates: tuple, sizes: tuple, scale: str, method: str) -> tuple[Interval | None, dict]:
    k = tuple(rate * size for rate, size in zip(rates, sizes))
    invert: Callable[..., Interval | None] = ratio_interval if scale == "ratio" else difference_interval
    test = {"kind": f"score_{scale}", "k": list(k), "n": list(sizes), "method": method}
    return invert(k, sizes, method, quantile(0.975, {})), test


def _without(one: Sequence[Counted], two: Sequence[Counted], b: int) -> list[tuple]:
    """The sums of each stratum without a bucket."""
    return [
        (sum(k1) - k1[b], sum(n1) - n1[b], sum(k0) - k0[b], sum(n0) - n0[b]) for (k1, n1), (k0, n0) in zip(one, two)
    ]


def _variance(sums: Sequence[tuple]) -> float:
    """Of the log of the Mantel-Haenszel risk ratio."""
    above = sum(((k1 + k0) * n1 * n0 - k1 * k0 * (n1 + n0)) / (n1 + n0) ** 2 for k1, n1, k0, n0 in sums)
    one = sum(k1 * n0 / (n1 + n0) for k1, n1, _, n0 in sums)
    two = sum(k0 * n1 / (n1 + n0) for _, n1, k0, n0 in sums)
    return above / (one * two) if one * two > 0 else 0.0


def _variance_of_difference(sums: Sequence[tuple]) -> float:
    """Of the difference of standardised rates, with half a case added to each side of a stratum."""
    found = whole = 0.0
    for k1, n1, k0, n0 in sums:
        weight = n1 * n0 / (n1 + n0)
        chances = [((k + 0.5) / (n + 1), n) for k, n in ((k1, n1), (k0, n0))]
        found += weight**2 * sum(p * (1 - p) / n for p, n in chances)
        whole += weight
    return found / whole**2
