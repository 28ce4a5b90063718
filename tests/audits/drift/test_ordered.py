"""Rank tests from counts: scipy's on the values one by one, published cases, and counts too large to list."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from boussole.audits.drift import weighted_squares
from boussole.audits.drift.ordered import anderson_darling, cramer_von_mises, mann_whitney
from tests.sparing import slow_case

COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=12)


def values(reference: Sequence[int], current: Sequence[int]) -> list[np.ndarray]:  # type: ignore[type-arg]
    return [np.repeat(np.arange(len(side)), side) for side in (reference, current)]


def sides(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    reference, current = (list(side) for side in zip(*pairs, strict=True))
    assume(sum(reference) > 1 and sum(current) > 1 and sum(a + b > 0 for a, b in pairs) > 1)
    return reference, current


@pytest.mark.costly
@given(COUNTS)
def test_mann_whitney_beside_scipy(pairs: list[tuple[int, int]]) -> None:
    reference, current = sides(pairs)
    x, y = values(reference, current)
    found = mann_whitney(reference, current)
    assert found is not None
    theirs = scipy.stats.mannwhitneyu(y, x, alternative="two-sided", method="asymptotic")
    assert found.chance == pytest.approx(theirs.statistic / len(x) / len(y))
    assert found.p == pytest.approx(theirs.pvalue)
    one_sided = scipy.stats.mannwhitneyu(y, x, alternative="greater", method="asymptotic")
    assert found.p_higher == pytest.approx(one_sided.pvalue)
    assert found.interval is None or found.interval.low < found.chance < found.interval.high
    back = mann_whitney(current, reference)
    assert back is not None
    assert back.chance == pytest.approx(1 - found.chance)


@pytest.mark.costly
@given(st.lists(st.booleans(), min_size=40, max_size=200).filter(lambda order: 10 < sum(order) < len(order) - 10))
def test_cramer_von_mises_without_ties_beside_scipy(order: list[bool]) -> None:
    """The same statistic; p of limits that are nearly the same, both with the moments of so few rows."""
    current = list(map(int, order))
    reference = [1 - one for one in current]
    found = cramer_von_mises(reference, current)
    theirs = scipy.stats.cramervonmises_2samp(*values(reference, current), method="asymptotic")
    assert found is not None
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue, abs=0.01)


@pytest.mark.parametrize("step", [0.0, 0.1, 0.2])
def test_cramer_von_mises_of_many_rows_is_that_of_scipy(step: float) -> None:
    random = np.random.default_rng(7)
    rows = random.normal(size=700), random.normal(step, 1, size=900)
    places = np.append(np.unique(np.concatenate(rows)), np.inf)
    found = cramer_von_mises(*[np.histogram(side, places)[0].tolist() for side in rows])
    theirs = scipy.stats.cramervonmises_2samp(*rows, method="asymptotic")
    assert found is not None
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue, rel=0.005, abs=1e-6)


@pytest.mark.costly
@pytest.mark.parametrize("bins", [2, 3, 5, 20, slow_case(200)])
def test_cramer_von_mises_of_binned_data_is_right_as_often_as_it_says(bins: int) -> None:
    """Both windows drawn from the same ties, shared out at random: each p is undercut as often as it says."""
    random = np.random.default_rng(bins)
    both = random.multinomial(5000, random.dirichlet(np.ones(bins)))
    found = []
    for _ in range(1000):
        one = random.multivariate_hypergeometric(both, 3000)
        test = cramer_von_mises(one.tolist(), (both - one).tolist())
        assert test is not None
        found.append(test.p)
    for level in (0.5, 0.25, 0.1, 0.05, 0.01):
        share = float(np.mean(np.array(found) <= level))
        assert share == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / 1000)), level


@pytest.mark.parametrize(("reference", "current"), [([30, 40, 20, 10], [22, 33, 30, 15]), ([60, 5, 35], [45, 5, 50])])
def test_cramer_von_mises_beside_a_permutation_test(reference: list[int], current: list[int]) -> None:
    random = np.random.default_rng(2)
    both = np.array(reference) + np.array(current)
    found = cramer_von_mises(reference, current)
    assert found is not None
    shares = np.cumsum(random.multivariate_hypergeometric(both, sum(reference), size=100_000), axis=1)
    below = [np.insert(shares, 0, 0, axis=1), np.insert(np.cumsum(both) - shares, 0, 0, axis=1)]
    gaps = below[0] / sum(reference) - below[1] / sum(current)
    statistics = (both * (gaps[:, :-1] ** 2 + gaps[:, 1:] ** 2) / 2).sum(axis=1)
    statistics *= sum(reference) * sum(current) / both.sum() ** 2
    assert found.p == pytest.approx(float(np.mean(statistics >= found.statistic - 1e-12)), abs=0.01)


@pytest.mark.costly
@given(COUNTS)
def test_cramer_von_mises_is_the_same_upside_down_and_with_sides_changed(pairs: list[tuple[int, int]]) -> None:
    reference, current = sides(pairs)
    found = cramer_von_mises(reference, current)
    assert found is not None
    for other in (cramer_von_mises(reference[::-1], current[::-1]), cramer_von_mises(current, reference)):
        assert other is not None
        assert other.statistic == pytest.approx(found.statistic)
        assert other.p == pytest.approx(found.p, rel=1e-6, abs=1e-9)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_cramer_von_mises_of_two_values_is_chi_square(a: int, b: int, c: int, d: int) -> None:
    """Both tests look at one share, and the limit is the same; chi-square's of N, and not of N − 1, decisions."""
    found = cramer_von_mises([a, b], [c, d])
    pearson = scipy.stats.chi2_contingency([[a, b], [c, d]], correction=False)
    n = a + b + c + d
    assert found is not None
    assert found.p == pytest.approx(float(scipy.stats.chi2.sf(pearson.statistic * (n - 1) / n, 1)), rel=1e-6, abs=1e-12)


