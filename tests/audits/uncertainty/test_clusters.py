"""The jackknife over buckets, by hand and by simulation (standard error .007); the bootstrap of cells."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pytest
from scipy.stats import t as student

from boussole.audits.parts import Floats, Ints
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.estimates import bootstrap, compare_rates, composite_interval, rate_interval
from boussole.audits.uncertainty.tests import p_beyond
from tests.audits.there import there
from tests.audits.uncertainty.simulated import BUCKETS, jackknifed, judged, people


def test_ratio_by_hand() -> None:
    """Three buckets, each left out in turn; every group has 2 of 3 buckets' rows left."""
    k, n = (np.array([2, 3, 1]), np.array([2, 3, 4])), (np.array([4, 4, 4]), np.array([5, 5, 5]))
    left = [(4 / 8) / (7 / 10), (3 / 8) / (6 / 10), (5 / 8) / (5 / 10)]
    whole = (6 / 12) / (9 / 15)
    variance = 2 / 3 * sum((math.log(value) - math.log(whole)) ** 2 for value in left)
    result = there(jackknifed(k, n, "log"))
    assert result.estimate == pytest.approx(whole)
    assert result.se == pytest.approx(math.sqrt(variance))
    assert result.df == pytest.approx(2.0)
    interval = result.interval(low=0.0, high=math.inf)
    assert interval.low == pytest.approx(whole * math.exp(-student.ppf(0.975, 2) * math.sqrt(variance)))


TWENTY = np.bincount(np.random.default_rng(4).integers(0, BUCKETS, 20), minlength=BUCKETS) * 50
"""Twenty people, each with fifty decisions, in their buckets."""
EIGHT_OF = np.where(np.arange(BUCKETS) == np.flatnonzero(TWENTY)[0], 8, 0)


@pytest.mark.parametrize("k", [TWENTY * 0, TWENTY, EIGHT_OF], ids=["none", "all", "in one bucket"])
def test_zero_all_and_one_bucket_fall_back_on_wide_intervals(k: Any) -> None:
    interval = rate_interval(k, TWENTY, clustered=True)
    assert interval.method == "wilson_clusters"
    assert 0 <= interval.low <= k.sum() / TWENTY.sum() <= interval.high <= 1
    assert 0.1 < interval.high - interval.low < 0.35  # twenty people, not a thousand rows


def test_effective_sizes_by_hand() -> None:
    """Two groups of four buckets of ten rows; their rates by bucket are .3 .5 .4 .6 and .2 .9 .5 .8.

    Variances of the rates: .05/9 × 3/4 and .30/9 × 3/4; of the difference .13/9 × 3/4 (they share people). The first
    design effect is under 1 and counts as 1, the second is .025 × 40 ÷ .24. All buckets are of one size, so that
    nothing is known of larger clusters.
    """
    k, n = (np.array([3, 5, 4, 6]), np.array([2, 9, 5, 8])), (np.full(4, 10), np.full(4, 10))
    found = there(jk.effective_sizes(k, n, transform="identity"))
    together = 0.13 / (0.05 + 0.30)
    assert found[0] == pytest.approx((40 / together, 40 / (0.025 * 40 / 0.24) / together))
    assert found[1] == pytest.approx(3.0)


def test_standardised_rates_are_worth_as_much_as_the_sample_that_the_caller_says() -> None:
    """Plain rates of the same buckets are worth the same; what a sample was worth without clusters cancels out."""
    k, n = (np.array([3, 5, 4, 6]), np.array([2, 9, 5, 8])), (np.full(4, 10), np.full(4, 10))
    rates = 18 / 40, 24 / 40
    parts = (18 - k[0]) / 30, (24 - k[1]) / 30
    plain = there(jk.effective_sizes(k, n, transform="log"))
    assert jk.worth(rates, parts, (40.0, 40.0), n, transform="log") == plain
    doubled = there(jk.worth(rates, parts, (40.0, 80.0), n, transform="log"))
    assert doubled[0][1] == pytest.approx(plain[0][1])


