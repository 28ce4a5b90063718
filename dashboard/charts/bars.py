"""The bar behind a mark: the interval that decided a comparison, on the scale of the figure that is drawn."""

from __future__ import annotations

import math

from boussole.charter.document import Comparison, MeasureDocument
from boussole.charter.document.measures import IntervalOfMeasure

Ends = tuple[float | None, float | None]
"""Where a bar ends; both None: there is none."""
NONE: Ends = (None, None)


def carried(at: float, rate: float | None, compared: MeasureDocument | None) -> float | None:
    """A level, or an end, of the comparison of a group on the scale of its rate; None where it has no place there.

    >>> from boussole.charter.document import Params
    >>> given = {"id": "m", "metric": "m", "by": (), "group": None, "given": {}, "status": "ok", "reason": None, "n": 9}
    >>> found = {"value": 0.5, "clusters": None, "interval": None, "params": Params(scale="ratio", values=(0.2, 0.4))}
    >>> carried(0.8, 0.2, MeasureDocument(**given, **found))
    0.32000000000000006
    """
    if compared is None or compared.value is None or rate is None:
        return None
    if compared.params.scale != "ratio":
        return rate - compared.value + at
    if compared.value:
        return rate / compared.value * at
    values = compared.params.values
    return None if values is None else values[1] * at


def own(interval: IntervalOfMeasure | None) -> Ends:
    """The interval of a figure by itself."""
    return NONE if interval is None else (interval.low, interval.high)


def decided(comparison: Comparison | None) -> Ends:
    """The interval that decided, on the scale of the comparison."""
    found = None if comparison is None else comparison.interval
    return NONE if found is None else (found.low, found.high)


def drawn(comparison: Comparison | None, rate: float | None, compared: MeasureDocument | None) -> Ends:
    """The interval on the scale of the rate that is drawn."""
    low, high = (None if end is None else carried(end, rate, compared) for end in decided(comparison))
    return low, high


def within(bar: Ends, bounds: tuple[float, float]) -> Ends:
    """A bar as far as its scale reaches; none where it has no end on a side without bounds.

    >>> within((0.2, 1.3), (0.0, 1.0)), within((None, 0.3), (0.0, 1.0)), within((0.4, None), (0.0, math.inf))
    ((0.2, 1.0), (0.0, 0.3), (None, None))
    """
    low, high = bar
    if low is None and high is None:
        return NONE
    low, high = max(bounds[0] if low is None else low, bounds[0]), min(bounds[1] if high is None else high, bounds[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else NONE
