"""The smallest gap that a test finds four times in five: by simulation, and how it moves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest

from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.tests import decisions_needed, p_beyond, smallest_gap
from tests.audits.there import there
from tests.audits.uncertainty.simulated import people

RUNS = 2000
CASES: list[tuple[str, float, str, float, tuple[int, int]]] = [
    ("score_ratio", 1.0, "below", 0.3, (200, 1000)),
    ("score_ratio", 0.95, "below", 0.5, (300, 300)),
    ("score_ratio", 0.8, "below", 0.1, (2000, 500)),
    ("score_ratio", 1.25, "above", 0.2, (150, 3000)),
    ("score_difference", 0.0, "below", 0.3, (200, 1000)),
    ("score_difference", 0.1, "above", 0.05, (200, 400)),
]


@pytest.mark.parametrize(("kind", "threshold", "side", "rate", "n"), CASES)
def test_the_smallest_gap_is_found_four_times_in_five(
    kind: str, threshold: float, side: str, rate: float, n: tuple[int, int]
) -> None:
    """Counts are whole, which moves the power by up to three points; three standard errors of 2,000 draws are 2.7."""
    test: dict[str, Any] = {"kind": kind, "k": [rate * n[0], rate * n[1]], "n": list(n)}
    gap = there(smallest_gap(test, threshold=threshold, bad_side=side))
    rng = np.random.default_rng(8)
    group = rng.binomial(n[0], gap * rate if kind == "score_ratio" else gap + rate, RUNS)
    found = zip(group, rng.binomial(n[1], rate, RUNS), strict=True)
    tests = [test | {"k": [int(k1), int(k0)]} for k1, k0 in found]
    sure = [p_beyond(drawn, threshold=threshold, bad_side=side) < 0.05 for drawn in tests]
    assert np.mean(sure) == pytest.approx(0.8, abs=0.055)


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "threshold"), [("ratio", 1.0), ("difference", 0.0)])
def test_effective_sizes_tell_what_clusters_hide(scale: Literal["ratio", "difference"], threshold: float) -> None:
    """80 and 200 people with twenty rows each: blind to clusters, the gap would seem less than half as wide."""
    rng, rate, runs = np.random.default_rng(9), 0.4, 1000

    def drawn(first: float) -> dict[str, Any]:
        (k1, n1), (k0, n0) = people(rng, count=80, rate=first), people(rng, count=200, rate=rate)
        return compare_rates((k1, k0), (n1, n0), scale=scale, clustered=True)[1]

    gaps = [smallest_gap(drawn(rate), threshold=threshold, bad_side="below") for _ in range(200)]
    gap = float(np.mean([found for found in gaps if found is not None]))
    first = gap * rate if scale == "ratio" else gap + rate
    sure = [p_beyond(drawn(first), threshold=threshold, bad_side="below") < 0.05 for _ in range(runs)]
    assert np.mean(sure) == pytest.approx(0.8, abs=0.06)
    blind = {"kind": f"score_{scale}", "k": [80 * 20 * rate, 200 * 20 * rate], "n": [80 * 20, 200 * 20]}
    narrow = there(smallest_gap(blind, threshold=threshold, bad_side="below"))
    assert abs(narrow - threshold) < abs(gap - threshold) / 2


def test_more_decisions_or_less_power_see_smaller_gaps() -> None:
    sizes = [{"kind": "score_ratio", "k": [n * 0.3] * 2, "n": [n] * 2} for n in (50, 100, 1000, 10_000, 1_000_000)]
    gaps = [there(smallest_gap(size, threshold=1.0, bad_side="below")) for size in sizes]
    assert all(first < second < 1 for first, second in pairwise(gaps))
    test = {"kind": "score_difference", "k": [60, 60], "n": [200, 200]}
    asked = ((test, 0.05, 0.8), (test, 0.05, 0.5), (test, 0.005, 0.8), (test | {"df": 6}, 0.05, 0.8))
    gap, lax, strict, clustered = (
        there(smallest_gap(stored, threshold=0.0, bad_side="above", alpha=alpha, power=power))
        for stored, alpha, power in asked
    )
    assert 0 < lax < gap < strict
    assert clustered > gap


def test_a_gap_as_wide_as_the_smallest_needs_no_more_decisions_to_be_settled() -> None:
    test = {"kind": "score_ratio", "k": [300, 300], "n": [1000, 1000]}
    gap = there(smallest_gap(test, threshold=1.0, bad_side="below"))
    for times, enough in ((0.97, True), (1.03, False)):
        measured = test | {"k": [300 * gap * times, 300]}
        needed = decisions_needed(measured, threshold=1.0, bad_side="below", n=2000)
        assert (needed == 0) is enough


@pytest.mark.parametrize(("k", "n"), [([1, 4], [5, 20]), ([0, 0], [50, 50]), ([50, 50], [50, 50])])
def test_no_gap_is_wide_enough_for_a_few_and_none_is_known_without_a_rate(k: list[int], n: list[int]) -> None:
    assert smallest_gap({"kind": "score_ratio", "k": k, "n": n}, threshold=0.8, bad_side="below") is None
