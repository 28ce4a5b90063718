"""Ends of intervals against the tests that they turn round: nothing in between, nothing beyond, for every kind."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boussole.audits.uncertainty.tests import end_of, p_beyond, quantile

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
