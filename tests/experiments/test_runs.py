"""The files of one MLflow run, and what is said when there are none."""

from __future__ import annotations

import pandas as pd
import pytest

from boussole.audits.errors import SourceError
from boussole.experiments.logging import log_decisions
from boussole.experiments.runs import fetch_run, system_of_run


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


def test_a_run_without_the_tag_is_told(mlflow, workspace):
    with mlflow.start_run() as run:
        mlflow.log_metric("accuracy", 1.0)
    with pytest.raises(SourceError, match=r"no tag `boussole\.system`"):
        system_of_run(workspace, run.info.run_id)


def test_a_run_of_another_system_is_told(mlflow, workspace, decisions):
    run_id = log_decisions(decisions(), system="trial")
    with pytest.raises(SourceError, match="of the system 'trial', not of 'other'"):
        system_of_run(workspace, run_id, expected="other")


def test_a_run_without_decisions_is_told(mlflow, workspace, tmp_path):
    with mlflow.start_run(tags={"boussole.system": "trial"}) as run:
        mlflow.log_text("{}", "boussole/audit.json")
    with pytest.raises(SourceError, match="the run holds no decisions"):
        fetch_run(workspace, run.info.run_id, workspace.system("trial"), into=tmp_path)
