"""Models of MLflow's registry that no system names, and stock that is taken of them: as a command, on the register."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from boussole.audits.errors import SourceError
from boussole.audits.workspace import Workspace
from boussole.charter.judging.coverage import coverage
from boussole.charter.record_types.base import Stocktaking
from boussole.charter.records import statements
from boussole.charter.records.facts import facts_of
from boussole.charter.registry.inventory import register_of
from boussole.dashboard.app.server import guarded
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.register.forms import stock_routes, taking_stock
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action, Person, Role
from boussole.dashboard.server.forms import problem_of
from boussole.dashboard.views.records.computing import stock_of
from boussole.experiments.unregistered import stock_of_models, unregistered_models


@pytest.fixture
def registry(workspace: Workspace, mlflow: Any) -> Any:
    return mlflow.MlflowClient(tracking_uri=workspace.tracking_uri)


def model(registry: Any, name: str, *, experiment: str, tags: dict[str, str] | None = None) -> None:
    found = registry.get_experiment_by_name(experiment)
    number = found.experiment_id if found else registry.create_experiment(experiment)
    run = registry.create_run(number, tags=tags or {})
    if not registry.search_registered_models(f"name = '{name}'"):
        registry.create_registered_model(name)
    registry.create_model_version(name, source=f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)


def test_a_model_is_known_by_its_experiment_its_run_or_its_own_tag(workspace: Workspace, registry: Any) -> None:
    model(registry, "of-the-experiment", experiment="trials")
    model(registry, "of-the-run", experiment="other", tags={"boussole.system": "trial"})
    registry.create_registered_model("of-its-own-tag", tags={"boussole.system": "trial"})
    assert unregistered_models(workspace) == []
    registry.create_registered_model("without-a-version")
    model(registry, "stray", experiment="other")
    model(registry, "of-a-removed-system", experiment="other", tags={"boussole.system": "gone"})
    assert unregistered_models(workspace) == ["of-a-removed-system", "stray", "without-a-version"]


@pytest.mark.costly
def test_the_newest_version_decides(workspace: Workspace, registry: Any) -> None:
    for _ in range(9):
        model(registry, "moved", experiment="trials")
    model(registry, "moved", experiment="other")
    assert unregistered_models(workspace) == ["moved"]


def test_check_names_them_and_fails(workspace: Workspace, registry: Any) -> None:
    command = ["--workspace", str(workspace.home), "systems", "check", "--models"]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, "every model" in done.stderr) == (0, True)
    model(registry, "stray", experiment="other")
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, "stray" in done.stderr) == (1, True)


def test_no_store_means_no_model_and_no_stock_and_a_broken_one_is_said(workspace: Workspace) -> None:
    (workspace.home / "mlflow.db").unlink(missing_ok=True)
    assert unregistered_models(workspace) == []
    with pytest.raises(SourceError, match="no registry of models"):
        stock_of_models(workspace)
    (workspace.home / "mlflow.db").write_bytes(b"no database" * 100)
    with pytest.raises(SourceError, match="could not be read"):
        unregistered_models(workspace)


def test_stock_is_sealed_with_the_models_that_belong_to_no_use(workspace: Workspace, registry: Any) -> None:
    model(registry, "of-the-experiment", experiment="trials")
    model(registry, "stray", experiment="other")
    command = ["--workspace", str(workspace.home), "record", "stocktaking", "--role", "Steward"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "Models: 2; of no use: 1." in done.output
    assert "stray" not in done.output
    ((_, said),) = facts_of(workspace, as_of=workspace.today()).standing(Stocktaking)
    assert (said.uses, said.models, said.unregistered, said.on) == (1, 2, ["stray"], workspace.today())
    charter, _, uses = register_of(workspace, today=workspace.today())
    (asked,) = [each for use in uses for each in use.verdicts if each.indicator == "registered_and_followed"]
    assert (asked.verdict, asked.reason) == ("watch", "record_overdue")
    assert coverage(charter, uses).none == ("trial",)  # an answer about all uses is no look at this one


EN, FR = speaker("en"), speaker("fr")


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    routes = guarded(stock_routes(workspace.home), workspace.home)
    made = TestClient(Starlette(routes=routes), follow_redirects=False)
    made.cookies.set(COOKIE, "steward")
    return made


def sent(client: TestClient, **fields: str) -> Any:
    given = {f"f-{name}": (None, value) for name, value in fields.items()}
    return client.post("/register/stocktaking?spoken=fr&lang=fr", files=given)


@pytest.mark.costly
def test_stock_is_taken_once_as_the_command_takes_it(workspace: Workspace, mlflow: Any, client: TestClient) -> None:
    mlflow.MlflowClient(tracking_uri=workspace.tracking_uri).create_registered_model("stray")
    place = sent(client, text="After the summer.").headers["location"]
    assert place.startswith("/register?done=")
    assert sent(client, text="After the summer.").headers["location"] == place
    (each,) = statements(workspace)
    counted = {name: getattr(each.statement, name) for name in stock_of(workspace, today=workspace.today())}
    assert counted == stock_of(workspace, today=workspace.today())
    assert (each.statement.text, each.statement.role) == ("After the summer.", "steward")


@pytest.mark.parametrize("role", SIGNED_IN)
def test_it_is_offered_to_those_who_may_state(
    workspace: Workspace, mlflow: Any, client: TestClient, role: Role
) -> None:
    del mlflow
    may = role in TABLE[Action.STATE]
    offered = [title for title, _ in taking_stock(workspace, Person(role=role), FR)]
    assert offered == (["Faire l’inventaire du jour"] if may else [])
    if not may:
        client.cookies.set(COOKIE, role.value)
        assert sent(client, text="x").status_code == 403


def test_where_the_registry_is_not_or_cannot_be_read_nothing_is_recorded(
    workspace: Workspace, client: TestClient
) -> None:
    (workspace.home / "mlflow.db").unlink(missing_ok=True)
    assert taking_stock(workspace, Person(role=Role.STEWARD), EN) == []
    for content in (b"", b"no database" * 100):
        if content:
            (workspace.home / "mlflow.db").write_bytes(content)
        token = re.search(r"sent=([\w-]+)", sent(client, text="x").headers["location"])
        assert token
        found = problem_of(token[1])
        assert found is not None
        assert "ne peut pas être lu pour l’instant" in found.text
    assert statements(workspace) == []
