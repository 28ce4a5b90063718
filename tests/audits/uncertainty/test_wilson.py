"""Wilson's intervals against statsmodels, scipy and published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.uncertainty.wilson import wilson, wilson_cc


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_values_of_newcombe_1998_table_1(k: int, n: int, low: float, high: float) -> None:
    interval = wilson(k, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    assert interval.method == "wilson"


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_agrees_with_statsmodels(n: int, share: float, level: float) -> None:
    k = round(n * share)
    low, high = proportion_confint(k, n, alpha=1 - level, method="wilson")
    interval = wilson(k, n, level=level)
    assert interval.low == pytest.approx(low, abs=1e-9)
    assert interval.high == pytest.approx(high, abs=1e-9)
    assert 0 <= interval.low <= k / n <= interval.high <= 1


@given(st.integers(1, 10_000))
def test_no_case_and_only_cases_are_never_certain(n: int) -> None:
    assert wilson(0, n).low == 0
    assert wilson(0, n).high > 0
    assert wilson(n, n).high == 1
    assert wilson(n, n).low < 1


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2535, 0.3682), (15, 148, 0.0598, 0.1644), (0, 20, 0.0, 0.2005), (1, 29, 0.0018, 0.1963)],
)
def test_values_of_newcombe_1998_table_1_with_continuity_correction(k: int, n: int, low: float, high: float) -> None:
    interval = wilson_cc(k, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    assert interval.method == "wilson_cc"


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_continuity_correction_agrees_with_scipy_and_is_wider(n: int, share: float, level: float) -> None:
    k = round(n * share)
    oracle = binomtest(k, n).proportion_ci(confidence_level=level, method="wilsoncc")
    interval, plain = wilson_cc(k, n, level=level), wilson(k, n, level=level)
    assert (interval.low, interval.high) == (pytest.approx(oracle.low, abs=1e-9), pytest.approx(oracle.high, abs=1e-9))
    assert interval.low <= plain.low <= plain.high <= interval.high
