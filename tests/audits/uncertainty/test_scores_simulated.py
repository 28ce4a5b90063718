"""Scores by simulation: gaps in calibration and AUC are not judged too surely, and intervals cover.

The standard error of a share near 5 % is .0063 with 1,200 draws; bounds allow for three of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import norm

from boussole.audits.uncertainty.auc import Sides, area_interval, auc
from boussole.audits.uncertainty.means import Moments, compare_means, mean_interval
from boussole.audits.uncertainty.tests import p_beyond

DRAWS = 1200
FEWEST = 11


class Drawn(NamedTuple):
    """Calibrated scores, outcomes and buckets of some people."""

    score: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int64]
    bucket: npt.NDArray[np.int64]

    @property
    def enough(self) -> bool:
        return min(self.outcome.sum(), (1 - self.outcome).sum()) >= FEWEST

    def moments(self, buckets: int) -> Moments:
        error = self.score - self.outcome
        n, total, squares = (np.bincount(self.bucket, w, minlength=buckets) for w in (None, error, error**2))
        return Moments(n=n, total=total, squares=squares, least=float((self.score * (1 - self.score)).mean()))

    def sides(self, buckets: int) -> Sides:
        found = np.zeros((2, 101, buckets), dtype=np.int64)
        np.add.at(found, (self.outcome, np.round(self.score * 100).astype(int), self.bucket), 1)
        return Sides(found[1], found[0])


def drawn(rng: np.random.Generator, *, people: int, rows: int, correlation: float, shape: tuple[float, float]) -> Drawn:
    """Outcomes that come as often as scores say, alike within people (a Gaussian copula); one row: one bucket."""
    who = np.repeat(np.arange(people), rows)
    bucket = rng.integers(40, size=people) if rows > 1 else np.zeros(people, dtype=np.int64)
    score = np.round(rng.beta(*shape, size=who.size), 2)
    z = np.sqrt(correlation) * rng.standard_normal(people)[who]
    z += np.sqrt(1 - correlation) * rng.standard_normal(who.size)
    return Drawn(score, (norm.cdf(z) < score).astype(np.int64), bucket[who])


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(2, 2), (1, 9)])
@pytest.mark.parametrize(
    ("people", "rows", "correlation"),
    [((12, 400), 20, 0.5), ((20, 20), 20, 0.5), ((20, 400), 20, 0.2), ((40, 400), 20, 0.5), ((200, 1000), 1, 0.0)],
)
def test_groups_without_a_gap_are_seldom_accused(
    people: tuple[int, int], rows: int, correlation: float, shape: tuple[float, float]
) -> None:
    rng, buckets = np.random.default_rng(1), 40 if rows > 1 else 1
    accused, tried = np.zeros(2), 0
    for _ in range(DRAWS):
        groups = [drawn(rng, people=count, rows=rows, correlation=correlation, shape=shape) for count in people]
        if not all(group.enough for group in groups):
            continue
        one, two = (group.moments(buckets) for group in groups)
        means = compare_means(one, two, clustered=rows > 1, low=-2, high=2)
        tried += 1
        accused += [
            means is not None and p_beyond(means[1], threshold=0.0, bad_side=side) < 0.05 for side in ("below", "above")
        ]
    assert tried > 0.9 * DRAWS
    assert max(accused / tried) < 0.05 + 3 * 0.0063


@pytest.mark.slow
@pytest.mark.parametrize(("people", "rows", "correlation"), [(150, 1, 0.0), (60, 20, 0.2), (400, 20, 0.5)])
def test_intervals_cover(people: int, rows: int, correlation: float) -> None:
    """The truth: no error of calibration, and the area of a million rows. Without clusters the interval covers less."""
    rng, buckets, options = np.random.default_rng(2), 40 if rows > 1 else 1, {"rows": rows, "shape": (2.0, 2.0)}
    many = drawn(rng, people=1_000_000, rows=1, correlation=0.0, shape=(2.0, 2.0))
    truth = float(auc(*many.sides(1).sums))
    covered, naive = np.zeros(2), 0
    for _ in range(DRAWS):
        group = drawn(rng, people=people, correlation=correlation, **options)
        moments, sides = group.moments(buckets), group.sides(buckets)
        intervals = (
            (mean_interval(moments, clustered=rows > 1, low=-1, high=1), 0.0),
            (area_interval(sides, clustered=rows > 1), truth),
        )
        covered += [found is not None and found.low <= value <= found.high for found, value in intervals]
        plain = mean_interval(moments, clustered=False, low=-1, high=1)
        naive += plain is not None and plain.low <= 0 <= plain.high
    assert min(covered / DRAWS) > 0.93
    assert max(covered / DRAWS) < 0.985
    assert rows == 1 or naive / DRAWS < 0.8
