"""Holm's correction against statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from audits.uncertainty.holm import holm

families = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(families)
def test_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


@given(families)
def test_order_of_the_family_does_not_matter(p_values: list[float]) -> None:
    assert holm(p_values[::-1])[::-1] == pytest.approx(holm(p_values))


def test_an_empty_family_has_nothing_to_correct() -> None:
    assert holm([]) == []