def test_a_ratio_of_groups_that_share_people_is_worth_what_its_logarithm_says() -> None:
    """Everybody is selected half as often in the first group, so the ratio never varies, while the difference does."""
    cases, n = np.array([4, 8, 6, 10, 2, 6]), np.full(6, 10)
    k = (cases // 2 + np.array([0, 0, 1, 0, 0, -1]), cases)
    by_ratio, by_difference = (there(jk.effective_sizes(k, (n, n), transform=t)) for t in ("log", "identity"))
    assert by_ratio[0][0] > 2 * by_difference[0][0]


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
    found = there(jk.effective_sizes(k, n, transform="identity"))
    assert 0.2 < correlation < 1
    assert found[0][0] == pytest.approx(40 / (1 + 4.7142857 * correlation))
    assert found[0][1] == pytest.approx(150 / effect)


def gap(counts: Ints) -> Floats:
    rates = counts[..., 1, :].sum(-1) / counts.sum((-2, -1))
    return np.asarray(rates.max(-1) - rates.min(-1), dtype=np.float64)


def cells(*groups: tuple[int, int]) -> Ints:
    counts = np.zeros((len(groups), 2, 3), dtype=np.int64)
    counts[:, :, 2] = groups
    return counts


def test_spread_is_that_of_two_independent_rates() -> None:
    interval = there(bootstrap(cells((6000, 4000), (5000, 5000)), gap))
    se = math.sqrt(0.4 * 0.6 / 10_000 + 0.5 * 0.5 / 10_000)
    assert (interval.low, interval.high) == pytest.approx((0.1 - 1.96 * se, 0.1 + 1.96 * se), abs=0.001)
    assert interval.method == "multinomial_bootstrap"


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
    interval = there(composite_interval(counts, gap, entering, clustered=True, low=0.0, high=1.0)[0])
    assert interval.method == "jackknife"
    assert 0 <= interval.low <= gap(counts.sum(axis=1)) <= interval.high <= 1


SHAPES = [(10, 10), (10, 400), (400, 10), (20, 20), (20, 40), (20, 400), (400, 20), (40, 40), (40, 400), (400, 400)]


@pytest.mark.parametrize(("counts", "rates"), [((20, 400), (0.72, 0.9)), ((400, 20), (0.95, 0.95))])
def test_few_people_with_high_rates_are_not_judged_too_surely(
    counts: tuple[int, int], rates: tuple[float, float]
) -> None:
    """Where the plain jackknife of the log ratio is sure 9 to 15 % of the time, on one side."""
    rng = np.random.default_rng(17)
    runs, threshold = 2000, rates[0] / rates[1]
    ours, plain = np.zeros(2), np.zeros(2)
    for _ in range(runs):
        (k1, n1), (k0, n0) = (people(rng, count=c, rate=r, correlation=0.5) for c, r in zip(counts, rates, strict=True))
        ours += judged(((k1, n1), (k0, n0)), scale="ratio", threshold=threshold)[:2]
        whole = jackknifed((k1, k0), (n1, n0), "log")
        if whole is None:
            continue
        stored = {"kind": "jackknife", "transform": "log", "estimate": whole.estimate, "se": whole.se, "df": whole.df}
        plain += [p_beyond(stored, threshold=threshold, bad_side=side) < 0.05 for side in ("below", "above")]
    assert max(plain) > 0.07 * runs
    assert max(ours) < 0.07 * runs


@pytest.mark.slow
@pytest.mark.parametrize("counts", SHAPES)
def test_ratios_are_not_judged_too_surely(counts: tuple[int, int]) -> None:
    """Rates from .05 to .95, four thresholds, twenty rows a person. With 4,000 draws, the worst case of them all has
    6.3 % (rate .05, correlation .5, twenty against forty people); the plain jackknife 15.7 %."""
    rng = np.random.default_rng(31)
    runs, found = 700, []
    for threshold in (0.8, 0.95, 1.0, 1.25):
        for rate in (0.05, 0.3, 0.7, 0.95):
            for correlation in (0.2, 0.5):
                rates = threshold * rate, rate
                if max(rates) > 0.96:
                    continue
                drawn = [
                    [people(rng, count=c, rate=r, correlation=correlation) for c, r in zip(counts, rates, strict=True)]
                    for _ in range(runs)
                ]
                held = [(one, two) for one, two in drawn if two[0].sum()]
                verdicts = [judged(groups, scale="ratio", threshold=threshold) for groups in held]
                found.append(np.mean(verdicts, axis=0))
    shares = np.array(found)
    assert shares[:, :2].max() < 0.063 + 4 * 0.0083
    assert shares[:, :2].mean() < 0.05
    assert shares[:, 2].min() > 0.92
    assert 0.94 < shares[:, 2].mean() < 0.985


@pytest.mark.slow
@pytest.mark.parametrize(
    ("counts", "rates"),
    [
        ((20, 400), (0.1, 0.2)),
        ((400, 20), (0.1, 0.2)),
        ((10, 400), (0.2, 0.3)),
        ((20, 20), (0.2, 0.3)),
        ((40, 400), (0.8, 0.9)),
        ((400, 20), (0.8, 0.9)),
        ((150, 200), (0.8, 0.9)),
    ],
)
def test_differences_are_not_judged_too_surely(counts: tuple[int, int], rates: tuple[float, float]) -> None:
    """The plain jackknife is sure 8 to 16 % of the time on one side in the uneven cases."""
    rng = np.random.default_rng(29)
    runs, found = 1000, np.zeros(3)
    for _ in range(runs):
        one, two = (people(rng, count=c, rate=r, rows=30) for c, r in zip(counts, rates, strict=True))
        found += judged((one, two), scale="difference", threshold=rates[0] - rates[1])
    assert max(found[:2]) / runs < 0.078


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "threshold"), [("difference", -0.1), ("ratio", 0.8)])
def test_power_is_kept_where_there_are_many_people(scale: Literal["ratio", "difference"], threshold: float) -> None:
    """Rates of .2 and .4; the plain jackknife finds it as often, within two points."""
    rng = np.random.default_rng(23)
    runs, ours, plain = 1500, 0, 0
    transform: Literal["log", "identity"] = "log" if scale == "ratio" else "identity"
    for _ in range(runs):
        (k1, n1), (k0, n0) = people(rng, count=150, rate=0.2, rows=30), people(rng, count=200, rate=0.4, rows=30)
        _, test = compare_rates((k1, k0), (n1, n0), scale=scale, clustered=True)
        whole = there(jackknifed((k1, k0), (n1, n0), transform))
        stored = {"kind": "jackknife", "transform": transform, "estimate": whole.estimate, "se": whole.se}
        ours += p_beyond(test, threshold=threshold, bad_side="below") < 0.05
        plain += p_beyond({**stored, "df": whole.df}, threshold=threshold, bad_side="below") < 0.05
    assert plain / runs > 0.5
    assert ours > plain - 0.02 * runs
