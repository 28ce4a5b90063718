"""Fairlearn on cells (counts as sample weights), only for groups whose denominator is not zero; else plain counts.

Fairlearn gives 0.0 for a true positive rate without positives and NaN for a ratio to 0, so neither reaches it.
Its import takes seconds: it is imported on first use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, update_wrapper
from typing import Any

import numpy as np

from audits.measures import NO_OUTCOME, POSITIVE, Counts
from audits.metrics.definition import Rate


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Values of one rate: per group (by index), largest gap, smallest ratio (None: not defined)."""

    values: dict[int, float] = field(default_factory=dict)
    difference: float | None = None
    ratio: float | None = None


@cache
def _functions() -> tuple[Any, dict[str, Callable[..., float]]]:
    import fairlearn.metrics as fm
    from sklearn.metrics import precision_score

    rates = (fm.selection_rate, fm.true_positive_rate, fm.false_positive_rate, fm.false_negative_rate)
    functions = {rate.__name__: _for_positives(rate) for rate in rates}
    return fm.MetricFrame, functions | {"precision": _for_positives(precision_score)}


def _for_positives(function: Callable[..., float]) -> Callable[..., float]:
    """The function with 1 as the positive label, under its own name (Fairlearn warns of unnamed ones)."""
    return update_wrapper(partial(function, pos_label=1), function)


def frame(counts: Counts, rate: Rate, *, groups: Sequence[int]) -> Frame:
    """Values of `rate` for the listed groups, each with a denominator above zero.

    Inputs: counts (groups, decision, outcome). Undefined: an empty list gives an empty frame; the difference
    and ratio need two groups, the ratio a highest rate above 0.

    >>> from audits.metrics.selection import SELECTION_RATE
    >>> counts = np.array([[[0, 0, 3], [0, 0, 1]], [[0, 0, 2], [0, 0, 2]]])
    >>> frame(counts, SELECTION_RATE, groups=[0, 1])
    Frame(values={0: 0.25, 1: 0.5}, difference=0.25, ratio=0.5)
    """
    if not groups:
        return Frame()
    metric_frame, functions = _functions()
    if rate.metric not in functions:
        return _counted(counts, rate, groups)
    used = counts[list(groups)].copy()
    if rate.outcome == "observed":
        used[..., NO_OUTCOME] = 0
    position, decision, outcome = np.nonzero(used)
    result = metric_frame(
        metrics=functions[rate.metric],
        y_true=(outcome == POSITIVE).astype(int),
        y_pred=decision,
        sensitive_features=position.tolist(),  # a list: Fairlearn squeezes an array of one row to nothing
        sample_params={"sample_weight": used[position, decision, outcome]},
    )
    values = {groups[int(label)]: float(value) for label, value in result.by_group.items()}
    if len(groups) < 2:
        return Frame(values=values)
    ratio = float(result.ratio(method="between_groups")) if max(values.values()) > 0 else None
    return Frame(values=values, difference=float(result.difference(method="between_groups")), ratio=ratio)


def _counted(counts: Counts, rate: Rate, groups: Sequence[int]) -> Frame:
    """The same for a rate that Fairlearn does not have: counts are all it takes."""
    k, n = rate.counted(counts)
    values = {i: float(k[i] / n[i]) for i in groups}
    low, high = min(values.values()), max(values.values())
    if len(groups) < 2:
        return Frame(values=values)
    return Frame(values=values, difference=high - low, ratio=low / high if high > 0 else None)
