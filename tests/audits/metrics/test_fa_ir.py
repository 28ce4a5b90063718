"""FA*IR: published tables, the exact chance to fail, and what lists in random order do."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boussole.audits.metrics.fa_ir import (
    adjusted_alpha,
    adjusted_table,
    fail_probability,
    random_order_fail_probabilities,
    random_order_skews,
    unadjusted_table,
)
from tests import oracle


@pytest.fixture(scope="module")
def cases(published: Path) -> list[dict[str, Any]]:
    found = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    return [case for case in found if case["metric"].startswith("fa_ir.")]


def test_published_cases(cases: list[dict[str, Any]]) -> None:
    """Tables exactly; chances to fail to 1e-12 of the exact ones, which the published ones miss by up to 7e-16."""
    assert len(cases) == 6
    for case in cases:
        inputs = case["inputs"]
        if case["metric"] == "fa_ir.mtable_unadjusted":
            found = unadjusted_table(inputs["k"], inputs["p"], inputs["alpha"])
            assert found.tolist() == case["expected"]
        else:
            assert fail_probability(inputs["mtable"], inputs["p"]) == pytest.approx(case["expected"], abs=1e-12)


@pytest.mark.parametrize("percent", [1, 17, 33, 50, 80, 99])
@pytest.mark.parametrize("k", [1, 4, 10])
def test_adjusted_tables_are_the_strictest_that_hold(k: int, percent: int) -> None:
    """By trying every level in exact fractions."""
    p = Fraction(percent, 100)
    table = oracle.fair_table(k, p, Fraction(1, 10))
    assert adjusted_table(k, percent / 100, 0.1).tolist() == list(table)
    assert fail_probability(table, percent / 100) == pytest.approx(float(oracle.chance_to_fail(table, p)), abs=1e-14)


def test_nothing_is_required_where_any_table_would_fail_too_often() -> None:
    assert adjusted_alpha(3, 0.05, 0.01) == 0.0
    assert adjusted_table(3, 0.05, 0.01).tolist() == [0, 0, 0]


@pytest.mark.costly
@pytest.mark.parametrize(("k", "p", "alpha"), [(10, 0.5, 0.1), (40, 0.3, 0.1), (100, 0.4, 0.05)])
def test_fair_lists_fail_adjusted_tables_as_rarely_as_said(k: int, p: float, alpha: float) -> None:
    """100,000 drawn lists hold their level; the table of unadjusted tests does not."""
    table, plain = adjusted_table(k, p, alpha), unadjusted_table(k, p, alpha)
    random, draws = np.random.default_rng(k), 100_000
    counts = np.cumsum(random.random((draws, k)) < p, axis=1)
    failed, failed_plain = ((counts < each).any(axis=1).mean() for each in (table, plain))
    exact = fail_probability(table, p)
    assert alpha / 2 < exact <= alpha
    assert failed == pytest.approx(exact, abs=5 * math.sqrt(exact / draws))
    assert failed_plain > alpha * 1.2


def test_random_order_of_a_pool_fails_as_often_as_drawn() -> None:
    """And has the mean skew that is drawn: pools of 12 and 30, of which 5 and 9 are of the group."""
    random, draws = np.random.default_rng(1), 100_000
    pools, own = np.array([12, 30]), np.array([5, 9])
    tables = np.array([adjusted_table(10, p, 0.1) for p in (0.41, 0.3)])
    chances, skews = random_order_fail_probabilities(tables, pools, own), random_order_skews(np.full(2, 10), pools, own)
    for i in range(2):
        order = random.permuted(np.tile(np.arange(pools[i]) < own[i], (draws, 1)), axis=1)
        counts = np.cumsum(order[:, :10], axis=1)
        failed = (counts < tables[i]).any(axis=1).mean()
        assert failed == pytest.approx(chances[i], abs=5 * math.sqrt(chances[i] / draws) + 1e-4)
        share = own[i] / pools[i]
        found = np.log((counts[:, -1] + share) / 11 / share)
        assert found.mean() == pytest.approx(skews[i], abs=5 * found.std() / math.sqrt(draws))
