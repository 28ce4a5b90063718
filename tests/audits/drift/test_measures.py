"""Distances between windows: by hand, beside scipy and published cases; PSI held to simulated windows; bins merged."""

from __future__ import annotations

import json
import math
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from boussole.audits.cubes.edges import FARTHEST, MOST_BINS, feature_units, quantiles
from boussole.audits.cubes.sums import BinSums
from boussole.audits.cubes.values import Histogram, HistogramError, merged
from boussole.audits.drift.distances import missing_measure, ordered_measures, wasserstein
from boussole.audits.drift.measures import drift_measures, psi
from boussole.audits.measures import Cells, Measure
from boussole.audits.runs import design_effect
from boussole.audits.uncertainty.tests import p_beyond, tails

SHARES = np.array([0.05, 0.1, 0.1, 0.15, 0.2, 0.15, 0.1, 0.1, 0.05])


def measures_of(reference: list[int], current: list[int], *, design_effect: float = 1.0) -> dict[str, Measure]:
    """Two measures of a feature whose first and last bins (under the first edge, missing) are among the counts."""
    edges = tuple(float(i) for i in range(len(reference) - 2))
    histogram = Histogram("age", edges, tuple(reference), tuple(current))
    return {m.metric: m for m in drift_measures([histogram], design_effect=design_effect)}


def test_counts_must_fit_their_edges() -> None:
    with pytest.raises(HistogramError, match="feature 'age'"):
        Histogram("age", (1.0, 2.0), (1, 2), (1, 2, 3, 4))


def test_repeated_people_make_psi_less_certain() -> None:
    alone, repeated = (
        measures_of([200, 200, 200], [230, 190, 150], design_effect=effect)["psi"].params["test"]
        for effect in (1.0, 30.0)
    )
    p_alone, p_repeated = (p_beyond(test, threshold=0.0, bad_side="above") for test in (alone, repeated))
    assert p_alone < 0.05
    assert p_repeated > 0.3


def drifted(towards: float) -> np.ndarray:  # type: ignore[type-arg]
    tilt = np.exp(towards * np.linspace(-1, 1, SHARES.size))
    return SHARES * tilt / (SHARES * tilt).sum()


