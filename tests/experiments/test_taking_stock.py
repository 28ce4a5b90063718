"""Stock is taken on the register: by who may state, where there is a registry of models, as the command does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.charter.records import statements
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.register.forms import stock_routes, taking_stock
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action, Person, Role
from boussole.dashboard.server.forms import problem_of
from boussole.dashboard.views.records.computing import stock_of

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
