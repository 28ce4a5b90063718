"""Runs of France Travail's open template: their fairness files are recognised, kept as declared, never recomputed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.system.view import declared_tables
from boussole.experiments import gabarit
from boussole.experiments.declared_measures import DeclaredMeasure, declared_measures
from boussole.experiments.sync import sync
from tests.attacks import Tries
from tests.experiments.stores import rewritten

ALGORITHM = pd.DataFrame(
    {
        "sex": ["F", "F", "M", "M", "overall"],
        "age": ["20-30", "30-40", "20-30", "30-40", "overall"],
        "count": [40.0, 30.0, 50.0, np.nan, 120.0],
        "accuracy": [0.8, 0.7, 0.9, np.nan, 0.8],
        "false_positive_rate": [0.1, 0.2, 0.0, np.nan, 0.125],
    }
)
SCORE = pd.DataFrame(
    {
        "Group": ["(sex) Female", "(sex) Female, (age) 20-30", "(age) [20, 30]"],
        "Distance": [0.12, -0.05, 0.01],
        "Proportion": [0.5, 0.25, 0.4],
        "Counts": [60, 30, 48],
        "P-Value": [1e-6, 0.03, 0.9],
    }
)
BIASED = SCORE.iloc[[0]].assign(number_of_attributes=1)


def log_template(mlflow: Any, **frames: pd.DataFrame) -> str:
    """A run as the template leaves it: no tag of ours, figures beside the files."""
    with mlflow.start_run() as run:
        for name, frame in frames.items():
            mlflow.log_dict(frame.to_dict(orient="index"), f"{name}.json")
        mlflow.log_text("no image", "data_distributions.png")
    return str(run.info.run_id)


def all_files(mlflow: Any) -> str:
    return log_template(
        mlflow, algo_metrics_by_groups=ALGORITHM, data_distribution_score=SCORE, data_biased_groups=BIASED
    )


def shown(measures: list[DeclaredMeasure], kind: str) -> list[tuple[Any, ...]]:
    return [(dict(m.groups), m.metric, m.value, m.count, m.suppressed) for m in measures if m.kind == kind]


@pytest.mark.costly
def test_a_run_of_the_template_is_recognised_without_a_tag(workspace: Workspace, mlflow: Any) -> None:
    run_id = all_files(mlflow)
    (report,) = sync(workspace)
    assert (report.declared, report.ingested, report.failures) == (3, (), ())
    (again,) = sync(workspace)
    assert again.declared == 0
    measures = declared_measures(workspace, workspace.system("trial"))
    assert {m.run for m in measures} == {f"mlflow:{run_id}"}
    assert {m.recomputed for m in measures} == {False}
    told = shown(measures, "algorithm")
    assert len(told) == 2 * len(ALGORITHM)
    assert told[:2] == [
        ({"sex": "F", "age": "20-30"}, "accuracy", 0.8, 40, False),
        ({"sex": "F", "age": "20-30"}, "false_positive_rate", 0.1, 40, False),
    ]
    assert told[-3:] == [
        ({"sex": "M", "age": "30-40"}, "false_positive_rate", None, None, False),
        ({}, "accuracy", 0.8, 120, False),
        ({}, "false_positive_rate", 0.125, 120, False),
    ]
    assert shown(measures, "biased") == [
        ({"sex": "Female"}, "distance", 0.12, 60, False),
        ({"sex": "Female"}, "proportion", 0.5, 60, False),
        ({"sex": "Female"}, "p_value", 1e-6, 60, False),
    ]
    assert [groups for groups, metric, *_ in shown(measures, "data") if metric == "distance"] == [
        {"sex": "Female"},
        {"sex": "Female", "age": "20-30"},
        {"age": "[20, 30]"},
    ]


def test_small_groups_are_hidden_and_so_is_what_would_give_them_back(workspace: Workspace, mlflow: Any) -> None:
    small = ALGORITHM.assign(count=[40.0, 10.0, 50.0, 20.0, 120.0])
    log_template(mlflow, algo_metrics_by_groups=small)
    sync(workspace)
    measures = declared_measures(workspace, workspace.system("trial"))
    accuracy = [m for m in shown(measures, "algorithm") if m[1] == "accuracy"]
    assert [(value, count, hidden) for _, _, value, count, hidden in accuracy] == [
        (0.8, None, False),
        (None, None, True),
        (0.9, None, False),
        (None, None, False),  # the template itself had no value
        (None, None, True),
    ]


@pytest.mark.costly
@pytest.mark.parametrize("people", [1, 3, 10])
@pytest.mark.attack("small groups", "a person's name in a group of a template's own figures, on the page of its system")
def test_a_name_in_a_group_of_few_is_not_shown(workspace: Workspace, mlflow: Any, people: int, tries: Tries) -> None:
    """Nor on the lines of the same group crossed with others, which nobody is in."""
    name = "Dupont-Canari"
    rows = ALGORITHM.assign(sex=["F", "F", name, name, "overall"], count=[40.0, 30.0, people, np.nan, 70.0 + people])
    groups = ["(sex) Female", f"(sex) {name}", f"(sex) {name}, (age) 20-30"]
    older = SCORE.assign(Group=["Female", name, f"{name}, 20-30"])
    log_template(
        mlflow,
        algo_metrics_by_groups=rows,
        data_distribution_score=SCORE.assign(Group=groups, Counts=[60, people, people]),
    )
    log_template(mlflow, data_biased_groups=older.assign(Counts=[60, people, people]))
    sync(workspace)
    system = workspace.system("trial")
    measures = declared_measures(workspace, system)
    for lang in ("en", "fr"):
        tables = declared_tables(measures, system, speaker(lang))
        shown = Template("pages/system/system.html", speaker(lang))("declared", tables)
        assert name not in shown
        assert {"en": "sex: small group 1", "fr": "sex: petit groupe 1"}[lang] in shown
        tries.add(len(tables))
    named = [m.groups["sex"] for m in measures if m.kind == "algorithm" and m.metric == "accuracy" and m.groups]
    assert named == ["F", "F", "rare-1", "rare-1"]


def test_where_two_systems_read_an_experiment_the_run_needs_a_tag(workspace: Workspace, mlflow: Any) -> None:
    both = rewritten(workspace, "id: trial\n", "id: other\n", to="other")
    all_files(mlflow)
    assert [report.declared for report in sync(both)] == [0, 0]
    with mlflow.start_run() as run:
        mlflow.set_tag("boussole.system", "trial")
        mlflow.log_dict(SCORE.to_dict(orient="index"), "data_distribution_score.json")
    assert {report.system: report.declared for report in sync(both)} == {"trial": 1, "other": 0}
    assert declared_measures(both, both.system("trial"))[0].run == f"mlflow:{run.info.run_id}"


@pytest.mark.costly
def test_measures_of_a_deleted_run_are_no_longer_shown(workspace: Workspace, mlflow: Any) -> None:
    store = mlflow.MlflowClient()
    run_id = all_files(mlflow)
    sync(workspace)
    store.delete_run(run_id)
    (report,) = sync(workspace)
    assert [change.sentence() for change in report.changes] == [
        f"mlflow:{run_id} was deleted in MLflow: 0 decision(s) left the figures."
    ]
    assert declared_measures(workspace, workspace.system("trial")) == []
    store.restore_run(run_id)
    sync(workspace)
    assert len(declared_measures(workspace, workspace.system("trial"))) == 22


def test_a_file_in_another_format_is_told(workspace: Workspace, mlflow: Any) -> None:
    for content in ({"accuracy": 0.9}, [1, 2]):
        with mlflow.start_run():
            mlflow.log_dict(content, "algo_metrics_by_groups.json")
    (report,) = sync(workspace)
    assert ["not in the format of the template gabarit" in str(each) for each in report.failures] == [True, True]


@pytest.mark.parametrize(
    ("group", "groups"),
    [
        ("(sex) Female, (city) Paris (75), (x) a, b", {"sex": "Female", "city": "Paris (75)"}),
        ("Female, African-American", {"group": "Female, African-American"}),
    ],
)
def test_groups_of_the_data_are_read_from_their_text(group: str, groups: dict[str, str]) -> None:
    row = {"Group": group, "Counts": "3", "Distance": "0.5", "Proportion": float("nan"), "P-Value": 0.1}
    found = list(gabarit._of_data(row))
    assert groups.items() <= dict(found[0].groups).items()
    assert [(line.metric, line.value, line.count) for line in found] == [
        ("distance", 0.5, 3),
        ("proportion", None, 3),
        ("p_value", 0.1, 3),
    ]


def test_a_binary_group_keeps_its_number(tmp_path: Path) -> None:
    file = tmp_path / "algo_metrics_by_groups.json"
    file.write_text('{"0": {"disabled": 1.0, "count": 12, "accuracy": 1}}', encoding="utf-8")
    (line,) = gabarit.read(file)
    assert (line.groups, line.metric, line.value, line.count) == ({"disabled": "1"}, "accuracy", 1.0, 12)
