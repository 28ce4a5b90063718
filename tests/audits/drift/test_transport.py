"""What bins tell of distances holds the distance of the rows, whatever these are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from boussole.audits.cubes.edges import FARTHEST, feature_units
from boussole.audits.cubes.sums import BinSums
from boussole.audits.cubes.values import Histogram
from boussole.audits.drift.distances import ordered_measures, wasserstein
from boussole.audits.measures import Measure

NUMBERS = st.one_of(
    st.integers(-30, 30).map(float), st.floats(-1000, 1000, allow_subnormal=False).map(lambda x: round(x, 6))
)
ROWS = st.lists(NUMBERS, min_size=1, max_size=60)
EDGES = st.lists(NUMBERS, min_size=1, max_size=12).map(lambda each: sorted(set(each)))


def histogram(edges: list[float], before: list[float], after: list[float], *, summed: bool = True) -> Histogram:
    """Rows as the cube counts them."""
    origin, scale = feature_units(edges)
    counts, totals = [], []
    for rows in (before, after):
        bins = np.searchsorted(edges, rows, side="right")
        units = [min(max(round((row - origin) * scale), -FARTHEST), FARTHEST) for row in rows]
        counts.append((*np.bincount(bins, minlength=len(edges) + 1).tolist(), 0))
        totals.append(
            tuple(float(sum(u for u, at in zip(units, bins, strict=True) if at == i)) for i in range(len(edges) + 1))
        )
    sums = BinSums(origin=origin, scale=scale, reference=totals[0], current=totals[1]) if summed else None
    return Histogram("x", tuple(edges), counts[0], counts[1], sums=sums)


def told(found: Histogram, **more: tuple[float, float]) -> dict[str, Measure]:
    return {measure.metric: measure for measure in ordered_measures(found, **more)}


def close(*values: float) -> float:
    """What a computer rounds."""
    return 1e-9 * (1 + max(abs(value) for value in values))


@pytest.mark.costly
@given(EDGES, ROWS, ROWS, st.booleans())
def test_the_distance_of_the_rows_lies_between_what_the_bins_tell(
    edges: list[float], before: list[float], after: list[float], summed: bool
) -> None:
    found = told(histogram(edges, before, after, summed=summed))
    exact = ks_2samp(before, after, method="asymp").statistic, wasserstein_distance(before, after)
    for metric, rows in zip(("kolmogorov_smirnov", "wasserstein"), exact, strict=True):
        measure, slack = found[metric], close(rows, *edges)
        if measure.value is None:
            assert not summed
            continue
        assert measure.params["low"] - slack <= measure.value <= measure.params.get("high", math.inf) + slack
        assert measure.params["low"] - slack <= rows <= measure.params.get("high", math.inf) + slack
    sums = histogram(edges, before, after).sums
    assert sums is not None
    far = any(abs(part) >= FARTHEST for side in (sums.reference, sums.current) for part in (side[0], side[-1]))
    assert not summed or far or "high" in found["wasserstein"].params, "sums hold no value that is farther"


@pytest.mark.costly
@given(
    st.lists(st.integers(0, 100).map(float), min_size=1, max_size=50),
    st.lists(st.integers(0, 100).map(float), min_size=1, max_size=50),
)
def test_within_a_declared_range(before: list[float], after: list[float]) -> None:
    edges = [10.0, 20.0, 50.0]
    found = told(histogram(edges, before, after, summed=False), range_=(0.0, 100.0))["wasserstein"]
    rows = wasserstein_distance(before, after)
    assert found.params["low"] - 1e-9 <= rows <= found.params["high"] + 1e-9
    assert abs(rows - (found.value or 0.0)) <= found.params["bin_bound"] + 1e-9


@pytest.mark.costly
@given(ROWS, ROWS)
def test_a_bin_for_each_value_loses_nothing(before: list[float], after: list[float]) -> None:
    edges = sorted({*before, *after})
    found = told(histogram(edges, before, after))
    gap = ks_2samp(before, after, method="asymp").statistic
    assert found["kolmogorov_smirnov"].value == pytest.approx(gap, abs=1e-12)
    assert found["kolmogorov_smirnov"].params["bin_bound"] == 0
    rows, unit = wasserstein_distance(before, after), 1 / feature_units(edges)[1]
    assert found["wasserstein"].value == pytest.approx(rows, abs=2 * unit + 1e-12)
    # One unit is allowed for, and in each window twice what its values were rounded by: half a unit.
    assert found["wasserstein"].params["bin_bound"] <= 3 * unit + close(rows, *edges)


@pytest.mark.costly
@given(EDGES, ROWS, ROWS, st.integers(2, 5))
def test_neither_order_nor_repetition_changes_it(
    edges: list[float], before: list[float], after: list[float], times: int
) -> None:
    one = told(histogram(edges, before, after))["wasserstein"]
    other = told(histogram(edges, before[::-1] * times, after))["wasserstein"]
    back = told(histogram(edges, after, before))["wasserstein"]
    assume(not any(each.params["clipped"] for each in (one, other, back)))  # sums too large for a cube are not used
    for each in (other, back):
        assert each.value == pytest.approx(one.value, rel=1e-9, abs=close(*edges))
        assert each.params["high"] == pytest.approx(one.params["high"], rel=1e-9, abs=close(*edges))


def test_by_hand() -> None:
    """Of three values in [0, 4) one goes from 1 to 3. All that the bin tells is that their mean rose by 2/3."""
    moved = wasserstein(
        [-math.inf, 0, 4, math.inf],
        [0, 3, 0],
        [0, 3, 0],
        sums=BinSums(origin=0, scale=1e9, reference=(0, 3e9, 0), current=(0, 5e9, 0)),
    )
    assert moved is not None
    assert moved.low == pytest.approx(2 / 3)
    # Values at both ends lie 2 · 1 · 3 / 4 from their mean 1, and 2 · 5/3 · 7/3 / 4 from 5/3; nothing jumps farther
    # than the bin is wide: from G over F to F over G, with the signed size 2/3, at most 4 (7/12 + 5/12).
    assert moved.high == pytest.approx(min(4.0, 2 / 3 + 1.5 + 2 * 5 / 3 * 7 / 3 / 4))


def test_beyond_the_edges_without_sums_there_is_no_upper_bound() -> None:
    found = told(histogram([0.0, 1.0], [-5.0, 0.5], [0.5, 9.0], summed=False))["wasserstein"]
    assert found.params["clipped"] is True
    assert not {"high", "bin_bound"} & set(found.params)
    summed = told(histogram([0.0, 1.0], [-5.0, 0.5], [0.5, 9.0]))["wasserstein"]
    assert summed.params["clipped"] is False
    assert summed.params["low"] <= wasserstein_distance([-5.0, 0.5], [0.5, 9.0]) <= summed.params["high"]


def test_a_value_too_far_to_be_summed_has_no_upper_bound() -> None:
    found = told(histogram([0.0, 1.0, 2.0], [0.5, 1.5], [0.5, 1e300]))["wasserstein"]
    assert found.params["clipped"] is True
    assert found.params["low"] <= 1e300
