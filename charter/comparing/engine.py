"""The comparison of two versions of a model: measures in pairs, their changes, and the correction for their number.

Each measure is in a pair (`MeasurePair`) with its change; p-values are corrected after Holm over all that is compared,
and each pair becomes a row: judged (`candidate`) or not (`side_by_side`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.mover import Estimate, Gap, gap
from boussole.charter.document import MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.document.differences.comparing import (
    ChangeOfMeasure,
    FigureOfSide,
    IntervalOfChange,
    Scale,
)
from boussole.charter.document.measures import by_id
from boussole.charter.text.judged import judged

C = TypeVar("C")
LEVEL = 0.95
"""Of the interval of every difference."""
SHOWN = (
    "selection_rate", "true_positive_rate", "false_positive_rate", "precision", "accuracy",
    "mean_score", "auc", "calibration_in_the_large",
)  # fmt: skip
"""What is set side by side of everybody and of every group, beside the comparisons that the charter judges."""


@dataclass(frozen=True, kw_only=True)
class MeasurePair(Generic[C]):
    """One measure on both sides: how it changed, and how likely that is by chance; or why that is not told."""

    before: MeasureDocument | None
    after: MeasureDocument
    change: C | None = None
    p: float | None = None
    at_most: bool = False
    """Whether the true p-value may be smaller: `p` is the least that drawing can tell."""
    reason: str | None = None


def corrected(pairs: Sequence[MeasurePair[C]]) -> Iterator[tuple[MeasurePair[C], float | None]]:
    """Every pair with its p-value corrected after Holm over all that have one, which is `at_most` what it is where it
    would be smaller if those were that are."""
    tested = [pair for pair in pairs if pair.p is not None]
    again = iter(holm([given(pair.p) for pair in tested]))
    least = iter(holm([0.0 if pair.at_most else given(pair.p) for pair in tested]))
    for pair in pairs:
        if pair.p is None:
            yield pair, None
        else:
            found = next(again)
            yield replace(pair, at_most=next(least) < found), found


def family(pairs: Sequence[MeasurePair[C]]) -> int:
    """How many of them the correction spans."""
    return sum(pair.p is not None for pair in pairs)


def side_by_side(
    before: Sequence[MeasureDocument], after: Sequence[MeasureDocument], *, compared: Collection[str]
) -> list[MeasurePair[Gap]]:
    """What both sides tell of the same measures. `compared`: the comparisons of groups that are set side by side."""
    own = by_id(before)
    return [_pair(own.get(each.id), each) for each in after if _told(each, compared)]


def _scale_of(measure: MeasureDocument) -> Scale:
    """Whether two values of a measure are held to each other as a factor or as a difference."""
    return "ratio" if judged(measure.metric).scale == "ratio" else "difference"


def rows(pairs: Sequence[MeasurePair[Gap]], *, alpha: float) -> tuple[ChangeOfMeasure, ...]:
    """One row for each measure, with what differs at a level over all of them."""
    return tuple(_row(pair, p, alpha) for pair, p in corrected(pairs))


def _told(measure: MeasureDocument, compared: Collection[str]) -> bool:
    if judged(measure.metric).overlapping:
        return False
    if judged(measure.metric).scale in ("ratio", "difference"):
        return measure.id in compared
    plain = measure.metric in SHOWN and not measure.given
    return plain and len(measure.by) < 2 and bool(measure.group or not measure.by)


def _pair(before: MeasureDocument | None, after: MeasureDocument) -> MeasurePair[Gap]:
    reason = "group_absent" if before is None else before.reason or after.reason
    if before is None or reason is not None:
        return MeasurePair(before=None, after=after, reason=reason)
    change = _gap(before, after)
    if change is None:
        return MeasurePair(before=before, after=after, reason="no_interval")
    return MeasurePair(before=before, after=after, change=change, p=change.p)


def _row(pair: MeasurePair[Gap], p: float | None, alpha: float) -> ChangeOfMeasure:
    measure, change = pair.after, pair.change
    return ChangeOfMeasure(
        metric=measure.metric,
        by=measure.by,
        group=measure.group,
        given=measure.given,
        measure=measure.id,
        scale=_scale_of(measure),
        against=measure.params.against,
        production=None if pair.before is None else _figure(pair.before),
        candidate=None if pair.before is None else _figure(measure),
        change=None if change is None else change.value,
        interval=None
        if change is None
        else IntervalOfChange(low=change.low, high=change.high, level=LEVEL, method="mover"),
        p=pair.p,
        reason=pair.reason,
        p_adjusted=p,
        differs=p is not None and p <= alpha,
    )


def _figure(measure: MeasureDocument) -> FigureOfSide:
    return FigureOfSide(value=given(measure.value), n=measure.n, interval=measure.interval)


def _gap(before: MeasureDocument, after: MeasureDocument) -> Gap | None:
    """The difference of a measure between cases of two months, from the intervals of both."""
    if before.interval is None or after.interval is None:
        return None
    return gap(_estimate(before), _estimate(after), ratio=_scale_of(after) == "ratio")


def _estimate(measure: MeasureDocument) -> Estimate:
    ends = given(measure.interval)
    return Estimate(value=given(measure.value), low=ends.low, high=ends.high, level=ends.level)