def true_psi(shares: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(((shares - SHARES) * np.log(shares / SHARES)).sum())


@pytest.mark.costly
@pytest.mark.parametrize("size", [300, 3000])
@pytest.mark.parametrize("level", [0.0, 0.1, 0.25])
def test_psi_is_beyond_its_true_value_about_one_time_in_twenty(size: int, level: float) -> None:
    low, high = 0.0, 2.0
    while high - low > 1e-9:  # the tilt whose true PSI is the level
        middle = (low + high) / 2
        low, high = (middle, high) if true_psi(drifted(middle)) < level else (low, middle)
    rng = np.random.default_rng(size)
    references, currents = rng.multinomial(size, SHARES, 1500), rng.multinomial(size, drifted(low), 1500)
    tests = [
        {"kind": "noncentral_chi2", "statistic": psi(r, c), "df": SHARES.size - 1, "scale": 2 / size}
        for r, c in zip(references.tolist(), currents.tolist(), strict=True)
    ]
    beyond = np.mean([p_beyond(test, threshold=level, bad_side="above") < 0.05 for test in tests])
    assert 0.03 < beyond < 0.075
    if level:
        good = np.mean([tails(test, threshold=level, bad_side="above")[1] < 0.05 for test in tests])
        assert 0.02 < good < 0.075


def test_published_cases(published: Path) -> None:
    """Evidently's chi-square takes the reference as known, so only 1/n of the current window counts; near equality the
    index is 8 times the squared Hellinger distance, and over 1/n it is the chi-square statistic.
    """
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    by_name = {case["metric"]: case for case in cases}
    chi_square, hellinger = by_name["drift.chi_square_pvalue"], by_name["drift.hellinger"]
    counts = chi_square["inputs"]
    value = psi(counts["reference_counts"], counts["current_counts"], smoothing=0)
    assert value is not None
    assert value == pytest.approx(8 * hellinger["expected"] ** 2, rel=0.01)
    test = {"kind": "noncentral_chi2", "statistic": value, "df": 5, "scale": 1 / sum(counts["current_counts"])}
    assert p_beyond(test, threshold=0.0, bad_side="above") == pytest.approx(chi_square["expected"], abs=0.03)


def test_smoothing_adds_a_half_to_every_filled_bin() -> None:
    # reference 10.5, 0.5 of 11; current 5.5, 5.5 of 11; the third bin is filled by nobody
    p, q = (10.5 / 11, 0.5 / 11), (0.5, 0.5)
    expected = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi([10, 0, 0], [5, 5, 0]) == pytest.approx(expected)


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
    for measure in [*ordered_measures(histogram), *drift_measures([histogram])]:
        assert (measure.value, measure.status, measure.reason) == (None, "undefined", reason), measure.metric
        assert "test" not in measure.params


def test_a_column_of_one_value_has_no_width() -> None:
    histogram = Histogram("x", (3.0,), (0, 50, 0), (0, 60, 0))
    gap, moved = ordered_measures(histogram)
    assert gap.value == 0.0
    assert (moved.value, moved.reason) == (None, "one_bin")


@pytest.mark.parametrize(
    ("missing", "present", "value"), [(0, 50, 0.0), (50, 0, 1.0), (20, 80, 0.2), (3, 97, None), (97, 3, None)]
)
def test_few_missing_values_are_not_counted_out(missing: int, present: int, value: float | None) -> None:
    found = missing_measure("x", n=present + missing, missing=missing, fewest=11)
    assert (found.value, found.reason) == (value, "small_group" if value is None else None)
    assert found.params == ({} if value is None else {"missing": missing})


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


def test_beyond_the_edges_without_sums_or_too_far_for_them_there_is_no_upper_bound() -> None:
    found = told(histogram([0.0, 1.0], [-5.0, 0.5], [0.5, 9.0], summed=False))["wasserstein"]
    assert found.params["clipped"] is True
    assert not {"high", "bin_bound"} & set(found.params)
    summed = told(histogram([0.0, 1.0], [-5.0, 0.5], [0.5, 9.0]))["wasserstein"]
    assert summed.params["clipped"] is False
    assert summed.params["low"] <= wasserstein_distance([-5.0, 0.5], [0.5, 9.0]) <= summed.params["high"]
    far = told(histogram([0.0, 1.0, 2.0], [0.5, 1.5], [0.5, 1e300]))["wasserstein"]
    assert far.params["clipped"] is True
    assert far.params["low"] <= 1e300


def test_neighbours_are_merged_until_a_half_is_reached_and_a_small_remainder_joins_the_bin_before_it() -> None:
    assert merged([1, 2, 3], [5, 1, 4, 10, 7], [1, 2, 3, 4, 5], bins=2) == ((3,), (10, 10, 7), (6, 4, 5))
    assert merged([1, 2], [6, 5, 1, 0], [1, 2, 3, 0], bins=2) == ((1,), (6, 6, 0), (1, 5, 0))


@pytest.mark.parametrize(
    ("edges", "reference", "current", "expected"),
    [
        ([0, 1], [0, 95, 5, 0], [0, 50, 50, 0], ((0, 1), (0, 95, 5, 0), (0, 50, 50, 0))),  # yes or no, rarely yes
        ([1, 2], [0, 100, 0, 0], [10, 10, 80, 0], ((1, 2), (0, 100, 0, 0), (10, 10, 80, 0))),  # one value only
        ([1, 2, 3], [1, 2, 95, 2, 0], [2, 3, 4, 5, 6], ((2, 3), (3, 95, 2, 0), (5, 4, 5, 6))),
        ([1], [99, 1, 3], [1, 99, 3], ((1,), (99, 1, 3), (1, 99, 3))),
        ([], [9, 1], [1, 9], ((), (9, 1), (1, 9))),
    ],
)
def test_what_is_nearly_all_in_one_bin_can_still_move(
    edges: list[float], reference: list[int], current: list[int], expected: object
) -> None:
    """One bin alone would be 0 away from anything: a silent zero."""
    assert merged(edges, reference, current) == expected
    psi, _ = drift_measures([Histogram("x", tuple(edges), tuple(reference), tuple(current))])
    assert psi.value is not None
    assert psi.value > 0.2


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=60))
def test_no_count_is_lost_and_every_bin_is_large_enough(pairs: list[tuple[int, int]]) -> None:
    reference, current = zip(*pairs, strict=True)
    edges, before, after = merged(range(len(pairs) - 2), reference, current)
    assert (sum(before), sum(after)) == (sum(reference), sum(current))
    assert (before[-1], after[-1]) == (reference[-1], current[-1])
    assert len(before) == len(after) == len(edges) + 2
    known = sum(reference[:-1])
    if known:
        assert len(before) - 1 <= 10
        assert not edges or min(before[:-1]) >= known / 10 or (len(edges) <= 2 and max(before[:-1]) >= known * 0.8)
        assert edges or len(pairs) == 2


