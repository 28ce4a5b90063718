"""Groups of few told with others: of nobody can more be worked out, by hand and by an independent program."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from boussole.audits.suppression.joined import Sides, Values, shown, told_by_name

LIMIT = 11


def names(counts: dict[Values, Sides]) -> list[set[str]]:
    return [{*each} for each in told_by_name(counts, limit=LIMIT)]


def test_few_are_told_with_the_smallest_of_the_others() -> None:
    """By hand: of the 12 of B ten did not; of the 30 of C all did; together 2 + 30 of 42: ten did not, so D joins."""
    counts: dict[Values, Sides] = {
        ("A",): (50, 90),
        ("B",): (2, 12),
        ("C",): (30, 30),
        ("D",): (20, 40),
        (None,): (0, 0),
    }
    assert names(counts) == [{"A"}]
    assert names({("A",): (50, 90), ("B",): (11, 22)}) == [{"A", "B"}]
    assert names({("A",): (50, 90), ("B",): (11, 21)}) == [set()]  # ten of B did not
    assert names({("A",): (50, 90), (None,): (11, 22)}) == [{"A"}]
    assert names({}) == []


def test_what_one_attribute_tells_less_another_is_not_of_few() -> None:
    """The North less role Q, which is all in it, would be the five of role R there, of whom two are cases."""
    counts: dict[Values, Sides] = {("N", "Q"): (40, 80), ("N", "R"): (2, 5), ("S", "R"): (30, 60)}
    assert names(counts) == [set(), {"Q"}]
    counts["N", "R"] = (20, 50)
    assert names(counts) == [{"N", "S"}, {"Q", "R"}]


def test_a_role_within_a_region_leaves_no_few_over() -> None:
    counts: dict[Values, Sides] = {
        ("N", "R"): (40, 80),
        ("N", "P"): (2, 3),
        ("N", "Q"): (1, 2),
        ("S", "P"): (30, 60),
        ("S", "Q"): (30, 60),
    }
    regions, roles = names(counts)
    assert not ({"N", "S"} == regions and "R" in roles)


def _told(counts: dict[Values, Sides], named: tuple[frozenset[str], ...]) -> tuple[np.ndarray, np.ndarray]:
    """The told sums, as rows over the sets of people, and their right hand sides."""
    places = list(counts)
    rows, right = [np.ones(len(places))], [sum(k for k, _ in counts.values())]
    for at, names in enumerate(named):
        if not names:
            continue
        for cell in {shown(values, named)[at] for values in places}:
            row = np.array([float(shown(values, named)[at] == cell) for values in places])
            rows.append(row)
            right.append(sum(counts[values][0] for values, one in zip(places, row, strict=True) if one))
    return np.array(rows), np.array(right, dtype=float)


def _least(aim: np.ndarray, told: np.ndarray, right: np.ndarray, bounds: list[tuple[int, int]]) -> float:
    found = linprog(aim, A_eq=told, b_eq=right, bounds=bounds)
    assert found.fun is not None
    return float(found.fun)


@pytest.mark.parametrize("seed", range(6))
def test_told_sums_fix_no_set_of_few_people(seed: int) -> None:
    """By linear programming: what a reader knows who knows where everybody belongs, and takes all told sums together.

    Each set of people with the same values, of fewer than the limit, could have had fewer or more cases than it has.
    """
    rng = np.random.default_rng(seed)
    counts: dict[Values, Sides] = {}
    for values in itertools.product("NSE", "RQP", "xy"):
        if (n := int(rng.choice([0, 0, 2, 5, 40, 90]))) > 0:
            counts[values] = (int(rng.binomial(n, 0.5)), n)
    named = told_by_name(counts, limit=LIMIT)
    told, right = _told(counts, named)
    bounds = [(0, n) for _, n in counts.values()]
    for place, (k, n) in enumerate(counts.values()):
        if n >= LIMIT:
            continue
        aim = np.zeros(len(counts))
        aim[place] = 1.0
        low, high = (sign * float(_least(sign * aim, told, right, bounds)) for sign in (1, -1))
        assert low <= k <= high
        assert high - low >= 1, (list(counts)[place], named)
