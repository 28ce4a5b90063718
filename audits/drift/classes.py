"""Which classes the numbers of a column are told in, so that no two windows together tell of a few people.

A column is counted in fixed bins. They are put together in about ten classes, which depend on nothing but the edges of
the bins. Where some, but few, decisions of a month lie in a class, it joins a neighbour, from that month on and for
good. So the classes of a later month are made of whole classes of an earlier one, and each month has nobody or many in
every class that it was ever told in: neither a quarter less its months nor one choice of two windows less another
leaves a few. A window that cuts a month, or holds one that has few values altogether, is told in no classes. And counts
are told to the nearest ten: what another page tells exactly, by other bounds or of other rows, gives no few away
either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boussole.audits.measures import Counts
from boussole.audits.windows import Window, whole_months

CLASSES = 10
NEAREST = 10
"""Counts are told to the nearest so many."""
WIDTHS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""How wide classes may be, in powers of ten."""
TAIL = 0.05
"""The share of the edges at each end that decides nothing about how wide classes are."""
Cuts = tuple[int, ...]
"""The bins with which classes begin, but for the first."""


@dataclass(frozen=True, kw_only=True)
class Months:
    """The values of a column, counted by bin in each month that has ended, and how many decisions are many there."""

    counts: Mapping[Window, Counts]
    least: Mapping[Window, int]

    def of(self, window: Window) -> Counts | None:
        """The counts of a window; None where no classes of it may be told."""
        months = whole_months(window)
        if not months or any(month not in self.counts or self.few(month) for month in months):
            return None
        return np.asarray(sum(self.counts[month] for month in months), dtype=np.int64)

    def few(self, month: Window) -> bool:
        """Whether a month has some values, but few altogether."""
        return is_few(int(self.counts[month].sum()), least=self.least[month])

    def cuts(self, cuts: Cuts, end: Window) -> Cuts:
        """The classes in which windows up to the end of one are told together."""
        for month in sorted(self.counts):
            if month.end <= end.end and not self.few(month):
                cuts = joined(cuts, self.counts[month], least=self.least[month])
        return cuts


def fixed_cuts(edges: Sequence[float], *, score: bool) -> Cuts:
    """The classes of a column before any is joined: of a score tenths of its range, of numbers equal round widths.

    A column of few numbers has a class for each. Bin `i + 1` begins at edge `i`.

    >>> fixed_cuts([i / 100 for i in range(1, 101)], score=True)
    (10, 20, 30, 40, 50, 60, 70, 80, 90)
    >>> fixed_cuts([0, 1, 2, 3], score=False), fixed_cuts(range(41), score=False)
    ((2, 3, 4), (6, 11, 16, 21, 26, 31, 36))
    """
    if score:
        tenth = max(1, len(edges) // CLASSES)
        return tuple(range(tenth, min(tenth * CLASSES, len(edges) + 1), tenth))
    if len(edges) <= CLASSES + 1:
        return tuple(range(2, len(edges) + 1))
    tail = int(TAIL * len(edges))
    low, high = edges[tail], edges[-1 - tail]
    if not low < high:
        return ()
    width = round_width((high - low) / CLASSES)
    first, last = math.floor(low / width) + 1, math.ceil(high / width) - 1
    nearest = (min(range(len(edges)), key=lambda i: abs(edges[i] - width * n)) for n in range(first, last + 1))
    return tuple(sorted({at + 1 for at in nearest if at}))


def round_width(width: float) -> float:
    """The next round number.

    >>> [round_width(width) for width in (0.93, 2.1, 3.0, 410.0)]
    [1.0, 2.5, 5.0, 500.0]
    """
    power = 10.0 ** math.floor(math.log10(width))
    return next(power * each for each in WIDTHS if power * each >= width * (1 - 1e-9))


def joined(cuts: Cuts, counts: Counts, *, least: int) -> Cuts:
    """Classes of which each has nobody or many: one of few joins the smaller of its neighbours, the smallest first.

    >>> joined((1, 2, 3), np.array([40, 3, 20, 30]), least=11), joined((1, 2), np.array([40, 0, 20]), least=11)
    ((1, 3), (1, 2))
    """
    kept = list(cuts)
    while kept:
        sums = in_classes(tuple(kept), counts)
        few = [at for at, n in enumerate(sums) if is_few(n, least=least)]
        if not few:
            break
        at = min(few, key=lambda each: (sums[each], each))
        beside = [each for each in (at - 1, at + 1) if 0 <= each < len(sums)]
        other = min(beside, key=lambda each: (sums[each] == 0, sums[each], each))
        del kept[min(at, other)]
    return tuple(kept)


def in_classes(cuts: Cuts, counts: Counts) -> list[int]:
    """How many decisions lie in each class.

    >>> in_classes((2,), np.array([1, 2, 30, 4]))
    [3, 34]
    """
    return [int(n) for n in np.add.reduceat(counts, [0, *cuts])]


def nearest(n: int) -> int:
    """A count as it is told.

    >>> [nearest(n) for n in (0, 11, 15, 4069)]
    [0, 10, 20, 4070]
    """
    return NEAREST * ((n + NEAREST // 2) // NEAREST)


def is_few(n: int, *, least: int) -> bool:
    """Whether a count is of some, but few, or would be told as such.

    >>> [is_few(n, least=11) for n in (0, 1, 14, 15)]
    [False, True, True, False]
    """
    return n > 0 and nearest(n) < least
