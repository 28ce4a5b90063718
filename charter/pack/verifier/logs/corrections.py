"""What agents corrected, computed again from the rows: what became of people whom they put in, and what became of gaps.

Sources: Greenland & Robins (1985), Biometrics 41:55; Manski (1990), American Economic Review 80:319; linearisation of
ratios: Särndal, Swensson & Wretman (1992), 5.5; Fieller (1954), JRSS B 16:175.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..buckets import filled
from ..chances import quantile
from ..figures.stages import matched, weighted
from ..groups import Claims, Groups, ends
from ..rows import BUCKETS, Decisions, Group
from ..scores import fieller
from ..system import By, label

RESULTS, GAP = "put_in_outcome_difference", "gap_by_corrections"
PUT_IN, FOLLOWED = SIDES = ("put_in", "followed")
WATCHED = 0.95
FEWEST = 10
"""Selected of each group, before and after, from which something is told of a gap."""
MOST_UNSEEN = 0.01
UNSEEN = 2
Strata = dict[str, list[list[int]]]
"""People of a side by stratum, what became of them (no, yes, not known) and bucket."""
Moves = list[list[int]]
"""Rows of a group by bucket: neither proposed nor decided, decided only, proposed only, both."""


class GapChange(NamedTuple):
    """Log ratios before and after, and the variances of the change and of the gap after with their covariance."""

    before: float
    after: float
    variances: list[float]
    df: float


class Corrections:
    """Computes measures of corrections again."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.rows = groups, groups.rows

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        if measure["metric"] == RESULTS:
            return self._results()
        return self._gap(measure) if measure["metric"] == GAP else None

    def wrongly_told(self, measures: Sequence[dict]) -> Iterator[str]:
        """What is told of too few people, or is not told and could be."""
        for each in (each for each in measures if each["metric"] in (RESULTS, GAP)):
            few, told = self._few(each), each["status"] == "ok"
            if few and told:
                yield f"{each['id']} is told of too few people"
            elif not few and each["reason"] == "few_corrections":
                yield f"{each['id']} is hidden as of few and is not"
            elif each["reason"] in ("no_gap_left", "outcomes_unseen") and (self.claims(each) or {}).get("value"):
                yield f"{each['id']} is not told and could be"

    def _few(self, measure: dict) -> bool:
        limit = self.groups.system.limit
        if measure["metric"] == RESULTS:
            return any(self._count("somebody", side) < limit for side in SIDES)
        by, own, others = self._compared(measure)
        moved = {row.group: row.n for row in self._of("moved", by)}
        return min(moved.get(own, 0), sum(moved.get(each, 0) for each in others)) < limit

    def _count(self, part: str, by: str = "") -> int:
        return sum(row.n for row in self.rows.corrections.get(part, []) if row.by == by)

    def _of(self, part: str, by: By) -> list[Decisions]:
        return [row for row in self.rows.corrections.get(part, []) if row.by == "*".join(by)]

    def _results(self) -> Claims:
        sides: list[Strata] = [{}, {}]
        for row in self.rows.corrections.get("results", []):
            cells = sides[SIDES.index(row.by)].setdefault(str(row.stratum), [[0] * BUCKETS for _ in range(3)])
            cells[row.outcome][row.bucket] += row.n
        every = sum(sum(map(sum, cells)) for side in sides for cells in side.values())
        unseen = sum(sum(cells[UNSEEN]) for side in sides for cells in side.values())
        pairs = _pairs(sides, (None, None))
        if not pairs[0]:
            return {"value": None}
        found = matched(*pairs, "difference", True)
        buckets = [sum(n[b] for side in pairs for _, n in side) for b in range(BUCKETS)]
        bounds = [_difference(_pairs(sides, (taken, not taken))) for taken in (False, True)]
        claims: Claims = {
            "value": found.rates[0] - found.rates[1],
            "n": sum(buckets),
            "clusters": sum(1 for n in buckets if n),
            **ends(found.interval),
            "params.values": list(found.rates),
            "params.test": found.test,
            "params.strata": len(found.sums),
            "params.covered": sum(buckets) / (every - unseen),
            "params.put_in": sum(n1 for _, n1, _, _ in found.sums),
            "params.taken_out": self._count("taken_out"),
            "params.left_out": self._count("apart"),
            "params.unseen": unseen,
            "params.bounds": bounds,
            "params.bad_side": "below",
            "params.scale": "effect",
        }
        either = unseen > MOST_UNSEEN * every and bounds[0] <= 0 <= bounds[1]
        return {**claims, "value": None} if either else claims

    def _compared(self, measure: dict) -> tuple[By, By, list[By]]:
        """The attribute, the group, and those that it is compared with."""
        by = tuple(measure["by"])
        own = tuple(measure["group"][name] for name in by)
        against, held = measure["params"]["against"], {row.group for row in self._of("final_by_person", by)}
        hidden = self.groups.shown.hidden("decisions", by)
        known = [_known(group) for group in held if None not in group and group not in hidden]
        if against == "rest":
            return by, own, [group for group in known if group != own]
        return by, own, [group for group in known if label(by, group) == against]

    def _gap(self, measure: dict) -> Claims:
        by, own, others = self._compared(measure)
        clusterings = []
        for part in ("final_by_team", "final_by_person"):
            rows = self._of(part, by)
            clusterings.append((_moves(rows, [own]), _moves(rows, others)))
        found = gap_change(clusterings)
        if found is None:
            return {"value": None}
        n = [sum(map(sum, sides)) for sides in zip(*clusterings[1])]
        return {"n": sum(n), "clusters": sum(1 for each in n if each), **self._told(found)}

    def _told(self, found: GapChange) -> Claims:
        sign = 1 if self.groups.system.favourable else -1
        test = {
            "kind": "gap_share",
            "part": sign * (found.after - found.before),
            "whole": sign * found.after,
            "variances": found.variances,
            "watched": math.log(WATCHED),
            "df": found.df,
            "method": "fieller",
        }
        claims: Claims = {
            "params.test": test,
            "params.before": math.exp(found.before),
            "params.after": math.exp(found.after),
            "params.watched": WATCHED,
            "params.bad_side": "above",
            "params.scale": "effect",
        }
        z, whole = quantile(0.975, test), sign * found.after
        if whole - z * math.sqrt(found.variances[2]) >= math.log(WATCHED):
            return {**claims, "value": 0.0, "params.gap": "unwatched"}
        share = fieller(test, z) if whole < 0 else None
        if share is None:
            return {"value": None}
        value = sign * (found.after - found.before) / whole
        return {**claims, "value": value, "interval.low": share[0], "interval.high": share[1], "params.gap": None}


