"""Published cases of Aequitas, AIF360 and Fairlearn; Fairlearn and scikit-learn themselves on random tables."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fairlearn.metrics as fm
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score

from boussole.audits.decisions import ingest
from boussole.audits.measures import Measure
from boussole.audits.metrics import errors, selection
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.frame import frame
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Workspace
from tests.written import system_text

Make = Callable[..., System]
Measured = Callable[..., dict[str, Measure]]
Rows = list[dict[str, Any]]

EXPECTED = {
    "1": ("group_test_1", "bias_test_1", "fairness_test_1", "test_1"),
    **{str(case): (f"test_{case}",) for case in (2, 3, 4, 5, 6, 7, 8, 10)},
}
"""The files of each case. Case 9 has none: its scores are no decisions."""
RATES = {
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "for": "false_omission_rate",
    "fdr": "false_discovery_rate",
    "pprev": "selection_rate",
}
SIZES = {
    "group_size": "selection_rate",
    "group_label_pos": "true_positive_rate",
    "group_label_neg": "true_negative_rate",
    "pp": "precision",
    "pn": "negative_predictive_value",
}
"""The counts of Aequitas that are denominators here."""
CELLS = {
    "tp": "precision",
    "fp": "false_discovery_rate",
    "tn": "negative_predictive_value",
    "fn": "false_omission_rate",
}
"""Those that are numerators."""
MISSING = {"", "NA", "NaN"}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_of_aequitas_is_read(real_data: Path) -> None:
    folder = real_data / "aequitas" / "conformance"
    assert {path.stem for path in folder.glob("test_*.csv")} == {f"test_{case}" for case in [*EXPECTED, 9]}
    expected = {path.stem for path in folder.glob("expected_output_*.csv")}
    assert expected == {f"expected_output_{name}" for names in EXPECTED.values() for name in names}


@pytest.mark.parametrize(("case", "name"), [(case, name) for case, names in EXPECTED.items() for name in names])
def test_cases_of_aequitas(case: str, name: str, real_data: Path, make_system: Make, measured: Measured) -> None:
    """Group rates, counts, and disparities to the reference. Its parity verdicts belong to the charter."""
    folder = real_data / "aequitas" / "conformance"
    people = read(folder / f"test_{case}.csv")
    lines = read(folder / f"expected_output_{name}.csv")
    attributes = {line["attribute_name"] for line in lines}
    assert attributes == set(people[0]) - {"label_value", "score"}
    for attribute in attributes:
        rows = [{"g": row[attribute], "d": int(row["score"]), "y": int(row["label_value"])} for row in people]
        reference = next(line.get("reference_group", "High") for line in lines if line["attribute_name"] == attribute)
        found = measured(rows, make_system({"g": reference}, suppress_below=2))
        for line in (line for line in lines if line["attribute_name"] == attribute):
            _check_group(line, found)
            _check_disparities(line, found, reference)


def _check_group(line: dict[str, str], found: dict[str, Measure]) -> None:
    group = line["attribute_value"]
    for column, metric in {**RATES, **SIZES, **CELLS}.items():
        if column not in line:
            continue
        measure, published = found[f"{metric}/g={group}"], line[column]
        if column in SIZES:
            assert measure.n == int(published), (column, group)
        elif published in MISSING:
            assert (measure.status, measure.reason) == ("undefined", "zero_denominator"), (column, group)
        elif column in CELLS:
            assert round((measure.value or 0.0) * (measure.n or 0)) == int(published), (column, group)
        else:
            assert measure.value == pytest.approx(float(published), rel=1e-12), (column, group)


def _check_disparities(line: dict[str, str], found: dict[str, Measure], reference: str) -> None:
    group = line["attribute_value"]
    for column, metric in RATES.items():
        if f"{column}_disparity" not in line:
            continue
        published = line[f"{column}_disparity"]
        if group == reference:
            assert published in {*MISSING, "1", "1.0"}  # 1 by decree, also where 0 is divided by 0
            continue
        ratio, difference = (found[f"{metric}_{scale}/g={group}"] for scale in ("ratio", "difference"))
        rates = [found[f"{metric}/g={each}"].value for each in (group, reference)]
        assert difference.value == (None if None in rates else pytest.approx(rates[0] - rates[1])), (column, group)
        if published in MISSING:
            assert (ratio.value, ratio.reason) == (None, "zero_denominator"), (column, group)
        else:
            assert ratio.value == pytest.approx(float(published), rel=1e-12), (column, group)
            assert ratio.params["against"] == f"g={reference}"


def test_aequitas_counts_people_once_for_each_attribute(real_data: Path) -> None:
    """`ppr`, a group's share of all selected, is 0.25 in case 2 for 3 of 6: it sums the selected over both attributes.

    In case 10 it is 4 of 8. It is no measure here: a group's share of the selected depends on its size.
    """
    folder = real_data / "aequitas" / "conformance"
    selected = sum(int(row["score"]) for row in read(folder / "test_2.csv"))
    lines = read(folder / "expected_output_test_2.csv")
    assert {float(line["ppr"]) for line in lines} == {0.25}
    assert {int(line["pp"]) / selected for line in lines} == {0.5}


@pytest.mark.costly
def test_scores_of_aequitas_case_9_are_no_decisions(
    real_data: Path, make_workspace: Callable[..., Workspace], tmp_path: Path
) -> None:
    """Aequitas refuses scores that are neither 0, 1 nor given with thresholds; here each such row is set aside."""
    text = system_text(
        "scores",
        """
