"""Signing in through a real provider, and everything that ends it: at once, whatever the browser keeps."""

from __future__ import annotations

import sqlite3

import pytest
from starlette.websockets import WebSocketDisconnect

from boussole.audits.access_settings import AccessSettings
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.server.access.sessions import SignedOutError
from tests.dashboard.access.conftest import browser

COOKIE = "boussole_session"
PROOF = "/evidence/checkpoint"
OURS = {"origin": "http://localhost:8501", "x-forwarded-for": "127.0.0.1"}
"""What a page of ours, or a proxy of the house, would send: it opens nothing."""


@pytest.mark.attack("sessions", "a cookie is replayed after signing out")
def test_signing_in_out_and_replaying(client, sign_in, oidc, workspace):
    oidc.knows("ada", "all", "stewards")
    assert client.get(PROOF).status_code == 401
    back = sign_in("ada", to="/data?lang=en")
    assert (back.status_code, back.headers["location"]) == (303, "/data?lang=en")
    kept = back.headers["set-cookie"].lower()
    assert "httponly" in kept
    assert "samesite=lax" in kept
    assert "max-age" not in kept.split("boussole_session", 1)[1].split(",")[0], "it does not outlive the browser"
    number = client.cookies[COOKIE]
    me = sessions.by_session(workspace, number)
    assert (me.role, me.name, me.authenticated, me.member) == (Role.STEWARD, "Ada", True, None)
    assert client.get(PROOF).status_code == 409  # there is no ledger yet: the answer is the route's own
    left = client.post("/access/sign-out", headers={"origin": "http://localhost:8501"})
    assert left.headers["location"].startswith(f"{oidc.address}/oauth2/end_session?")
    client.cookies.set(COOKIE, number)
    assert client.get(PROOF).status_code == 401
    with pytest.raises(SignedOutError, match="ended"):
        sessions.by_session(workspace, number)


@pytest.mark.attack("sessions", "identity or the provider's token is read from the browser or from access.sqlite")
def test_neither_identity_nor_token_reaches_the_browser_or_lies_open(client, sign_in, oidc, workspace):
    oidc.knows("ada", "all")
    sign_in("ada")
    sent = " ".join(cookie.value or "" for cookie in client.cookies.jar if cookie.name == COOKIE)
    assert len(sent) == 43
    with sqlite3.connect(workspace.access) as file:
        ((token, digest),) = file.execute("SELECT token, digest FROM sessions")
    assert token.startswith(b"gAAAA")  # Fernet
    assert digest != sent
    assert workspace.access.stat().st_mode & 0o077 == 0


@pytest.mark.attack("sessions", "a role that was taken away at the provider is used on")
def test_a_role_taken_away_at_the_provider_counts_at_once(client, sign_in, oidc):
    oidc.knows("eve", "stewards")
    sign_in("eve")
    assert client.get("/drift-report/x").status_code == 404
    oidc.knows("eve", "all")
    assert client.get("/drift-report/x").status_code == 403
    oidc.knows("eve")
    assert client.get("/drift-report/x").status_code == 401
    oidc.knows("eve", "stewards")
    assert client.get("/drift-report/x").status_code == 401, "an ended session does not come back"


@pytest.mark.attack("sessions", "a sign-in that was revoked at the provider is used on")
def test_a_sign_in_revoked_at_the_provider_ends_here(client, sign_in, oidc):
    oidc.knows("bob", "stewards")
    sign_in("bob")
    oidc.revokes("bob")
    assert client.get(PROOF).status_code == 401


def test_who_has_no_role_does_not_get_in(client, sign_in, oidc):
    oidc.knows("carl", "some-other-application")
    assert sign_in("carl").headers["location"] == "/?refused=no_role"
    assert COOKIE not in client.cookies


