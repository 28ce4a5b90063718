"""`boussole sync` as people run it: twice in a row, after a run was deleted, with a source that fails."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.slow
def test_what_the_command_says(
    boussole: Run, command: Run, workspace: Workspace, mlflow: Any, decisions: Callable[..., pd.DataFrame]
) -> None:
    def sync(*more: str, run: Run = command) -> tuple[int, str]:
        done = run("--workspace", workspace.home, "sync", *more)
        assert done.stdout == ""
        return done.returncode, done.stderr

    log_decisions(decisions(), system="trial")
    run_id = log_decisions(decisions(first=10), system="trial")
    assert sync(run=boussole) == (0, "trial, mlflow:trials: 2 new file(s), 8 new row(s), 0 file(s) known.\n")
    assert sync() == (0, "trial, mlflow:trials: 0 new file(s), 0 new row(s), 2 file(s) known.\n")

    mlflow.MlflowClient().delete_run(run_id)
    code, told = sync()
    assert code == 0
    assert told.splitlines()[1] == f"  mlflow:{run_id} was deleted in MLflow: 4 decision(s) left the figures."
    sealed = command("--workspace", workspace.home, "verify", "--ledger")
    assert sealed.returncode == 3
    assert "1 entr" in sealed.stdout + sealed.stderr

    (workspace.home / "mlflow.db").rename(workspace.home / "elsewhere.db")
    code, told = sync("--system", "trial")
    assert code == 2
    assert "there is no MLflow experiment 'trials'" in told
