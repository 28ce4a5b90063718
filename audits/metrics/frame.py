"""Fairlearn on cells (counts as sample weights), only for groups whose denominator is not zero; else plain counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from boussole.audits.measures import NO_OUTCOME, POSITIVE, Counts
from boussole.audits.metrics.definition import Rate


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Values of one rate: per group (by index), largest gap, smallest ratio (None: not defined)."""

    values: dict[int, float] = field(default_factory=dict)
    difference: float | None = None
    ratio: float | None = None


@cache
def _functions() -> dict[str, Callable[..., float]]:
    import fairlearn.metrics as fm
    from sklearn.metrics import precision_score

    rates = (fm.selection_rate, fm.true_positive_rate, fm.false_positive_rate, fm.false_negative_rate, precision_score)
    return {rate.__name__.removesuffix("_score"): rate for rate in rates}


def frame(counts: Counts, rate: Rate, *, groups: Sequence[int], by_fairlearn: bool = True) -> Frame:
    """Return values of `rate` for the listed groups, each with a denominator above zero, with difference and ratio.

    Inputs: counts (groups, decision, outcome). Undefined: difference and ratio of one group, the ratio to a rate of 0.
    """
    value = _value if by_fairlearn else _counted
    values = {i: value(counts[i], rate) for i in groups}
    if len(groups) < 2:
        return Frame(values=values)
    low, high = min(values.values()), max(values.values())
    return Frame(values=values, difference=high - low, ratio=low / high if high > 0 else None)


def _counted(counts: Counts, rate: Rate) -> float:
    k, n = rate.counted(counts)
    return float(k / n)


def _value(counts: Counts, rate: Rate) -> float:
    """A rate of one group by Fairlearn, or from counts where it has none."""
    function = _functions().get(rate.metric)
    if function is None:
        return _counted(counts, rate)
    used = counts.copy()
    if rate.outcome == "observed":
        used[..., NO_OUTCOME] = 0
    decision, outcome = np.nonzero(used)
    return float(
        function((outcome == POSITIVE).astype(int), decision, pos_label=1, sample_weight=used[decision, outcome])
    )
