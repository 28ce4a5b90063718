"""The change of a gap (log ratio of two selection rates) from one decision to a second one about the same people.

The variance is the largest with each way of clustering and with none. Sources: Särndal, Swensson & Wretman (1992),
Model Assisted Survey Sampling, 5.5; Satterthwaite, as Kott (2001), J. Official Statistics 17:521-526.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Sides = tuple[Ints, Ints]
"""Rows of the compared group and of the other: shape (buckets, proposed, final)."""
FEWEST = 10
"""Rows of each group that were selected, before and after, from which a logarithm of a rate is about normal."""


@dataclass(frozen=True, kw_only=True)
class GapChange:
    """Log ratios before and after, the (co)variances of change and gap after, and degrees of freedom."""

    before: float
    after: float
    variances: tuple[float, float, float]
    df: float

    @property
    def change(self) -> float:
        return self.after - self.before


def gap_change(clusterings: Sequence[Sides]) -> GapChange | None:
    """Estimate how a gap changes, from the same rows by bucket of each way in which they are clustered.

    None where fewer than `FEWEST` of a group are selected, before or after, or all rows are in one bucket.
    """
    sums = [_selected(side.sum(axis=0)) for side in clusterings[0]]
    if any(min(proposed, final) < FEWEST for proposed, final, _ in sums):
        return None
    of_rows = np.sum([_of_rows(side.sum(axis=0)) for side in clusterings[0]], axis=0)
    found = [_clustered(sides, np.diag(of_rows)) for sides in clusterings]
    if any(each is None for each in found):
        return None
    known = [each for each in found if each is not None]
    first, largest = (np.max([each[0][i, i] for each in known] + [of_rows[i, i]]) for i in (0, 1))
    shape = max((each[0] for each in known), key=lambda each: float(each[0, 0]))
    scale = math.sqrt(shape[0, 0] * shape[1, 1])
    both = float(shape[0, 1]) / scale * math.sqrt(first * largest) if scale > 0 else 0.0
    before, after = (math.log(_rate(sums[0], i) / _rate(sums[1], i)) for i in (0, 1))
    return GapChange(
        before=before,
        after=after,
        variances=(float(first), both, float(largest)),
        df=min(each[1] for each in known),
    )


def _selected(cells: Ints) -> tuple[int, int, int]:
    """Selected before, selected after, and all."""
    return int(cells[1].sum()), int(cells[:, 1].sum()), int(cells.sum())


def _rate(side: tuple[int, int, int], when: int) -> float:
    return side[when] / side[2]


def _clustered(sides: Sides, of_rows: Floats) -> tuple[Floats, float] | None:
    """Return covariance of change and gap after by buckets, and degrees of freedom; None with one bucket."""
    parts = []
    for side in sides:
        proposed, final, every = side[:, 1].sum(axis=1), side[:, :, 1].sum(axis=1), side.sum(axis=(1, 2))
        after = final / final.sum()
        parts.append(np.stack([after - proposed / proposed.sum(), after - every / every.sum()], axis=1))
    filled = np.sum([side.sum(axis=(1, 2)) for side in sides], axis=0) > 0
    m = int(filled.sum())
    if m < 2:
        return None
    gaps = (parts[0] - parts[1])[filled]
    covariance, fourth = m / (m - 1) * gaps.T @ gaps, (gaps**4).sum(axis=0)
    squares, larger = np.square(gaps).sum(axis=0), np.diag(covariance) > of_rows
    free = [3 * float(squares[i]) ** 2 / float(fourth[i]) - 2 for i in (0, 1) if larger[i]]
    return covariance, max(1.0, min([m - 1.0, *free]))


def _of_rows(cells: Ints) -> Floats:
    """Return the same for one group with independent rows."""
    proposed, final, every = _selected(cells)
    found = np.zeros((2, 2))
    for (before, after), n in np.ndenumerate(cells):
        gap = np.array([after / final - before / proposed, after / final - 1 / every])
        found += n * np.outer(gap, gap)
    return found
