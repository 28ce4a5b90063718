"""Score tests and intervals against statsmodels, direct likelihood maximisation and exact enumeration.

For differences the likelihood is maximised, as statsmodels' constrained rate uses `count0 * diff`, not `nobs0 * diff`.
"""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import binom, chi2, norm
from statsmodels.stats import proportion
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.metrics.across import chi_square, fisher_exact
from boussole.audits.uncertainty.score import difference_z, newcombe, ratio_interval, ratio_z, wilson
from tests.audits.there import there

two_groups = st.tuples(st.integers(2, 300), st.integers(2, 300)).flatmap(
    lambda n: st.tuples(st.tuples(st.integers(0, n[0]), st.integers(0, n[1])), st.just(n))
)


@given(two_groups, st.floats(0.1, 10))
def test_ratio_z_agrees_with_statsmodels(groups: tuple[tuple[int, int], tuple[int, int]], ratio: float) -> None:
    (k1, k0), (n1, n0) = groups
    assume(0 < k1 + k0 < n1 + n0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = proportion.test_proportions_2indep(k1, n1, k0, n0, value=ratio, compare="ratio", method="score")
    assume(math.isfinite(oracle.statistic))
    assert ratio_z((k1, k0), (n1, n0), ratio=ratio) == pytest.approx(oracle.statistic, rel=1e-6, abs=1e-6)


def likelihood_z(k: tuple[int, int], n: tuple[int, int], d: float) -> float:
    (k1, k0), (n1, n0) = k, n

    def loss(q: float) -> float:
        return -float(xlogy(k1, q + d) + xlogy(n1 - k1, 1 - q - d) + xlogy(k0, q) + xlogy(n0 - k0, 1 - q))

    low, high = max(0.0, -d) + 1e-12, min(1.0, 1 - d) - 1e-12
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    q0 = min((found.x, low, high), key=loss)
    variance = ((q0 + d) * (1 - q0 - d) / n1 + q0 * (1 - q0) / n0) * (n1 + n0) / (n1 + n0 - 1)
    return (k1 / n1 - k0 / n0 - d) / math.sqrt(variance)


@pytest.mark.costly
@settings(deadline=None)
@given(two_groups, st.floats(-0.8, 0.8))
def test_difference_z_uses_the_most_likely_rates(groups: tuple[tuple[int, int], tuple[int, int]], d: float) -> None:
    k, n = groups
    assume(0 < sum(k) < sum(n))
    assert difference_z(k, n, difference=d) == pytest.approx(likelihood_z(k, n, d), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("k", "n"), [((157, 235), (2435, 2435)), ((3, 30), (40, 60)), ((40, 5), (40, 50))])
def test_ratio_interval_agrees_with_statsmodels(k: tuple[int, int], n: tuple[int, int]) -> None:
    low, high = proportion.confint_proportions_2indep(k[0], n[0], k[1], n[1], compare="ratio", method="score")
    interval = there(ratio_interval(k, n))
    assert (interval.low, interval.high) == (pytest.approx(low, rel=1e-4), pytest.approx(high, rel=1e-4))


def test_ratio_interval_of_nobody_starts_at_zero_and_is_not_a_point_and_to_nobody_there_is_none() -> None:
    interval = there(ratio_interval((0, 30), (50, 50)))
    assert interval.low == 0
    assert 0.05 < interval.high < 0.3
    assert ratio_interval((3, 0), (50, 50)) is None


def test_newcombe_agrees_with_newcombe_1998_table_2() -> None:
    for k, n, expected in [
        ((56, 48), (70, 80), (0.0524, 0.3339)),
        ((9, 3), (10, 10), (0.1705, 0.8090)),
        ((10, 0), (10, 20), (0.6791, 1.0)),
        ((0, 0), (10, 10), (-0.2775, 0.2775)),
    ]:
        interval = newcombe(k, n)
        assert (round(interval.low, 4), round(interval.high, 4)) == expected


@pytest.mark.parametrize(("n1", "n0", "p0"), [(40, 60, 0.4), (100, 100, 0.2), (30, 300, 0.5), (200, 50, 0.3)])
@pytest.mark.parametrize("scale", ["ratio", "difference"])
def test_one_sided_tests_keep_their_level_exactly(n1: int, n0: int, p0: float, scale: str) -> None:
    """Every possible pair of counts, weighted by its chance under the truth at the threshold."""
    p1 = 0.8 * p0 if scale == "ratio" else p0 - 0.1
    critical = norm.ppf(0.95)
    chance = {"below": 0.0, "above": 0.0}
    weights = np.outer(binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n0 + 1), n0, p0))
    for k1, k0 in zip(*np.nonzero(weights > 1e-9), strict=True):
        k, n = (int(k1), int(k0)), (n1, n0)
        z = ratio_z(k, n, ratio=0.8) if scale == "ratio" else difference_z(k, n, difference=-0.1)
        chance["below"] += weights[k1, k0] * (z < -critical)
        chance["above"] += weights[k1, k0] * (z > critical)
    assert 0.03 < chance["below"] < 0.065
    assert 0.03 < chance["above"] < 0.065


