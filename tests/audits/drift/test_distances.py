"""The other distances: worked by hand, beside scipy, held to published cases and to what their definitions promise."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.cubes.values import Histogram
from boussole.audits.drift.distances import ORDERED, missing_measure, ordered_measures, wasserstein
from boussole.audits.drift.measures import drift_measures
from boussole.audits.measures import Measure

COUNTS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=12)


def test_by_hand() -> None:
    # a tenth moves from [0, 1) to [2, 4): F − G goes 0 to 0.1, stays, and back to 0: (0.05 + 0.1 + 2 × 0.05)
    moved = wasserstein([0, 1, 2, 4], [5, 3, 2], [4, 3, 3])
    assert moved is not None
    assert (moved.value, moved.half) == (pytest.approx(0.25), pytest.approx(0.5 * (0.9 + 0.6 + 1)))
    # F − G goes from 0.2 to −0.2 within a bin of width 1: two triangles of 0.2 × 0.5 / 2 there
    moved = wasserstein([0, 1, 2, 3], [5, 1, 4], [3, 5, 2])
    assert moved is not None
    assert (moved.value, moved.half) == (pytest.approx(0.1 + 0.1 + 0.1), pytest.approx(1.0))


@given(COUNTS)
def test_symmetry_bounds_and_zero_on_equal(pairs: list[tuple[int, int]]) -> None:
    reference, current = zip(*pairs, strict=True)
    edges = [float(i * i) for i in range(len(pairs) + 1)]
    moved, back = wasserstein(edges, reference, current), wasserstein(edges, current, reference)
    assert (moved is None) == (back is None)
    if moved is not None and back is not None:
        assert (moved.value, moved.low, moved.high) == pytest.approx((back.value, back.low, back.high))
    if moved is not None:
        assert 0 <= moved.low <= moved.value <= moved.high <= edges[-1]
        same = wasserstein(edges, reference, reference)
        assert same is not None
        assert same.value == 0


@pytest.mark.costly
@given(COUNTS)
def test_beside_scipy(pairs: list[tuple[int, int]]) -> None:
    reference, current = (np.array(side) for side in zip(*pairs, strict=True))
    if not reference.sum() or not current.sum():
        return
    # Every bin as a thousand values spread evenly in it: scipy counts them one by one.
    middle = (np.arange(1000) + 0.5) / 1000
    places = np.concatenate([i + middle for i in range(len(pairs))])
    weights = [np.repeat(side, 1000) for side in (reference, current)]
    expected = scipy.stats.wasserstein_distance(places, places, *weights)
    moved = wasserstein(list(range(len(pairs) + 1)), reference.tolist(), current.tolist())
    assert moved is not None
    assert moved.value == pytest.approx(expected, abs=1e-3)


def of(reference: list[int], current: list[int], **more: Any) -> dict[str, Measure]:
    edges = tuple(float(i) for i in range(len(reference) - 2))
    histogram = Histogram("age", edges, tuple(reference), tuple(current))
    return {m.metric: m for m in ordered_measures(histogram, **more)}


def test_rows_lie_within_the_printed_bounds() -> None:
    random = np.random.default_rng(5)
    before, after = random.normal(5, 2, 4000).clip(0, 10), random.normal(6, 2.5, 3000).clip(0, 10)
    edges = np.arange(1.0, 10.0)
    counts = [np.bincount(np.searchsorted(edges, x, side="right"), minlength=10).tolist() for x in (before, after)]
    histogram = Histogram("x", tuple(edges), (*counts[0], 0), (*counts[1], 0))
    gap, moved = ordered_measures(histogram, range_=(0.0, 10.0))
    exact = scipy.stats.ks_2samp(before, after).statistic, scipy.stats.wasserstein_distance(before, after)
    for measure, rows in zip((gap, moved), exact, strict=True):
        assert measure.value is not None
        assert abs(rows - measure.value) <= measure.params["bin_bound"]
    assert moved.params["clipped"] is False
    assert moved.value == pytest.approx(exact[1], rel=0.05)


def test_what_each_distance_carries() -> None:
    found = of([0, 40, 60, 100, 0], [0, 50, 70, 80, 10])
    assert set(found) == set(ORDERED)
    for measure in found.values():
        assert (measure.by, measure.group) == (("feature",), ("age",))
        assert measure.params["edges"]
        json.dumps(measure.document(), allow_nan=False)
    assert found["wasserstein"].params["clipped"] is True
    assert found["kolmogorov_smirnov"].n == 200  # those who have a value


@pytest.mark.parametrize(
    ("reference", "current", "reason"),
    [
        ([0, 0, 0, 0], [5, 5, 5, 0], "empty_window"),
        ([5, 5, 5, 0], [0, 0, 0, 0], "empty_window"),
        ([5, 5, 5, 1], [0, 0, 0, 9], "no_values"),  # the column became all null
        ([0, 0, 0, 9], [0, 0, 0, 9], "no_values"),  # it always was: no distance of 0
    ],
)
def test_what_holds_nothing_has_no_distance(reference: list[int], current: list[int], reason: str) -> None:
    histogram = Histogram("age", (0.0, 1.0), tuple(reference), tuple(current))
    for measure in [*of(reference, current).values(), *drift_measures([histogram])]:
        assert (measure.value, measure.status, measure.reason) == (None, "undefined", reason), measure.metric
        assert "test" not in measure.params


def test_a_column_of_one_value_has_no_width() -> None:
    histogram = Histogram("x", (3.0,), (0, 50, 0), (0, 60, 0))
    gap, moved = ordered_measures(histogram)
    assert gap.value == 0.0
    assert (moved.value, moved.reason) == (None, "one_bin")


@pytest.mark.parametrize(
    ("missing", "present", "value", "reason"),
    [
        (0, 50, 0.0, None),
        (50, 0, 1.0, None),
        (20, 80, 0.2, None),
        (3, 97, None, "small_group"),
        (97, 3, None, "small_group"),
    ],
)
def test_few_missing_values_are_not_counted_out(
    missing: int, present: int, value: float | None, reason: str | None
) -> None:
    found = missing_measure("x", n=present + missing, missing=missing, fewest=11)
    assert (found.value, found.reason) == (value, reason)
    assert found.params == ({} if reason else {"missing": missing})
