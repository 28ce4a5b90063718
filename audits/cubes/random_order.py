"""The mean skew that the random order of a pool gives, for each kind of list."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
KIND = ("pool", "n", "all_top")
"""All that decides what the skew of a list would be in random order."""
CHANCES = {**dict.fromkeys(KIND, "int64"), "skew_at_random": "float64"}
PIECE = 50_000
"""How many kinds of lists are computed together: a bound on memory."""


def chances_table(kinds: pa.Table) -> pa.Table:
    """The kinds of lists, each with its mean skew in random order."""
    pool, own, top = (kinds[name].to_numpy() for name in KIND)
    skew = np.zeros(len(pool))
    for start in range(0, len(pool), PIECE):
        at = slice(start, start + PIECE)
        skew[at] = random_order_skews(top[at], pool[at], own[at])
    return pa.table(dict(zip(CHANCES, (pool, own, top, skew), strict=True)))


def random_order_skews(top: Ints, pools: Ints, own: Ints) -> Floats:
    """The mean skew of the first places where the order of a pool is random; exact, by the hypergeometric distribution.

    Skew: ln((c + q) ÷ (t + 1) ÷ q), c people of the group among t at the first places, q their share of the pool.

    >>> random_order_skews(np.array([1]), np.array([2]), np.array([1])).round(6).tolist()
    [-0.143841]
    """
    from scipy.stats import hypergeom  # takes half a second

    counts, share = np.arange(int(top.max(initial=0)) + 1), own / pools
    chance = hypergeom.pmf(counts, pools[:, np.newaxis], own[:, np.newaxis], top[:, np.newaxis])
    skew = np.log((counts + share[:, np.newaxis]) / ((top + 1) * share)[:, np.newaxis])
    return np.asarray((chance * skew).sum(axis=1), dtype=np.float64)
