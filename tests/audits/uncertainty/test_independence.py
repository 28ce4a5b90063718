"""Tests that groups differ at all: published examples, counting by hand, and what is left out."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from boussole.audits.metrics.across import chi_square, fisher_exact
from boussole.audits.uncertainty.score import ratio_z
from tests.audits.there import there

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
