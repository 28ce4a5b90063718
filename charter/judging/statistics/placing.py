"""Where the interval of a figure lies: beside a level, and beside what chance alone would give."""

from __future__ import annotations

from typing import Literal

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
