"""Published cases of Aequitas and Fairlearn, and Fairlearn on random tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import fairlearn.metrics as fm
import numpy as np
import pytest

from boussole.audits.measures import Measure
from boussole.audits.metrics import errors, selection
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.view import frame
from tests.audits.metrics.measuring import make_system, measured

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


@pytest.mark.parametrize(("case", "name"), [(case, name) for case, names in EXPECTED.items() for name in names])
def test_cases_of_aequitas(case: str, name: str, real_data: Path) -> None:
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
def test_random_tables_agree_with_fairlearn(table: Rows) -> None:
    found = measured(table, make_system({"g": None}))
    outcomes, decisions, groups = _columns(table)
    names = ("selection_rate", "true_positive_rate", "true_negative_rate", "false_positive_rate", "false_negative_rate")
    metrics = {name: getattr(fm, name) for name in names}
    peers = fm.MetricFrame(metrics=metrics, y_true=outcomes, y_pred=decisions, sensitive_features=groups)
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


def test_conformance_cases_of_selection_rate(published: Path) -> None:
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    chosen = [case for case in cases if case["metric"].startswith("selection_rate") and case["use"]]
    assert len(chosen) == 2
    for case in chosen:
        weights = case["inputs"].get("w", [1] * len(case["inputs"]["y_pred"]))
        rows = [{"g": "a", "d": d, "n": w} for d, w in zip(case["inputs"]["y_pred"], weights, strict=True)]
        found = measured(rows, make_system({"g": None}, observed_for=None))
        assert found["selection_rate"].value == pytest.approx(case["expected"])
