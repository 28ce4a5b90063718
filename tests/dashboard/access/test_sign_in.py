"""Signing in through a real provider, and everything that ends it: at once, whatever the browser keeps."""

from __future__ import annotations

import base64
import re
import sqlite3
import time
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from cryptography.fernet import Fernet
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from boussole.audits.access_settings import AccessSettings
from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.settings.view import sessions_of
from boussole.dashboard.server.access import account, identity, log, sessions
from boussole.dashboard.server.access.database import REFERENCE
from boussole.dashboard.server.access.permissions import Role, local
from boussole.dashboard.server.access.sessions import OTHERS, PATH, SignedOutError, digest, own_sessions
from boussole.dashboard.server.routes import ROUTES, Headers
from tests.attacks import Tries
from tests.dashboard.access.conftest import COOKIE, HERE, PROOF, browser, is_in

OURS = {**HERE, "x-forwarded-for": "127.0.0.1"}
"""What a page of ours, or a proxy of the house, would send: it opens nothing."""


@pytest.mark.attack("sessions", "a cookie is replayed after signing out")
def test_signing_in_out_and_replaying(client, sign_in, oidc, workspace):
    oidc.knows("ada", "all", "stewards")
    assert client.get(PROOF).status_code == 401
    back = sign_in("ada", to="/data?lang=en")
    assert (back.status_code, back.headers["location"]) == (303, "/data?lang=en")
    kept = back.headers["set-cookie"].lower().split("boussole_session", 1)[1].split(",")[0]
    assert "max-age" not in kept, "it does not outlive the browser"
    number = client.cookies[COOKIE]
    me = sessions.by_session(workspace, number)
    assert (me.role, me.name, me.authenticated, me.member) == (Role.STEWARD, "Ada", True, None)
    assert is_in(client)
    left = client.post("/access/sign-out", headers=HERE)
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
    form = client.get("/access/sign-in").headers["location"]
    back = httpx.post(form, data={"sub": "ada"}).headers["location"]
    assert browser(workspace).get(back).headers["location"] == "/?refused=provider"
    assert client.get(back).headers["location"] == "/"
    assert client.get(back).headers["location"] == "/?refused=provider"


@pytest.mark.attack("sessions", "somebody waits until the provider is down")
def test_a_provider_that_does_not_answer_lets_nobody_in(ada, client, oidc, monkeypatch):
    closed = {"userinfo_endpoint": "http://localhost:9/userinfo"}
    monkeypatch.setitem(identity._known, oidc.address, (float("inf"), closed))
    assert client.get(PROOF).status_code == 401
    monkeypatch.setattr(identity, "_known", {})
    assert is_in(client), "it is not over: the provider only did not answer"


@pytest.mark.costly
def test_sign_ins_and_looks_are_noted(client, sign_in, oidc, workspace):
    oidc.knows("zoe", "all")
    oidc.knows("tom")
    sign_in("zoe")
    client.get("/drift-report/x")
    client.post("/access/sign-out", headers=HERE)
    sign_in("tom")
    assert [(row.event, row.subject, row.role, row.place) for row in log.entries(workspace)] == [
        ("sign_in", "zoe", "reader", ""),
        ("refused", "zoe", "reader", "/drift-report/{system}"),
        ("sign_out", "zoe", "reader", ""),
        ("sign_in_refused", "tom", "", "no_role"),
    ]


@pytest.mark.attack("sessions", "a role is chosen by a cookie where people sign in")
def test_in_sign_in_mode_no_role_is_chosen(client):
    assert client.post("/access/role", data={"role": "steward"}, headers=HERE).status_code == 404
    client.cookies.set("boussole_local", "steward")
    assert client.get("/drift-report/x").status_code == 401


@pytest.mark.attack("sessions", "another site sends a form, opens a socket, or points a name here")
def test_forms_and_sockets_of_other_sites_and_names_are_refused(client):
    elsewhere = {"origin": "https://elsewhere.example"}
    for headers in ({}, elsewhere):
        assert client.post("/access/sign-out", headers=headers).status_code == 403
    assert client.get(PROOF, headers={"host": "rebound.example"}).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/", headers=elsewhere):
        pass


@pytest.mark.costly
@pytest.mark.attack("sessions", "a session number or a token in an address")
def test_no_number_of_a_session_is_given_or_taken_in_an_address(client, sign_in, oidc, workspace, tries):
    oidc.knows("ada", "stewards")
    back = sign_in("ada", to="/data?lang=en")
    number = client.cookies[COOKIE]
    assert number not in str(dict(back.headers.items()) | {"set-cookie": ""})
    left = client.post("/access/sign-out", headers=HERE).headers["location"]
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
    assert is_in(client)


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


def sessions_html(shown, lang="en"):
    say = speaker(lang)
    return Template("pages/settings/settings.html", say)("sessions", sessions_of(shown, say))


