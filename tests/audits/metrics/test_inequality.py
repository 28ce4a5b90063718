"""Benefit inequality and differential fairness: published examples, hand work, and what the definitions imply."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.measures import Counts
from boussole.audits.metrics.inequality import benefits, between_groups, differential_fairness, generalized_entropy

people = st.lists(st.integers(0, 10**12), min_size=3, max_size=3).map(lambda counts: np.array(counts, dtype=np.int64))
alphas = st.sampled_from([0.5, 1.0, 2.0, 3.0])


def test_benefits_turn_where_being_selected_is_a_harm() -> None:
    counts = np.array([[50, 10, 7], [20, 30, 9]])
    assert benefits(counts, favourable=True).tolist() == [10, 80, 20]
    assert benefits(counts, favourable=False).tolist() == [20, 80, 10]


def test_by_hand() -> None:
    """One person passed over, one right, two wrongly selected: mean 5/4, shares 0, 4/5, 8/5, 8/5."""
    counts = np.array([1, 1, 2])
    assert float(generalized_entropy(counts, alpha=2.0)) == pytest.approx((0 + 16 / 25 + 2 * 64 / 25 - 4) / 8)
    theil = (0.8 * math.log(0.8) + 2 * 1.6 * math.log(1.6)) / 4
    assert float(generalized_entropy(counts, alpha=1.0)) == pytest.approx(theil)
    deviation = -(2 * math.log(2 / 3) + 2 * math.log(4 / 3)) / 4
    assert float(generalized_entropy(np.array([0, 2, 2]), alpha=0.0)) == pytest.approx(deviation)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("counts", [[0, 0, 0], [9, 0, 0]])
def test_nobody_and_no_benefit_have_no_inequality(counts: list[int], alpha: float) -> None:
    assert math.isnan(float(generalized_entropy(np.array(counts), alpha=alpha)))


@pytest.mark.parametrize("alpha", [0.0, -1.0])
def test_a_benefit_of_zero_is_infinitely_unequal_in_logarithms(alpha: float) -> None:
    assert math.isnan(float(generalized_entropy(np.array([1, 5, 5]), alpha=alpha)))


@given(counts=people, alpha=alphas)
def test_equal_benefits_are_zero_and_nothing_is_below(counts: Counts, alpha: float) -> None:
    value = float(generalized_entropy(counts, alpha=alpha))
    if counts[1:].sum() == 0:
        assert math.isnan(value)
    elif np.count_nonzero(counts) == 1:
        assert value == 0
    else:
        assert value >= 0


@given(groups=st.lists(people, min_size=2, max_size=5), alpha=alphas)
def test_the_whole_is_what_lies_between_groups_and_within_them(groups: list[Counts], alpha: float) -> None:
    """GE = between + Σ share of people · (mean ÷ overall mean)^α · GE within (Shorrocks 1980)."""
    counts = np.array([group for group in groups if group[1:].sum()])
    if not len(counts):
        return
    sizes, sums = counts.sum(axis=1).astype(float), (counts * np.arange(3)).sum(axis=1).astype(float)
    weights = sizes / sizes.sum() * (sums / sizes / (sums.sum() / sizes.sum())) ** alpha
    within = float((weights * generalized_entropy(counts, alpha=alpha)).sum())
    whole = float(generalized_entropy(counts.sum(axis=0), alpha=alpha))
    assert whole == pytest.approx(float(between_groups(counts, alpha=alpha)) + within, rel=1e-9, abs=1e-12)


def test_epsilon_by_hand() -> None:
    """10 of 20 against 5 of 20: ln 2 for being selected, ln 1.5 for not being selected."""
    k, n = np.array([10, 5]), np.array([20, 20])
    assert differential_fairness(k, n, concentration=1e-12) == pytest.approx(math.log(2))
    assert differential_fairness(k, n, concentration=2.0) == pytest.approx(math.log(11 / 6))
    assert differential_fairness(n - k, n, concentration=1e-12) == pytest.approx(math.log(2))


def test_epsilon_of_a_group_without_selected_is_finite_and_falls_with_smoothing() -> None:
    k, n = np.array([0, 50]), np.array([30, 100])
    values = [differential_fairness(k, n, concentration=c) for c in (0.1, 1.0, 10.0)]
    assert values == sorted(values, reverse=True)
    assert values[1] == pytest.approx(math.log((50.5 / 101) / (0.5 / 31)))


@given(n=st.lists(st.integers(1, 10**12), min_size=2, max_size=6), share=st.integers(1, 9))
def test_epsilon_is_zero_at_parity_and_ignores_the_order(n: list[int], share: int) -> None:
    sizes = np.array(n, dtype=np.int64) * 10
    k = sizes // 10 * share
    assert differential_fairness(k, sizes, concentration=1e-9) == pytest.approx(0.0, abs=1e-6)
    found = differential_fairness(k, sizes, concentration=1.0)
    assert found == differential_fairness(k[::-1], sizes[::-1], concentration=1.0)
