"""Values by hand, every reason why there is no value, and how many groups a maximum leaves out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole import audits
from boussole.audits.metrics.measure import measure_cells
from tests.audits.metrics.measuring import make_system, measured
from tests.audits.readers import Row, system, tables
from tests.audits.there import there


def group(name: str | None, counts: dict[tuple[int, int | None], int], attribute: str = "g") -> list[dict[str, Any]]:
    return [{attribute: name, "d": d, "y": y, "n": n} for (d, y), n in counts.items()]


TWO = [
    *group("a", {(0, 0): 50, (0, 1): 10, (1, 0): 20, (1, 1): 30, (1, None): 40}),
    *group("b", {(0, 0): 40, (0, 1): 30, (1, 0): 10, (1, 1): 20, (0, None): 25}),
]


def test_values_by_hand() -> None:
    """And of how many decisions each is; the oracle has all others."""
    found = measured(TWO, make_system({"g": "a"}))
    expected = {
        "true_positive_rate/g=a": (30 / 40, 40),
        "precision/g=b": (20 / 30, 30),
        "accuracy": (140 / 210, 210),
        "impact_ratio/g=a": (1.0, 150),
        "impact_ratio/g=b": ((30 / 125) / (90 / 150), 125),
        "equal_opportunity_difference/g": (30 / 40 - 20 / 50, 90),
        "equalized_odds_difference/g": (30 / 40 - 20 / 50, 210),
        "predictive_parity_ratio/g": ((30 / 50) / (20 / 30), 80),
        "differential_fairness/g": (math.log((90.5 / 151) / (30.5 / 126)), 275),
        "selection_rate_ratio/g=b": ((30 / 125) / (90 / 150), 275),
        "unknown_share/g": (0.0, 275),
    }
    assert {name: (found[name].value, found[name].n) for name in expected} == {
        name: (pytest.approx(value), n) for name, (value, n) in expected.items()
    }
    harm = measured(TWO, make_system({"g": "a"}, favourable=False))  # impact ratios are to the lowest
    assert (harm["impact_ratio/g=a"].value, harm["impact_ratio/g=b"].value) == (pytest.approx(0.6 / 0.24), 1.0)
    assert harm["impact_ratio/g=a"].params["to"] == "g=b"


def test_rows_without_outcome_are_counted() -> None:
    expected = {
        "true_positive_rate/g=a": 40,
        "precision/g=a": 40,
        "precision/g=b": 0,  # b's missing ones were not selected
        "false_omission_rate/g=b": 25,
        "false_omission_rate/g=a": 0,
        "accuracy/g=a": 40,
        "false_positive_rate_difference/g=b": 65,
        "selection_rate/g=a": None,
    }
    found = measured(TWO, make_system({"g": "a"}))
    assert {name: found[name].params.get("missing_outcomes") for name in expected} == expected


def test_a_comparison_carries_its_test() -> None:
    found = measured(TWO, make_system({"g": "a"}))
    told, counts = found["selection_rate_ratio/g=b"].params, {"k": [30, 90], "n": [125, 150]}
    expected = {"against": "g=a", "bad_side": "below", "scale": "ratio", "counts": counts, "decisions": 275}
    assert told.items() >= expected.items()
    assert told["test"].items() >= {"kind": "score_ratio", **counts}.items()
    assert "selection_rate_ratio/g=a" not in found


def test_without_reference_each_group_meets_all_others() -> None:
    rows = [*TWO, *group("c", {(0, 0): 30, (1, 0): 30, (1, 1): 40}), *group(None, {(1, 1): 60})]
    found = measured(rows, make_system({"g": None}))
    ratio = found["selection_rate_ratio/g=b"]
    assert ratio.params["against"] == "rest"
    assert ratio.value == pytest.approx((30 / 125) / ((90 + 70) / (150 + 100)))  # the 60 unknown are in no group
    assert {"selection_rate_ratio/g=a", "selection_rate_ratio/g=c"} <= found.keys()


@pytest.mark.parametrize(
    ("favourable", "sides"),
    [
        (True, ("below", "below", "below", "above", "above", "below")),
        (False, ("above", "above", "above", "below", "below", "below")),
    ],
)
def test_the_bad_side_is_where_the_group_is_at_a_disadvantage(favourable: bool, sides: tuple[str, ...]) -> None:
    found = measured(TWO, make_system({"g": "a"}, favourable=favourable))
    rates = ("true_positive_rate", "false_positive_rate", "precision", "false_omission_rate", "accuracy")
    names = ("selection_rate_ratio", *(f"{rate}_difference" for rate in rates))
    assert tuple(found[f"{name}/g=b"].params["bad_side"] for name in names) == sides


def test_impact_ratios_of_nobody_and_to_nobody() -> None:
    for rows, reason in (
        ([*group("a", {(0, 0): 50}), *group("b", {(0, 0): 40})], "zero_denominator"),
        (TWO[:5], "no_other_group"),
    ):
        measure = measured(rows, make_system({"g": "a"}))["impact_ratio/g=a"]
        assert (measure.status, measure.reason) == ("undefined", reason)


def test_selective_labels() -> None:
    rows = [
        *group("a", {(0, None): 60, (1, 0): 20, (1, 1): 30}),
        *group("b", {(0, None): 90, (1, 0): 15, (1, 1): 45}),
    ]
    found = measured(rows, make_system({"g": "a"}, observed_for="selected"))
    rates = ["true_positive_rate", "false_positive_rate", "false_negative_rate", "true_negative_rate"]
    rates += ["negative_predictive_value", "false_omission_rate", "accuracy", "base_rate"]
    names = [*rates, *(f"{rate}/g=b" for rate in rates), *(f"{rate}_difference/g=b" for rate in rates[:2])]
    for name in (*names, "equal_opportunity_difference/g", "equalized_odds_difference/g"):
        assert (found[name].value, found[name].status, found[name].reason) == (None, "undefined", "selective_labels")
    assert found["precision_difference/g=b"].value == pytest.approx(45 / 60 - 30 / 50)
    assert found["false_discovery_rate/g=b"].value == pytest.approx(15 / 60)
    assert found["predictive_parity_difference/g"].status == "ok"


def test_an_absent_reference_leaves_comparisons_undefined() -> None:
    found = measured(TWO, make_system({"g": "z"}))
    for name in ("selection_rate_ratio/g=a", "precision_difference/g=b"):
        assert (found[name].status, found[name].reason) == ("undefined", "reference_absent")
        assert found[name].params["against"] == "g=z"


def test_unknown_values_are_counted_and_never_compared() -> None:
    rows = [*TWO, *group(None, {(1, 1): 50, (0, 0): 75})]
    found = measured(rows, make_system({"g": "a"}))
    share = found["unknown_share/g"]
    assert share.value == pytest.approx(125 / 400)
    assert share.params["among_selected"] == pytest.approx(50 / 170)
    assert share.params["among_not_selected"] == pytest.approx(75 / 230)
    assert found["unknown_selection_rate/g"].value == pytest.approx(0.4)
    assert found["demographic_parity_difference/g"].value == pytest.approx(90 / 150 - 30 / 125)
    assert not [m for m in found.values() if m.group and "None" in str(m.group)]


def test_suppressed_groups_enter_nothing() -> None:
    rows = [*TWO, *group("c", {(1, 1): 4, (0, 0): 1}), *group("d", {(1, 0): 20, (0, 1): 30})]
    found = measured(rows, make_system({"g": "a"}))
    for name in ("selection_rate/g=c", "impact_ratio/g=c", "selection_rate_ratio/g=c", "precision/g=c"):
        assert (found[name].status, found[name].reason, found[name].n) == ("suppressed", "small_group", None)
        assert found[name].clusters is None
        assert not {"counts", "test", "missing_outcomes", "decisions"} & found[name].params.keys()
    assert found["selection_rate/g=d"].reason == "protects_small_group"
    assert found["demographic_parity_difference/g"].params["groups_compared"] == 2
    assert found["demographic_parity_difference/g"].n == 275
    assert found["selection_rate"].n == 330
    hidden = measured(rows, make_system({"g": "c"}))["selection_rate_ratio/g=a"]
    assert (hidden.status, hidden.reason) == ("suppressed", "reference_suppressed")


def test_clusters_are_used_where_declared() -> None:
    rng = np.random.default_rng(4)
    rows = [
        {"g": "ab"[person % 2], "d": int(rng.random() < 0.4), "y": int(rng.random() < 0.5), "bucket": person % 40}
        for person in range(80)
        for _ in range(30)
    ]
    clustered = measured(rows, make_system({"g": "a"}, person=True))
    plain = measured(rows, make_system({"g": "a"}))
    ratio, independent = (found["selection_rate_ratio/g=b"] for found in (clustered, plain))
    assert there(ratio.interval).method != there(independent.interval).method
    assert ratio.params["test"] != independent.params["test"]
    assert (ratio.clusters, clustered["selection_rate/g=a"].clusters) == (40, 20)
    assert plain["selection_rate/g=a"].clusters is None
    assert ratio.value == pytest.approx(independent.value or math.nan)


def test_the_widest_gap_has_no_interval() -> None:
    rows = [*group("a", {(0, 0): 50, (1, 1): 50}), *group("b", {(0, 0): 60, (1, 1): 50})]
    found = measured(rows, make_system({"g": "a"}))["demographic_parity_difference/g"]
    assert (found.status, found.interval, found.params.get("interval_reason")) == ("ok", None, "widest_gap")


@pytest.mark.parametrize(
    ("selected", "test", "p"),
    [((40, 60), "chi_square", 0.0047), ((4, 3), "fisher_exact", 1.0), ((1, 8), "fisher_exact", 0.0349)],
)
def test_gaps_say_how_likely_they_would_be_if_all_groups_had_one_rate(
    selected: tuple[int, int], test: str, p: float
) -> None:
    rows = [{"g": g, "d": d, "n": n} for g, k in zip("ab", selected, strict=True) for d, n in ((1, k), (0, 100 - k))]
    found = measured(rows, make_system({"g": None}, observed_for=None))["demographic_parity_difference/g"].params
    assert (found["same_rate_test"], found["same_rate_p"]) == (test, pytest.approx(p, abs=5e-4))
    repeated = measured(rows, make_system({"g": None}, observed_for=None, person=True))
    assert "same_rate_p" not in repeated["demographic_parity_difference/g"].params


def test_rare_cases_among_a_trillion_are_not_tested_exactly() -> None:
    """Fisher's test of so many decisions would take minutes."""
    rows = [{"g": g, "d": d, "n": n} for g in "ab" for d, n in ((1, 1), (0, 10**12))]
    found = measured(rows, make_system({"g": None}, observed_for=None))["demographic_parity_difference/g"]
    assert found.value == 0.0
    assert "same_rate_p" not in found.params


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
