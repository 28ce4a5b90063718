"""Suppression of decisions, against a reader who solves for hidden cells with a linear program of their own."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boussole.audits.measures import Cells
from boussole.audits.suppression.rules import suppress
from tests.audits.readers import Attacker, Row, check, check_outcomes, rows_of, system, tables

SMALL, PROTECTS = "small_group", "protects_small_group"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"F": 500, "M": 600}, {}),
        ({"F": 500, "M": 600, "X": 5, "Y": 40}, {"X": SMALL, "Y": PROTECTS}),  # the smallest other is taken along
        ({("F",): 500, ("M",): 600, ("X",): 5, (None,): 40}, {"X": SMALL, None: PROTECTS}),
        ({("F",): 500, ("M",): 600, (None,): 3}, {None: SMALL, "F": PROTECTS}),
        # two protect each other only if they could be large: 17 together, 1 ≤ X ≤ 10 would leave Y ≥ 7
        ({"F": 500, "X": 8, "Y": 9}, {"F": PROTECTS, "X": SMALL, "Y": SMALL}),
        ({"F": 500, "M": 50, "X": 2, "Y": 3}, {"M": PROTECTS, "X": SMALL, "Y": SMALL}),  # 5: both under the limit
        ({"F": 4, "M": 3}, {"F": SMALL, "M": SMALL}),  # the total is shown
    ],
)
def test_small_groups_are_hidden_with_the_smallest_other(
    counts: dict[tuple[str | None, ...] | str, int], expected: dict[str | None, str]
) -> None:
    assert check(rows_of(counts), system("g")) == {(("g",), (group,)): why for group, why in expected.items()}


def test_knowing_the_rule_does_not_help() -> None:
    """X = 1 beside Y = 11: together 12, and Y is hidden as large enough, so X would be 1. A third is hidden."""
    hidden = check(rows_of({"F": 500, "M": 600, "X": 1, "Y": 11, "Z": 30}), system("g"))
    assert {key[1][0] for key in hidden} == {"X", "Y", "Z"} or {key[1][0] for key in hidden} == {"X", "Z"}


def test_an_intersection_needs_a_rectangle() -> None:
    counts = {("F", "young"): 5, ("F", "old"): 100, ("M", "young"): 80, ("M", "old"): 90}
    hidden = check(rows_of(counts), system("g", "a", intersections=[("g", "a")]))
    assert {key[1] for key in hidden} == set(counts)
    wide = counts | {("F", "middle"): 300, ("M", "middle"): 400, ("F", "oldest"): 200, ("M", "oldest"): 210}
    hidden = check(rows_of(wide), system("g", "a", intersections=[("g", "a")]))
    assert {key[1] for key in hidden} == {("F", "young"), ("F", "old"), ("M", "young"), ("M", "old")}
    assert all(len(key[0]) == 2 for key in hidden)  # both margins stay


def test_a_hidden_group_is_not_rebuilt_from_its_intersections() -> None:
    counts = {
        (g, a): n
        for g, sizes in {"F": (200, 300), "M": (250, 310), "X": (3, 4), "Y": (20, 25)}.items()
        for a, n in zip(("young", "old"), sizes, strict=True)
    }
    hidden = check(rows_of(counts), system("g", "a", intersections=[("g", "a")]))
    assert (("g",), ("X",)) in hidden
    assert (("g",), ("Y",)) in hidden
    assert any(key[0] == ("g", "a") and key[1][0] == "Y" for key in hidden)


def test_one_or_two_selected_people_are_not_broken_down_further() -> None:
    """The only selected woman: the table by age must not say how old she is."""
    rows: list[Row] = [
        (("F", "young"), 0, None, 60),
        (("F", "old"), 0, None, 50),
        (("F", "old"), 1, None, 1),
        *((("M", age), d, None, 40) for age in ("young", "old") for d in (0, 1)),
    ]
    of = system("g", "a", intersections=[("g", "a")])
    published = tables(rows, of)
    hidden = suppress(published, system=of).decisions
    assert hidden[(("g", "a"), ("F", "old"))] == "small_numerator"
    assert (("g",), ("F",)) not in hidden  # one of 111 women selected is the finding: it stays
    attacker = Attacker(published, hidden, of, lambda counts: counts[:, 1].sum())
    assert attacker.range((("g", "a"), ("F", "old"))) == (pytest.approx(0), pytest.approx(1))


def test_nobody_and_everybody_selected_are_shown() -> None:
    rows: list[Row] = [(("F",), 0, None, 60), (("M",), 1, None, 70)]
    assert suppress(tables(rows, system("g")), system=system("g")).decisions == {}


@pytest.mark.parametrize(
    ("rows", "filled", "second"),
    [
        (30, 2, 40),  # sixty decisions about two people
        (5, 10, 11),  # linear counting would say -40 ln(1 - 10/40) ≈ 11.4 people for ten filled buckets
    ],
)
def test_few_people_are_a_small_group_whatever_the_number_of_rows(rows: int, filled: int, second: int) -> None:
    of = system("g").model_copy(update={"columns": system("g").log.model_copy(update={"person": "person"})})
    counts = np.zeros((3, 40, 2, 3), dtype=np.int64)
    counts[0, :filled, 0, 2] = rows
    counts[1, :second, 0, 2] = 5
    counts[2, :, :, 2] = 10
    by_group = Cells(by=("g",), groups=(("X",), ("Y",), ("M",)), counts=counts, clustered=True)
    everybody = Cells(by=(), groups=((),), counts=counts.sum(axis=0, keepdims=True), clustered=True)
    hidden = suppress([everybody, by_group], system=of).decisions
    assert hidden == {(("g",), ("X",)): SMALL, (("g",), ("Y",)): PROTECTS}


values = st.tuples(
    st.sampled_from(["F", "M", "X", None]), st.sampled_from(["p", "q", "r"]), st.sampled_from(["1", "2"])
)


@pytest.mark.costly
@settings(max_examples=25, deadline=None)
@given(st.dictionaries(values, st.one_of(st.integers(1, 15), st.integers(1, 500)), min_size=2, max_size=20))
def test_no_reader_finds_out_a_hidden_cell(counts: dict[tuple[str | None, ...], int]) -> None:
    of = system("g", "a", "b", intersections=[("g", "a"), ("g", "b")])
    check(rows_of(dict(counts)), of)


@pytest.mark.costly
@settings(max_examples=10, deadline=None)
@given(st.dictionaries(values, st.integers(1, 60), min_size=4, max_size=20))
def test_nor_across_three_attributes(counts: dict[tuple[str | None, ...], int]) -> None:
    check(rows_of(dict(counts)), system("g", "a", "b", intersections=[("g", "a", "b"), ("a", "b")]))


def test_the_same_rows_in_another_order_hide_the_same_cells() -> None:
    counts = {("F", "p"): 5, ("F", "q"): 30, ("M", "p"): 30, ("M", "q"): 30, ("M", "r"): 70, ("F", "r"): 60}
    of = system("g", "a", intersections=[("g", "a")])
    first = suppress(tables(rows_of(counts), of), system=of).decisions
    again = suppress(tables(rows_of(counts)[::-1], of), system=of).decisions
    assert first == again


@pytest.mark.slow
def test_five_hundred_cells_take_seconds() -> None:
    """Processor time, which other work on the machine does not lengthen; about a fifth of it is needed."""
    names, shape = ("g", "a", "b", "c"), (7, 7, 6, 4)
    random = np.random.default_rng(1)
    shares = [random.dirichlet(np.ones(size)) for size in shape]
    rows: list[Row] = []
    for place in itertools.product(*(range(size) for size in shape)):
        expected = 9000 * np.prod([share[i] for share, i in zip(shares, place, strict=True)])
        group = tuple(f"{name}{i}" for name, i in zip(names, place, strict=True))
        rows += [(group, d, y, int(n)) for d in (0, 1) for y in (0, 1, None) if (n := random.poisson(expected / 6)) > 0]
    of = system(*names, intersections=[("g", "a", "b"), ("g", "a", "c")], outcome="all")
    published = tables(rows, of)
    begun = time.process_time()
    found = suppress(published, system=of)
    assert time.process_time() - begun < 30
    assert sum(len(table.groups) for table in published) > 400
    assert len(found.outcomes) > len(found.decisions) > 100


def test_counts_of_a_trillion_are_protected_like_others() -> None:
    rows: list[Row] = [(("a",), 1, None, 10**12), (("b",), 1, None, 1), (("c",), 1, None, 7), (("d",), 0, None, 10**9)]
    of = system("g")
    hidden = suppress(tables(rows, of), system=of).decisions
    assert {key[1][0]: reason for key, reason in hidden.items()} == {
        "b": "small_group",
        "c": "small_group",
        "d": "protects_small_group",
    }


def spread(group: str, n: int, *sides: tuple[int, int | None]) -> list[Row]:
    """So many with each decision and outcome."""
    return [((group,), d, y, n) for d, y in sides]


ALL = ((0, 0), (0, 1), (1, 0), (1, 1))


@pytest.mark.parametrize(
    ("observed_for", "rows", "protects"),
    [
        ("all", [(("F",), 1, 1, 4), (("F",), 0, 0, 300), *spread("M", 50, *ALL), *spread("N", 20, *ALL)], "N"),
        (  # those of the selected are counted
            "selected",
            [(("F",), 1, 0, 3), (("F",), 1, 1, 5), (("F",), 0, None, 300), *spread("M", 50, (1, 0), (1, 1))],
            "",
        ),
        (  # a handful of selected whose outcomes are all missing
            "selected",
            [
                *((("F",), 1, None, 3), (("F",), 0, None, 300)),
                *(row for group, n in (("M", 50), ("N", 20)) for row in spread(group, n, (0, None), (1, 0), (1, 1))),
            ],
            "N",
        ),
    ],
)
def test_few_outcomes_hide_what_depends_on_outcomes_only(observed_for: str, rows: list[Row], protects: str) -> None:
    of = system("g", outcome=observed_for)
    found = suppress(tables(rows, of), system=of)
    assert found.decisions == {}
    assert found.outcomes == {(("g",), ("F",)): SMALL} | {(("g",), (each,)): PROTECTS for each in protects}


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
