"""Looks at evidence that grows: the bound, by hand, by another library, and simulated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from boussole.audits.uncertainty.looks import correlations_of, nominal, over_looks

GROWING = [math.sqrt(look / (look + 1)) for look in range(1, 12)]
ROLLING = correlations_of([1] * 36, span=12)


def test_looks_that_share_nothing_divide_the_error_and_those_that_share_all_add_up() -> None:
    assert nominal(0.05, [], looks=12) == 0.05 / 12
    part = 0.05 / 12
    assert nominal(0.05, [0.0] * 5, looks=12) == pytest.approx(part / (1 - nominal(0.05, [0.0] * 4, looks=12)))
    assert part < nominal(0.05, [0.0] * 5, looks=12) < 1.01 * part
    assert nominal(0.05, [1.0] * 11, looks=12) == pytest.approx(0.05)
    assert nominal(0.05, GROWING, looks=1) == 0.05  # each look by itself
    assert over_looks(0.03, GROWING, looks=1) == 0.03


def test_what_each_look_adds_is_what_another_library_computes() -> None:
    """The chance to be beyond the bound now and not before, from the bivariate normal distribution."""
    before = nominal(0.05, GROWING[:4], looks=12)
    now = nominal(0.05, GROWING[:5], looks=12)
    both = multivariate_normal.cdf(
        [-norm.isf(now), -norm.isf(before)], cov=[[1, GROWING[4]], [GROWING[4], 1]], abseps=1e-10
    )
    assert now - both == pytest.approx(0.05 / 12, abs=1e-8)


@pytest.mark.parametrize(("error", "years"), [(0.05, 60_000), (0.01, 60_000)])
def test_a_year_of_looks_errs_no_oftener_than_one(error: float, years: int) -> None:
    """Three years of steady growth, then of a rolling twelve months; without a difference, exactly at the level."""
    rng = np.random.default_rng(1)
    sums = np.cumsum(rng.standard_normal((years, 36)), axis=1)
    for first in (0, 12, 24):
        wrong = np.zeros(years, dtype=bool)
        for look in range(first, first + 12):
            left = sums[:, look - 12] if look >= 12 else 0.0
            z = (sums[:, look] - left) / math.sqrt(min(look + 1, 12))
            wrong |= z > norm.isf(nominal(error, ROLLING[:look], looks=12))
        assert 0.6 * error < wrong.mean() <= error


@pytest.mark.costly
@given(st.lists(st.floats(0, 1), max_size=14), st.floats(0.0005, 0.3), st.sampled_from([4, 12, 52]))
@settings(max_examples=60, deadline=None)
@example([0.0, 1.0, 1.0, 1.0], 0.25, 4)  # a year of looks at the same, after one at something else
def test_p_and_level_say_the_same(correlations: list[float], error: float, looks: int) -> None:
    level = nominal(error, correlations, looks=looks)
    assert error / looks - 1e-15 <= level <= error + 1e-12
    assert nominal(error * 1.5, correlations, looks=looks) > level
    again = over_looks(level, correlations, looks=looks)
    assert again == pytest.approx(error, rel=1e-6) or again >= error


def test_correlations_are_what_two_looks_share() -> None:
    assert correlations_of([100, 300], span=12) == [0.5]
    assert correlations_of([0, 100, 0, 100], span=12) == pytest.approx([1.0, math.sqrt(0.5)])
    assert correlations_of([100, 100, 100], span=1) == [0.0, 0.0]
    assert correlations_of([100], span=12) == []
