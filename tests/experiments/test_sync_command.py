"""`boussole sync` as people run it: twice in a row, after a run was deleted, with a source that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app


@pytest.mark.costly
def test_a_source_stays_red_until_its_rows_are_corrected_or_discarded(
    make_workspace: Callable[..., Workspace], decisions: Callable[..., pd.DataFrame]
) -> None:
    workspace = make_workspace(trial="[{duckdb: {path: log.duckdb, table: log, after: decision_id}}]")

    def grow(frame: pd.DataFrame) -> None:
        with duckdb.connect(workspace.home / "log.duckdb") as connection:
            connection.register("fresh", frame)
            connection.execute("CREATE TABLE IF NOT EXISTS log AS FROM fresh LIMIT 0; INSERT INTO log FROM fresh")

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *arguments])
        return done.exit_code, done.stderr

    grow(decisions(rows=4).assign(ts=["2026-07-01 10:00", "2026-07-02 10:00", "soon", "later"]))
    for _ in range(2):
        code, told = run("sync")
        assert code == 2
        assert "2 row(s) of it wait in the quarantine. Next: `boussole quarantine list --system trial`" in told
    grow(decisions(first=10))
    code, told = run("sync")
    assert (code, "4 new row(s)" in told, "2 row(s) of it wait" in told) == (2, True, True)
    why = ("--reason", "a test", "--role", "steward")
    assert run("quarantine", "discard", "--system", "trial", "--all", *why)[0] == 0
    code, told = run("sync")
    assert (code, "wait" in told) == (0, False)


@pytest.mark.costly
def test_runs_stay_red_and_a_log_of_bad_rows_is_red(
    workspace: Workspace, mlflow: Any, decisions: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *arguments])
        return done.exit_code, done.stderr

    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    decisions().to_csv(good, index=False)
    decisions(first=10).assign(ts=["2026-07-01 10:00", "2026-07-02 10:00", "soon", "later"]).to_csv(bad, index=False)
    assert run("log", str(good), "--system", "trial")[0] == 0
    assert run("sync")[0] == 0
    code, told = run("log", str(bad), "--system", "trial")
    assert (code, "Logged to MLflow as run" in told) == (2, True)
    assert "bad.csv, column 'ts': not a date (write 2026-09-30 or 2026-09-30T14:05:00) (2 rows, the first is" in told
    assert "2 of its rows will be set aside by that sync." in told
    for new in (2, 0):
        code, told = run("sync")
        assert (code, f"{new} new row(s)" in told, "2 row(s) of it wait" in told) == (2, True, True)
