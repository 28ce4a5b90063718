"""Suppression of outcomes, against a reader who also sees the decisions that are shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boussole.audits.suppression.rules import suppress
from tests.audits.readers import Row, check_outcomes, system, tables


def test_few_outcomes_hide_what_depends_on_outcomes_only() -> None:
    of = system("g", outcome="all")
    rows: list[Row] = [
        (("F",), 1, 1, 4),
        (("F",), 0, 0, 300),
        *((("M",), d, y, 50) for d in (0, 1) for y in (0, 1)),
        *((("N",), d, y, 20) for d in (0, 1) for y in (0, 1)),
    ]
    found = suppress(tables(rows, of), system=of)
    assert found.decisions == {}
    assert found.outcomes == {(("g",), ("F",)): "small_group", (("g",), ("N",)): "protects_small_group"}


def test_selective_outcomes_count_the_selected() -> None:
    of = system("g", outcome="selected")
    rows: list[Row] = [
        *((("F",), 1, y, n) for y, n in ((0, 3), (1, 5))),
        (("F",), 0, None, 300),
        *((("M",), 1, y, 50) for y in (0, 1)),
    ]
    found = suppress(tables(rows, of), system=of)
    assert found.decisions == {}
    assert found.outcomes[(("g",), ("F",))] == "small_group"


def test_decisions_that_are_shown_do_not_give_hidden_outcomes_away() -> None:
    """F has 4 positive outcomes. Hidden with N, of whom only 12 were assessed, F would have at least 4 of their 16."""
    of = system("g", outcome="all")
    rows: list[Row] = [
        *((("F",), d, 1, 2) for d in (0, 1)),
        *((("F",), d, 0, 150) for d in (0, 1)),
        (("N",), 0, 1, 6),
        (("N",), 1, 1, 6),
        *((("M",), d, y, 50) for d in (0, 1) for y in (0, 1)),
    ]
    hidden = check_outcomes(rows, of, "all")
    assert hidden[(("g",), ("F",))] == "small_group"
    assert hidden[(("g",), ("M",))] == "protects_small_group"


def test_a_handful_of_selected_whose_outcomes_are_all_missing_is_hidden() -> None:
    of = system("g", outcome="selected")
    rows: list[Row] = [
        (("F",), 1, None, 3),
        (("F",), 0, None, 300),
        *((("M",), d, y, 50) for d, y in ((0, None), (1, 0), (1, 1))),
        *((("N",), d, y, 20) for d, y in ((0, None), (1, 0), (1, 1))),
    ]
    found = suppress(tables(rows, of), system=of)
    assert found.decisions == {}
    assert found.outcomes[(("g",), ("F",))] == "small_group"


def test_the_only_missing_outcome_of_a_group_is_not_broken_down_further() -> None:
    """The one man whose outcome is missing: the table by age must not say how old he is."""
    of = system("g", "a", intersections=[("g", "a")], outcome="all")
    rows: list[Row] = [
        (("M", "old"), 1, None, 1),
        *(((g, a), d, y, 40) for g in "FM" for a in ("young", "old") for d in (0, 1) for y in (0, 1)),
    ]
    found = suppress(tables(rows, of), system=of)
    assert found.decisions == {}
    assert found.outcomes[(("g", "a"), ("M", "old"))] == "small_numerator"
    assert (("g",), ("M",)) not in found.outcomes


few_or_many = st.one_of(st.integers(0, 12), st.integers(5, 40), st.integers(0, 300))
cells_of_six = st.dictionaries(
    st.tuples(st.sampled_from(["F", "M", "X"]), st.sampled_from(["p", "q", "r"])),
    st.lists(few_or_many, min_size=6, max_size=6),
    min_size=3,
    max_size=9,
)


@pytest.mark.costly
@pytest.mark.parametrize("observed_for", ["all", "selected"])
@settings(max_examples=15, deadline=None)
@given(counts=cells_of_six)
@example(counts={("F", "p"): [0, 0, 0, 0, 11, 0], ("F", "r"): [0, 0, 0, 0, 1, 10]})
def test_no_reader_finds_out_hidden_outcomes(observed_for: str, counts: dict[tuple[str, str], list[int]]) -> None:
    of = system("g", "a", intersections=[("g", "a")], outcome=observed_for)
    rows: list[Row] = [
        (key, d, y if observed_for == "all" or d else None, n)
        for key, numbers in counts.items()
        for (d, y), n in zip([(d, y) for d in (0, 1) for y in (0, 1, None)], numbers, strict=True)
        if n
    ]
    if rows:
        check_outcomes(rows, of, observed_for)