def test_psi_does_not_grow_with_the_fineness_of_the_cube() -> None:
    """A normal shifted by 0.3 standard deviations: population PSI is 0.3² = 0.09, whether cut in 20 bins or 200."""
    random = np.random.default_rng(7)
    before, after = random.normal(0, 1, 20_000), random.normal(0.3, 1, 20_000)
    found = []
    for bins in (20, 200):
        edges = np.linspace(-4, 4, bins + 1)[1:-1]
        counts = [np.bincount(np.searchsorted(edges, x, side="right"), minlength=bins) for x in (before, after)]
        histogram = Histogram("x", tuple(edges), (*map(int, counts[0]), 0), (*map(int, counts[1]), 0))
        found.append(drift_measures([histogram])[0].value)
    assert abs(found[0] - found[1]) < 0.012
    assert all(abs(value - 0.09) < 0.02 for value in found)


def test_the_design_effect_is_the_size_of_equal_clusters() -> None:
    """4,000 people with 5 rows each, hashed into 40 buckets: Σn² ÷ Σn is 5; 40 buckets estimate it within a third."""
    people = np.random.default_rng(3).multinomial(4000, [1 / 40] * 40)
    counts = np.zeros((1, 40, 2, 3), dtype=np.int64)
    counts[0, :, 0, 2] = people * 5
    cells = Cells(by=(), groups=((),), counts=counts, clustered=True)
    assert 3.3 < design_effect(cells) < 6.7
    assert design_effect(Cells(by=(), groups=((),), counts=counts, clustered=False)) == 1.0


ENDS = [0.0005, 0.001, 0.002, 0.003]
PLACES = sorted([*(i / MOST_BINS for i in range(MOST_BINS + 1)), *ENDS, *(round(1 - end, 4) for end in ENDS)])


@pytest.mark.parametrize("size", [1, 2, 7, 199, 201, 1000, 9_999, 20_001])
@pytest.mark.parametrize("value", ["hash(i)::DOUBLE / 7", "(hash(i) % 300)::DOUBLE", "-sqrt(i)"])
def test_bins_begin_at_the_quantiles_of_the_values_that_are_there(size: int, value: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE log AS SELECT CASE WHEN i % 3 > 0 THEN {value} END AS x FROM range(3 * {size}) t(i)"
        )
        expected = connection.execute(f"SELECT quantile_disc(x, {PLACES}) FROM log").fetchone()
        assert expected is not None
        assert quantiles(connection, "x", "log WHERE x IS NOT NULL") == sorted(set(expected[0]))