@pytest.fixture
def at(workspace, sign_in, oidc):
    """Somebody signs in with a browser of their own."""

    def somebody(subject: str, agent: str = "", *roles: str):
        opened = browser(workspace)
        opened.headers["user-agent"] = agent
        oidc.knows(subject, *(roles or ("stewards",)))
        sign_in(subject, by=opened)
        return opened

    return somebody


def reference(client) -> str:
    return digest(client.cookies[COOKIE])[:REFERENCE]


def end(client, what: str):
    return client.post(PATH, data={"f-session": what}, headers=HERE)


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.mark.costly
def test_somebody_sees_their_sessions_and_no_other(workspace, at):
    here, phone, _ = at("ada", FIREFOX), at("ada", IPHONE), at("bob")
    me = sessions.by_session(workspace, here.cookies[COOKIE])
    shown = own_sessions(workspace, me)
    assert {(each.browser, each.here) for each in shown} == {("Firefox, Linux", True), ("Safari, iOS", False)}
    page = sessions_html(shown)
    assert reference(phone) in page
    assert page.count("<form") == 2, "one for the phone, one for all others; this one is ended by signing out"
    for client in (here, phone):
        assert client.cookies[COOKIE] not in page
    assert "Où vous êtes connecté" in sessions_html(shown, "fr")


@pytest.mark.costly
def test_one_is_ended_or_all_others(workspace, at):
    here, phone, third = at("ada"), at("ada"), at("ada")
    done = end(here, reference(phone))
    assert (done.status_code, done.headers["location"]) == (303, "/settings#sessions")
    assert [is_in(each) for each in (here, phone, third)] == [True, False, True]
    end(here, OTHERS)
    assert [is_in(each) for each in (here, phone, third)] == [True, False, False]
    ended = [(row.event, row.subject, row.place) for row in log.entries(workspace) if row.event == "sign_out"]
    assert ended == [("sign_out", "ada", "another session of theirs")] * 2


@pytest.mark.costly
@pytest.mark.attack("sessions", "one person ends, or learns of, the session of another by its reference")
def test_nobody_ends_the_session_of_another(workspace, at, tries):
    ada, bob = at("ada"), at("bob", "", "it")
    whole = digest(ada.cookies[COOKIE])
    own = (reference(ada), whole, whole[:8], ada.cookies[COOKIE], "ada")
    for what in (*own, OTHERS, "", "%", "_" * 16, "' OR 1=1 --"):
        tries.add()
        done = end(bob, what)
        assert (done.status_code, done.headers.get("location")) == (303, "/settings#sessions"), "it says nothing either"
        assert (is_in(ada), is_in(bob)) == (True, True), what
    assert end(browser(workspace), reference(ada)).status_code == 401
    assert ada.post(PATH, data={"f-session": OTHERS}).status_code == 403, "a form of nobody's"
    assert ada.post(PATH, data={"f-session": "x" * 3000}, headers=HERE).status_code == 413


@pytest.mark.costly
@pytest.mark.attack("sessions", "a session of before goes on after a new sign-in, by its number or on a shared machine")
def test_nobody_goes_on_in_the_session_of_who_sat_there_before(client, sign_in, oidc, workspace, tries):
    for second, roles in (("bob", ["stewards"]), ("carl", ["no role here"]), ("dan", [])):
        tries.add()
        oidc.knows("ada", "stewards")
        sign_in("ada")
        old = client.cookies[COOKIE]
        oidc.knows(second, *roles)
        sign_in(second)
        with pytest.raises(SignedOutError):
            sessions.by_session(workspace, old)
        assert is_in(client) is (second == "bob")


@pytest.mark.costly
@pytest.mark.attack("sessions", "a number that somebody planted, or has ended, becomes the number of a session")
def test_a_number_is_never_taken_from_the_browser(client, sign_in, oidc, workspace, tries):
    oidc.knows("ada", "stewards")
    sign_in("ada")
    ended = client.cookies[COOKIE]
    client.post("/access/sign-out", headers=HERE)
    for planted in (ended, "planted", "", "x" * 43):
        tries.add()
        client.cookies.clear()
        client.cookies.set(COOKIE, planted, domain="localhost.local", path="/")
        sign_in("ada")
        with pytest.raises(SignedOutError):
            sessions.by_session(workspace, planted)
        assert is_in(client)


def test_a_provider_is_told_which_of_its_sessions_is_over_and_no_name(ada, oidc):
    to = ada.post("/access/sign-out", headers=HERE).headers["location"]
    assert to.startswith(f"{oidc.address}/oauth2/end_session?")
    assert "logout_hint=08a5019c" in to
    assert "ada" not in to


@pytest.mark.costly
def test_a_session_that_is_idle_is_not_shown(workspace, at):
    here, _ = at("ada"), at("ada")
    with sqlite3.connect(workspace.access) as file:
        long_ago = "UPDATE sessions SET seen_at = '2026-01-01T00:00:00Z' WHERE digest != ?"
        file.execute(long_ago, [digest(here.cookies[COOKIE])])
    assert len(own_sessions(workspace, sessions.by_session(workspace, here.cookies[COOKIE]))) == 1