@given(COUNTS)
def test_anderson_darling_beside_scipy(pairs: list[tuple[int, int]]) -> None:
    """scipy's p comes from seven published levels, and stops at 0.001 and 0.25; ours from the limit they approach."""
    reference, current = sides(pairs)
    assume(sum(reference) + sum(current) > 3)
    found = anderson_darling(reference, current)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = scipy.stats.anderson_ksamp(values(reference, current), midrank=True)
    assert found is not None
    assert found.statistic == pytest.approx(theirs.statistic, abs=1e-9)
    if 0.001 < theirs.pvalue < 0.25:
        assert found.p == pytest.approx(theirs.pvalue, rel=0.05)


def test_what_is_too_rare_for_any_number_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a hundred million decisions that moved: every integral is 0, and a hundred of them took 12 ms."""
    looked = []
    between = weighted_squares._between
    monkeypatch.setattr(weighted_squares, "_between", lambda *given: looked.append(given) or between(*given))
    assert weighted_squares.beyond(1e6, np.arange(1.0, 200.0)) == 0.0
    assert len(looked) == 1


@pytest.mark.slow
def test_the_limit_of_anderson_darling_at_its_published_levels() -> None:
    """Of samples of one distribution, as many are beyond each level as it says."""
    random = np.random.default_rng(3)
    found = []
    for _ in range(4000):
        both = np.bincount(random.permutation(400), minlength=400)
        order = random.permutation(both.size) < 200
        test = anderson_darling(order.astype(int).tolist(), (~order).astype(int).tolist())
        assert test is not None
        found.append(test.p)
    for level in (0.25, 0.1, 0.05, 0.01):
        share = float(np.mean(np.array(found) < level))
        assert share == pytest.approx(level, abs=4 * math.sqrt(level / 4000)), level


@pytest.mark.parametrize("size", [10**8, 10**10])
def test_counts_that_nobody_could_list(size: int) -> None:
    """The same shares a million times: the chance stays, the statistics grow as their definitions say."""
    reference, current = [2, 3, 3, 2], [2, 3, 2, 3]
    many = [[count * size // 10 for count in side] for side in (reference, current)]
    few = [[count * 1000 for count in side] for side in (reference, current)]
    higher, least = mann_whitney(*many), mann_whitney(*few)
    assert higher is not None
    assert least is not None
    assert higher.interval is not None
    assert higher.chance == pytest.approx(least.chance)
    assert 0.5 < higher.interval.low < higher.chance < higher.interval.high
    assert higher.p < 1e-100
    times = size / 10_000
    for statistic in (cramer_von_mises, anderson_darling):
        large, small = statistic(*many), statistic(*few)
        assert large is not None
        assert small is not None
        assert large.p <= 1e-9
        assert large.statistic == pytest.approx(times * small.statistic, rel=0.2)
    same = cramer_von_mises(many[0], many[0])
    assert same is not None
    assert abs(same.statistic) < 1
    assert same.p > 0.9


def test_repeated_people_widen_and_weaken() -> None:
    reference, current = [300, 400, 300], [250, 390, 360]
    alone, repeated = (mann_whitney(reference, current, design_effect=effect) for effect in (1.0, 4.0))
    assert alone is not None
    assert repeated is not None
    assert alone.interval is not None
    assert repeated.interval is not None
    assert alone.p < 0.01 < repeated.p
    widths = [
        math.log(end.high / (1 - end.high)) - math.log(end.low / (1 - end.low))
        for end in (alone.interval, repeated.interval)
    ]
    assert widths[1] == pytest.approx(2 * widths[0])
    for statistic in (cramer_von_mises, anderson_darling):
        once, four = statistic(reference, current), statistic(reference, current, design_effect=4.0)
        assert once is not None
        assert four is not None
        assert once.statistic > four.statistic
        assert once.p < four.p


@pytest.mark.costly
def test_the_interval_covers_the_chance() -> None:
    random, missed = np.random.default_rng(11), 0
    p, q = np.array([0.3, 0.3, 0.2, 0.2]), np.array([0.2, 0.25, 0.25, 0.3])
    truth = sum(q[j] * (p[:j].sum() + p[j] / 2) for j in range(4))
    for _ in range(2000):
        found = mann_whitney(random.multinomial(150, p).tolist(), random.multinomial(200, q).tolist())
        assert found is not None
        assert found.interval is not None
        missed += not found.interval.low <= truth <= found.interval.high
    assert 60 <= missed <= 145  # 5 % of 2,000


@pytest.mark.parametrize(("reference", "current"), [([0, 0], [3, 4]), ([3, 4], [0, 0]), ([0, 5], [0, 9]), ([], [])])
def test_nothing_to_rank(reference: list[int], current: list[int]) -> None:
    assert mann_whitney(reference, current) is None
    assert cramer_von_mises(reference, current) is None
    assert anderson_darling(reference, current) is None


def test_three_values_have_no_variance() -> None:
    assert anderson_darling([1, 1], [0, 1]) is None
    assert anderson_darling([1, 1], [1, 1]) is not None
