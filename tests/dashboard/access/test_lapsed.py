"""A session that is over while somebody reads or writes: the page says so, and what was written can be sent again."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from boussole.dashboard.app import frame
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.permissions import Person, Role
from tests.dashboard.access.test_matrix import look

BROWSER = {"accept": "text/html,application/xhtml+xml", "origin": "http://localhost:8501"}
WRITTEN = '</textarea><script>alert(1)</script> & "what must not be lost", over more than one\nline'
SENT = {
    "body": "CNIL",
    "text": WRITTEN,
    "addressee": "Direction",
    "due_on": (dt.datetime.now(dt.UTC).date() + dt.timedelta(30)).isoformat(),
}
FORM = "/recommendations/outside?lang=fr&spoken=fr"


def fields(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    longer = re.findall(r'<textarea name="([^"]*)" rows="8">\n(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*hidden, *longer]}


def test_what_was_written_survives_and_is_sent_again(client, sign_in, oidc):
    oidc.knows("ada", "stewards")
    done = client.post(FORM, data=SENT, headers=BROWSER)
    assert done.status_code == 401
    assert "Votre session est terminée" in done.text
    assert "<script>" not in done.text
    assert "script-src" not in done.headers["content-security-policy"]
    assert f'action="{html.escape(FORM)}"' in done.text
    assert fields(done.text) == SENT
    sign_in("ada")
    again = client.post(FORM, data=fields(done.text), headers=BROWSER)
    assert again.status_code == 303
    assert "done=" in again.headers["location"]


def test_a_form_of_another_page_is_not_given_back_to_be_sent(client):
    done = client.post(FORM, data=SENT, headers={**BROWSER, "origin": "http://localhost:3000"})
    assert (done.status_code, "CNIL" in done.text) == (403, False), "somebody else wrote it"


@pytest.mark.attack("ballots", "a vote is read from the page of a session that is over")
@pytest.mark.parametrize("name", ["choice", "f-choice"])
def test_what_was_voted_is_given_back_to_nobody(client, name):
    sent = {name: "against", "f-seen": "12"}
    done = client.post("/session-act/cast/20-31?lang=fr&spoken=fr", data=sent, headers=BROWSER)
    assert (done.status_code, fields(done.text)) == (401, {"f-seen": "12"})
    assert "against" not in done.text


def test_what_a_browser_keeps_is_kept_for_each_person():
    ada, eve = (Person(role=Role.MEMBER, subject=each, authenticated=True) for each in ("ada", "eve"))
    names = {frame.browser_name(each) for each in (ada, eve)}
    assert len(names | {None, "ada", "eve"}) == 5
    assert frame.browser_name(Person(role=Role.MEMBER, subject="local")) is None


def test_a_link_leads_to_the_sign_in_and_back(client):
    done = client.get("/evidence/checkpoint", headers={"accept": "text/html"})
    assert (done.status_code, done.headers["location"]) == (303, "/access/sign-in?to=%2Fevidence%2Fcheckpoint")


def test_a_program_is_told_in_a_line(client):
    assert client.get("/evidence/checkpoint").text.startswith("access: nobody is signed in")


@pytest.fixture
def signed_in(client, sign_in, oidc, monkeypatch):
    """A steward's session, as the browser sends it with each rerun."""
    oidc.knows("ada", "stewards")
    sign_in("ada")
    number = client.cookies["boussole_session"]
    monkeypatch.setattr(sessions, "cookie", lambda name: {"boussole_session": number}.get(name, ""))
    return number


@pytest.mark.costly
def test_a_page_asks_at_each_look(signed_in, oidc, workspace):
    assert not any("Cette page ne vous est pas ouverte" in body for body in look("data"))
    oidc.knows("ada", "all")
    assert any("Cette page ne vous est pas ouverte" in body for body in look("data"))
    sessions.end(workspace, signed_in)
    shown = look("data")
    assert any("Vous vous êtes déconnecté" in body for body in shown)
    assert not any('class="local"' in body for body in shown)


@pytest.mark.costly
def test_a_look_asks_once_who_it_is(signed_in, monkeypatch):
    asked, ask = [], sessions.by_session
    monkeypatch.setattr(sessions, "by_session", lambda *given: asked.append(given) or ask(*given))
    for name in ("compass", "questions"):
        look(name)
    assert len(asked) == 2


def test_nobody_sees_but_the_way_in(workspace, oidc, monkeypatch):
    monkeypatch.setattr(sessions, "cookie", lambda name: {"boussole_local": "steward"}.get(name, ""))
    shown = " ".join(look("compass"))
    assert "/access/sign-in?to=%2F" in shown
    assert "Boussole s’ouvre aux personnes connectées" in shown
