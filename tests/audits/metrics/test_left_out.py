"""Maxima over groups say how many groups they leave out, since these could lie further apart."""

from __future__ import annotations

from boussole.audits.metrics.measure import measure_cells
from tests.audits.readers import Row, system, tables

ROWS: list[Row] = [
    (("a",), 1, None, 60),
    (("a",), 0, None, 40),
    (("b",), 1, None, 100),
    (("b",), 0, None, 100),
    (("c",), 1, None, 8),  # of eight people all are selected: 0.5 apart from b, not shown
    (("d",), 1, None, 5),
    (("d",), 0, None, 45),
]


def test_a_maximum_that_skips_hidden_groups_says_how_many() -> None:
    of = system("g")
    found = {m.id: m for m in measure_cells(tables(ROWS, of), system=of)}
    assert {name for name in "abcd" if found[f"selection_rate/g={name}"].status == "suppressed"} == {"c", "d"}
    difference = found["demographic_parity_difference/g"]
    assert difference.value == 0.6 - 0.5  # over all it is 1 − 0.1
    for name in ("demographic_parity_difference/g", "differential_fairness/g", "impact_ratio/g=a"):
        assert found[name].params["groups_left_out"] == 2, name
    assert found["selection_rate_ratio/g=a"].params["groups_left_out"] == 2  # against all others, of whom b is shown
    assert found["selection_rate_ratio/g=a"].params["counts"]["n"] == [100, 200]


def test_nothing_is_said_where_all_groups_enter() -> None:
    of = system("g")
    rows = [row for row in ROWS if row[0] != ("c",)]
    found = measure_cells(tables(rows, of), system=of)
    assert not any("groups_left_out" in m.params for m in found)
