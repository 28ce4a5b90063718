"""The bootstrap of cells: its spread, its repeatability and its refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from boussole.audits.uncertainty.estimates import Floats, Ints, bootstrap, composite_interval


def gap(counts: Ints) -> Floats:
    rates = counts[..., 1, :].sum(-1) / counts.sum((-2, -1))
    return np.asarray(rates.max(-1) - rates.min(-1), dtype=np.float64)


def cells(*groups: tuple[int, int]) -> Ints:
    counts = np.zeros((len(groups), 2, 3), dtype=np.int64)
    counts[:, :, 2] = groups
    return counts


def test_spread_is_that_of_two_independent_rates() -> None:
    interval = bootstrap(cells((6000, 4000), (5000, 5000)), gap)
    se = math.sqrt(0.4 * 0.6 / 10_000 + 0.5 * 0.5 / 10_000)
    assert interval is not None
    assert interval.low == pytest.approx(0.1 - 1.96 * se, abs=0.001)
    assert interval.high == pytest.approx(0.1 + 1.96 * se, abs=0.001)
    assert interval.method == "multinomial_bootstrap"


def test_the_same_cells_give_the_same_interval() -> None:
    assert bootstrap(cells((60, 40), (50, 50)), gap) == bootstrap(cells((60, 40), (50, 50)), gap)


@pytest.mark.parametrize(("few", "why"), [(0, "small_cells"), (9, "small_cells"), (10, None)])
def test_small_cells_have_no_interval(few: int, why: str | None) -> None:
    counts = cells((60, 40), (50, few))[:, None]
    entering = np.array([60, 40, 50, few])
    interval, reason = composite_interval(counts, gap, entering, clustered=False, low=0.0, high=1.0)
    assert (interval is None, reason) == (why is not None, why)


def test_clusters_use_the_jackknife_and_stay_in_range() -> None:
    counts = np.zeros((2, 40, 2, 3), dtype=np.int64)
    rng = np.random.default_rng(1)
    counts[:, :, :, 2] = rng.integers(1, 20, (2, 40, 2))
    entering = counts.sum(axis=(1, 3)).ravel()
    interval, _ = composite_interval(counts, gap, entering, clustered=True, low=0.0, high=1.0)
    assert interval is not None
    assert interval.method == "jackknife"
    assert 0 <= interval.low <= gap(counts.sum(axis=1)) <= interval.high <= 1
