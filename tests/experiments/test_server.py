"""Syncing from a real tracking server over HTTP, its artifacts behind it: as from a file, and when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole import experiments
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.store import quiet_mlflow
from boussole.experiments.sync import SyncReport, sync
from tests.experiments.stores import Server, mlflow_server

Make = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(folder: Path, empty_store: Path) -> Iterator[Server]:
    with mlflow_server(folder, store=empty_store) as running:
        yield running


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture
def workspace(
    make_workspace: Callable[..., Workspace], server: Server, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A workspace that reads an experiment of its own from the server."""
    monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", server.uri)
    made = make_workspace(trial=f"[{{mlflow: {{experiment: '{experiment}'}}}}]")
    (made.home / "mlflow.db").unlink()
    return made


@pytest.fixture
def mlflow(workspace: Workspace, server: Server, experiment: str) -> Iterator[Any]:
    """MLflow as a data scientist uses it, pointed to the server."""
    module = quiet_mlflow()
    before = module.get_tracking_uri()
    module.set_tracking_uri(server.uri)
    module.set_experiment(experiment)
    yield module
    module.set_tracking_uri(before)


def told(reports: list[SyncReport]) -> tuple[int, int, int]:
    """Rows accepted, files known, failures."""
    (report,) = reports
    return sum(item.accepted for item in report.ingested), report.known, len(report.failures)


def ids(workspace: Workspace) -> list[str]:
    with reading(workspace) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM lake.trial.decisions ORDER BY id").fetchall()]


def test_a_server_is_read_as_a_file_is(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    first = log_decisions(decisions(), system="trial")
    assert mlflow.get_run(first).info.artifact_uri.startswith("mlflow-artifacts:")
    assert told(sync(workspace)) == (4, 0, 0)
    assert told(sync(workspace)) == (0, 1, 0)
    second = log_decisions(decisions(first=10), system="trial")
    log_decisions(decisions(first=20), system="trial", run_id=first)  # added to a run that has finished
    assert told(sync(workspace)) == (8, 1, 0)
    assert told(sync(workspace, full=True)) == (0, 3, 0)
    mlflow.MlflowClient().delete_run(second)
    (report,) = sync(workspace)
    assert [(change.origin, change.decisions) for change in report.changes] == [(f"mlflow:{second}", 4)]
    assert ids(workspace) == ["000", "001", "002", "003", "020", "021", "022", "023"]
    assert not (workspace.home / "mlflow.db").exists()


@pytest.mark.slow
def test_many_runs_are_asked_for_only_where_something_may_have_changed(
    workspace: Workspace, mlflow: Any, decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FEW", 3), ("DAY", 10**12)):
        monkeypatch.setattr(experiments.sync.store_listing, name, value)
    monkeypatch.setattr(experiments.sync.runs, "GLANCE", 2)
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 1)
    runs = [log_decisions(decisions(first=10 * number), system="trial") for number in range(8)]
    assert told(sync(workspace)) == (32, 0, 0)

    asked: list[str] = []
    really = experiments.sync.store_listing.list_files

    def noted(chosen: Any, uri: str) -> Any:
        asked.extend(run.run_id for run in chosen)
        return really(chosen, uri)

    monkeypatch.setattr(experiments.sync.store_listing, "list_files", noted)
    assert told(sync(workspace)) == (0, 8, 0)
    assert len(asked) == 1  # one in turn
    fresh = log_decisions(decisions(first=100), system="trial")
    asked.clear()
    assert told(sync(workspace)) == (4, 8, 0)
    assert fresh in asked
    assert len(asked) == 2
    mlflow.MlflowClient().set_tag(runs[7], "note", "looked at")  # among the newest: told by its tags
    asked.clear()
    sync(workspace)
    assert runs[7] in asked
    for _ in range(9):  # each has its turn
        sync(workspace)
    assert set(asked) == {*runs, fresh}
    asked.clear()
    assert told(sync(workspace, full=True)) == (0, 9, 0)
    assert len(asked) == 9


@pytest.mark.slow
def test_a_server_that_dies_between_two_files_and_comes_back(
    make_workspace: Callable[..., Workspace], decisions: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "own"
    home.mkdir()
    module = quiet_mlflow()
    before = module.get_tracking_uri()
    try:
        with mlflow_server(home) as first:
            monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", first.uri)
            workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
            module.set_tracking_uri(first.uri)
            module.set_experiment("trials")
            for number in range(3):
                log_decisions(decisions(first=10 * number), system="trial")
            really = experiments.sync.fetching.download

            def then_kill(*args: Any) -> Path:
                path = really(*args)
                first.stop()
                return path

            with monkeypatch.context() as patch:
                patch.setattr(experiments.sync.fetching, "download", then_kill)
                (report,) = sync(workspace)
            assert [item.accepted for item in report.ingested] == [4]
            (failure,) = report.failures
            assert "the MLflow server does not answer" in failure.what
            assert ids(workspace) == ["000", "001", "002", "003"]
            (down,) = sync(workspace)
            assert (down.ingested, len(down.failures)) == ((), 1)
            assert "does not answer" in str(down.failures[0])
            assert ids(workspace) == ["000", "001", "002", "003"]  # nothing was excluded
        with mlflow_server(home, port=int(first.uri.rpartition(":")[2])):
            assert told(sync(workspace)) == (8, 1, 0)
            assert told(sync(workspace)) == (0, 3, 0)
        assert len(ids(workspace)) == 12
    finally:
        module.set_tracking_uri(before)


@pytest.mark.slow
def test_a_password_in_the_address_is_never_shown(
    make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", "http://me:geheim@127.0.0.1:9")
    workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
    (report,) = sync(workspace)
    assert "does not answer" in str(report.failures[0])
    assert "geheim" not in str(report.failures[0])
    assert "geheim" not in (workspace.home / "lake" / "sync.json").read_text(encoding="utf-8")
