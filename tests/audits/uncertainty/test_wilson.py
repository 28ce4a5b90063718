"""Wilson's intervals against statsmodels and published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.uncertainty.score import wilson


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
