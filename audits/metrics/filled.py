"""Bounds of measures of scores, whatever the missing outcomes are.

Source: bounds without assumptions, Manski (2003), Partial Identification of Probability Distributions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from boussole.audits.measures import NO_OUTCOME, NOT_SELECTED, SELECTED, Floats
from boussole.audits.metrics.definition import between
from boussole.audits.metrics.scored import ScoredTable

Ends = tuple[float, float]


def score_bounds(
    scored: ScoredTable, ends: Callable[[ScoredTable, list[int]], Ends | None], *parts: list[int]
) -> dict[str, list[float]]:
    """The parameter `bounds` of a measure of one group, or of the gap between two; nothing where no outcome is missing.

    `ends`: `area_ends` or `mean_error_ends`.
    """
    if not any(_missing(scored, part)[0].any() for part in parts):
        return {}
    return between([ends(scored, part) for part in parts])


def area_ends(scored: ScoredTable, group: list[int]) -> Ends | None:
    """Lowest and highest area under the ROC curve, whatever the order of scores within a bin is too."""
    sides = scored.sides(group, group).sums
    parts = [*sides, _missing(scored, group)[0]]
    highest, turned = highest_area(*parts), highest_area(*(part[::-1] for part in parts))
    return None if highest is None or turned is None else (1 - turned, highest)


def highest_area(positives: Floats, negatives: Floats, missing: Floats) -> float | None:
    """The highest area there can be where missing outcomes may be anything, and scores within a bin in any order.

    Of two people whose outcomes are missing, the one with the higher score is then the positive: above some score all
    are. Each bin is tried as the one that holds it. If x of its c people are positive, the area is
    (a + d x + u (c − x) + x (c − x)) ÷ ((P + x) (N + c − x)), of which the highest value over 0 ≤ x ≤ c is taken.
    Inputs: counts by bin, the lowest score first. None where nobody can be positive or nobody negative.

    >>> highest_area(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    0.5
    """
    bins = np.arange(len(missing))
    one = positives + missing * (
        bins > bins[:, np.newaxis]
    )  # row k: bin k holds the score above which all are positive
    other = negatives + missing * (bins < bins[:, np.newaxis])
    below, above = np.cumsum(other, axis=1), np.cumsum(one[:, ::-1], axis=1)[:, ::-1]
    d, u, c = np.diag(below), np.diag(above), missing
    p, n = one.sum(axis=1), other.sum(axis=1)
    b1, c1 = c + d - u, (one * below).sum(axis=1) + c * u  # both are −x² + b x + c
    b2, c2 = n + c - p, p * (n + c)
    ends = [np.zeros_like(c), np.minimum(c, 1.0), np.maximum(c - 1, 0.0), c]  # at 0 or c a side may be empty
    tried = np.stack([*ends, *_roots(b1 - b2, 2 * (c1 - c2), b1 * c2 - c1 * b2, c)])
    whole = (p + tried) * (n + c - tried)
    area = np.divide(-(tried**2) + b1 * tried + c1, whole, out=np.full(whole.shape, -np.inf), where=whole > 0)
    return min(float(area.max()), 1.0) if (whole > 0).any() else None


def _roots(a: Floats, b: Floats, c: Floats, highest: Floats) -> list[Floats]:
    """Real roots of a x² + b x + c between 0 and `highest`; 0 in place of others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b * b - 4 * a * c)
        found = [(-b + root) / (2 * a), (-b - root) / (2 * a), -c / b]
    return [np.where(np.isfinite(x) & (x > 0) & (x < highest), x, 0.0) for x in found]


def mean_error_ends(scored: ScoredTable, group: list[int]) -> Ends | None:
    """The lowest and highest mean of score − outcome."""
    n, total, _ = _missing(scored, group)
    known = scored.errors_of(group)
    return _over(float(known.total.sum()), np.stack([total, total - n]), known.size + n.sum())


def _over(known: float, ways: Floats, size: Any) -> Ends | None:
    """A sum over those known and, in each bin, what makes that over the others lowest and highest; by how many."""
    if not size:
        return None
    low, high = (float((known + end(axis=0).sum()) / size) for end in (ways.min, ways.max))
    return low, high


def _missing(scored: ScoredTable, group: list[int]) -> tuple[Floats, Floats, Floats]:
    """By bin, those whose outcome is due and not known: how many, sum of their scores, of the squares of these."""
    outcome = scored.view.system.log.outcome
    seen = [SELECTED] if outcome is not None and outcome.observed_for == "selected" else [NOT_SELECTED, SELECTED]
    parts = (scored.scores.counts, scored.scores.totals, scored.scores.squares)
    n, total, squares = (
        np.asarray(part[group][..., seen, NO_OUTCOME].sum(axis=(0, 2, 3)), dtype=np.float64) for part in parts
    )
    return n, total, squares
