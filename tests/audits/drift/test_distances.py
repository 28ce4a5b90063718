"""The other distances: worked by hand, beside scipy, held to published cases and to what their definitions promise."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.cubes.bins import Histogram
from boussole.audits.drift.distances import ORDERED, distance_measures, missing_measure, ordered_measures
from boussole.audits.drift.measures import drift_measures
from boussole.audits.drift.ordered import Higher, anderson_darling, cramer_von_mises, mann_whitney
from boussole.audits.drift.statistics import chi_square, hellinger, total_variation
from boussole.audits.drift.transport import wasserstein
from boussole.audits.measures import Measure
from boussole.audits.uncertainty.independence import fisher_exact

COUNTS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=12)


def test_by_hand() -> None:
    assert hellinger([50, 50], [32, 68]) == pytest.approx(
        math.sqrt(1 - math.sqrt(0.5 * 0.32) - math.sqrt(0.5 * 0.68)), abs=1e-12
    )
    assert total_variation([5, 3, 2], [2, 3, 5]) == pytest.approx(0.3)
    # expected 40 and 60 of both: (10²/40 + 10²/60) twice
    found = chi_square([50, 50], [30, 70])
    assert found is not None
    assert found.statistic == pytest.approx(2 * (100 / 40 + 100 / 60))
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
    for distance in (hellinger, total_variation):
        value = distance(reference, current)
        assert (value is None) == (not sum(reference) or not sum(current))
        assert distance(current, reference) == pytest.approx(value)
        if value is not None:
            assert 0 <= value <= 1
            assert distance(reference, [7 * count for count in reference]) == pytest.approx(0, abs=1e-9)
    moved, back = wasserstein(edges, reference, current), wasserstein(edges, current, reference)
    assert (moved is None) == (back is None)
    if moved is not None and back is not None:
        assert (moved.value, moved.low, moved.high) == pytest.approx((back.value, back.low, back.high))
    if moved is not None:
        assert 0 <= moved.low <= moved.value <= moved.high <= edges[-1]
        same = wasserstein(edges, reference, reference)
        assert same is not None
        assert same.value == 0
    one, two = chi_square(reference, current), chi_square(current, reference)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert one.statistic == pytest.approx(two.statistic)
        assert 0 <= one.p <= 1


@pytest.mark.costly
@given(COUNTS)
def test_beside_scipy(pairs: list[tuple[int, int]]) -> None:
    reference, current = (np.array(side) for side in zip(*pairs, strict=True))
    if not reference.sum() or not current.sum():
        return
    filled = reference + current > 0
    if filled.sum() > 1:
        theirs = scipy.stats.chi2_contingency(np.stack([reference, current])[:, filled], correction=False)
        found = chi_square(reference.tolist(), current.tolist())
        assert found is not None
        assert (found.statistic, found.df, found.p) == pytest.approx((theirs.statistic, theirs.dof, theirs.pvalue))
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
    return {m.metric: m for m in [*distance_measures(histogram.coarse()), *ordered_measures(histogram, **more)]}


def test_rows_lie_within_the_printed_bounds() -> None:
    random = np.random.default_rng(5)
    before, after = random.normal(5, 2, 4000).clip(0, 10), random.normal(6, 2.5, 3000).clip(0, 10)
    edges = np.arange(1.0, 10.0)
    counts = [np.bincount(np.searchsorted(edges, x, side="right"), minlength=10).tolist() for x in (before, after)]
    histogram = Histogram("x", tuple(edges), (*counts[0], 0), (*counts[1], 0))
    gap, moved, higher, *_ = ordered_measures(histogram, range_=(0.0, 10.0))
    chance = scipy.stats.mannwhitneyu(after, before).statistic / 4000 / 3000
    exact = scipy.stats.ks_2samp(before, after).statistic, scipy.stats.wasserstein_distance(before, after), chance
    for measure, rows in zip((gap, moved, higher), exact, strict=True):
        assert measure.value is not None
        assert abs(rows - measure.value) <= measure.params["bin_bound"]
    assert moved.params["clipped"] is False
    assert moved.value == pytest.approx(exact[1], rel=0.05)


def test_what_each_distance_carries() -> None:
    found = of([0, 40, 60, 100, 0], [0, 50, 70, 80, 10])
    assert set(found) == {"hellinger", "total_variation", "chi_square", *ORDERED}
    for measure in found.values():
        assert (measure.by, measure.group) == (("feature",), ("age",))
        assert measure.params["edges"]
        json.dumps(measure.document(), allow_nan=False)
    assert found["chi_square"].params["df"] == 3
    assert found["wasserstein"].params["clipped"] is True
    assert found["kolmogorov_smirnov"].n == 200  # those who have a value


def test_repeated_people_make_chi_square_smaller() -> None:
    alone, repeated = chi_square([50, 50], [30, 70]), chi_square([50, 50], [30, 70], design_effect=4)
    assert alone is not None
    assert repeated is not None
    assert repeated.statistic == pytest.approx(alone.statistic / 4)
    assert repeated.p > alone.p


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
    gap, *others = ordered_measures(histogram)
    assert gap.value == 0.0
    assert [(measure.value, measure.reason) for measure in others] == [(None, "one_bin")] * 4


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


def test_published_cases(published: Path) -> None:
    """Evidently's published values. Its chi-square takes the reference as known; its Mann-Whitney is one-sided (0.481)
    though it says two-sided: `p_higher` is that one, `p` the two-sided 0.9629."""
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    drifted = [case for case in cases if case["metric"].startswith("drift.")]
    for case in drifted:
        assert _published(case["metric"], case["inputs"]) == pytest.approx(case["expected"], abs=case["tol"]), case
    assert len(drifted) == 10
    (whole,) = [case for case in drifted if case["metric"] == "drift.mann_whitney_pvalue"]
    test = mann_whitney(*[whole["inputs"][side] for side in ("reference_counts", "current_counts")])
    assert test is not None
    assert test.p == pytest.approx(whole["recomputed"]["two_sided"], abs=1e-9)
    assert test.p_higher == pytest.approx(whole["recomputed"]["one_sided_less"], abs=1e-9)


def _published(metric: str, inputs: Any) -> float:
    if metric == "drift.fisher_exact_pvalue":
        (a, b), (c, d) = inputs["table"]
        return fisher_exact((a, c), (a + b, c + d))
    ranked = {"drift.anderson_darling_pvalue": anderson_darling, "drift.cramer_von_mises_pvalue": cramer_von_mises}
    if metric in ranked:
        test = ranked[metric](*counted(inputs))
        assert test is not None
        return test.p
    sides = inputs["reference_counts"], inputs["current_counts"]
    found = {
        "drift.chi_square_pvalue": lambda: chi_square(*sides, reference_known=True),
        "drift.hellinger": lambda: hellinger(*sides),
        "drift.mann_whitney_pvalue": lambda: mann_whitney(*sides),
    }[metric]()
    assert found is not None
    return found if isinstance(found, float) else found.p_higher if isinstance(found, Higher) else found.p


def counted(inputs: Any) -> list[list[int]]:
    """How often each value occurs in both windows, ascending; a case that only says how its values are drawn draws
    them."""
    drawn = [scipy.stats.norm.rvs(size=100, random_state=seed).tolist() for seed in (0, 1)]
    both = [inputs["reference"], inputs["current"]] if isinstance(inputs, dict) else drawn
    return [[side.count(value) for value in sorted({*both[0], *both[1]})] for side in both]
