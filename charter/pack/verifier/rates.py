"""Rates of groups as counts of cells, and what is made of them: extremes over groups, and two groups compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .buckets import Counted
from .rows import BUCKETS, Buckets

ALL = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2))
"""(decision, outcome): not selected, selected; negative, positive, none."""


class Rate(NamedTuple):
    """Which cells are counted, of which; `missing`: decisions whose missing outcomes are left out."""

    over: tuple[tuple[int, int], ...]
    under: tuple[tuple[int, int], ...]
    missing: tuple[int, ...] = ()


KNOWN = ((0, 0), (0, 1), (1, 0), (1, 1))
POSITIVES, NEGATIVES = ((0, 1), (1, 1)), ((0, 0), (1, 0))
CHOSEN, REFUSED = ((1, 0), (1, 1)), ((0, 0), (0, 1))
SELECTION = Rate(((1, 0), (1, 1), (1, 2)), ALL)
OF_OUTCOMES: dict[str, Rate] = {
    "true_positive_rate": Rate(((1, 1),), POSITIVES, (0, 1)),
    "false_positive_rate": Rate(((1, 0),), NEGATIVES, (0, 1)),
    "true_negative_rate": Rate(((0, 0),), NEGATIVES, (0, 1)),
    "false_negative_rate": Rate(((0, 1),), POSITIVES, (0, 1)),
    "precision": Rate(((1, 1),), CHOSEN, (1,)),
    "false_discovery_rate": Rate(((1, 0),), CHOSEN, (1,)),
    "negative_predictive_value": Rate(((0, 0),), REFUSED, (0,)),
    "false_omission_rate": Rate(((0, 1),), REFUSED, (0,)),
    "accuracy": Rate(((0, 0), (1, 1)), KNOWN, (0, 1)),
    "base_rate": Rate(POSITIVES, KNOWN, (0, 1)),
}
FALSE_NEGATIVES = Rate(((0, 1),), ((1, 0),), (0, 1))
UNKNOWN_OUTCOMES = {
    "all": Rate(((0, 2), (1, 2)), ALL),
    "selected": Rate(((1, 2),), ((1, 0), (1, 1), (1, 2))),
}
EXTREMES: dict[str, tuple[str, ...]] = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "predictive_equality": ("false_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "predictive_parity": ("precision",),
    "overall_accuracy_equality": ("accuracy",),
    "treatment_equality": ("false_negatives_per_false_positive",),
}
COMPARED: dict[str, tuple[str, str, bool, bool]] = {
    "selection_rate_ratio": ("selection_rate", "ratio", True, True),
    "true_positive_rate_difference": ("true_positive_rate", "difference", True, True),
    "false_positive_rate_difference": ("false_positive_rate", "difference", True, True),
    "precision_difference": ("precision", "difference", False, True),
    "false_omission_rate_difference": ("false_omission_rate", "difference", False, True),
    "accuracy_difference": ("accuracy", "difference", True, False),
    "missing_outcome_share_difference": ("missing_outcome_share", "difference", False, False),
}
"""Of each: the rate, the scale, whether less is worse for a favourable decision, whether a harm turns that round."""


def rate_of(metric: str, observed_for: str) -> Rate | None:
    """The rate that a name stands for."""
    if metric == "selection_rate":
        return SELECTION
    if metric == "missing_outcome_share":
        return UNKNOWN_OUTCOMES[observed_for]
    return FALSE_NEGATIVES if metric == "false_negatives_per_false_positive" else OF_OUTCOMES.get(metric)


def counted(tables: Sequence[Buckets], rate: Rate) -> Counted:
    """Cases and rows per bucket, of some groups together."""
    cases, rows = [0] * BUCKETS, [0] * BUCKETS
    for cells in tables:
        for b, cell in enumerate(cells):
            cases[b] += sum(cell[d][o] for d, o in rate.over)
            rows[b] += sum(cell[d][o] for d, o in rate.under)
    return cases, rows


def total(tables: Sequence[Buckets], cells: Sequence[tuple[int, int]] = ALL) -> int:
    return sum(bucket[d][o] for table in tables for bucket in table for d, o in cells)


def missing(tables: Sequence[Buckets], rate: Rate) -> int:
    """Decisions that are left out because their outcome is not known."""
    return total(tables, [(d, 2) for d in rate.missing])


def bounds(tables: Sequence[Buckets], rate: Rate) -> tuple[float, float] | None:
    """The least and most that a rate could be, were all missing outcomes of a decision negative, or positive."""
    cells = {(d, o): total(tables, [(d, o)]) for d, o in ALL}
    found = []
    for choice in range(2 ** len(rate.missing)):
        filled = dict(cells)
        for i, d in enumerate(rate.missing):
            filled[d, choice >> i & 1] += filled[d, 2]
            filled[d, 2] = 0
        below = sum(filled[cell] for cell in rate.under)
        found += [sum(filled[cell] for cell in rate.over) / below] if below else []
    return (min(found), max(found)) if found else None


def extreme(values: Sequence[Sequence[float]], kind: str) -> float | None:
    """The largest gap (`difference`) or smallest ratio between the highest and lowest of each rate; None where a rate
    has no two groups."""
    if any(len(each) < 2 for each in values):
        return None
    if kind == "difference":
        return max(max(each) - min(each) for each in values)
    if any(max(each) == 0 for each in values):
        return None
    return min(min(each) / max(each) for each in values)


def bad_side(metric: str, favourable: bool) -> str:
    """On which side of a level the compared group is at a disadvantage."""
    _, _, less, turns = COMPARED.get(metric, ("", "ratio", True, True))
    return "below" if less == (favourable or not turns) else "above"


def between_zero(low: float, high: float) -> float:
    return math.sqrt(low * low + high * high) / 2


def mean_rate(parts: list[tuple[float, tuple[float, float]]]) -> tuple[float, float, float]:
    """The mean of two independent rates, its interval from theirs (Zou & Donner, 2008)."""
    value = sum(p for p, _ in parts) / 2
    low = between_zero(*(ends[0] - p for p, ends in parts))
    high = between_zero(*(ends[1] - p for p, ends in parts))
    return value, value - low, value + high


GAP_SHARE, NEVER_RATIO = "tool_and_adviser_gap_share", "never_shortlisted_rate_ratio"
"""Measures that documents of earlier versions do not have."""
