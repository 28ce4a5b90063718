"""Multinomial bootstrap of cells, for measures made of several groups (maxima, minima, ratios to the highest)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import Interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Statistic = Callable[[Ints], Floats]
"""Takes counts of shape (…, groups, decision, outcome), gives values of shape (…); NaN where undefined."""

SMALLEST_CELL = 10
DRAWS = 2000
SEED = 20260801


def bootstrap(counts: Ints, statistic: Statistic, *, level: float = 0.95) -> Interval | None:
    """Percentile interval from `DRAWS` multinomial redraws of the cells, seed fixed.

    Inputs: counts (groups, 2, 3) of independent decisions. Only for cells of 10 and more: the caller checks
    with `large_enough` the cells that enter its statistic. None if a redraw leaves the statistic undefined.
    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    >>> counts = np.zeros((2, 2, 3), dtype=np.int64)
    >>> counts[0, :, 2], counts[1, :, 2] = (600, 400), (500, 500)
    >>> def gap(c):
    ...     rates = c[..., 1, :].sum(-1) / c.sum((-2, -1))
    ...     return rates[..., 1] - rates[..., 0]
    >>> interval = bootstrap(counts, gap)
    >>> 0.05 < interval.low < 0.07, 0.13 < interval.high < 0.15
    (True, True)
    """
    values = statistic(_drawn(counts.shape, np.ascontiguousarray(counts, dtype=np.int64).tobytes()))
    if not np.isfinite(values).all():
        return None
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(low=float(low), high=float(high), level=level, method="multinomial_bootstrap")


@lru_cache(maxsize=4)
def _drawn(shape: tuple[int, ...], cells: bytes) -> Ints:
    """Redraws of counts, kept: the measures of one table ask for the same ones."""
    counts = np.frombuffer(cells, dtype=np.int64)
    total = int(counts.sum())
    drawn = np.random.default_rng(SEED).multinomial(total, counts / total, size=DRAWS).reshape((DRAWS, *shape))
    drawn.flags.writeable = False
    return drawn


def large_enough(entering: Ints) -> bool:
    """Whether every cell that enters holds at least `SMALLEST_CELL` decisions.

    >>> large_enough(np.array([10, 500])), large_enough(np.array([9, 500]))
    (True, False)
    """
    return bool(entering.size) and int(entering.min()) >= SMALLEST_CELL
