"""The model version that a run knows is the column that the system file asks for, whoever logged it from where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments.logging import log_decisions, log_generations
from boussole.experiments.runs import fetch_run
from boussole.experiments.sync import sync
from tests.written import system_text

SYSTEM = system_text(
    "trial",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  model_version: version
generations: {model_version: engine}
groups: {sex: {column: sex}}
sources: [{mlflow: {experiment: trials}}]
""",
)
DECISIONS = pd.DataFrame(
    {
        "decision_id": ["a", "b", "c"],
        "ts": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03"]),
        "chosen": [1, 0, 1],
        "sex": ["F", "M", "F"],
    }
)
TEXTS = pd.DataFrame({"id": ["t1"], "at": pd.to_datetime(["2026-03-01"]), "input": ["Write."], "output": ["Done."]})


@pytest.fixture
def trial(workspace: Workspace) -> Workspace:
    (workspace.home / "systems" / "trial.yaml").write_text(SYSTEM, encoding="utf-8")
    return Workspace(workspace.home)


def versions(workspace: Workspace, log: str) -> list[str]:
    with reading(workspace) as connection:
        return [
            row[0] for row in connection.execute(f"SELECT model_version FROM lake.trial.{log} ORDER BY id").fetchall()
        ]


@pytest.mark.costly
def test_a_version_given_to_the_call_is_the_column_of_the_system_file(trial: Workspace, mlflow: Any) -> None:
    mlflow.set_experiment("trials")
    log_decisions(DECISIONS, system="trial", model_version="2026.07")
    log_generations(TEXTS, system="trial", model_version="m-1")
    for report in sync(trial):
        assert report.failures == ()
    assert versions(trial, "decisions") == ["2026.07"] * 3
    assert versions(trial, "generations") == ["m-1"]


@pytest.mark.costly
def test_each_run_has_its_own_version(trial: Workspace, mlflow: Any) -> None:
    mlflow.set_experiment("trials")
    for i, version in enumerate(("1", "2")):
        log_decisions(DECISIONS.assign(decision_id=[f"{i}{n}" for n in "abc"]), system="trial", model_version=version)
    sync(trial)
    assert versions(trial, "decisions") == ["1"] * 3 + ["2"] * 3


@pytest.mark.costly
def test_a_version_in_the_rows_is_left_as_it_is(trial: Workspace, mlflow: Any) -> None:
    mlflow.set_experiment("trials")
    log_decisions(DECISIONS.assign(version=["7", "7", "8"]), system="trial", model_version="9")
    sync(trial)
    assert versions(trial, "decisions") == ["7", "7", "8"]


@pytest.mark.costly
def test_without_any_version_the_missing_column_is_told(trial: Workspace, mlflow: Any) -> None:
    mlflow.set_experiment("trials")
    log_decisions(DECISIONS, system="trial")
    (report,) = [report for report in sync(trial) if report.failures]
    assert "'version'" in str(report.failures[0])


def test_an_audit_of_the_run_alone_reads_it_too(trial: Workspace, mlflow: Any, tmp_path: Path) -> None:
    mlflow.set_experiment("trials")
    run_id = log_decisions(DECISIONS, system="trial", model_version="2026.07")
    (file,) = fetch_run(trial, run_id, trial.system("trial"), into=tmp_path / "run")
    assert file.added == {"version": "2026.07"}
