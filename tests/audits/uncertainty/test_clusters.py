"""The jackknife over buckets: by hand, and by simulation with thirty rows per person."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import t as student

from audits.uncertainty import jackknife as jk
from audits.uncertainty.estimates import compare_rates, rate_interval
from audits.uncertainty.tests import p_beyond

Ints = npt.NDArray[np.int64]
BUCKETS = 40


def test_ratio_by_hand() -> None:
    """Three buckets, each left out in turn; every group has 2 of 3 buckets' rows left."""
    k, n = (np.array([2, 3, 1]), np.array([2, 3, 4])), (np.array([4, 4, 4]), np.array([5, 5, 5]))
    left = [(4 / 8) / (7 / 10), (3 / 8) / (6 / 10), (5 / 8) / (5 / 10)]
    whole = (6 / 12) / (9 / 15)
    variance = 2 / 3 * sum((math.log(value) - math.log(whole)) ** 2 for value in left)
    result = jk.compare(k, n, transform="log")
    assert result is not None
    assert result.estimate == pytest.approx(whole)
    assert result.se == pytest.approx(math.sqrt(variance))
    assert result.df == pytest.approx(2.0)
    interval = result.interval(low=0.0, high=math.inf)
    assert interval.low == pytest.approx(whole * math.exp(-student.ppf(0.975, 2) * math.sqrt(variance)))


def test_empty_buckets_change_nothing() -> None:
    k, n = (np.array([2, 3, 1]), np.array([2, 3, 4])), (np.array([4, 4, 4]), np.array([5, 5, 5]))
    padded = [tuple(np.append(part, [0, 0]) for part in pair) for pair in (k, n)]
    for transform in ("log", "identity"):
        assert jk.compare(k, n, transform=transform) == jk.compare(padded[0], padded[1], transform=transform)


def test_people_in_both_groups_make_the_comparison_more_certain() -> None:
    """The same people score alike in both groups: their difference varies less than with separate people."""
    own = np.array([2, 9, 4, 7, 1, 8, 5, 6])
    n = np.full(8, 10)
    apart = jk.compare((own, (own + 1)[::-1]), (n, n), transform="identity")
    shared = jk.compare((own, np.minimum(own + np.array([1, 0] * 4), 10)), (n, n), transform="identity")
    assert shared is not None
    assert apart is not None
    assert shared.se < apart.se


def test_few_people_against_many_get_few_degrees_of_freedom() -> None:
    rng = np.random.default_rng(3)
    few = np.zeros(BUCKETS, dtype=np.int64)
    few[:4] = 30
    many = np.full(BUCKETS, 300)
    k = (np.where(few > 0, rng.integers(5, 25, BUCKETS), 0), rng.integers(80, 100, BUCKETS))
    result = jk.compare(k, (few, many), transform="log")
    assert result is not None
    assert result.df < 4


@pytest.mark.parametrize("k", [[0] * 20, [50] * 20, [0] * 19 + [7]])
def test_zero_all_and_one_bucket_fall_back_on_wide_intervals(k: list[int]) -> None:
    counts, n = np.array(k), np.full(20, 50)
    interval = rate_interval(counts, n, clustered=True)
    assert interval.method == "wilson_buckets"
    assert 0 <= interval.low <= counts.sum() / n.sum() <= interval.high <= 1
    assert interval.high - interval.low > 0.15  # twenty people, not a thousand rows


def test_comparison_with_nobody_selected_falls_back_on_effective_sizes() -> None:
    k, n = (np.zeros(20, dtype=np.int64), np.full(20, 15)), (np.full(20, 50), np.full(20, 50))
    interval, test = compare_rates(k, n, scale="ratio", clustered=True)
    assert test["kind"] == "score_ratio"
    assert test["method"] == "miettinen_nurminen_buckets"
    assert test["n"] == [20, 20]
    assert test["k"] == [0, 6]
    assert interval is not None
    assert interval.low == 0
    assert interval.high > 0.3


def test_effective_sizes_by_hand() -> None:
    """Two groups of four buckets of ten rows; their rates by bucket are .3 .5 .4 .6 and .2 .9 .5 .8.

    Variances of the rates: .05/9 × 3/4 and .30/9 × 3/4; of the difference .13/9 × 3/4 (they share people). The first
    design effect is under 1 and counts as 1, the second is .025 × 40 ÷ .24. All buckets are of one size, so that
    nothing is known of larger clusters.
    """
    k, n = (np.array([3, 5, 4, 6]), np.array([2, 9, 5, 8])), (np.full(4, 10), np.full(4, 10))
    found = jk.effective_sizes(k, n)
    assert found is not None
    together = 0.13 / (0.05 + 0.30)
    assert found[0] == pytest.approx((40 / together, 40 / (0.025 * 40 / 0.24) / together))
    assert found[1] == pytest.approx(3.0)


