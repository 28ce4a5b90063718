"""Differences of two answers to the same cases: how often an interval holds the truth, and McNemar's published case."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from boussole.audits.uncertainty.paired import least_variance, mcnemar, paired_gap, without_each

BUCKETS, TIMES = 40, 400


def drawn(random: np.random.Generator, size: int, changed: tuple[float, float], *, people: bool = False) -> np.ndarray:
    """Cases by bucket and kind (both select, only the first, only the second, neither)."""
    chances = [0.4 - changed[0], changed[0], changed[1], 0.6 - changed[1]]
    kinds = random.choice(4, size // (8 if people else 1), p=chances)
    bucket = random.integers(0, BUCKETS, len(kinds))
    found = np.zeros((BUCKETS, 4), dtype=np.int64)
    np.add.at(found, (bucket, kinds), 8 if people else 1)
    return found


def made(cases: np.ndarray, *, ratio: bool = False) -> tuple[float, float, float] | None:
    n, first, second = cases.sum(axis=1), cases[:, 0] + cases[:, 1], cases[:, 0] + cases[:, 2]
    changed, gap = int(cases[:, 1:3].sum()), int((second - first).sum())
    least = 0.0 if ratio else least_variance(changed, gap, int(n.sum()))
    values = first.sum() / n.sum(), second.sum() / n.sum()
    found = paired_gap(*values, (without_each(first, n), without_each(second, n)), least=least, ratio=ratio)
    return None if found is None else (found.low, found.high, found.p)


@pytest.mark.parametrize(("size", "people"), [(200, False), (2000, False), (2400, True)])
def test_the_interval_holds_the_truth(size: int, people: bool) -> None:
    random, held, alarms = np.random.default_rng(4), 0, 0
    for _ in range(TIMES):
        found = made(drawn(random, size, (0.05, 0.09), people=people))
        alike = made(drawn(random, size, (0.06, 0.06), people=people))
        assert found is not None
        assert alike is not None
        held += found[0] <= 0.04 <= found[1]
        alarms += alike[2] < 0.05
    assert held >= TIMES - stats.binom.isf(1e-4, TIMES, 0.05)
    assert alarms <= stats.binom.isf(1e-4, TIMES, 0.05)


def test_a_ratio_of_the_same_cases() -> None:
    random = np.random.default_rng(5)
    held = 0
    for _ in range(TIMES):
        found = made(drawn(random, 1500, (0.02, 0.10)), ratio=True)
        assert found is not None
        held += found[0] <= 0.48 / 0.40 <= found[1]
    assert held >= TIMES - stats.binom.isf(1e-4, TIMES, 0.05)


def test_too_few_buckets_say_nothing() -> None:
    k, n = np.array([3, 2]), np.array([10, 12])
    assert paired_gap(0.2, 0.3, (without_each(k, n), without_each(k, n)), least=0.1, ratio=False) is None


def test_mcnemar_of_clusters_is_wider() -> None:
    random = np.random.default_rng(6)
    cases = drawn(random, 3200, (0.03, 0.07), people=True)
    alone = mcnemar(cases[:, 1], cases[:, 2], clustered=False)
    assert alone < mcnemar(cases[:, 1], cases[:, 2], clustered=True)
    assert mcnemar(cases[:, 0] * 0, cases[:, 0] * 0, clustered=False) == 1.0


def test_the_published_case_of_mcnemar() -> None:
    """Agresti (2002), Categorical Data Analysis, table 10.1: approval of a prime minister, 150 and 86 changed."""
    p = mcnemar(np.array([150]), np.array([86]), clustered=False)
    assert p == pytest.approx(2 * stats.binom.cdf(86, 236, 0.5))
    assert p < 0.0001
