"""How wide a gap the decisions behind a verdict would have shown, which says what "no gap found" is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from boussole.audits.uncertainty.tests import KINDS, smallest_gap
from boussole.charter.document import MeasureDocument, SystemVerdicts, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import by_id


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
