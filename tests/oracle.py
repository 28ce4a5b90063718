"""Measures in plain Python, from rows: exact fractions, nothing imported from the code under test.

A row is a mapping with `d` (1: selected), `y` (1, 0 or None: no outcome) and `n` (decisions it stands for). A measure
that has no value is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]
Test = Callable[[int, int | None], bool]
Value = Fraction | None

RATES: dict[str, tuple[Test, Test]] = {
    "selection_rate": (lambda d, y: d == 1, lambda d, y: True),
    "true_positive_rate": (lambda d, y: d == 1, lambda d, y: y == 1),
    "false_negative_rate": (lambda d, y: d == 0, lambda d, y: y == 1),
    "false_positive_rate": (lambda d, y: d == 1, lambda d, y: y == 0),
    "true_negative_rate": (lambda d, y: d == 0, lambda d, y: y == 0),
    "precision": (lambda d, y: y == 1, lambda d, y: d == 1 and y is not None),
    "false_discovery_rate": (lambda d, y: y == 0, lambda d, y: d == 1 and y is not None),
    "false_omission_rate": (lambda d, y: y == 1, lambda d, y: d == 0 and y is not None),
    "negative_predictive_value": (lambda d, y: y == 0, lambda d, y: d == 0 and y is not None),
    "accuracy": (lambda d, y: d == y, lambda d, y: y is not None),
    "base_rate": (lambda d, y: y == 1, lambda d, y: y is not None),
}
"""Who is counted, among whom."""
PARITIES = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
}
COMPARISONS = {f"{rate}_{scale}": rate for rate in RATES for scale in ("difference", "ratio")}


def count(rows: Rows, test: Test) -> int:
    """Decisions that pass a test."""
    return sum(row["n"] for row in rows if test(row["d"], row["y"]))


def quotient(above: Fraction | int | None, below: Fraction | int | None) -> Value:
    """A fraction, or None where there is nothing to divide or to divide by."""
    return None if above is None or not below else Fraction(above) / Fraction(below)


def measure(name: str, rows: Rows) -> Value:
    """A measure of one group that is a quotient of counts."""
    counted, among = RATES[name]
    return quotient(count(rows, lambda d, y: among(d, y) and counted(d, y)), count(rows, among))


def parity(name: str, aggregate: str, groups: Iterable[Rows]) -> Value:
    """The worst gap or ratio between the highest and lowest group that have a value; None with under two of them."""
    found = []
    for rate in PARITIES[name]:
        values = [value for rows in groups if (value := measure(rate, rows)) is not None]
        if len(values) < 2:
            return None
        ends = min(values), max(values)
        found.append(ends[1] - ends[0] if aggregate == "difference" else quotient(*ends))
    known = [value for value in found if value is not None]
    if len(known) < len(found):
        return None
    return max(known) if aggregate == "difference" else min(known)


def comparison(name: str, rows: Rows, others: Rows) -> Value:
    """A group against others, pooled."""
    one, two = measure(COMPARISONS[name], rows), measure(COMPARISONS[name], others)
    if one is None or two is None:
        return None
    return quotient(one, two) if name.endswith("ratio") else one - two


def epsilon(groups: Iterable[Rows], *, concentration: Fraction = Fraction(1)) -> float | None:
    """Differential fairness of the decisions: the largest log ratio of smoothed chances; None with under two groups."""
    found = []
    for decision in (0, 1):
        chances = []
        for rows in groups:
            size = sum(row["n"] for row in rows)
            if size:
                cases = sum(row["n"] for row in rows if row["d"] == decision)
                chances.append((cases + concentration / 2) / (size + concentration))
        if len(chances) < 2:
            return None
        found.append(math.log(max(chances) / min(chances)))
    return max(found)


# Lists: each is a sequence of people, as (rank or None, group or None).
Person = tuple[int | None, Any]
People = Sequence[Person]
Lists = Sequence[People]


def telling(people: People) -> bool:
    """Whether a list holds two known groups, and one of their people at a place."""
    return len({g for _, g in people if g is not None}) > 1 and any(r for r, g in people if g is not None)


def attention(rank: int | None, discount: str = "log") -> float:
    """What a place is worth."""
    if rank is None:
        return 0.0
    return 1 / math.log2(1 + rank) if discount == "log" else 1 / rank


def exposure(lists: Lists, group: Any, discount: str = "log") -> float:
    """Mean attention of the people of a group in telling lists."""
    seen = [attention(r, discount) for people in lists if telling(people) for r, g in people if g == group]
    return math.fsum(seen) / len(seen)


def exposure_ratio(lists: Lists, group: Any, reference: Any, discount: str = "log") -> float | None:
    """Standardised mean attention of a group ÷ that of a reference (None: all other known groups), list by list."""
    above, below = [], []
    for people in filter(telling, lists):
        one = [attention(r, discount) for r, g in people if g == group]
        two = [
            attention(r, discount)
            for r, g in people
            if g is not None and (g == reference if reference is not None else g != group)
        ]
        if one and two:
            weight = len(one) * len(two) / (len(one) + len(two))
            above.append(weight * math.fsum(one) / len(one))
            below.append(weight * math.fsum(two) / len(two))
    return math.fsum(above) / math.fsum(below) if math.fsum(below) > 0 else None


def top(people: People, group: Any = None) -> int:
    """How many (of a group, of known people) stand at ranks 1 to 10."""
    return sum(r is not None and r <= 10 and g is not None and group in (None, g) for r, g in people)


def long(people: People) -> bool:
    """Whether somebody known is among the first places, and somebody is not."""
    return telling(people) and 0 < top(people) < sum(g is not None for _, g in people)


def pool_share(people: People, group: Any) -> Fraction:
    """The share of a group among people of known groups."""
    known = [g for _, g in people if g is not None]
    return Fraction(known.count(group), len(known))


def skew(people: People, group: Any) -> float:
    """Log ratio of shares at the first places and in the pool, one person spread as the pool added."""
    share = pool_share(people, group)
    return math.log((top(people, group) + share) / (top(people) + 1) / share)


def ndkl(people: People) -> float:
    """Mean divergence of the groups down to each ranked person (those at the same rank included) from the pool."""
    known = [(r, g) for r, g in people if g is not None and r is not None]
    terms, total = [], math.fsum(attention(r) for r, _ in known)
    for rank, _ in known:
        above = [g for r, g in known if r is not None and rank is not None and r <= rank]
        shares = [(Fraction(above.count(g), len(above)), pool_share(people, g)) for g in set(above)]
        terms.append(attention(rank) * math.fsum(float(p) * math.log(p / q) for p, q in shares))
    return math.fsum(terms) / total


def stage_rate(people: Iterable[tuple[str, int]], group: str, *, reached: int, among: int) -> tuple[float, int]:
    """The share that reached a number of stages among those of a group who reached `among`, and how many these are."""
    furthest = [stages for name, stages in people if name == group and stages >= among]
    return float(Fraction(sum(stages >= reached for stages in furthest), len(furthest))), len(furthest)


def mantel_haenszel_ratio(people: Iterable[tuple[str, str, bool]], group: str, other: str) -> float:
    """The Mantel-Haenszel risk ratio of (stratum, group, case)."""
    people = list(people)
    above = below = Fraction(0)
    for stratum in {each[0] for each in people}:
        one, two = ([case for s, g, case in people if (s, g) == (stratum, name)] for name in (group, other))
        total = len(one) + len(two)
        above += Fraction(sum(one) * len(two), total)
        below += Fraction(sum(two) * len(one), total)
    return float(above / below)


def pairs_won(positives: Rows, negatives: Rows) -> Value:
    """The share of pairs in which the positive has the higher score `s`; equal scores count one half."""
    won = sum(
        (Fraction(p["s"] > q["s"]) + Fraction(p["s"] == q["s"], 2)) * p["n"] * q["n"]
        for p in with_score(positives, outcome=1)
        for q in with_score(negatives, outcome=0)
    )
    sizes = [
        sum(row["n"] for row in part) for part in (with_score(positives, outcome=1), with_score(negatives, outcome=0))
    ]
    return quotient(won, sizes[0] * sizes[1])


def with_score(rows: Rows, *, outcome: int | None = None) -> list[Row]:
    """Rows with a score and any outcome, or one outcome."""
    seen = [row for row in rows if row["s"] is not None and row["y"] is not None]
    return seen if outcome is None else [row for row in seen if row["y"] == outcome]


def mean_error(rows: Rows, *, power: int) -> Value:
    """The mean of score − outcome, or of its square, over rows that have both."""
    seen = with_score(rows)
    return quotient(sum((row["s"] - row["y"]) ** power * row["n"] for row in seen), sum(row["n"] for row in seen))


def binned_error(rows: Rows, *, bins: int) -> Value:
    """Σ |Σ score − positives| over equal bins of [0, 1], over all who have both."""
    seen = with_score(rows)
    found = []
    for i in range(bins):
        ends = Fraction(i, bins), Fraction(i + 1, bins)
        inside = [row for row in seen if ends[0] <= row["s"] < ends[1] or row["s"] == ends[1] == 1]
        found.append(abs(sum((row["s"] - row["y"]) * row["n"] for row in inside)))
    return quotient(sum(found), sum(row["n"] for row in seen))


def mean_score(rows: Rows) -> Value:
    """The mean of the scores there are."""
    seen = [row for row in rows if row["s"] is not None]
    return quotient(sum(row["s"] * row["n"] for row in seen), sum(row["n"] for row in seen))
