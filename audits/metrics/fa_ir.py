"""FA*IR, and what lists would be in random order.

A table m says how many of the group must stand among the first i places, for each i. Under the null hypothesis of the
authors each place goes to the group with chance p, independently of the others.

Source: Zehlike, Bonchi, Castillo, Hajian, Megahed & Baeza-Yates (2017), FA*IR: a fair top-k ranking algorithm, CIKM,
pages 1569-1578.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, hypergeom

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def unadjusted_table(k: int, p: float, alpha: float) -> Ints:
    """The fewest people of the group among the first 1, …, k places that a test at `alpha` at each place lets pass.

    Formula: m(i) = min {c : F(c; i, p) > α}, F the binomial distribution function. Inputs: k ≥ 1, 0 ≤ p ≤ 1.

    >>> unadjusted_table(10, 0.2, 0.15).tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    """
    return _table(_chances(k, p), alpha)


def fail_probability(table: Sequence[int] | Ints, p: float) -> float:
    """Chance that a fair list fails a table at one place or more; exact, by recursion over places.

    Each place holds somebody of the group with chance p. A list with too few of them so far fails and goes no further.

    >>> round(fail_probability([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], 0.2), 12)
    0.134217728
    """
    required = np.asarray(table, dtype=np.int64)[np.newaxis]
    return float(_failing(required, lambda _, counts: np.full((1, counts.size), p))[0])


def random_order_fail_probabilities(tables: Ints, pools: Ints, own: Ints) -> Floats:
    """Chance that lists fail their tables where the order of their own pools is random; exact.

    As above, but people are drawn without replacement. Inputs: tables (lists, places), people in each pool, and those
    of the group among them; a place beyond the end of a pool must require nobody.

    >>> random_order_fail_probabilities(np.array([[0, 1]]), np.array([4]), np.array([2])).round(6).tolist()
    [0.166667]
    """

    def chance(place: int, counts: Ints) -> Floats:
        left = np.maximum(pools - place, 1)[:, np.newaxis]
        return np.asarray(np.clip((own[:, np.newaxis] - counts) / left, 0.0, 1.0), dtype=np.float64)

    return _failing(tables, chance)


def random_order_skews(top: Ints, pools: Ints, own: Ints) -> Floats:
    """The mean skew of the first places where the order of a pool is random; exact, by the hypergeometric distribution.

    Skew: ln((c + q) ÷ (t + 1) ÷ q), c people of the group among t at the first places, q their share of the pool.

    >>> random_order_skews(np.array([1]), np.array([2]), np.array([1])).round(6).tolist()
    [-0.143841]
    """
    counts, share = np.arange(int(top.max(initial=0)) + 1), own / pools
    chance = hypergeom.pmf(counts, pools[:, np.newaxis], own[:, np.newaxis], top[:, np.newaxis])
    skew = np.log((counts + share[:, np.newaxis]) / ((top + 1) * share)[:, np.newaxis])
    return np.asarray((chance * skew).sum(axis=1), dtype=np.float64)


def adjusted_alpha(k: int, p: float, alpha: float) -> float:
    """The largest level of the tests at each place at which a fair list fails with a chance of `alpha` at most.

    k tests of one list find something too often. The table changes only at the values of F(c; i, p), and the exact
    chance to fail grows with them: the level is found among them by halving. 0 where even one such table fails too
    often: nothing is required then.

    >>> level = adjusted_alpha(10, 0.2, 0.15)
    >>> fail_probability(unadjusted_table(10, 0.2, level), 0.2) <= 0.15
    True
    """
    chances = _chances(k, p)
    levels = np.unique(chances[chances <= alpha])
    fine, bad = -1, levels.size
    while bad - fine > 1:
        middle = (fine + bad) // 2
        if fail_probability(_table(chances, float(levels[middle])), p) <= alpha:
            fine = middle
        else:
            bad = middle
    return float(levels[fine]) if fine >= 0 else 0.0


def adjusted_table(k: int, p: float, alpha: float) -> Ints:
    """The table of the adjusted level: a fair list fails it with a chance of `alpha` at most.

    >>> adjusted_table(10, 0.5, 0.1).tolist()
    [0, 0, 0, 0, 1, 1, 1, 2, 2, 3]
    """
    return unadjusted_table(k, p, adjusted_alpha(k, p, alpha))


def _chances(k: int, p: float) -> Floats:
    """F(c; i, p) of c = 0, …, k (columns) among the first i = 1, …, k places (rows); 2 where c ≥ i: no such case."""
    places, counts = np.arange(1, k + 1)[:, np.newaxis], np.arange(k + 1)
    return np.where(counts < places, binom.cdf(counts, places, p), 2.0)


def _table(chances: Floats, alpha: float) -> Ints:
    return np.asarray((chances <= alpha).sum(axis=1), dtype=np.int64)


def _failing(tables: Ints, chance: Callable[[int, Ints], Floats]) -> Floats:
    """`chance`: that the next place, after so many, goes to the group, by how many of it there are so far."""
    lists, places = tables.shape
    counts = np.arange(places + 1)
    alive = np.zeros((lists, places + 1))
    alive[:, 0] = 1.0
    failed = np.zeros(lists)
    for place in range(places):
        taken = alive * chance(place, counts)
        alive = alive - taken
        alive[:, 1:] += taken[:, :-1]
        out = counts < tables[:, place, np.newaxis]
        failed += np.where(out, alive, 0.0).sum(axis=1)
        alive = np.where(out, 0.0, alive)
    return failed
