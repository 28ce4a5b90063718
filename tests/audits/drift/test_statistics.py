"""Distances between windows, worked by hand and held to what their definitions promise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.drift.measures import jensen_shannon, psi

COUNTS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=12)


def test_psi_by_hand() -> None:
    # (0.3 - 0.5) ln(0.3/0.5) + (0.7 - 0.5) ln(0.7/0.5)
    expected = -0.2 * math.log(0.6) + 0.2 * math.log(1.4)
    assert psi([50, 50], [30, 70], smoothing=0) == pytest.approx(expected)


def test_smoothing_adds_a_half_to_every_filled_bin() -> None:
    # reference 10.5, 0.5 of 11; current 5.5, 5.5 of 11; the third bin is filled by nobody
    p, q = (10.5 / 11, 0.5 / 11), (0.5, 0.5)
    expected = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi([10, 0, 0], [5, 5, 0]) == pytest.approx(expected)


def test_jensen_shannon_by_hand() -> None:
    # m = (0.75, 0.25): half of (0.5 log2(2/3) + 0.5 log2(2)) plus half of log2(4/3) is 0.311278
    assert jensen_shannon([1, 1], [4, 0]) == pytest.approx(math.sqrt(0.311278), abs=1e-6)


def test_an_empty_window_has_no_distance() -> None:
    assert psi([0, 0], [1, 1]) is None
    assert jensen_shannon([1, 1], [0, 0]) is None


@given(COUNTS)
def test_the_order_of_bins_and_of_windows_changes_nothing(pairs: list[tuple[int, int]]) -> None:
    reference, current = zip(*pairs, strict=True)
    for distance in (psi, jensen_shannon):
        value = distance(reference, current)
        assert distance(reference[::-1], current[::-1]) == pytest.approx(value)
        if value is not None:
            assert value >= 0
            assert distance(reference, reference) == pytest.approx(0, abs=1e-7)
    js = jensen_shannon(reference, current)
    assert js is None or 0 <= js <= 1
    assert jensen_shannon(current, reference) == pytest.approx(js)
