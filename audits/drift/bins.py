"""Bins of a drift measure: the fine bins of the cube, merged until each holds a tenth of the reference window.

The customary levels of PSI (0.1, 0.25) were set for about ten bins; on a hundred bins the same shift of a
distribution gives a far larger PSI (Yurdakul 2018).
"""

from __future__ import annotations

from collections.abc import Sequence

BINS = 10


def merged(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int], *, bins: int = BINS
) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]:
    """Edges and counts after merging neighbours, from the left, into bins of at least 1/`bins` of the reference.

    Inputs: `len(edges) + 2` counts each: under the first edge, between edges, from the last edge on, missing.
    A remainder too small to stand alone joins the bin before it; the missing stay apart. An empty reference
    merges nothing.

    >>> merged([1, 2, 3], [5, 1, 4, 10, 7], [1, 2, 3, 4, 5], bins=2)
    ((3,), (10, 10, 7), (6, 4, 5))
    """
    least = sum(reference[:-1]) / bins
    if not least:
        return tuple(edges), tuple(reference), tuple(current)
    kept: list[float] = []
    sums = [[reference[0], current[0]]]
    for edge, *pair in zip(edges, reference[1:-1], current[1:-1], strict=True):
        if sums[-1][0] >= least:
            kept.append(edge)
            sums.append([0, 0])
        sums[-1] = [total + count for total, count in zip(sums[-1], pair, strict=True)]
    if len(sums) > 1 and sums[-1][0] < least:
        last = sums.pop()
        kept.pop()
        sums[-1] = [total + count for total, count in zip(sums[-1], last, strict=True)]
    return tuple(kept), (*(s[0] for s in sums), reference[-1]), (*(s[1] for s in sums), current[-1])
