"""Fine bins merged into tenths of the reference: worked by hand, and what must hold for any counts."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.cubes.edges import MOST_BINS, quantiles
from boussole.audits.cubes.values import Histogram, merged
from boussole.audits.drift.measures import drift_measures
from boussole.audits.measures import Cells
from boussole.audits.runs import design_effect


def test_neighbours_are_merged_until_a_half_is_reached() -> None:
    assert merged([1, 2, 3], [5, 1, 4, 10, 7], [1, 2, 3, 4, 5], bins=2) == ((3,), (10, 10, 7), (6, 4, 5))


def test_a_small_remainder_joins_the_bin_before_it() -> None:
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
SHARES = sorted([*(i / MOST_BINS for i in range(MOST_BINS + 1)), *ENDS, *(round(1 - end, 4) for end in ENDS)])


@pytest.mark.parametrize("size", [1, 2, 7, 199, 201, 1000, 9_999, 20_001])
@pytest.mark.parametrize("value", ["hash(i)::DOUBLE / 7", "(hash(i) % 300)::DOUBLE", "-sqrt(i)"])
def test_bins_begin_at_the_quantiles_of_the_values_that_are_there(size: int, value: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE log AS SELECT CASE WHEN i % 3 > 0 THEN {value} END AS x FROM range(3 * {size}) t(i)"
        )
        expected = connection.execute(f"SELECT quantile_disc(x, {SHARES}) FROM log").fetchone()
        assert expected is not None
        assert quantiles(connection, "x", "log WHERE x IS NOT NULL") == sorted(set(expected[0]))
