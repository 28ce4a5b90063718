"""Tests recomputed from stored JSON: at any threshold, on either side, after a trip through JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, chi2_contingency, ncx2
from scipy.stats import t as student

from boussole.audits.uncertainty.score import ratio_z
from boussole.audits.uncertainty.tests import UnknownTestError, decisions_needed, p_beyond, p_value, tails
from tests.audits.there import there

TESTS: list[dict[str, Any]] = [
    {"kind": "score_ratio", "k": [157, 235], "n": [2435, 2435]},
    {"kind": "score_ratio", "k": [7.2, 80.5], "n": [40.4, 210.6], "df": 21.3},
    {"kind": "score_difference", "k": [40, 60], "n": [200, 210]},
    {"kind": "jackknife", "transform": "log", "estimate": 0.7, "se": 0.1, "df": 39},
    {"kind": "jackknife", "transform": "identity", "estimate": 0.12, "se": 0.05, "df": 7.5},
    {"kind": "noncentral_chi2", "statistic": 0.12, "df": 9, "scale": 0.002},
]


@pytest.mark.parametrize("test", TESTS, ids=lambda t: str(t["kind"]))
@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.3, 0.8])
def test_both_sides_mirror_each_other_and_survive_json(test: dict[str, Any], threshold: float) -> None:
    stored = json.loads(json.dumps(test))
    below = p_beyond(stored, threshold=threshold, bad_side="below")
    assert 0 <= below <= 1
    assert below == p_beyond(test, threshold=threshold, bad_side="below")
    assert tails(test, threshold=threshold, bad_side="below")[1] == pytest.approx(1 - below)
    assert p_beyond(test, threshold=threshold, bad_side="above") == pytest.approx(1 - below)


def test_a_jackknife_and_a_ratio_of_clusters_are_students_t_and_the_latter_needs_more_than_a_normal_one() -> None:
    jackknife = student.cdf(np.log(0.7 / 0.8) / 0.1, 39)
    assert p_beyond(TESTS[3], threshold=0.8, bad_side="below") == pytest.approx(jackknife)
    z = ratio_z((7.2, 80.5), (40.4, 210.6), ratio=0.8)
    assert p_beyond(TESTS[1], threshold=0.8, bad_side="below") == pytest.approx(student.cdf(z, 21.3))
    both = TESTS[1], {key: value for key, value in TESTS[1].items() if key != "df"}
    clusters, rows = (there(decisions_needed(test, threshold=0.8, bad_side="below", n=1000)) for test in both)
    assert clusters > rows > 0


@pytest.mark.parametrize("scale", ["ratio", "difference"])
@pytest.mark.parametrize(("k", "n"), [((157, 235), (2435, 2435)), ((9, 4), (30, 50)), ((20, 20), (60, 60))])
def test_the_p_value_of_no_difference_is_that_of_the_chi_square_test(
    k: tuple[int, int], n: tuple[int, int], scale: str
) -> None:
    """Of Miettinen and Nurminen, whose variance is that of Pearson's test × N ÷ (N − 1)."""
    counts = [[cases, size - cases] for cases, size in zip(k, n, strict=True)]
    pearson = chi2_contingency(counts, correction=False).statistic
    expected = chi2.sf(pearson * (sum(n) - 1) / sum(n), 1)
    found = p_value({"kind": f"score_{scale}", "k": k, "n": n}, scale)
    assert found == pytest.approx(expected, rel=1e-10)


def test_the_p_value_of_few_clusters_is_students_and_that_of_one_side_claims_nothing_on_the_other() -> None:
    jackknife, of_log = TESTS[4], TESTS[3]
    assert p_value(jackknife, "difference") == pytest.approx(2 * student.sf(0.12 / 0.05, 7.5))
    assert p_value(of_log, "ratio") == pytest.approx(2 * student.cdf(np.log(0.7) / 0.1, 39))
    assert p_value({**of_log, "only_beyond": "above"}, "ratio") == 1.0
    assert p_value({**of_log, "only_beyond": "below"}, "ratio") == p_value(of_log, "ratio")
    for none in ((None, None), (None, "ratio"), (TESTS[5], "distance")):  # no comparison of two groups
        assert p_value(*none) is None


def test_psi_is_noncentral_chi_square_and_its_normal_limit_joins_smoothly() -> None:
    assert p_beyond(TESTS[5], threshold=0.1, bad_side="above") == pytest.approx(ncx2.sf(60, 9, 50))
    near = {"kind": "noncentral_chi2", "statistic": 0.1005, "df": 9, "scale": 0.1 / 9_999}
    far = near | {"scale": 0.1 / 10_001}
    p_near, p_far = (p_beyond(test, threshold=0.1, bad_side="above") for test in (near, far))
    assert p_near == pytest.approx(p_far, abs=0.005)


def test_unknown_kinds_and_sides_are_named() -> None:
    with pytest.raises(UnknownTestError, match="score_ratio"):
        p_beyond({"kind": "score_rato"}, threshold=0.8, bad_side="below")
    with pytest.raises(UnknownTestError, match="left"):
        p_beyond(TESTS[0], threshold=0.8, bad_side="left")


def test_decisions_needed_really_settle_it() -> None:
    """With that many more decisions at the same rates, four times in five the test decides."""
    test = {"kind": "score_ratio", "k": [72, 80], "n": [400, 400]}
    more = there(decisions_needed(test, threshold=0.8, bad_side="below", n=800))
    size = (800 + more) // 2
    rng = np.random.default_rng(2)
    drawn = zip(rng.binomial(size, 0.18, 600), rng.binomial(size, 0.2, 600), strict=True)
    decided = [
        tails({"kind": "score_ratio", "k": k, "n": [size, size]}, threshold=0.8, bad_side="below")[1] < 0.05
        for k in drawn
    ]
    assert np.mean(decided) == pytest.approx(0.8, abs=0.07)


def test_decisions_needed_is_zero_when_settled_and_none_when_hopeless() -> None:
    settled = {"kind": "score_ratio", "k": [400, 1000], "n": [10_000, 10_000]}
    assert decisions_needed(settled, threshold=0.8, bad_side="below", n=20_000) == 0
    on_it = {"kind": "score_ratio", "k": [80, 100], "n": [1000, 1000]}
    assert decisions_needed(on_it, threshold=0.8, bad_side="below", n=2000) is None


@pytest.mark.parametrize("statistic", [0.0, 1e-11, 1e-8, 1e-4, 0.0999, 0.1, 0.101, 0.5])
def test_windows_that_are_nearly_alike_have_both_tails(statistic: float) -> None:
    """scipy's upper tail overflows far under the mean: two windows of many decisions that hardly differ."""
    test = {"kind": "noncentral_chi2", "statistic": statistic, "df": 9, "scale": 2e-5}
    beyond, good = tails(test, threshold=0.1, bad_side="above")
    assert beyond + good == pytest.approx(1, abs=1e-9)
    assert (beyond < good) == (statistic > 0.1)