@pytest.mark.attack("sign-ins", "an answer of the provider is made up")
@pytest.mark.parametrize("answer", ["/access/callback", "/access/callback?code=made-up&state=made-up"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(client, answer):
    assert client.get(answer).headers["location"] == "/?refused=provider"
    assert COOKIE not in client.cookies


@pytest.mark.attack("sign-ins", "an answer of the provider is used twice, or by another browser")
def test_an_answer_cannot_be_used_twice_or_by_another_browser(client, sign_in, oidc, workspace):
    oidc.knows("ada", "all")
    import httpx

    form = client.get("/access/sign-in").headers["location"]
    back = httpx.post(form, data={"sub": "ada"}).headers["location"]
    assert browser(workspace).get(back).headers["location"] == "/?refused=provider"
    assert client.get(back).headers["location"] == "/"
    assert client.get(back).headers["location"] == "/?refused=provider"


@pytest.mark.costly
def test_a_session_is_new_with_each_sign_in(client, sign_in, oidc):
    oidc.knows("ada", "all")
    client.cookies.set(COOKIE, "planted-by-somebody-else", domain="localhost.local", path="/")
    sign_in("ada")
    first = client.cookies.get(COOKIE, domain="localhost.local")
    sign_in("ada")
    assert len({"planted-by-somebody-else", first, client.cookies.get(COOKIE, domain="localhost.local")}) == 3


@pytest.mark.attack("sessions", "somebody waits until the provider is down")
def test_a_provider_that_does_not_answer_lets_nobody_in(client, sign_in, oidc, workspace, monkeypatch):
    oidc.knows("ada", "stewards")
    sign_in("ada")
    from boussole.dashboard.server.access import identity

    closed = {"userinfo_endpoint": "http://localhost:9/userinfo"}
    monkeypatch.setitem(identity._known, oidc.address, (float("inf"), closed))
    assert client.get(PROOF).status_code == 401
    monkeypatch.setattr(identity, "_known", {})
    assert client.get(PROOF).status_code == 409, "it is not over: the provider only did not answer"


@pytest.mark.costly
def test_sign_ins_and_looks_are_noted(client, sign_in, oidc, workspace):
    oidc.knows("zoe", "all")
    oidc.knows("tom")
    sign_in("zoe")
    client.get("/drift-report/x")
    client.post("/access/sign-out", headers={"origin": "http://localhost:8501"})
    sign_in("tom")
    assert [(row.event, row.subject, row.role, row.place) for row in log.entries(workspace)] == [
        ("sign_in", "zoe", "reader", ""),
        ("refused", "zoe", "reader", "/drift-report/{system}"),
        ("sign_out", "zoe", "reader", ""),
        ("sign_in_refused", "tom", "", "no_role"),
    ]


@pytest.mark.attack("sessions", "a role is chosen by a cookie where people sign in")
def test_in_sign_in_mode_no_role_is_chosen(client):
    assert (
        client.post("/access/role", data={"role": "steward"}, headers={"origin": "http://localhost:8501"}).status_code
        == 404
    )
    client.cookies.set("boussole_local", "steward")
    assert client.get("/drift-report/x").status_code == 401


@pytest.mark.attack("sessions", "another site sends a form, opens a socket, or points a name here")
def test_forms_and_sockets_of_other_sites_and_names_are_refused(client):
    assert client.post("/access/sign-out").status_code == 403
    assert client.post("/access/sign-out", headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert client.get(PROOF, headers={"host": "rebound.example"}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/", headers={"origin": "https://elsewhere.example"}),
    ):
        pass


@pytest.mark.costly
@pytest.mark.attack("sessions", "a session number or a token in an address")
def test_no_number_of_a_session_is_given_or_taken_in_an_address(client, sign_in, oidc, workspace, tries):
    oidc.knows("ada", "stewards")
    back = sign_in("ada", to="/data?lang=en")
    number = client.cookies[COOKIE]
    assert number not in str(dict(back.headers.items()) | {"set-cookie": ""})
    left = client.post("/access/sign-out", headers={"origin": "http://localhost:8501"}).headers["location"]
    assert number not in left
    sign_in("ada")
    here = client.cookies[COOKIE]
    token = sessions.new_token(workspace, role="reader", label="x", days=1)
    elsewhere = browser(workspace)
    for name in (COOKIE, "session", "token", "access_token", "authorization"):
        for value in (here, token, f"Bearer {token}"):
            tries.add()
            assert elsewhere.get(PROOF, params={name: value}).status_code == 401
            assert elsewhere.get("/api/charter", params={name: value}).status_code == 401
    assert client.get(PROOF).status_code == 409


@pytest.mark.attack("sessions", "headers by which a proxy would name somebody")
def test_nobody_is_believed_for_a_header(client, tries):
    for name in ("remote-user", "x-remote-user", "x-forwarded-user", "x-auth-request-email", "x-forwarded-email"):
        for value in ("ada", "ada@example.org"):
            tries.add()
            assert client.get(PROOF, headers={**OURS, name: value}).status_code == 401
    made_up = {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."}
    assert client.get(PROOF, headers=made_up).status_code == 401


def test_a_session_lasts_no_longer_than_level_2_of_asvs_asks_unless_the_house_says_so():
    usual = AccessSettings()
    assert (usual.session_hours <= 12, usual.idle_minutes <= 30) == (True, True)
