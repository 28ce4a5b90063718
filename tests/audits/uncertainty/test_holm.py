"""Corrections of a family of p-values against statsmodels."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from boussole.audits.uncertainty.holm import holm

families = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@pytest.fixture(autouse=True, scope="module")
def _no_collection() -> Iterator[None]:
    """statsmodels collects garbage at each call, which takes a second in a process that has loaded much."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda *_: 0)
        yield


@settings(deadline=None)
@given(families)
def test_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


@given(families)
def test_order_of_the_family_does_not_matter(p_values: list[float]) -> None:
    assert holm(p_values[::-1])[::-1] == pytest.approx(holm(p_values))


weighted = st.lists(st.tuples(st.floats(0, 1), st.floats(0.05, 1)), min_size=1, max_size=6)


@settings(deadline=None)
@given(weighted)
def test_weighted_correction_is_the_closure_of_weighted_bonferroni(drawn: list[tuple[float, float]]) -> None:
    """A comparison is found where every set of comparisons that holds it has one with p under its part of α."""
    p_values, weights = ([pair[i] for pair in drawn] for i in (0, 1))
    places = range(len(drawn))
    sets = [held for size in places for held in itertools.combinations(places, size + 1)]
    expected = [
        max(
            min(1.0, *(p_values[j] * sum(weights[k] for k in held) / weights[j] for j in held))
            for held in sets
            if i in held
        )
        for i in places
    ]
    assert holm(p_values, weights) == pytest.approx(expected)


@given(families, st.floats(0.1, 10))
def test_equal_weights_change_nothing(p_values: list[float], weight: float) -> None:
    assert holm(p_values, [weight] * len(p_values)) == pytest.approx(holm(p_values))


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        holm([0.1, 0.2], [1.0, 0.0])


def test_an_empty_family_has_nothing_to_correct() -> None:
    assert holm([]) == []
