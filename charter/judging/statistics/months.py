"""Whether a share rises or falls from month to month: what its measures in stored audits say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from boussole.audits.uncertainty.mover import Estimate, Gap
from boussole.audits.uncertainty.trend import FEWEST as FEWEST_PERIODS
from boussole.audits.uncertainty.trend import trend
from boussole.audits.windows import Window
from boussole.charter.document import MeasureDocument

__all__ = ["FEWEST_PERIODS", "Gap", "by_month", "side_of"]

Side = Literal["fell", "rose", ""]
"""What a trend comes to; empty where chance may explain it, or it cannot be told."""
DAYS = 365.25 / 12
"""A month, in days."""


def by_month(periods: Sequence[tuple[Window, MeasureDocument | None]]) -> tuple[int, Gap | None]:
    """How many periods tell of a share, and its change a month; None where too few do."""
    told = [
        (window.end.toordinal() / DAYS, Estimate(value=each.value, low=each.interval.low, high=each.interval.high))
        for window, each in periods
        if each is not None and each.value is not None and each.interval is not None
    ]
    return len(told), trend(told)


def side_of(found: Gap | None) -> Side:
    """Whether a change is surely a fall or a rise."""
    if found is None or found.low <= 0 <= found.high:
        return ""
    return "fell" if found.value < 0 else "rose"
