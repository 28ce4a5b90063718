"""Maxima over groups say how many groups they leave out, since these could lie further apart."""

from __future__ import annotations

import pandas as pd

from boussole import audits
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

    whole = measure_cells(tables([row for row in ROWS if row[0] != ("c",)], of), system=of)
    assert not any("groups_left_out" in m.params for m in whole)


def test_the_frame_of_a_notebook_names_the_other_groups_shown_and_counts_those_left_out() -> None:
    rows = pd.DataFrame([{"g": group[0], "selected": decision} for group, decision, _, n in ROWS for _ in range(n)])
    found = audits.compare(rows, decision="selected", by="g")
    frame = found.frame()
    row = frame.loc["selection_rate_ratio/g=a"]
    assert (row["against"], row["groups_left_out"]) == ("other groups shown", 1)  # c, which is set apart
    assert "a (against other groups shown)" in found._repr_html_()
    whole = audits.compare(rows[rows["g"].isin(["a", "b"])], decision="selected", by="g").frame()
    assert (whole.loc["selection_rate_ratio/g=a", "against"], whole["groups_left_out"].notna().any()) == ("rest", False)
