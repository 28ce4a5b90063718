"""Measures in plain Python, from rows: exact fractions, nothing imported from the code under test.

A row is a mapping with `d` (1: selected), `y` (1, 0 or None: no outcome) and `n` (decisions it stands for). A measure
that has no value is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
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
    "predictive_equality": ("false_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
    "overall_accuracy_equality": ("accuracy",),
    "treatment_equality": ("false_negatives_per_false_positive",),
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
    if name == "balanced_accuracy":
        halves = [measure(rate, rows) for rate in ("true_positive_rate", "true_negative_rate")]
        return None if None in halves else sum(half for half in halves if half is not None) / 2
    if name == "false_negatives_per_false_positive":
        return quotient(count(rows, lambda d, y: d == 0 and y == 1), count(rows, lambda d, y: d == 1 and y == 0))
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


def benefits(rows: Rows, *, favourable: bool = True) -> list[tuple[int, int]]:
    """Benefit of each row with an outcome, and how many have it."""
    sign = 1 if favourable else -1
    return [(sign * (row["d"] - row["y"]) + 1, row["n"]) for row in rows if row["y"] is not None]


def entropy(people: Sequence[tuple[Fraction | int, int]], *, alpha: int) -> float | None:
    """Generalized entropy index of values with how often they occur; exact for α = 2, else by logarithms."""
    n, total = sum(times for _, times in people), sum(value * times for value, times in people)
    if not total:
        return None
    shares = [(Fraction(value) * n / Fraction(total), times) for value, times in people]
    if alpha == 1:
        return math.fsum(times * float(share) * math.log(share) for share, times in shares if share and times) / n
    return float(sum((times * (share**alpha - 1) for share, times in shares), Fraction(0)) / (n * alpha * (alpha - 1)))


def between(groups: Iterable[Rows], *, alpha: int, favourable: bool = True) -> float | None:
    """The index if everybody had the mean benefit of their group; None with under two groups that have outcomes."""
    means = []
    for rows in groups:
        people = benefits(rows, favourable=favourable)
        if size := sum(times for _, times in people):
            means.append((Fraction(sum(value * times for value, times in people), size), size))
    return entropy(means, alpha=alpha) if len(means) > 1 else None


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


def attention_gap(people: People, group: Any) -> float:
    """Share of attention − share of the pool, among people of known groups."""
    known = [(r, g) for r, g in people if g is not None]
    own = math.fsum(attention(r) for r, g in known if g == group)
    return own / math.fsum(attention(r) for r, _ in known) - sum(g == group for _, g in known) / len(known)


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


def expected_at_top(lists: Lists, group: Any) -> Fraction:
    """How many of a group would stand at the first places if these followed each list's pool."""
    return sum((top(people) * pool_share(people, group) for people in lists if long(people)), Fraction(0))


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


def fails_fa_ir(people: People, group: Any, alpha: Fraction = Fraction(1, 10)) -> bool:
    """Whether fewer of a group than FA*IR asks for are among the first 1, …, 10 ranked people of known groups.

    The share to be protected is that of the pool, in whole per cent; of people at one rank, the group comes first.
    """
    ranked = [(r, g != group) for r, g in people if g is not None and r is not None]
    order = [not other for _, other in sorted(ranked)][:10]
    needed = fair_table(len(order), Fraction(math.floor(100 * pool_share(people, group)), 100), alpha)
    return any(sum(order[: i + 1]) < least for i, least in enumerate(needed))


@cache
def fair_table(k: int, p: Fraction, alpha: Fraction) -> tuple[int, ...]:
    """FA*IR's table at the largest level at which a fair list fails with a chance of alpha at most; by trying all."""
    levels = sorted(
        {below(c, i, p) for i in range(1, k + 1) for c in range(i) if below(c, i, p) <= alpha}, reverse=True
    )
    for level in levels:
        table = tuple(next(c for c in range(i + 1) if c == i or below(c, i, p) > level) for i in range(1, k + 1))
        if chance_to_fail(table, p) <= alpha:
            return table
    return (0,) * k


def below(c: int, n: int, p: Fraction) -> Fraction:
    """The binomial chance of c or fewer of n."""
    return sum((math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(c + 1)), Fraction(0))


def chance_to_fail(table: Sequence[int], p: Fraction) -> Fraction:
    """Chance that draws with chance p fall under a table somewhere: by what is left of those that never do."""
    alive = {0: Fraction(1)}
    for least in table:
        grown: dict[int, Fraction] = {}
        for count_, chance in alive.items():
            for more, part in ((1, p), (0, 1 - p)):
                if count_ + more >= least:
                    grown[count_ + more] = grown.get(count_ + more, Fraction(0)) + chance * part
        alive = grown
    return 1 - sum(alive.values(), Fraction(0))


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


def gaps_below(rows: Rows, others: Rows) -> list[tuple[Fraction, Fraction]] | None:
    """At each score found, the gap between the shares at or under it, and the step to the next score."""
    seen = [[row for row in part if row["s"] is not None] for part in (rows, others)]
    sizes = [sum(row["n"] for row in part) for part in seen]
    if not all(sizes):
        return None
    at = sorted({row["s"] for part in seen for row in part})

    def share(part: int, score: Fraction) -> Fraction:
        return Fraction(sum(row["n"] for row in seen[part] if row["s"] <= score), sizes[part])

    return [(abs(share(0, s) - share(1, s)), after - s) for s, after in zip(at, [*at[1:], at[-1]], strict=True)]
