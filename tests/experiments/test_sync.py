"""Pulling from MLflow and DuckDB: exactly once, only what is new, and no bad file stops a good one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest

from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.sync import fetching, sync
from tests.experiments.stores import Make, told

DAY = 24 * 3600 * 1000


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
    assert told(sync(workspace)) == (0, 1, 0)
    assert told(sync(workspace, full=True)) == (0, 1, 0)


@pytest.mark.costly
def test_only_what_is_new_is_downloaded(
    workspace: Workspace, mlflow: Any, decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new run, and a file added to one that has finished or still runs, however old."""
    fetched: list[str] = []
    really = fetching.download

    def counting(workspace: Any, run: Any, path: str, folder: Any) -> Any:
        fetched.append(run.run_id)
        return really(workspace, run, path, folder)

    monkeypatch.setattr(fetching, "download", counting)
    first = log_decisions(decisions(), system="trial")
    sync(workspace)
    second = log_decisions(decisions(first=10), system="trial")
    assert told(sync(workspace)) == (4, 1, 0)
    store, experiment = mlflow.MlflowClient(), mlflow.get_experiment_by_name("trials").experiment_id
    now = store.get_run(first).info.start_time
    old = store.create_run(experiment, start_time=now - 90 * DAY).info.run_id
    log_decisions(decisions(first=20), system="trial", run_id=old)
    assert told(sync(workspace)) == (4, 2, 0)
    log_decisions(decisions(first=30), system="trial", run_id=old)
    log_decisions(decisions(first=40), system="trial", run_id=first)
    assert told(sync(workspace)) == (8, 3, 0)
    assert fetched == [first, second, old, *sorted((first, old), key=fetched[3:].index)]


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
    assert told(sync(workspace)) == (4, 0, 0)
    log_decisions(decisions(first=10), system="trial", run_id=old)
    assert told(sync(workspace)) == (0, 0, 0)
    assert told(sync(workspace, full=True)) == (4, 1, 0)


def test_runs_of_other_systems_and_untagged_runs_are_left_alone(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    log_plainly(mlflow, decisions(), tmp_path / "own", system="other")
    with mlflow.start_run():
        mlflow.log_artifact(str(tmp_path / "own" / "a.parquet"), artifact_path="boussole/decisions")
    assert told(sync(workspace)) == (0, 0, 0)


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
    assert told(sync(workspace)) == (4, 0, 0)


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
    assert told(sync(workspace, system_id="second")) == (0, 1, 0)


def test_a_missing_store_is_told_and_not_made(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
    (workspace.home / "mlflow.db").unlink()
    assert told(sync(workspace)) == (0, 0, 1)
    assert not (workspace.home / "mlflow.db").exists()


def test_a_system_without_source_named_by_id_is_an_error(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace(trial="[]")
    assert sync(workspace) == []
    with pytest.raises(BoussoleError, match="'trial' has no source"):
        sync(workspace, system_id="trial")


def test_a_run_that_does_not_tell_its_version_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(_: Any, __: Any, item: Any, ___: Path) -> dict[str, str]:
        if item.origin == "mlflow:gone/a":
            raise SourceError("the run is gone")
        return {}

    monkeypatch.setattr(fetching, "_version", version)
    monkeypatch.setattr(fetching, "ingest", lambda _, __, path, **___: path.name)
    gone, there = (SimpleNamespace(origin=f"mlflow:{run}/a", log="decisions") for run in ("gone", "there"))
    done = fetching.FetchResult([], [])
    group: Any = [(gone, Path("gone")), (there, Path("there"))]
    fetching._bring_in(None, None, group, done)  # type: ignore[arg-type]
    assert (done.reports, [item for item, _ in done.failures]) == (["there"], [gone])
