"""In local mode a role is chosen by a form; it proves nothing, and what is done with it says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.access_settings import AccessSettings
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import name_member
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.account import choosing
from boussole.dashboard.server.access.permissions import COOKIE, LARGEST_FORM, Person, Role, local

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    return made


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = Starlette(routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=AccessSettings())])
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def test_a_form_that_is_too_long_chooses_no_role(client: TestClient) -> None:
    sent = client.post("/access/role", data={"f-role": "chair", "f-to": "x" * LARGEST_FORM})
    assert (sent.status_code, sent.cookies) == (413, {})
    endless = client.post("/access/role", content=iter([b"f-role=chair"]), headers={"content-type": FORM})
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


def test_a_member_is_named_from_the_directory(client: TestClient, workspace: Workspace) -> None:
    name_member(workspace, "m_00000001", name="<b>Ada</b>")
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