def test_in_local_mode_there_are_none(tmp_path):
    assert own_sessions(Workspace.create(tmp_path / "w"), local("steward")) == []


SITE = "https://boussole.example"
SESSION, UNDER_WAY = "__Host-boussole", "__Host-boussole-sign-in"


@pytest.fixture
def behind_tls(workspace: Workspace) -> TestClient:
    """A browser at a dashboard that stands behind TLS."""
    settings = workspace.home / "boussole.toml"
    text = re.sub(r'^address = ".*"', f'address = "{SITE}"', settings.read_text("utf-8"), flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    access = Workspace(workspace.home).settings.access
    app = Starlette(routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=access)])
    return TestClient(Headers(app, access), base_url=SITE, follow_redirects=False)


def _set(answer: httpx.Response) -> dict[str, Morsel[str]]:
    found: SimpleCookie = SimpleCookie()
    for each in answer.headers.get_list("set-cookie"):
        found.load(each)
    return dict(found)


def _sound(cookie: Morsel[str]) -> None:
    """Whether nothing but this server reads or sets it: no script, no other host, nothing in clear, no other site."""
    assert cookie.key.startswith("__Host-")
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert cookie["samesite"].lower() in ("lax", "strict")


def _through(behind_tls: TestClient, *, to: str = "/register") -> tuple[httpx.Response, httpx.Response]:
    """The answers when a sign-in begins and when it comes back."""
    begun = behind_tls.get("/access/sign-in", params={"to": to})
    back = httpx.post(begun.headers["location"], data={"sub": "ada"}).headers["location"]
    return begun, behind_tls.get(back)


@pytest.mark.costly
@pytest.mark.attack("a session", "cookies that scripts read, that go in clear or last too long")
def test_each_cookie_of_every_address_is_sound(behind_tls: TestClient, oidc, tries: Tries) -> None:
    oidc.knows("ada", "stewards")
    begun, come = _through(behind_tls)
    answers = [begun, come]
    for path in ROUTES:
        for method in ("GET", "POST"):
            tries.add()
            answers.append(behind_tls.request(method, re.sub(r"\{.*?\}", "x", path), headers={"origin": SITE}))
    cookies = [cookie for answer in answers for cookie in _set(answer).values()]
    assert {cookie.key for cookie in cookies} == {SESSION, UNDER_WAY}
    for cookie in cookies:
        _sound(cookie)


def test_what_a_sign_in_needs_is_gone_with_it(behind_tls: TestClient, oidc) -> None:
    oidc.knows("ada", "stewards")
    behind_tls.get("/access/sign-in")  # of a tab that was left
    begun, come = _through(behind_tls)
    assert _set(begun)[UNDER_WAY]["max-age"] == "600"
    assert come.headers["location"] == "/register"
    assert SESSION in _set(come)
    assert (_set(come)[UNDER_WAY].value, _set(come)[UNDER_WAY]["max-age"]) == ("", "0")
    assert set(behind_tls.cookies) == {SESSION}, "no verifier, no state"
    refused = behind_tls.get("/access/callback?state=x&code=y")
    assert (refused.headers["location"], _set(refused)[UNDER_WAY].value) == ("/?refused=provider", "")


@pytest.mark.attack("a session", "the verifier of a sign-in read from the browser, kept, or made up")
def test_nobody_reads_prolongs_or_makes_up_what_a_sign_in_needs(
    behind_tls: TestClient, oidc, monkeypatch: pytest.MonkeyPatch, tries: Tries
) -> None:
    oidc.knows("ada", "stewards")
    begun = behind_tls.get("/access/sign-in")
    value = _set(begun)[UNDER_WAY].value
    state = re.search(r"state=([^&]+)", begun.headers["location"])
    assert state is not None
    for word in (b"code_verifier", b"nonce", state[1].encode()):
        assert word not in base64.urlsafe_b64decode(value)
    back = httpx.post(begun.headers["location"], data={"sub": "ada"}).headers["location"]
    other = Fernet(Fernet.generate_key()).encrypt(b'{"to": "/"}').decode()
    changed = value[:20] + ("B" if value[20] == "A" else "A") + value[21:]
    for made_up in ("", "null", value[:-4], changed, other):
        tries.add()
        behind_tls.cookies.set(UNDER_WAY, made_up)
        assert behind_tls.get(back).headers["location"] == "/?refused=provider"
        behind_tls.cookies.clear()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + account.SECONDS + 1)
    behind_tls.cookies.set(UNDER_WAY, value)
    assert behind_tls.get(back).headers["location"] == "/?refused=provider"


def test_a_long_way_back_does_not_keep_anybody_out(behind_tls: TestClient, oidc) -> None:
    oidc.knows("ada", "stewards")
    begun, come = _through(behind_tls, to="/search?asked=" + "é" * 1900)
    assert len(begun.headers["set-cookie"]) < 4096
    assert (come.headers["location"], SESSION in _set(come)) == ("/", True)
