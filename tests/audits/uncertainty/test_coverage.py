"""How often nominal 95 % intervals hold the truth: exactly, for rates of .01 to .99, and by simulation of clusters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binom

from boussole.audits.measures import Interval
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.score import newcombe, ratio_interval, wilson
from tests.audits.uncertainty.simulated import people

FINE = np.linspace(0.01, 0.99, 981)
COARSE = np.linspace(0.05, 0.95, 19)
ROUNDING = 1e-12


def covered(interval: Callable[[float, float], Interval], n: int, rates: Floats) -> Floats:
    """The chance that the interval of k of n holds the rate, for each rate."""
    found = [interval(k, n) for k in range(n + 1)]
    low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
    held = (low - ROUNDING <= rates[:, None]) & (rates[:, None] <= high + ROUNDING)
    return np.asarray((binom.pmf(np.arange(n + 1), n, rates[:, None]) * held).sum(axis=1))


@pytest.mark.parametrize(("n", "least"), [(20, 0.89), (50, 0.89), (100, 0.92), (200, 0.93), (1000, 0.93)])
def test_wilson_covers_on_average_and_rarely_falls_short(n: int, least: float) -> None:
    chances = covered(wilson, n, FINE)
    assert 0.94 < chances.mean() < 0.965
    assert chances.min() >= least


def covered_pairs(
    interval: Callable[[tuple[float, float], tuple[float, float]], Interval | None],
    n: tuple[int, int],
    truth: Callable[[float, float], float],
) -> Floats:
    """The chance that the interval of a pair of counts holds the truth, where it has one, for each pair of rates."""
    found = [[interval((k1, k0), n) for k0 in range(n[1] + 1)] for k1 in range(n[0] + 1)]
    low, high = (
        np.array([[getattr(i, end) if i else np.nan for i in row] for row in found]) for end in ("low", "high")
    )
    chances = []
    for p1 in COARSE:
        for p0 in COARSE:
            weights = np.outer(*(binom.pmf(np.arange(m + 1), m, p) for m, p in zip(n, (p1, p0), strict=True)))
            at = truth(float(p1), float(p0))
            held = (low - ROUNDING <= at) & (at <= high + ROUNDING)
            chances.append(weights[held].sum() / weights[~np.isnan(low)].sum())
    return np.array(chances)


@pytest.mark.parametrize("scale", ["difference", "ratio"])
@pytest.mark.parametrize(
    ("n", "least"),
    [
        ((20, 20), 0.89),
        ((20, 50), 0.89),
        ((50, 50), 0.92),
        pytest.param((200, 20), 0.88, marks=pytest.mark.slow),
        pytest.param((200, 200), 0.93, marks=pytest.mark.slow),
    ],
)
def test_comparisons_cover(scale: str, n: tuple[int, int], least: float) -> None:
    """A ratio to nobody has no interval; given that there is one, the worst is .882, with a reference of 20 at .05."""
    if scale == "ratio":
        chances = covered_pairs(ratio_interval, n, lambda p1, p0: p1 / p0)
    else:
        chances = covered_pairs(newcombe, n, lambda p1, p0: p1 - p0)
    assert 0.94 < chances.mean() < 0.965
    assert chances.min() >= least


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "correlation", "naive_covers"), [(20, 0.2, (0.61, 0.65)), (20, 0.5, (0.43, 0.48)), (30, 0.3, (0.45, 0.5))]
)
def test_rates_of_clustered_people_are_covered(
    rows: int, correlation: float, naive_covers: tuple[float, float]
) -> None:
    """40, 100 and 400 people, rates from .05 to .8. The standard error of a share is .006, of a mean .0015."""
    rng, runs = np.random.default_rng(41), 1500
    ours, naive = [], []
    for count in (40, 100, 400):
        for rate in (0.05, 0.1, 0.2, 0.5, 0.8):
            drawn = [people(rng, count=count, rate=rate, rows=rows, correlation=correlation) for _ in range(runs)]
            for shares, clustered in ((ours, True), (naive, False)):
                intervals = [rate_interval(k, n, clustered=clustered) for k, n in drawn]
                shares.append(np.mean([i.low <= rate <= i.high for i in intervals]))
    assert 0.94 < np.mean(ours) < 0.965
    assert min(ours) > 0.94 - 3 * 0.006
    assert naive_covers[0] < np.mean(naive) < naive_covers[1]
