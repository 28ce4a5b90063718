"""People see where they are signed in, and end it; nobody sees or ends what is another's."""

from __future__ import annotations

import sqlite3

import pytest

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.settings.view import sessions_of
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.database import REFERENCE
from boussole.dashboard.server.access.sessions import OTHERS, PATH, SignedOutError, digest, own_sessions
from tests.dashboard.access.conftest import browser

COOKIE = "boussole_session"
PROOF = "/evidence/checkpoint"
HERE = {"origin": "http://localhost:8501"}


def told(shown, lang="en"):
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


def is_in(client) -> bool:
    return client.get(PROOF).status_code == 409


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
    page = told(shown)
    assert reference(phone) in page
    assert page.count("<form") == 2, "one for the phone, one for all others; this one is ended by signing out"
    for client in (here, phone):
        assert client.cookies[COOKIE] not in page
    assert "Où vous êtes connecté" in told(shown, "fr")


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
    for what in (
        reference(ada),
        whole,
        whole[:8],
        ada.cookies[COOKIE],
        "ada",
        OTHERS,
        "",
        "%",
        "_" * 16,
        "' OR 1=1 --",
    ):
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


def test_nothing_of_a_sign_in_stays_in_the_browser_but_the_number(client, sign_in, oidc):
    oidc.knows("ada", "stewards")
    client.get("/access/sign-in")  # of a tab that was left
    sign_in("ada")
    kept = {cookie.name: cookie.value for cookie in client.cookies.jar}
    assert set(kept) == {COOKIE}, "no verifier, no state"


def test_a_provider_is_told_which_of_its_sessions_is_over_and_no_name(client, sign_in, oidc):
    oidc.knows("ada", "stewards", sid="08a5019c")
    sign_in("ada")
    to = client.post("/access/sign-out", headers=HERE).headers["location"]
    assert to.startswith(f"{oidc.address}/oauth2/end_session?")
    assert "logout_hint=08a5019c" in to
    assert "ada" not in to


@pytest.mark.costly
def test_a_session_that_is_idle_is_not_shown(workspace, at):
    here, _ = at("ada"), at("ada")
    with sqlite3.connect(workspace.access) as file:
        file.execute(
            "UPDATE sessions SET seen_at = '2026-01-01T00:00:00Z' WHERE digest != ?", [digest(here.cookies[COOKIE])]
        )
    assert len(own_sessions(workspace, sessions.by_session(workspace, here.cookies[COOKIE]))) == 1


def test_in_local_mode_there_are_none(tmp_path):
    from boussole.dashboard.server.access.permissions import local

    assert own_sessions(Workspace.create(tmp_path / "w"), local("steward")) == []