@pytest.mark.parametrize("sizes", [(3.5, 3.5), (100, 7), (5000, 80), (5000, 900.25), (7, 5000)])
def test_where_everybody_is_chosen_the_ratio_is_tested_by_its_closed_form(sizes: tuple[float, float]) -> None:
    """q0 = 1 and q1 = r below 1: z = √((1−r)/r · n1 (N−1)/N), and its mirror above; no jump to ∞ beside 1."""
    total = sum(sizes)
    for away in (1e-12, 1e-9, 2.7e-9, 1.2e-7, 1e-3, 0.3):
        below, above = 1 - away, 1 / (1 - away)
        assert ratio_z(sizes, sizes, ratio=below) == pytest.approx(
            math.sqrt((1 - below) / below * sizes[0] * (total - 1) / total), rel=1e-4, abs=1e-7
        )
        assert ratio_z(sizes, sizes, ratio=above) == pytest.approx(
            -math.sqrt((above - 1) * sizes[1] * (total - 1) / total), rel=1e-4, abs=1e-7
        )


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
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)
    assert 0 <= interval.low <= k / n <= interval.high <= 1


@given(st.integers(1, 10_000))
def test_no_case_and_only_cases_are_never_certain(n: int) -> None:
    assert 0 == wilson(0, n).low < wilson(0, n).high
    assert wilson(n, n).low < wilson(n, n).high == 1


small_groups = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda n: st.tuples(st.tuples(st.integers(0, n[0]), st.integers(0, n[1])), st.just(n))
)


@given(small_groups)
def test_fisher_sums_the_tables_that_are_no_likelier(groups: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (k1, k0), (n1, n0) = groups
    cases = k1 + k0
    ways = {i: math.comb(n1, i) * math.comb(n0, cases - i) for i in range(max(0, cases - n0), min(n1, cases) + 1)}
    expected = sum(count for count in ways.values() if count <= ways[k1]) / math.comb(n1 + n0, cases)
    assert fisher_exact((k1, k0), (n1, n0)) == pytest.approx(expected)


def test_chi_square_by_hand() -> None:
    """Rates .1, .2 and .3 of a hundred: Σ (10² + 0² + 10²) ÷ 20 + the same ÷ 80 = 12.5 with two degrees of freedom."""
    found = there(chi_square([10, 20, 30], [100, 100, 100]))
    assert (found.statistic, found.df, found.least_expected) == (pytest.approx(12.5), 2, 20.0)
    assert found.p == pytest.approx(chi2.sf(12.5, 2))
    assert chi_square([10, 20, 0, 30], [100, 100, 0, 100]) == found


@given(small_groups)
def test_of_two_groups_it_is_the_score_test_squared(groups: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """But for N/(N − 1), which Miettinen and Nurminen add."""
    k, n = groups
    found = chi_square(k, n)
    if found is None:
        assert sum(k) in (0, sum(n))
    else:
        assert found.statistic == pytest.approx(ratio_z(k, n, ratio=1.0) ** 2 * sum(n) / (sum(n) - 1), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [([], []), ([3], [10]), ([3, 0], [10, 0]), ([0, 0], [10, 20]), ([5, 7], [5, 7])])
def test_nothing_to_compare_has_no_statistic(k: list[int], n: list[int]) -> None:
    assert chi_square(k, n) is None


def test_published_cases_of_fisher(published: Path) -> None:
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    fisher = [case for case in cases if case["metric"] == "drift.fisher_exact_pvalue"]
    assert len(fisher) == 5
    for case in fisher:
        (k1, other1), (k0, other0) = case["inputs"]["table"]
        assert fisher_exact((k1, k0), (k1 + other1, k0 + other0)) == pytest.approx(case["expected"], abs=case["tol"])
