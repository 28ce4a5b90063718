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
    "predictive_equality": ("false_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
    "overall_accuracy_equality": ("accuracy",),
    "treatment_equality": ("false_negatives_per_false_positive",),
}
COMPARISONS = {
    "selection_rate_ratio": "selection_rate",
    "true_positive_rate_difference": "true_positive_rate",
    "false_positive_rate_difference": "false_positive_rate",
    "precision_difference": "precision",
    "false_omission_rate_difference": "false_omission_rate",
    "accuracy_difference": "accuracy",
}


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
