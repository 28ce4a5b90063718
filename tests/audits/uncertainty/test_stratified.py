"""Comparisons within strata, beside statsmodels, by hand, and simulated."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boussole.audits.parts import Ints, Pairs
from boussole.audits.uncertainty.estimates import standardised_ratio
from boussole.audits.uncertainty.score import ratio_interval
from boussole.audits.uncertainty.tests import p_beyond
from tests.audits.there import there

cell = st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))


def pairs(cells: list[tuple[int, int, int, int]]) -> Pairs:
    """Selected and not selected of the group, then of the other, in each stratum."""
    a, b, c, d = np.array(cells).T[:, np.newaxis]
    return Pairs(k1=a, n1=a + b, k0=c, n0=c + d, clustered=False)


@settings(max_examples=60, deadline=None)
@example([(1, 1, 1, 1), (1, 1, 1, 1)])
@given(st.lists(cell, min_size=2, max_size=8))
def test_mantel_haenszel_is_that_of_statsmodels(cells: list[tuple[int, int, int, int]]) -> None:
    peer = sm.stats.StratifiedTable([np.array([[a, b], [c, d]]) for a, b, c, d in cells])
    found = there(standardised_ratio(pairs(cells)))
    assert found.rates[0] / found.rates[1] == pytest.approx(peer.riskratio_pooled, rel=1e-12)


def test_in_one_stratum_nothing_is_adjusted() -> None:
    found = there(standardised_ratio(pairs([(157, 2278, 235, 2200)])))
    interval, plain = there(found.interval), there(ratio_interval((157, 235), (2435, 2435)))
    assert found.rates == (157 / 2435, 235 / 2435)
    assert (interval.low, interval.high) == pytest.approx((plain.low, plain.high), rel=1e-9)


def test_where_the_group_is_never_selected_the_ratio_is_zero_with_an_upper_end_and_to_nobody_there_is_none() -> None:
    found = there(standardised_ratio(pairs([(0, 40, 20, 20), (0, 30, 5, 25)])))
    assert found.rates[0] == 0
    assert 0 == there(found.interval).low < there(found.interval).high < 0.5
    assert standardised_ratio(pairs([(3, 4, 0, 9), (1, 2, 0, 5)])) is None


def _simulated(random: np.random.Generator, people: int, rows: int, rates: np.ndarray) -> tuple[Ints, Ints]:
    """Cases and sizes by bucket and stratum: every second person answers alike in all their rows."""
    k, n = np.zeros((40, rates.size), dtype=np.int64), np.zeros((40, rates.size), dtype=np.int64)
    where = np.repeat(random.integers(0, 40, people), rows), random.integers(0, rates.size, people * rows)
    own = np.where(random.random(people) < 0.5, random.random(people), np.nan)
    luck = np.where(np.isnan(own)[:, np.newaxis], random.random((people, rows)), own[:, np.newaxis]).ravel()
    np.add.at(n, where, 1)
    np.add.at(k, where, luck < rates[where[1]])
    return k, n


@pytest.mark.costly
@pytest.mark.parametrize("strata", [6, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_cover_and_tests_are_rarely_wrong(strata: int, *, clustered: bool) -> None:
    """The truth is .8; clusters of 10 rows. Bounds: 95 % and 5 %, give or take three standard errors of 600 draws."""
    random, draws = np.random.default_rng(strata), 600
    rates = random.uniform(0.1, 0.6, strata)
    covered = 0
    wrong = {"below": 0, "above": 0}
    for _ in range(draws):
        (k1, n1), (k0, n0) = (_simulated(random, people, 10, p) for people, p in ((80, 0.8 * rates), (120, rates)))
        if not clustered:
            n1, n0 = n1.sum(axis=0, keepdims=True), n0.sum(axis=0, keepdims=True)
            k1, k0 = random.binomial(n1, 0.8 * rates), random.binomial(n0, rates)
        held = (n1.sum(axis=0) > 0) & (n0.sum(axis=0) > 0)
        drawn = Pairs(k1=k1[:, held], n1=n1[:, held], k0=k0[:, held], n0=n0[:, held], clustered=clustered)
        found = there(standardised_ratio(drawn))
        covered += there(found.interval).low <= 0.8 <= there(found.interval).high
        for side in wrong:
            wrong[side] += p_beyond(found.test, threshold=0.8, bad_side=side) <= 0.05
    assert covered / draws == pytest.approx(0.95, abs=0.027)
    assert {side: times / draws for side, times in wrong.items()} == {
        side: pytest.approx(0.05, abs=0.027) for side in wrong
    }
