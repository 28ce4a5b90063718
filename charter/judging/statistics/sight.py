"""Where an interval lies beside a level, and how wide a gap the decisions behind a verdict would have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from boussole.audits.uncertainty.tests import KINDS, smallest_gap
from boussole.charter.document import MeasureDocument, SystemVerdicts, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id

Ends = tuple[float | None, float | None]
"""The lower and the upper end of an interval; None: without end on that side."""


def place_of(ends: Ends, level: float, *, bad_side: str | None) -> Literal["beyond", "within", "across"]:
    """Whether an interval lies wholly on the bad side of a level, wholly not, or on both.

    >>> [place_of(ends, 0.8, bad_side="below") for ends in ((0.7, 0.79), (0.8, 0.9), (0.7, None))]
    ['beyond', 'within', 'across']
    """
    low, high = ends
    if bad_side == "below":
        if high is not None and high < level:
            return "beyond"
        return "within" if low is not None and low >= level else "across"
    if low is not None and low > level:
        return "beyond"
    return "within" if high is not None and high <= level else "across"


def holds(ends: Ends, value: float) -> bool:
    """Whether an interval holds a value, so that chance alone may explain how far a figure is from it.

    >>> holds((0.9, 1.1), 1.0), holds((1.05, None), 1.0)
    (True, False)
    """
    low, high = ends
    return (low is None or low <= value) and (high is None or value <= high)


@dataclass(frozen=True, kw_only=True)
class SmallestGap:
    """The measure of the comparison with the least power, and the gap that it shows with 80 % power, if any."""

    measure: MeasureDocument
    gap: float | None


def least_sight(document: SystemVerdicts, verdict: VerdictDocument, *, alpha: float) -> SmallestGap | None:
    """The gap beyond the watch level that is found with 80 % power in the group of which the decisions tell least."""
    measures = by_id(document.judged_measures)
    seen: list[tuple[float, SmallestGap]] = []
    for comparison in verdict.comparisons:
        measure, level = measures.get(comparison.measure), comparison.levels.watch
        test = measure.params.test if measure else None
        if measure is not None and test is not None and level is not None and test.kind in KINDS:
            side = given(measure.params.bad_side)
            share = comparison.share or 1 / len(verdict.comparisons)  # older audits corrected each question
            gap = smallest_gap(test.stated, threshold=level, bad_side=side, alpha=alpha * share)
            seen.append((math.inf if gap is None else abs(gap - level), SmallestGap(measure=measure, gap=gap)))
    return max(seen, key=lambda each: each[0])[1] if seen else None
