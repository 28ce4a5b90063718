"""Every page, command and route × every role, also by hand-made requests; what is not in the table fails here."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from typer.core import TyperGroup

from boussole import dashboard
from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import routes
from boussole.dashboard.server.access.permissions import (
    COMMITTEE,
    COOKIE,
    SIGNED_IN,
    STRANGERS,
    TABLE,
    Action,
    Role,
    allowed,
)
from boussole.dashboard.server.access.places import OPTIONS, every_command, page_actions
from boussole.dashboard.server.routes import ROUTES
from tests.attacks import Tries
from tests.commands import commands, commands_and_groups
from tests.conftest import Run
from tests.dashboard.access.conftest import SETTINGS
from tests.dashboard.app_at import app_at

SOURCE = Path(dashboard.__file__).parent
CHANGES = {"add", "adopt", "cast", "purge", "rotate", "seat", "open", "issue", "import", "sync", "resubmit"}


def test_every_action_has_its_roles_and_every_action_is_done_somewhere() -> None:
    assert set(TABLE) == set(Action)
    done = {*page_actions().values(), *every_command().values(), *OPTIONS.values(), *ROUTES.values()}
    assert set(Action) == done


def test_every_page_names_its_action() -> None:
    assert set(page_actions()) == {path.parent.name for path in (SOURCE / "pages").glob("*/page.py")}


def test_every_command_names_its_action() -> None:
    assert set(every_command()) == set(commands())
    groups = [command for command in commands_and_groups().values() if isinstance(command, TyperGroup)]
    assert all([p.name for p in group.params] in ([], ["help"]) for group in groups), (
        "its value would pass for a command"
    )


@pytest.fixture
def local_routes(tmp_path: Path) -> list[Route]:
    return routes(Workspace.create(tmp_path / "local").home)


@pytest.fixture
def signed_in_routes(tmp_path: Path) -> list[Route]:
    workspace = Workspace.create(tmp_path / "signed-in")
    settings = SETTINGS.format(issuer="https://id.example", address="https://boussole.example")
    (workspace.home / "boussole.toml").write_text(settings, encoding="utf-8")
    return routes(workspace.home)


def test_every_route_names_its_action(local_routes: list[Route], signed_in_routes: list[Route]) -> None:
    assert set(ROUTES) == {route.path for route in (*local_routes, *signed_in_routes)}


@pytest.mark.costly
@pytest.mark.attack("routes", "every address without a session, with made-up cookies")
def test_without_a_session_every_route_is_closed_but_those_that_lead_in(
    signed_in_routes: list[Route], tries: Tries
) -> None:
    client = TestClient(Starlette(routes=signed_in_routes), follow_redirects=False)
    client.cookies.set("__Host-boussole", "made-up")
    client.cookies.set(COOKIE, "steward")
    for route in signed_in_routes:
        if ROUTES[route.path] not in STRANGERS:
            tries.add()
            assert ask(client, route) == 401, route.path


def ask(client: TestClient, route: Route) -> int:
    """The answer to a request made by hand."""
    method = "POST" if "POST" in (route.methods or ()) else "GET"
    return client.request(method, re.sub(r"\{\w+(:int)?\}", "1", route.path)).status_code


def test_committees_see_no_rows_and_nobody_is_an_operator() -> None:
    assert not COMMITTEE & (TABLE[Action.SEE_ROWS] | TABLE[Action.SEE_APPEALS])
    assert all(Role.OPERATOR not in roles for roles in TABLE.values())
    assert Role.OPERATOR not in SIGNED_IN


def test_who_only_reads_changes_nothing() -> None:
    changing = {action for words, action in every_command().items() if CHANGES & set(words.split())}
    assert len(changing) > 5
    for role, action in itertools.product((Role.READER, Role.AUDITOR), changing):
        assert not allowed(role, action), (role, action)


def test_the_server_is_not_run_by_those_it_is_about() -> None:
    for action in (Action.TAKE_PART, Action.PRESIDE, Action.ISSUE, Action.SEE_ROWS, Action.SET_RULES):
        assert not allowed(Role.ADMINISTRATOR, action)
    for action in (Action.KEEP_KEYS, Action.MANAGE_ACCESS):
        assert TABLE[action] == {Role.ADMINISTRATOR}


@pytest.mark.attack("commands", "every command as every role")
@pytest.mark.parametrize("role", list(Role))
def test_every_command_asks_first(command: Run, role: Role, tmp_path: Path, tries: Tries) -> None:
    for words, action in every_command().items():
        tries.add()
        done = command("--as", role, *words.split(), "--help", cwd=tmp_path)
        if allowed(role, action):
            assert (done.returncode, done.stdout[:7]) == (0, "Usage: "), words
        else:
            assert (done.returncode, done.stdout) == (2, ""), words
            assert f"the role '{role}' may not {action}." in done.stderr


@pytest.mark.attack("commands", "options that hand out more than their command, as every role")
@pytest.mark.parametrize("role", list(Role))
def test_every_option_that_needs_more_asks_first(command: Run, role: Role, tmp_path: Path, tries: Tries) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for words, action in OPTIONS.items():
        tries.add()
        name, _, option = words.rpartition(" ")
        typed = [*name.split(), "out", option, "--reason", "to try"]
        done = command("--as", role, "--workspace", workspace.home, *typed, cwd=tmp_path)
        refused = f"the role '{role}' may not {action}." in done.stderr or "may not export verdicts" in done.stderr
        assert (done.returncode, refused) == (2, not allowed(role, action)), words
        assert not (tmp_path / "out").exists()


def test_counts_of_hidden_groups_are_not_for_those_who_export_verdicts() -> None:
    assert TABLE[Action.EXPORT_RESTRICTED] == {Role.STEWARD, Role.DATA_SCIENTIST, Role.AUDITOR}
    assert TABLE[Action.EXPORT_RESTRICTED] < TABLE[Action.EXPORT]


def test_no_spelling_goes_round_the_question(command: Run) -> None:
    for typed in (["charter", "--", "adopt"], ["--", "charter", "adopt"], ["charter", "adopt", "--help"]):
        assert "may not adopt rules" in command("--as", "reader", *typed).stderr
    assert "is not one of" in command("--as", "root", "metrics").stderr
    job = {**os.environ, "BOUSSOLE_ROLE": "reader"}
    assert "may not adopt rules" in command("charter", "adopt", env=job).stderr


@pytest.mark.costly
@pytest.mark.attack("routes", "every address as every role, by requests made by hand")
@pytest.mark.parametrize("role", SIGNED_IN)
def test_every_route_asks_first(local_routes: list[Route], role: Role, tries: Tries) -> None:
    client = TestClient(Starlette(routes=local_routes), follow_redirects=False)
    for route in local_routes:
        tries.add()
        client.cookies.clear()  # the route by which a role is chosen has chosen one
        client.cookies.set(COOKIE, role)
        assert (ask(client, route) == 403) is not allowed(role, ROUTES[route.path]), route.path


@pytest.mark.attack("routes", "a role that does not exist, by a cookie")
def test_a_cookie_that_is_no_role_is_nobody_special(local_routes: list[Route]) -> None:
    client = TestClient(Starlette(routes=local_routes))
    for made_up in ("operator", "Chair", "reader,operator", "' or 1=1"):
        client.cookies.set(COOKIE, made_up)
        assert client.get("/drift-report/x").status_code == 404  # as the role that opens a local dashboard


def look(name: str) -> list[str]:
    """What a page shows, in a fresh look at it."""
    seen = app_at(name).run()
    assert not seen.exception
    bodies = [getattr(element.proto, "body", "") for element in seen.main]
    assert not any("unforeseen" in body for body in bodies), "see what the log says"
    return bodies


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace = Workspace.create(tmp_path / "w")
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    return workspace


def test_a_page_asks_first(empty: Workspace, be) -> None:
    be("reader")
    assert any("Cette page ne vous est pas ouverte" in body for body in look("data"))
    be("member")
    assert not any("Cette page ne vous est pas ouverte" in body for body in look("data"))


@pytest.mark.attack("pages", "every page as every role")
@pytest.mark.slow
@pytest.mark.parametrize("role", SIGNED_IN)
def test_every_page_asks_first(empty: Workspace, be, role: Role, tries: Tries) -> None:
    be(role)
    for name, action in page_actions().items():
        tries.add()
        refused = any("Cette page ne vous est pas ouverte" in body for body in look(name))
        assert refused is not allowed(role, action), name
