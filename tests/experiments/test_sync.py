"""Pulling from MLflow and DuckDB: exactly once, only what is new, and no bad file stops a good one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from boussole import experiments
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.sync import SyncReport, sync

Make = Callable[..., pd.DataFrame]
DAY = 24 * 3600 * 1000


def one(reports: list[SyncReport]) -> tuple[int, int, int]:
    """Rows imported, files known before, files that failed, of the only report."""
    (report,) = reports
    return sum(item.accepted for item in report.ingested), report.known, len(report.failures)


def log_plainly(mlflow: Any, frame: pd.DataFrame, folder: Path, *, system: str = "trial", name: str = "a") -> str:
    """What a data scientist writes who has never heard of Boussole's helpers."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.parquet"
    frame.to_parquet(file)
    with mlflow.start_run() as run:
        mlflow.set_tag("boussole.system", system)
        mlflow.log_artifact(str(file), artifact_path="boussole/decisions")
    return str(run.info.run_id)


@pytest.mark.costly
def test_a_run_logged_with_plain_mlflow_is_imported_once(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    run_id = log_plainly(mlflow, decisions(), tmp_path / "own")
    (report,) = sync(workspace)
    (file,) = report.ingested
    assert (report.system, report.source, file.accepted, file.quarantined) == ("trial", "mlflow:trials", 4, 0)
    assert file.origin == f"mlflow:{run_id}/boussole/decisions/a.parquet"
    assert one(sync(workspace)) == (0, 1, 0)
    assert one(sync(workspace, full=True)) == (0, 1, 0)


@pytest.mark.costly
def test_only_what_is_new_is_downloaded(
    workspace: Workspace, mlflow: Any, decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    really = experiments.sync.fetching.download

    def counting(workspace: Any, run: Any, path: str, folder: Any) -> Any:
        fetched.append(run.run_id)
        return really(workspace, run, path, folder)

    monkeypatch.setattr(experiments.sync.fetching, "download", counting)
    first = log_decisions(decisions(), system="trial")
    sync(workspace)
    second = log_decisions(decisions(first=10), system="trial")
    assert one(sync(workspace)) == (4, 1, 0)
    assert fetched == [first, second]


@pytest.mark.costly
def test_a_file_added_to_a_finished_run_is_found(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    run_id = log_decisions(decisions(), system="trial")
    sync(workspace)
    log_decisions(decisions(first=10), system="trial", run_id=run_id)
    assert one(sync(workspace)) == (4, 1, 0)


@pytest.mark.costly
def test_a_file_added_to_an_old_run_is_found_by_a_full_sync_only(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    store = mlflow.MlflowClient()
    now = store.create_run(mlflow.get_experiment_by_name("trials").experiment_id).info.start_time
    old = store.create_run(
        mlflow.get_experiment_by_name("trials").experiment_id,
        start_time=now - 90 * DAY,
        tags={"boussole.system": "trial"},
    ).info.run_id
    log_decisions(decisions(), system="trial", run_id=old)
    store.set_terminated(old, end_time=now - 90 * DAY)
    assert one(sync(workspace)) == (4, 0, 0)
    log_decisions(decisions(first=10), system="trial", run_id=old)
    assert one(sync(workspace)) == (0, 0, 0)
    assert one(sync(workspace, full=True)) == (4, 1, 0)


@pytest.mark.costly
def test_a_run_that_is_still_running_is_listed_however_old(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    store = mlflow.MlflowClient()
    experiment = mlflow.get_experiment_by_name("trials").experiment_id
    now = store.create_run(experiment).info.start_time
    old = store.create_run(experiment, start_time=now - 90 * DAY).info.run_id
    log_decisions(decisions(), system="trial", run_id=old)
    sync(workspace)
    log_decisions(decisions(first=10), system="trial", run_id=old)
    assert one(sync(workspace)) == (4, 1, 0)


def test_runs_of_other_systems_and_untagged_runs_are_left_alone(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    log_plainly(mlflow, decisions(), tmp_path / "own", system="other")
    with mlflow.start_run():
        mlflow.log_artifact(str(tmp_path / "own" / "a.parquet"), artifact_path="boussole/decisions")
    assert one(sync(workspace)) == (0, 0, 0)


@pytest.mark.costly
def test_folders_below_the_path_are_read_and_marker_files_are_not(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    partition = tmp_path / "set" / "month=2026-07"
    partition.mkdir(parents=True)
    decisions().to_parquet(partition / "part-0.parquet")
    (tmp_path / "set" / "_SUCCESS").touch()
    with mlflow.start_run():
        mlflow.set_tag("boussole.system", "trial")
        mlflow.log_artifacts(str(tmp_path / "set"), artifact_path="boussole/decisions")
    assert one(sync(workspace)) == (4, 0, 0)


@pytest.mark.costly
def test_a_bad_file_is_told_and_does_not_stop_the_others(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no parquet")
    with mlflow.start_run() as bad:
        mlflow.set_tag("boussole.system", "trial")
        mlflow.log_artifact(str(tmp_path / "broken.parquet"), artifact_path="boussole/decisions")
    log_decisions(decisions(), system="trial")
    (report,) = sync(workspace)
    assert [file.accepted for file in report.ingested] == [4]
    (failure,) = report.failures
    assert failure.where == f"mlflow:{bad.info.run_id}/boussole/decisions/broken.parquet"
    assert "cannot be read as parquet" in failure.what
    assert one(sync(workspace)) == (0, 1, 1)  # told until somebody mends it


@pytest.mark.costly
def test_a_missing_experiment_is_told_and_other_systems_are_synced(
    make_workspace: Callable[..., Workspace], decisions: Make
) -> None:
    workspace = make_workspace(
        first="[{mlflow: {experiment: typo}}]", second="[{duckdb: {path: decisions.duckdb, table: log}}]"
    )
    frame = decisions()
    with duckdb.connect(workspace.home / "decisions.duckdb") as connection:
        connection.execute("CREATE TABLE log AS FROM frame")
    first, second = sync(workspace)
    assert "there is no MLflow experiment 'typo'" in str(first.failures[0])
    assert second.failures == ()
    assert [file.accepted for file in second.ingested] == [len(frame)]
    assert second.source == "duckdb:decisions.duckdb?table=log"
    assert one(sync(workspace, system_id="second")) == (0, 1, 0)


def test_a_missing_store_is_told_and_not_made(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
    (workspace.home / "mlflow.db").unlink()
    assert one(sync(workspace)) == (0, 0, 1)
    assert not (workspace.home / "mlflow.db").exists()


def test_a_system_without_source_named_by_id_is_an_error(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace(trial="[]")
    assert sync(workspace) == []
    with pytest.raises(BoussoleError, match="'trial' has no source"):
        sync(workspace, system_id="trial")