columns:
  id: id
  period: 2025-01-01
  decision: {column: score, selected: ["1"], not_selected: ["0"]}
  outcome: {column: label_value, positive: ["1"], observed_for: all, absent: missing}
groups:
  class: {column: class}
""",
    )
    workspace = make_workspace()
    file = workspace.home / "systems" / "scores.yaml"
    file.write_text(text, encoding="utf-8")
    lines = (real_data / "aequitas" / "conformance" / "test_9.csv").read_text(encoding="utf-8").splitlines()
    numbered = ["id," + lines[0], *(f"{i},{line}" for i, line in enumerate(lines[1:]))]
    path = tmp_path / "test_9.csv"
    path.write_text("\n".join(numbered) + "\n", encoding="utf-8")
    report = ingest(workspace, load_system(file), path)
    assert (report.accepted, report.quarantined) == (1, 9)


ELSEWHERE = {"drift": 10}
"""Those of drift are compared in `test_distances`."""
NOT_COMPUTED = {"fa_ir": 6, "generalized_entropy_index(alpha=2)": 2, "theil_index": 1}
"""Boussole does not compute these."""
WITHOUT_DATA = {"fico": 4}
"""They name a group and a threshold of the FICO table of 2003, which is not among the real data: rates at a threshold
are held to rows in `test_sweep` instead."""
HERE = {"selection_rate": 1, "selection_rate_weighted": 1}


@pytest.fixture(scope="module")
def cases(published: Path) -> list[dict[str, Any]]:
    return list(json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8")))


def test_no_case_is_forgotten(cases: list[dict[str, Any]]) -> None:
    assert Counter(case["metric"].split(".")[0] for case in cases if case["use"]) == {
        **ELSEWHERE,
        **NOT_COMPUTED,
        **WITHOUT_DATA,
        **HERE,
    }
    assert all(set(case["inputs"]) == {"group", "threshold"} for case in cases if case["metric"].startswith("fico"))


def test_cases_of_selection_rates(cases: list[dict[str, Any]], make_system: Make, measured: Measured) -> None:
    for case in cases:
        if case["metric"].startswith("selection_rate"):
            decisions = case["inputs"]["y_pred"]
            weights = case["inputs"].get("w", [1] * len(decisions))
            rows = [{"g": "a", "d": d, "n": w} for d, w in zip(decisions, weights, strict=True)]
            assert (
                measured(rows, make_system({"g": None}, observed_for=None))["selection_rate"].value == case["expected"]
            )


@pytest.fixture(scope="module", params=range(5))
def table(request: pytest.FixtureRequest) -> Rows:
    """A random log of four groups with all kinds of decisions and outcomes, unequal in size."""
    rng = np.random.default_rng(request.param)
    rates = rng.uniform(0.2, 0.8, size=(4, 2))
    groups = rng.choice(4, size=800, p=[0.4, 0.3, 0.2, 0.1])
    return [
        {"g": "abcd"[g], "d": int(rng.random() < rates[g, 0]), "y": int(rng.random() < rates[g, 1])} for g in groups
    ]


def _columns(rows: Rows) -> tuple[list[int], list[int], list[str]]:
    return [row["y"] for row in rows], [row["d"] for row in rows], [row["g"] for row in rows]


@pytest.mark.costly
def test_random_tables_agree_with_fairlearn(table: Rows, make_system: Make, measured: Measured) -> None:
    found = measured(table, make_system({"g": None}))
    outcomes, decisions, groups = _columns(table)
    names = ("selection_rate", "true_positive_rate", "true_negative_rate", "false_positive_rate", "false_negative_rate")
    peers = fm.MetricFrame(
        metrics={name: getattr(fm, name) for name in names},
        y_true=outcomes,
        y_pred=decisions,
        sensitive_features=groups,
    )
    for name in names:
        assert found[name].value == pytest.approx(peers.overall[name], rel=1e-12)
        for group in "abcd":
            assert found[f"{name}/g={group}"].value == pytest.approx(peers.by_group[name][group], rel=1e-12)
    for name in ("demographic_parity", "equal_opportunity", "equalized_odds"):
        for aggregate in ("difference", "ratio"):
            peer = getattr(fm, f"{name}_{aggregate}")(outcomes, decisions, sensitive_features=groups)
            assert found[f"{name}_{aggregate}/g"].value == pytest.approx(peer, rel=1e-12)


@pytest.mark.costly
@pytest.mark.parametrize("rate", [*selection.RATES, *errors.RATES], ids=lambda rate: rate.metric)
def test_counts_as_they_are_give_what_fairlearn_gives_to_the_last_digit(rate: Rate) -> None:
    """A frame in a notebook is measured without loading Fairlearn; an audit of the same rows is with it."""
    counts = np.random.default_rng(7).integers(1, 10**9, size=(200, 2, 3))
    groups = range(len(counts))
    assert frame(counts, rate, groups=groups) == frame(counts, rate, groups=groups, by_fairlearn=False)


def test_random_tables_agree_with_scikit_learn(table: Rows, make_system: Make, measured: Measured) -> None:
    found = measured(table, make_system({"g": None}))
    for group in "abcd":
        y, d, _ = _columns([row for row in table if row["g"] == group])
        peers = {
            "accuracy": accuracy_score(y, d),
            "precision": precision_score(y, d),
            "false_discovery_rate": 1 - precision_score(y, d),
            "negative_predictive_value": precision_score(y, d, pos_label=0),
            "false_omission_rate": 1 - precision_score(y, d, pos_label=0),
            "true_negative_rate": recall_score(y, d, pos_label=0),
            "base_rate": sum(y) / len(y),
        }
        for name, peer in peers.items():
            assert found[f"{name}/g={group}"].value == pytest.approx(peer, rel=1e-12), name


def test_random_tables_agree_with_the_parity_of_a_metric_frame(
    table: Rows, make_system: Make, measured: Measured
) -> None:
    """Fairlearn has no function for it; its frame of scikit-learn's metric gives it."""
    found = measured(table, make_system({"g": None}))
    outcomes, decisions, groups = _columns(table)
    metrics = {"predictive_parity": precision_score}
    peers = fm.MetricFrame(metrics=metrics, y_true=outcomes, y_pred=decisions, sensitive_features=groups)
    for name in metrics:
        assert found[f"{name}_difference/g"].value == pytest.approx(peers.difference()[name], rel=1e-12)
        assert found[f"{name}_ratio/g"].value == pytest.approx(peers.ratio()[name], rel=1e-12)


