"""The files of one MLflow run, what is said when there are none, and the model version that it knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments.logging import log_decisions, log_generations
from boussole.experiments.runs import fetch_run, system_of_run
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


def versions(workspace: Workspace, log: str) -> list[str]:
    with reading(workspace) as connection:
        rows = connection.execute(f"SELECT model_version FROM lake.trial.{log} ORDER BY id").fetchall()
    return [row[0] for row in rows]


@pytest.mark.costly
def test_the_version_of_a_run_is_the_column_of_the_system_file_but_for_rows_that_say_it(
    workspace: Workspace, mlflow: Any, tmp_path: Path
) -> None:
    (workspace.home / "systems" / "trial.yaml").write_text(SYSTEM, encoding="utf-8")
    trial = Workspace(workspace.home)
    first = log_decisions(DECISIONS, system="trial", model_version="2026.07")
    log_decisions(DECISIONS.assign(decision_id=["d", "e", "f"]), system="trial", model_version="2")
    told = DECISIONS.assign(decision_id=["g", "h", "i"], version=["7", "7", "8"])
    log_decisions(told, system="trial", model_version="9")
    log_generations(TEXTS, system="trial", model_version="m-1")
    (report,) = sync(trial)
    assert report.failures == ()
    assert versions(trial, "decisions") == ["2026.07"] * 3 + ["2"] * 3 + ["7", "7", "8"]
    assert versions(trial, "generations") == ["m-1"]
    log_decisions(DECISIONS.assign(decision_id=["j", "k", "l"]), system="trial")
    (report,) = sync(trial)
    assert "'version'" in str(report.failures[0])
    (file,) = fetch_run(trial, first, trial.system("trial"), into=tmp_path / "run")
    assert file.added == {"version": "2026.07"}


def test_a_run_names_its_system_and_gives_its_files(mlflow, workspace, decisions, tmp_path):
    run_id = log_decisions(decisions(rows=4), system="trial", name="part-0.parquet")
    log_decisions(decisions(4, rows=2), system="trial", run_id=run_id, name="part-1.parquet")
    system = system_of_run(workspace, run_id)
    assert system.id == "trial"
    files = fetch_run(workspace, run_id, system, into=tmp_path / "in")
    assert [(file.log, file.origin) for file in files] == [
        ("decisions", f"mlflow:{run_id}/boussole/decisions/part-0.parquet"),
        ("decisions", f"mlflow:{run_id}/boussole/decisions/part-1.parquet"),
    ]
    assert [len(pd.read_parquet(file.path)) for file in files] == [4, 2]


@pytest.mark.parametrize("run_id", ["0" * 32, "../../etc/passwd", ""])
def test_an_unknown_run_is_told(mlflow, workspace, run_id):
    with pytest.raises(SourceError, match="there is no such run"):
        system_of_run(workspace, run_id)


def test_a_store_that_does_not_exist_holds_no_run_and_is_not_made(make_workspace):
    workspace = make_workspace(trial="[]")
    (workspace.home / "mlflow.db").unlink()
    with pytest.raises(SourceError, match="there is no such run"):
        system_of_run(workspace, "0" * 32)
    assert not (workspace.home / "mlflow.db").exists()


def test_a_run_of_no_system_of_another_or_without_decisions_is_told(mlflow, workspace, decisions, tmp_path):
    with mlflow.start_run() as bare:
        mlflow.log_metric("accuracy", 1.0)
    with pytest.raises(SourceError, match=r"no tag `boussole\.system`"):
        system_of_run(workspace, bare.info.run_id)
    run_id = log_decisions(decisions(), system="trial")
    with pytest.raises(SourceError, match="of the system 'trial', not of 'other'"):
        system_of_run(workspace, run_id, expected="other")
    with mlflow.start_run(tags={"boussole.system": "trial"}) as run:
        mlflow.log_text("{}", "boussole/audit.json")
    with pytest.raises(SourceError, match="the run holds no decisions"):
        fetch_run(workspace, run.info.run_id, workspace.system("trial"), into=tmp_path)
