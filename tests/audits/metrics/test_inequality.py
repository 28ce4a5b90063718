"""Differential fairness: hand work, and what the definition implies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.metrics.inequality import differential_fairness


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