def test_fairlearn_gives_numbers_where_nothing_is_defined(make_system: Make, measured: Measured) -> None:
    """A group without positive outcomes has TPR 0.0 in Fairlearn, so that the gap is 1; here it has none."""
    rows = [{"g": g, "d": d, "y": y, "n": 20} for g, d, y in [("a", 1, 1), ("a", 0, 0), ("b", 1, 0), ("b", 0, 0)]]
    outcomes, decisions, groups = _columns(rows)
    assert fm.equal_opportunity_difference(outcomes, decisions, sensitive_features=groups) == 1.0
    assert fm.equal_opportunity_ratio(outcomes, decisions, sensitive_features=groups) == 0.0
    found = measured(rows, make_system({"g": None}))
    for name in ("true_positive_rate/g=b", "equal_opportunity_difference/g", "equal_opportunity_ratio/g"):
        assert (found[name].value, found[name].reason) == (None, "zero_denominator")


def test_fairlearn_ratio_of_zeros_is_not_a_number(make_system: Make, measured: Measured) -> None:
    """Without any false positive, its minimum of TPR ratio and NaN is the TPR ratio by luck of their order."""
    cells = [("a", 1, 1), ("a", 0, 0), ("b", 1, 1), ("b", 0, 1), ("b", 0, 0)]
    rows = [{"g": g, "d": d, "y": y, "n": 20} for g, d, y in cells]
    outcomes, decisions, groups = _columns(rows)
    assert fm.equalized_odds_ratio(outcomes, decisions, sensitive_features=groups) == 0.5
    assert math.isnan(
        fm.MetricFrame(
            metrics=fm.false_positive_rate, y_true=outcomes, y_pred=decisions, sensitive_features=groups
        ).ratio()
    )
    found = measured(rows, make_system({"g": None}))
    assert found["equalized_odds_ratio/g"].reason == "zero_denominator"
    assert found["equalized_odds_difference/g"].value == 0.5


def test_scikit_learn_gives_a_precision_without_selected(make_system: Make, measured: Measured) -> None:
    """0.0 (or what `zero_division` says) where nobody was selected."""
    rows = [{"g": "a", "d": 0, "y": y, "n": 20} for y in (0, 1)]
    assert precision_score([0, 1], [0, 0], zero_division=0.0) == 0.0
    assert measured(rows, make_system({"g": None}))["precision/g=a"].reason == "zero_denominator"
