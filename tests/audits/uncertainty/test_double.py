"""The difference of two changes: how often it is found where there is none, and how wide its interval is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from boussole.audits.uncertainty.means import GroupChange, Moments, compare_changes, rate_moments
from tests.audits.there import there
from tests.audits.uncertainty.simulated import people

Draw = Callable[[np.random.Generator, float], Moments]
TIMES = 400


def rows(size: int) -> Draw:
    """Independent decisions."""
    return lambda random, rate: rate_moments(np.array([random.binomial(size, rate)]), np.array([size]))


def repeated(count: int) -> Draw:
    """People about whom many decisions are alike."""
    return lambda random, rate: rate_moments(*people(random, count=count, rate=rate, rows=8))


def found(
    draw: Draw, *, clustered: bool, gap: float = 0.0, rates: tuple[float, float] = (0.4, 0.2)
) -> tuple[float, float]:
    """How often p is under 0.05, and the interval holds the truth: both rates rise by 0.05, one by `gap` more."""
    random = np.random.default_rng(5)
    alarms, held = [], []
    for _ in range(TIMES):
        own = GroupChange(now=draw(random, rates[0] + 0.05 + gap), then=draw(random, rates[0]))
        other = GroupChange(now=draw(random, rates[1] + 0.05), then=draw(random, rates[1]))
        made = there(compare_changes(own, other, clustered=clustered, low=-2, high=2))
        alarms.append(made[1]["p"] < 0.05)
        held.append(made[0].low <= gap <= made[0].high)
    return float(np.mean(alarms)), float(np.mean(held))


def hold(draw: Draw, *, clustered: bool) -> None:
    alarms, held = found(draw, clustered=clustered)
    assert alarms <= stats.binom.isf(1e-4, TIMES, 0.05) / TIMES
    assert held >= 1 - stats.binom.isf(1e-4, TIMES, 0.05) / TIMES


@pytest.mark.parametrize("size", [11, 40, 400])
def test_independent_rows(size: int) -> None:
    hold(rows(size), clustered=False)


def test_nobody_selected_is_not_certain() -> None:
    none = rate_moments(np.array([0]), np.array([12]))
    some = rate_moments(np.array([1]), np.array([12]))
    changes = GroupChange(now=none, then=none), GroupChange(now=some, then=none)
    assert there(compare_changes(*changes, clustered=False, low=-2, high=2))[1]["p"] > 0.2


@pytest.mark.costly
def test_people_who_repeat() -> None:
    hold(repeated(120), clustered=True)
    naive, _ = found(repeated(120), clustered=False)
    assert naive > 0.15  # which is what buckets are for


def test_a_planted_difference_is_found() -> None:
    assert found(rows(1200), clustered=False, gap=0.12)[0] > 0.8
