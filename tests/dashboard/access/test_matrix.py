"""Every page, command and route × every role, also by hand-made requests, and how a role is chosen in local mode."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient
from typer.core import TyperGroup

from boussole import dashboard
from boussole.audits.access_settings import AccessSettings
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import name_member
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.account import choosing
from boussole.dashboard.server.access.permissions import (
    COMMITTEE,
    COOKIE,
    LARGEST_FORM,
    SIGNED_IN,
    STRANGERS,
    TABLE,
    Action,
    Person,
    Role,
    allowed,
    local,
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


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def client(empty: Workspace) -> TestClient:
    app = Starlette(routes=routes(empty.home), middleware=[Middleware(KnownHosts, access=AccessSettings())])
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def test_a_form_that_is_too_long_chooses_no_role(client: TestClient) -> None:
    sent = client.post("/access/role", data={"f-role": "chair", "f-to": "x" * LARGEST_FORM})
    assert (sent.status_code, sent.cookies) == (413, {})
    endless = client.post("/access/role", content=iter([b"f-role=chair"]), headers=FORM)
    assert (endless.status_code, endless.cookies) == (413, {})


ELSEWHERE = ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "", "/\r\nx"]


@pytest.mark.parametrize(("to", "led"), [("/data?lang=en", "/data?lang=en"), *((each, "/") for each in ELSEWHERE)])
def test_a_role_is_kept_and_leads_back_and_nowhere_else(client: TestClient, to: str, led: str) -> None:
    done = client.post("/access/role", data={"f-role": "chair", "f-member": "", "f-to": to})
    assert (done.status_code, done.headers["location"], client.cookies[COOKIE]) == (303, led, "chair")
    kept = done.headers["set-cookie"].lower()
    assert "httponly" in kept
    assert "samesite=strict" in kept


@pytest.mark.parametrize("role", ["operator", "", "root", "chair; admin"])
def test_no_other_role_is_taken(client: TestClient, role: str) -> None:
    client.post("/access/role", data={"f-role": role, "f-to": "/"})
    assert client.cookies[COOKIE] == "steward"


def test_another_site_changes_no_role(client: TestClient) -> None:
    done = client.post("/access/role", data={"f-role": "chair"}, headers={"origin": "https://elsewhere.example"})
    assert done.status_code == 403
    assert COOKIE not in client.cookies


def test_a_member_is_named_from_the_directory(client: TestClient, empty: Workspace) -> None:
    name_member(empty, "m_00000001", name="<b>Ada</b>")
    client.post("/access/role", data={"f-role": "member", "f-member": "m_00000001", "f-to": "/"})
    me = local(client.cookies[COOKIE])
    assert me == Person(role=Role.MEMBER, name="<b>Ada</b>", member="m_00000001", subject="local/m_00000001")
    assert not me.authenticated
    form = choosing(me, speaker("en"), to='/"><script>')
    assert "&lt;b&gt;Ada&lt;/b&gt;</option>" in form
    assert "<script>" not in form
    assert '<option value="m_00000001" selected="">' in form


def test_what_is_done_in_local_mode_is_sealed_as_such() -> None:
    who = local("chair").who(dt.date(2026, 11, 27))
    assert (who.role, who.signed_in) == ("chair", False)


TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
WHO = {"administrator", "steward", "member", "supplier", "stranger", "runs the server", "another user of the machine"}


def threats() -> list[tuple[str, str, str]]:
    """Every row of the tables of threats: who, the threat, and its cell of tests."""
    rows = [line.strip("|").split("|") for line in PAGE.partition("\n## The ledger")[2].splitlines()]
    found = [(row[0].strip(), row[1].strip(), row[3]) for row in rows if len(row) == 4]
    return [each for each in found if each[2].strip() != "test" and "---" not in each[2]]


@cache
def known() -> set[str]:
    code = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    return set(re.findall(r"(?m)^def (test_\w+)", code))


def test_all_five_are_thought_of() -> None:
    assert {who for who, _, _ in threats()} >= WHO
    assert len(threats()) > 60


@pytest.mark.parametrize(("who", "threat", "tests"), threats(), ids=lambda each: each[:40])
def test_every_threat_has_tests_that_exist(who: str, threat: str, tests: str) -> None:
    named = re.findall(r"`(test_\w+)`", tests)
    assert named, (who, threat)
    assert set(named) <= known(), threat
