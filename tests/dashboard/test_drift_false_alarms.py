"""Steady systems are rarely said to have moved, in a year of looks at all their figures; what was planted is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from tests.dashboard.steady_years import MONTHS, Alarms, Planted, Shape, any_shape, year
from tests.sparing import slow_case

AT = MONTHS - 9
"""The month in which something is planted: nine looks follow, with its own."""
FEATURE, RATIO = "inputs/f0", "selection_rate_ratio/a0=g1"


def steady(years: range) -> list[Alarms]:
    """Years of systems of any shape, none of which moved; seeds that nothing was chosen by."""
    found = []
    for at in years:
        rng = np.random.default_rng([20_290_402, at])
        found.append(year(any_shape(rng), rng))
    return found


@pytest.mark.slow
def test_a_thousand_steady_years() -> None:
    """Design rate 5 % at most: the upper 95 % bound of the share of years with any alarm is under 6.5 %."""
    found = steady(range(1000))
    alarms = sum(each.any for each in found)
    upper = float(beta.ppf(0.975, alarms + 1, len(found) - alarms))
    parts = sum(bool(each.states) for each in found), sum(bool(each.series) for each in found)
    print(f"{alarms} of {len(found)} years (columns {parts[0]}, series {parts[1]}), upper {upper:.4f}")
    assert upper < 0.065


def returning(churn: float, years: range) -> list[Alarms]:
    """Steady years of systems whose people come back from month to month, but for the share that is new."""
    found = []
    for at in years:
        rng = np.random.default_rng([5, at])
        shape = any_shape(rng)
        shape = replace(shape, churn=churn, repeats=max(shape.repeats, 2), decisions=min(shape.decisions, 50_000))
        found.append(year(shape, rng))
    return found


@pytest.mark.parametrize(
    ("churn", "years", "most"),
    [
        pytest.param(0.2, 20, 3, marks=pytest.mark.costly),  # blind to them, twelve of these twenty would be accused
        slow_case(0.5, 300, 15),
        slow_case(0.2, 300, 15),
    ],
)
def test_people_who_come_back_move_nothing(churn: float, years: int, most: int) -> None:
    assert sum(each.any for each in returning(churn, range(years))) <= most


def found_in(shape: Shape, sought: Callable[[Alarms], int | None], *, years: int) -> tuple[float, float]:
    """In what share of years it was told, and the median of months from when it was planted to the look that told."""
    told = [sought(year(shape, np.random.default_rng([7, at]))) for at in range(years)]
    delays = [month - AT for month in told if month is not None and month >= AT]
    return len(delays) / years, float(np.median(delays)) if delays else float("inf")


@pytest.mark.costly
def test_a_column_that_moves_is_told() -> None:
    shape = Shape(decisions=5_000, features=4, planted=Planted(month=AT, features=1, psi=0.15))
    found = found_in(shape, lambda told: told.states.get(FEATURE), years=20)
    assert found[0] >= 0.9
    assert found[1] <= 1


@pytest.mark.costly
def test_a_column_within_its_level_is_not_told() -> None:
    """A move that is there, and smaller than the charter minds."""
    shape = Shape(decisions=50_000, features=4, planted=Planted(month=AT, features=1, psi=0.05))
    assert found_in(shape, lambda told: told.states.get(FEATURE), years=20)[0] == 0


def test_a_gap_that_moves_is_told_within_half_a_year() -> None:
    shape = Shape(decisions=20_000, features=0, planted=Planted(month=AT, ratio=0.85))
    found = found_in(shape, lambda told: told.noticed.get(RATIO), years=20)
    assert found[0] >= 0.9
    assert found[1] <= 5