def _known(group: Group) -> By:
    return tuple(str(value) for value in group)


def _pairs(sides: Sequence[Strata], unseen: tuple) -> tuple[list, list]:
    """Both sides, cases and rows by bucket, in strata that hold people of both. `unseen`: as what those are taken of
    whom it is not known what became of them; None: they are left out."""
    counted: list[dict] = []
    for side, taken in zip(sides, unseen):
        strata = {}
        for name, (no, yes, none) in side.items():
            more = [0] * BUCKETS if taken is None else none
            cases = [k + (each if taken else 0) for k, each in zip(yes, more)]
            strata[name] = (cases, [a + b + c for a, b, c in zip(no, yes, more)])
        counted.append({name: each for name, each in strata.items() if sum(each[1])})
    both = sorted({*counted[0]} & {*counted[1]})
    return [counted[0][name] for name in both], [counted[1][name] for name in both]


def _difference(pairs: tuple[list, list]) -> float:
    sums = [(sum(k1), sum(n1), sum(k0), sum(n0)) for (k1, n1), (k0, n0) in zip(*pairs)]
    one, other = weighted(sums)
    return one - other


def _moves(rows: Sequence[Decisions], groups: Sequence[By]) -> Moves:
    found = [[0, 0, 0, 0] for _ in range(BUCKETS)]
    for row in rows:
        if row.group in groups:
            found[row.bucket][2 * row.decision + row.outcome] += row.n
    return found


def gap_change(clusterings: Sequence[tuple[Moves, Moves]]) -> GapChange | None:
    """How a gap changes from what was proposed to what was decided, of the same rows by bucket in several ways."""
    sums = [[sum(each) for each in zip(*side)] for side in clusterings[0]]
    if any(min(_proposed(each), _final(each)) < FEWEST for each in sums):
        return None
    rows = [math.fsum(part) for part in zip(*(_of_rows(each) for each in sums))]
    found = [_clustered(sides, (rows[0], rows[2])) for sides in clusterings]
    if any(each is None for each in found):
        return None
    known = [each for each in found if each is not None]
    first, last = (max(rows[i], *(each[0][i] for each in known)) for i in (0, 2))
    own, both, whole = max(known, key=lambda each: each[0][0])[0]
    scale = math.sqrt(own * whole)
    shared = both / scale * math.sqrt(first * last) if scale > 0 else 0.0
    before, after = (math.log(of(sums[0]) / sum(sums[0]) / (of(sums[1]) / sum(sums[1]))) for of in (_proposed, _final))
    return GapChange(before, after, [first, shared, last], min(each[1] for each in known))


def _proposed(moves: Sequence[int]) -> int:
    return moves[2] + moves[3]


def _final(moves: Sequence[int]) -> int:
    return moves[1] + moves[3]


def _gaps(moves: Sequence[int], whole: Sequence[int]) -> tuple[float, float]:
    """How much some rows of a group move its rate from before to after, and its rate after, in logarithms."""
    after = _final(moves) / _final(whole)
    return after - _proposed(moves) / _proposed(whole), after - sum(moves) / sum(whole)


def _clustered(sides: tuple[Moves, Moves], rows: tuple[float, float]) -> tuple[list[float], float] | None:
    sums = [[sum(each) for each in zip(*side)] for side in sides]
    used = filled(*([sum(moves) for moves in side] for side in sides))
    m = len(used)
    if m < 2:
        return None
    parts = [[_gaps(side[b], whole) for b in used] for side, whole in zip(sides, sums)]
    gaps = [(one[0] - other[0], one[1] - other[1]) for one, other in zip(*parts)]
    variances = [m / (m - 1) * math.fsum(gap[i] * gap[j] for gap in gaps) for i, j in ((0, 0), (0, 1), (1, 1))]
    free = [m - 1.0]
    for i in (0, 1):
        fourth = math.fsum(gap[i] ** 4 for gap in gaps)
        if variances[2 * i] > rows[i]:
            free.append(3 * math.fsum(gap[i] ** 2 for gap in gaps) ** 2 / fourth - 2)
    return variances, max(1.0, min(free))


def _of_rows(whole: Sequence[int]) -> list[float]:
    """The variances and covariance of one group with independent rows."""
    found = []
    for i, j in ((0, 0), (0, 1), (1, 1)):
        parts = []
        for at, n in enumerate(whole):
            gap = _gaps([int(at == each) for each in range(4)], whole)
            parts.append(n * gap[i] * gap[j])
        found.append(math.fsum(parts))
    return found
