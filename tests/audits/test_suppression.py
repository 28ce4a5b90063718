"""Suppression against a reader who solves for hidden cells with a linear program of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from audits.measures import NO_OUTCOME, Cells
from audits.suppression import suppress
from audits.systems.model import System

LIMIT = 11
Row = tuple[tuple[str | None, ...], int, int | None, int]
"""Values of the attributes, decision, outcome, how many decisions."""


def system(*attributes: str, intersections: Iterable[tuple[str, ...]] = (), outcome: str | None = None) -> System:
    columns: dict[str, Any] = {"id": "id", "period": "2025-01-01", "decision": {"column": "d", "selected": [1]}}
    if outcome:
        columns["outcome"] = {"column": "y", "positive": [1], "observed_for": outcome, "absent": "missing"}
    return System.model_validate(
        {
            "id": "sample",
            "kind": "selection",
            "title": {"en": "Sample"},
            "purpose": {"en": "Tests"},
            "owner": "tester",
            "status": "pilot",
            "risk": "high",
            "columns": columns,
            "groups": {name: {"column": name} for name in attributes},
            "intersections": [list(names) for names in intersections],
            "privacy": {"suppress_below": LIMIT},
        }
    )


def tables(rows: Iterable[Row], of: System) -> list[Cells]:
    rows, names = list(rows), list(of.groups)
    found = []
    for by in [(), *of.attributes]:
        keys = [tuple(row[0][names.index(name)] for name in by) for row in rows]
        groups = list(dict.fromkeys(keys))
        counts = np.zeros((len(groups), 1, 2, 3), dtype=np.int64)
        for key, (_, d, y, n) in zip(keys, rows, strict=True):
            counts[groups.index(key), 0, d, NO_OUTCOME if y is None else y] += n
        found.append(Cells(by=by, groups=tuple(groups), counts=counts, clustered=False))
    return found


class Attacker:
    """Knows every shown count. Unknown: how many people have each full combination of attributes.

    This is another formulation than the one under test: people, not cells, are the variables.
    """

    def __init__(self, published: list[Cells], hidden: Iterable[Any], of: System, count: Callable[..., Any]) -> None:
        self.names = list(of.groups)
        values = {name: self._values(published, name) for name in self.names}
        self.people = list(itertools.product(*(values[name] for name in self.names)))
        self.true: dict[Any, float] = {}
        rows, known = [], []
        for table in published:
            for group, counts in zip(table.groups, table.counts, strict=True):
                key = (table.by, group)
                self.true[key] = float(count(counts))
                if key not in set(hidden):
                    rows.append(self._row(table.by, group))
                    known.append(self.true[key])
            for absent in self._absent(table, values):
                rows.append(self._row(table.by, absent))
                known.append(0.0)
        self.rows, self.known = np.array(rows), np.array(known)

    @staticmethod
    def _values(published: list[Cells], name: str) -> list[Any]:
        return [group[0] for table in published if table.by == (name,) for group in table.groups]

    @staticmethod
    def _absent(table: Cells, values: dict[str, list[Any]]) -> list[Any]:
        return [g for g in itertools.product(*(values[n] for n in table.by)) if g not in table.groups]

    def _row(self, by: tuple[str, ...], group: tuple[Any, ...]) -> Any:
        wanted = dict(zip(by, group, strict=True))
        return np.array(
            [float(all(dict(zip(self.names, p, strict=True))[k] == v for k, v in wanted.items())) for p in self.people]
        )

    def range(self, key: Any) -> tuple[float, float]:
        cost = self._row(*key)
        ends = [linprog(s * cost, A_eq=self.rows, b_eq=self.known, bounds=(0, None)) for s in (1, -1)]
        return ends[0].fun, -ends[1].fun


def decisions(counts: Any) -> Any:
    return counts.sum()


def check(rows: list[Row], of: System) -> dict[Any, str]:
    """Everything small is hidden, and no hidden cell is found out; returns what is hidden."""
    published = tables(rows, of)
    hidden = suppress(published, system=of).decisions
    attacker = Attacker(published, hidden, of, decisions)
    total = attacker.true[((), ())]
    for key, size in attacker.true.items():
        if key[0] and None not in key[1] and 0 < size < LIMIT:
            assert hidden[key] == "small_group"
    for key, reason in hidden.items():
        low, high = attacker.range(key)
        if total < LIMIT:
            continue
        assert high - low >= LIMIT - 1e-6, key
        if reason == "small_group":
            assert low <= 1e-6, key
            assert high >= LIMIT - 1e-6, key
    return dict(hidden)


def rows_of(counts: dict[tuple[str | None, ...] | str, int]) -> list[Row]:
    """Half of each group selected."""
    return [
        (key if isinstance(key, tuple) else (key,), d, None, n // 2 + (n % 2) * (d == 0))
        for key, n in counts.items()
        for d in (0, 1)
    ]


def test_nothing_small_nothing_hidden() -> None:
    assert check(rows_of({"F": 500, "M": 600}), system("g")) == {}


def test_a_small_group_takes_the_smallest_other_along() -> None:
    hidden = check(rows_of({"F": 500, "M": 600, "X": 5, "Y": 40}), system("g"))
    assert hidden == {(("g",), ("X",)): "small_group", (("g",), ("Y",)): "protects_small_group"}


def test_unknown_people_are_a_cell_that_can_protect_and_are_not_hidden_for_being_few() -> None:
    hidden = check(rows_of({("F",): 500, ("M",): 600, ("X",): 5, (None,): 40}), system("g"))
    assert hidden == {(("g",), ("X",)): "small_group", (("g",), (None,)): "protects_small_group"}
    assert check(rows_of({("F",): 500, ("M",): 600, (None,): 3}), system("g")) == {}


def test_two_small_groups_protect_each_other_only_if_they_could_be_large() -> None:
    assert (
        len(check(rows_of({"F": 500, "X": 8, "Y": 9}), system("g"))) == 3
    )  # 17 together: 1 ≤ X ≤ 10 would leave Y ≥ 7
    assert (
        len(check(rows_of({"F": 500, "M": 50, "X": 2, "Y": 3}), system("g"))) == 3
    )  # 5 together: both under the limit


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


def test_many_rows_about_few_people_are_a_small_group() -> None:
    of = system("g").model_copy(
        update={"columns": system("g").log.model_copy(update={"person": "person"})},
    )
    counts = np.zeros((3, 40, 2, 3), dtype=np.int64)
    counts[0, :2, 0, 2] = 30  # sixty decisions about two people
    counts[1:, :, :, 2] = 10
    by_group = Cells(by=("g",), groups=(("X",), ("F",), ("M",)), counts=counts, clustered=True)
    everybody = Cells(by=(), groups=((),), counts=counts.sum(axis=0, keepdims=True), clustered=True)
    hidden = suppress([everybody, by_group], system=of).decisions
    assert hidden[(("g",), ("X",))] == "small_group"
    assert len(hidden) == 2


def test_a_total_under_the_limit_hides_every_group_and_is_shown() -> None:
    hidden = check(rows_of({"F": 4, "M": 3}), system("g"))
    assert len(hidden) == 2
    assert ((), ()) not in hidden


values = st.tuples(
    st.sampled_from(["F", "M", "X", None]), st.sampled_from(["p", "q", "r"]), st.sampled_from(["1", "2"])
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(values, st.one_of(st.integers(1, 15), st.integers(1, 500)), min_size=2, max_size=20))
def test_no_reader_finds_out_a_hidden_cell(counts: dict[tuple[str | None, ...], int]) -> None:
    of = system("g", "a", "b", intersections=[("g", "a"), ("g", "b")])
    check(rows_of(dict(counts)), of)


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
