"""Syncing from a real tracking server over HTTP, its artifacts behind it: as from a file, and when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boussole import experiments
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.store import quiet_mlflow
from boussole.experiments.sync import sync
from tests.experiments.stores import Make, Server, ids, mlflow_server, told


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Server]:
    with mlflow_server(tmp_path_factory.mktemp("server"), store=empty_store) as running:
        yield running


@pytest.fixture
def workspace(
    make_workspace: Callable[..., Workspace],
    server: Server,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    """A workspace that reads an experiment of its own from the server."""
    monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", server.uri)
    made = make_workspace(trial=f"[{{mlflow: {{experiment: '{request.node.name}'}}}}]")
    (made.home / "mlflow.db").unlink()
    return made


@pytest.fixture
def mlflow(workspace: Workspace, server: Server, request: pytest.FixtureRequest) -> Iterator[Any]:
    """MLflow as a data scientist uses it, pointed to the server."""
    module = quiet_mlflow()
    before = module.get_tracking_uri()
    module.set_tracking_uri(server.uri)
    module.set_experiment(request.node.name)
    yield module
    module.set_tracking_uri(before)


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
        monkeypatch.setattr(experiments.sync.fetching, name, value)
    monkeypatch.setattr(experiments.sync.runs, "GLANCE", 2)
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 1)
    runs = [log_decisions(decisions(first=10 * number), system="trial") for number in range(8)]
    assert told(sync(workspace)) == (32, 0, 0)

    asked: list[str] = []
    really = experiments.sync.fetching.list_files

    def noted(chosen: Any, uri: str) -> Any:
        asked.extend(run.run_id for run in chosen)
        return really(chosen, uri)

    monkeypatch.setattr(experiments.sync.fetching, "list_files", noted)
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
def test_a_password_in_the_address_is_never_shown(
    make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", "http://me:geheim@127.0.0.1:9")
    workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
    (report,) = sync(workspace)
    assert "does not answer" in str(report.failures[0])
    assert "geheim" not in str(report.failures[0])
    assert "geheim" not in (workspace.home / "lake" / "sync.json").read_text(encoding="utf-8")
