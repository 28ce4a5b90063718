"""The trend of a share over periods, against Newcombe's interval, hand work and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.uncertainty.mover import Estimate, gap
from boussole.audits.uncertainty.quantiles import normal_quantile
from boussole.audits.uncertainty.trend import trend
from boussole.audits.uncertainty.wilson import wilson_bounds

SHARES = st.lists(st.tuples(st.integers(0, 200), st.integers(200, 400)), min_size=3, max_size=12)


def share(k: float, n: float) -> Estimate:
    low, high = wilson_bounds(k, n, z=normal_quantile(0.975))
    return Estimate(value=k / n, low=low, high=high)


def test_of_two_periods_it_would_be_newcombes_difference_and_is_not_told() -> None:
    """Of three periods of which the one in the middle has no weight, it is half the difference of the outer two."""
    first, last = share(60, 200), share(20, 200)
    found, outer = trend([(0.0, first), (1.0, share(9, 90)), (2.0, last)]), gap(first, last)
    assert found is not None
    assert outer is not None
    assert (found.value, found.low, found.high) == pytest.approx((outer.value / 2, outer.low / 2, outer.high / 2))
    assert found.p == pytest.approx(outer.p)
    assert trend([(0.0, first), (1.0, last)]) is None


def test_a_slope_by_hand() -> None:
    """Shares 30, 20, 10 and 0 in 100: weights −0.3, −0.1, 0.1, 0.3, so 10 in 100 a period less."""
    periods = [(float(at), Estimate(value=v, low=v - 0.05, high=v + 0.05)) for at, v in enumerate((0.3, 0.2, 0.1, 0.0))]
    found = trend(periods)
    assert found is not None
    wide = 0.05 * np.sqrt(0.3**2 + 0.1**2 + 0.1**2 + 0.3**2)
    assert (found.value, found.low, found.high) == pytest.approx((-0.1, -0.1 - wide, -0.1 + wide))


@given(counts=SHARES)
def test_told_backwards_it_is_turned_round(counts: list[tuple[int, int]]) -> None:
    told = [(float(at), share(k, n)) for at, (k, n) in enumerate(counts)]
    turned = [(-at, each) for at, each in told]
    found, back = trend(told), trend(turned)
    assert found is not None
    assert back is not None
    assert (found.value, found.low, found.high) == pytest.approx((-back.value, -back.high, -back.low))


@given(counts=SHARES, days=st.floats(2, 40))
def test_the_unit_of_time_scales_it_and_the_order_of_rows_does_not_matter(
    counts: list[tuple[int, int]], days: float
) -> None:
    told = [(float(at), share(k, n)) for at, (k, n) in enumerate(counts)]
    found, daily = trend(told), trend([(at * days, each) for at, each in reversed(told)])
    assert found is not None
    assert daily is not None
    assert daily.value == pytest.approx(found.value / days, abs=1e-12)
    assert daily.p == pytest.approx(found.p)


def test_days_that_are_all_alike_have_no_trend() -> None:
    assert trend([(1.0, share(10, 100))] * 3) is None


@pytest.mark.costly
@pytest.mark.parametrize(("rate", "months"), [(0.1, 3), (0.1, 12), (0.02, 6), (0.4, 4)])
def test_where_nothing_moves_a_fall_is_told_in_about_one_log_of_forty(rate: float, months: int) -> None:
    """Two-sided 95 %: 2.5 in 100 each side, and never above 4 in the smallest counts."""
    rng = np.random.default_rng(11)
    fell = rose = 0
    for _ in range(2000):
        counts = rng.binomial(300, rate, size=months)
        found = trend([(float(at), share(float(k), 300)) for at, k in enumerate(counts)])
        assert found is not None
        fell += found.high < 0
        rose += found.low > 0
    assert max(fell, rose) / 2000 < 0.04
