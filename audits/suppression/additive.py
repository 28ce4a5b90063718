"""Sums over days: whether one more window that tells its sum gives away the sum over few of something."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from boussole.audits.windows import Window

MOST = 14
"""Of more pieces than this that hold few, not every choice is tried: then nothing is told."""


def gives_away(
    window: Window, shown: Iterable[Window], cut: Sequence[Window], counts: Sequence[int], *, limit: int
) -> bool:
    """Whether telling the sum of a window makes one known that rests on fewer than `limit` (but some) of `counts`.

    `shown`: the windows whose sums are told already; `cut`: the pieces of all windows, in order, without a gap;
    `counts`: how many of those who are added up each piece holds. Sums that were known before are not asked for.

    A window is a step from the point where it begins to the one where it ends; a piece that holds nobody leads from its
    begin to its end for nothing. The sum over some pieces is known just where their ends, less their begins, cancel
    out among the points that steps lead between.

    >>> import datetime as dt
    >>> month = lambda first, last: Window(dt.date(2026, first, 1), dt.date(2026, last, 28))
    >>> cut = [month(1, 1), month(2, 2), month(3, 3)]
    >>> gives_away(month(1, 3), [month(1, 1), month(3, 3)], cut, [50, 3, 50], limit=11)
    True
    >>> gives_away(month(1, 3), [month(1, 1)], cut, [50, 3, 50], limit=11)
    False
    """
    ends = {piece.end: i + 1 for i, piece in enumerate(cut)}
    starts = {piece.start: i for i, piece in enumerate(cut)}
    steps = [(starts[each.start], ends[each.end]) for each in shown]
    steps += [(i, i + 1) for i, count in enumerate(counts) if not count]
    before = _joined(steps, len(cut) + 1)
    after = _joined([*steps, (starts[window.start], ends[window.end])], len(cut) + 1)
    few = [i for i, count in enumerate(counts) if 0 < count < limit]
    if before == after or not few:
        return False
    if len(few) > MOST:
        return True
    chosen = np.array(list(itertools.product((0, 1), repeat=len(few))))
    chosen = chosen[(chosen @ np.array([counts[i] for i in few]) < limit) & chosen.any(axis=1)]
    known = [~(chosen @ _ends(points, few)).any(axis=1) for points in (before, after)]
    return bool((known[1] & ~known[0]).any())


def finer(window: Window, shown: Sequence[Window]) -> bool:
    """Whether figures of a window would say more than those of earlier ones that share its days.

    Not where earlier ones, end to end, make up just its days: their sum is known.
    """
    shared = any(each.start <= window.end and window.start <= each.end for each in shown)
    return shared and not made_up(window, shown)


def made_up(window: Window, shown: Iterable[Window]) -> bool:
    """Whether some of the windows, end to end, make up just the days of one: what is summed over it is then known.

    >>> import datetime as dt
    >>> month = lambda number, last: Window(dt.date(2026, number, 1), dt.date(2026, number, last))
    >>> quarter = Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    >>> made_up(quarter, [month(3, 31), month(1, 31), month(2, 28)]), made_up(quarter, [month(1, 31), month(3, 31)])
    (True, False)
    """
    day, reached = dt.timedelta(days=1), {window.start}
    for each in sorted(shown):
        if each.start in reached and window.holds(each):
            reached.add(each.end + day)
    return window.end + day in reached


def _ends(points: Sequence[int], pieces: Sequence[int]) -> np.ndarray:
    """Of each piece (row) its end less its begin, by the number that points share."""
    found = np.zeros((len(pieces), len(points)), dtype=np.int64)
    for row, piece in enumerate(pieces):
        found[row, points[piece + 1]] += 1
        found[row, points[piece]] -= 1
    return found


def _joined(steps: Iterable[tuple[int, int]], points: int) -> list[int]:
    """For each point a number that it shares with all points that steps lead to."""
    found = list(range(points))
    for start, end in steps:
        found = [found[start] if each == found[end] else each for each in found]
    return found
