"""Tests recomputed from stored JSON, at any threshold and on either side; ends of intervals turn them round."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency, ncx2
from scipy.stats import t as student

from boussole.audits.uncertainty.score import ratio_z
from boussole.audits.uncertainty.tests import (
    UnknownTestError,
    decisions_needed,
    end_of,
    p_beyond,
    p_value,
    quantile,
    tails,
)
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


CHANCES = st.sampled_from([0.05, 0.0167, 0.025, 0.001, 0.00004])


@st.composite
def rates(draw: st.DrawFn) -> dict[str, Any]:
    """Two rates, of rows or of what clusters are worth."""
    kind = draw(st.sampled_from(["score_ratio", "score_difference"]))
    sizes = [draw(st.integers(5, 5000)) for _ in range(2)]
    cases = [draw(st.integers(0, sizes[0])), draw(st.integers(1, sizes[1]))]
    if draw(st.booleans()):
        return {"kind": kind, "k": cases, "n": sizes}
    worth = draw(st.floats(0.1, 1.0))
    return {"kind": kind, "k": [worth * k for k in cases], "n": [worth * n for n in sizes], "df": draw(DEGREES)}


DEGREES = st.floats(1.5, 39)
ERRORS = st.floats(0.001, 2)
AROUND = st.one_of(
    st.builds(lambda e, s: {"kind": "wald", "estimate": e, "se": s}, st.floats(-1, 1), ERRORS),
    st.builds(lambda e, s, d: {"kind": "wald", "estimate": e, "se": s, "df": d}, st.floats(-1, 1), ERRORS, DEGREES),
    *(
        st.builds(
            lambda e, s, d, to: {"kind": "jackknife", "transform": to, "estimate": e, "se": s, "df": d},
            *(value, ERRORS, DEGREES, st.just(transform)),
        )
        for transform, value in (("log", st.floats(0.05, 5)), ("identity", st.floats(-1, 1)))
    ),
)
DISTANCES = st.builds(
    lambda value, df, scale: {"kind": "noncentral_chi2", "statistic": value, "df": df, "scale": scale},
    st.floats(0, 2),
    st.integers(1, 19),
    st.floats(1e-5, 0.05),
)
EVERY = st.one_of(rates(), AROUND, DISTANCES)


def levels(test: dict[str, Any]) -> st.SearchStrategy[float]:
    """Truths that a test of this kind can be held to."""
    if test["kind"] == "score_ratio" or test.get("transform") == "log":
        return st.floats(0.05, 20)
    return st.floats(0.001, 1.5) if test["kind"] == "noncentral_chi2" else st.floats(-0.95, 0.95)


@given(EVERY, CHANCES, st.data())
def test_an_end_lies_beyond_a_level_exactly_where_the_test_rejects_it(
    test: dict[str, Any], chance: float, data: st.DataObject
) -> None:
    level = data.draw(levels(test))
    for end, side in (("high", "below"), ("low", "above")):
        found, p = end_of(test, chance=chance, end=end), p_beyond(test, threshold=level, bad_side=side)  # type: ignore[arg-type]
        assume(not math.isclose(p, chance, rel_tol=1e-6))
        rejected = found is not None and (found < level if end == "high" else found > level)
        assert rejected == (p < chance), (end, found, level, p)


def test_a_ratio_of_which_next_to_nothing_is_known_has_no_upper_end() -> None:
    """One and a half degrees of freedom at a strict level: a logarithm that no number holds."""
    test = {"kind": "jackknife", "transform": "log", "estimate": 1.0, "se": 2.0, "df": 1.5}
    assert (end_of(test, chance=4e-05, end="low"), end_of(test, chance=4e-05, end="high")) == (0.0, None)


def test_two_groups_of_which_everybody_is_chosen_do_not_prove_a_ratio_of_one() -> None:
    """Three and a half of three and a half, twice: (1−r)/r · n1 (N−1)/N = t² at 0.179, not at 0.99999999998."""
    everybody = {"kind": "score_ratio", "k": [3.5, 3.5], "n": [3.5, 3.5], "df": 1.5}
    t = quantile(everybody, 0.95)
    low = end_of(everybody, chance=0.05, end="low")
    assert low == pytest.approx(1 / (1 + t * t / 3.5 * 7 / 6)) == pytest.approx(0.179, abs=0.001)


def test_where_nothing_is_rejected_there_is_no_end() -> None:
    nobody = {"kind": "score_ratio", "k": [5, 0], "n": [24, 24]}
    assert end_of(nobody, chance=0.05, end="high") is None
    assert end_of(nobody | {"k": [0, 5]}, chance=0.05, end="low") == 0
    alike = {"kind": "noncentral_chi2", "statistic": 0.001, "df": 9, "scale": 0.002}
    assert [end_of(alike, chance=0.05, end=end) for end in ("low", "high")] == [0, 0]