def test_the_correlation_seen_in_many_people_holds_for_a_few_who_happen_to_agree() -> None:
    """Four people of the first group, alone in their buckets, have the same rate: their own design effect is 0.

    Mean cluster sizes, from variances of bucket sizes 28.571 and 69.643 over means 5 and 18.75: 5.714 and 3.714. The
    second group's variance is left-out rates against 70/150; weights are filled buckets less one, 3 and 7.
    """
    n = (np.array([10, 10, 10, 10, 0, 0, 0, 0]), np.array([10, 20, 30, 10, 20, 30, 20, 10]))
    k = (np.array([4, 4, 4, 4, 0, 0, 0, 0]), np.array([3, 13, 10, 7, 6, 19, 7, 5]))
    left = [(70 - cases) / (150 - rows) for cases, rows in zip(k[1].tolist(), n[1].tolist(), strict=True)]
    effect = 7 / 8 * sum((rate - 70 / 150) ** 2 for rate in left) * 150 / (70 / 150 * 80 / 150)
    correlation = (3 * (0 - 1) + 7 * (effect - 1)) / (3 * 4.7142857 + 7 * 2.7142857)
    found = jk.effective_sizes(k, n)
    assert found is not None
    assert 0.2 < correlation < 1
    assert found[0][0] == pytest.approx(40 / (1 + 4.7142857 * correlation))
    assert found[0][1] == pytest.approx(150 / effect)


def people(rng: np.random.Generator, *, count: int, rate: float) -> tuple[Ints, Ints]:
    """Counts per bucket of people with thirty rows each, whose own rates differ (intraclass correlation .3)."""
    own = rng.beta(rate * 7 / 3, (1 - rate) * 7 / 3, count)
    bucket = rng.integers(0, BUCKETS, count)
    k = np.bincount(bucket, weights=rng.binomial(30, own), minlength=BUCKETS).astype(np.int64)
    return k, np.bincount(bucket, minlength=BUCKETS).astype(np.int64) * 30


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "threshold", "rate"), [("ratio", 0.8, 0.24), ("difference", -0.1, 0.2)])
def test_thirty_rows_per_person_naive_fails_clusters_hold(scale: str, threshold: float, rate: float) -> None:
    rng = np.random.default_rng(7)
    runs, alpha = 1000, 0.05
    rejected, naive, good, covered = 0, 0, 0, 0
    for _ in range(runs):
        (k1, n1), (k0, n0) = people(rng, count=150, rate=rate), people(rng, count=200, rate=0.3)
        interval, test = compare_rates((k1, k0), (n1, n0), scale=scale, clustered=True)
        _, blind = compare_rates((k1, k0), (n1, n0), scale=scale, clustered=False)
        rejected += p_beyond(test, threshold=threshold, bad_side="below") < alpha
        good += p_beyond(test, threshold=threshold, bad_side="above") < alpha
        naive += p_beyond(blind, threshold=threshold, bad_side="below") < alpha
        covered += interval is not None and interval.low <= threshold <= interval.high
    assert 0.03 < rejected / runs < 0.075
    assert 0.03 < good / runs < 0.075
    assert naive / runs > 0.2
    assert 0.93 < covered / runs < 0.975


@pytest.mark.slow
@pytest.mark.parametrize(
    ("counts", "rates"),
    [
        ((20, 400), (0.2, 0.3)),
        ((20, 400), (0.1, 0.2)),
        ((400, 20), (0.8, 0.9)),
        ((10, 400), (0.2, 0.3)),
        ((40, 400), (0.1, 0.2)),
        ((20, 20), (0.1, 0.2)),
        ((150, 200), (0.2, 0.3)),
    ],
)
def test_few_people_against_many_are_not_judged_too_surely(counts: tuple[int, int], rates: tuple[float, float]) -> None:
    """The plain jackknife rejects 8 to 16 % of the time on one side in the uneven cases."""
    rng = np.random.default_rng(29)
    runs, alpha, rejected = 3000, 0.05, {"below": 0, "above": 0}
    for _ in range(runs):
        (k1, n1), (k0, n0) = (people(rng, count=c, rate=r) for c, r in zip(counts, rates, strict=True))
        _, test = compare_rates((k1, k0), (n1, n0), scale="difference", clustered=True)
        for side in rejected:
            rejected[side] += p_beyond(test, threshold=rates[0] - rates[1], bad_side=side) < alpha
    assert max(rejected.values()) / runs < 0.055


@pytest.mark.slow
def test_power_is_kept_where_there_are_many_people() -> None:
    """A truth of −.2 against the level −.1; the plain jackknife finds it as often, within two points."""
    rng = np.random.default_rng(23)
    runs, ours, plain = 1500, 0, 0
    for _ in range(runs):
        (k1, n1), (k0, n0) = people(rng, count=150, rate=0.2), people(rng, count=200, rate=0.4)
        _, test = compare_rates((k1, k0), (n1, n0), scale="difference", clustered=True)
        whole = jk.compare((k1, k0), (n1, n0), transform="identity")
        assert whole is not None
        stored = {"kind": "jackknife", "transform": "identity", "estimate": whole.estimate, "se": whole.se}
        ours += p_beyond(test, threshold=-0.1, bad_side="below") < 0.05
        plain += p_beyond({**stored, "df": whole.df}, threshold=-0.1, bad_side="below") < 0.05
    assert plain / runs > 0.5
    assert ours > plain - 0.02 * runs


@pytest.mark.slow
def test_rates_of_clustered_people_are_covered() -> None:
    rng = np.random.default_rng(11)
    runs = 1000
    covered, naive = 0, 0
    for _ in range(runs):
        k, n = people(rng, count=120, rate=0.2)
        ours, blind = rate_interval(k, n, clustered=True), rate_interval(k, n, clustered=False)
        covered += ours.low <= 0.2 <= ours.high
        naive += blind.low <= 0.2 <= blind.high
    assert covered / runs > 0.92
    assert naive / runs < 0.65
