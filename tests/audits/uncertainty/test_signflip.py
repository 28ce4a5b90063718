"""Sign-flip tests: by hand and against scipy; how often they err, and how often they find."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from boussole.charter.judging import paired
from boussole.charter.judging.paired import detectable, sign_flip_p
from tests.audits.there import there


@pytest.mark.parametrize(
    ("changes", "p"),
    [
        ([], 1.0),
        ([0, 0, 0], 1.0),
        ([5], 1.0),  # one way or the other is as far
        ([1, 1], 0.5),  # ++ and −− of four ways
        ([1, -1], 1.0),
        ([3, 2, 1], 0.25),  # 6 and −6 of eight
        ([3, -2, 1], 0.75),  # sums ±6, ±4, ±2, 0, 0: 2 is seen, six of eight are as far
        ([4, 4, 4, -1], 0.25),  # sums of 13 and 11: 11 is seen, ±13 and ±11 are four of sixteen
        ([0, 7, 0, 7, 7, 7, 7], 2 / 32),  # what does not differ adds nothing
    ],
)
def test_by_hand(changes: list[int], p: float) -> None:
    assert sign_flip_p(changes) == pytest.approx(p, rel=1e-12)


def test_all_ways_are_counted_as_scipy_counts_them() -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        changes = rng.integers(-6, 9, size=rng.integers(2, 10)).tolist()
        oracle = permutation_test(
            (np.array(changes), np.zeros(len(changes), dtype=int)),
            lambda a, b, axis: np.sum(a - b, axis=axis),
            permutation_type="samples",
            n_resamples=np.inf,
            vectorized=True,
        )
        assert sign_flip_p(changes) == pytest.approx(min(1.0, float(oracle.pvalue)), rel=1e-12)


def test_drawn_ways_are_near_all_of_them_and_the_same_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [4, -1, 3, 2, 2, -2, 5, 1, 0, 3, -4, 2]
    exact = sign_flip_p(changes)
    monkeypatch.setattr(paired, "WORK", 0)
    drawn = sign_flip_p(changes)
    assert drawn == sign_flip_p(changes)
    assert drawn == pytest.approx(exact, abs=4 * (exact * (1 - exact) / paired.DRAWS) ** 0.5)
    assert sign_flip_p([10] * 40) == 1 / (paired.DRAWS + 1)  # never 0


def test_where_nothing_differs_it_seldom_finds_something() -> None:
    """Over 2,000 sets of 20 clusters of skewed counts, alike on both sides: at .05, about 100 are found, or fewer."""
    rng = np.random.default_rng(20261130)
    sides = rng.poisson(1.2, size=(2, 2_000, 20))
    times = sum(sign_flip_p(row) <= 0.05 for row in (sides[0] - sides[1]).tolist())
    assert binomtest(times, 2_000, 0.05, alternative="greater").pvalue > 0.01
    assert times > 40  # and it is not blind


LEVEL = 0.05 / 40


def found(drawn: np.ndarray) -> float:
    return sum(sign_flip_p(each) <= LEVEL for each in drawn.tolist()) / len(drawn)


def test_a_difference_that_it_says_it_finds_is_found_so_often() -> None:
    rng = np.random.default_rng(7)
    changes = np.rint(rng.normal(0, 30, size=24)).astype(int).tolist()
    sight = there(detectable(changes, 24 * 8, level=LEVEL, power=0.8))
    drawn = rng.normal(sight * 8, float(np.std(changes, ddof=1)), size=(300, 24))
    assert 0.6 < found(np.rint(drawn).astype(int)) < 0.92  # of 80 in 100, by a normal approximation at 24 clusters


def test_a_rare_difference_of_one_way_is_found_so_often() -> None:
    """Refusals that are seen in nobody yet: at the share that it says, 8 pairs a cluster."""
    sight = there(detectable([0] * 24, 8 * 24, level=LEVEL, power=0.8))
    assert 0.7 < found(np.random.default_rng(3).binomial(8, sight, size=(300, 24))) < 0.9


def test_too_few_clusters_find_nothing() -> None:
    assert detectable([0] * 10, 80, level=LEVEL, power=0.8) is None  # eleven of a side are 2 in 2,048: .00098
    assert detectable([0] * 11, 88, level=LEVEL, power=0.8) is not None
