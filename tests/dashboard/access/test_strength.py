"""A role can ask for a second factor, an act for a recent sign-in; what the provider leaves out counts for nothing."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from boussole.audits.access_settings import AccessSettings
from boussole.audits.workspace import Workspace
from boussole.dashboard.app import frame
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.identity import NONE, proof_of, strong_enough, unprotected
from boussole.dashboard.server.access.permissions import SEALING, SIGNED_IN, Person, Role, allowed
from boussole.dashboard.server.access.sessions import SignedOutError
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views.parts import context
from tests.dashboard.access.conftest import BROWSER, COOKIE, PROOF, is_in
from tests.dashboard.access.test_matrix import look

STRONG = {"acr": "mfa", "amr": ["pwd", "hwk"]}
WEAK = [
    {}, {"acr": "mfa"}, {"amr": ["hwk"]}, {"acr": "MFA", "amr": ["hwk"]}, {"acr": ["mfa"], "amr": ["hwk"]},
    {"acr": "phr mfa", "amr": ["hwk"]}, {"acr": "mfa", "amr": "hwk"}, {"acr": "mfa", "amr": ["hwk,otp"]},
    {"acr": "mfa", "amr": [["hwk"]]}, {"acr": "", "amr": []}, {"acrs": ["mfa"], "amrs": ["hwk"]},
]  # fmt: skip


@pytest.fixture
def demanding(workspace):
    """Stewards sign in with a second factor; who votes or publishes has signed in within a quarter of an hour."""
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('acr = {steward = ["phr", "mfa"]}\namr = {steward = ["hwk", "otp"]}\nreauthenticate_minutes = 15\n')
    return Workspace(workspace.home)


@pytest.fixture
def asked(client):
    """What a request to the provider asks."""

    def of(path: str) -> dict[str, str]:
        sent = parse_qs(urlsplit(client.get(path).headers["location"]).query)
        return {name: value for name, (value,) in sent.items()}

    return of


@pytest.mark.usefixtures("demanding")
def test_who_signs_in_with_less_is_sent_on_once_and_sees_nothing(client, sign_in, oidc, workspace, asked):
    oidc.knows("ada", "stewards", acr="pwd", amr=["pwd"])
    back = sign_in("ada", to="/data?lang=en")
    assert back.headers["location"] == "/access/sign-in?to=%2Fdata%3Flang%3Den&strong=1"
    assert client.get(PROOF).status_code == 401
    request = asked(back.headers["location"])
    assert request["acr_values"] == "phr mfa"
    asks = {"acr": {"essential": True, "values": ["phr", "mfa"]}, "amr": {"essential": True, "values": ["hwk", "otp"]}}
    assert json.loads(request["claims"]) == {"id_token": asks}
    noted = log.entries(workspace)[-1]
    assert (noted.event, noted.place) == ("sign_in_refused", "weak")


@pytest.mark.costly
@pytest.mark.usefixtures("demanding")
def test_a_second_factor_opens_what_a_password_did_not(client, sign_in, oidc):
    oidc.knows("ada", "stewards", acr="pwd", amr=["pwd"])
    step = sign_in("ada", to="/data").headers["location"]
    weak = client.cookies[COOKIE]
    for claims in ({"acr": "pwd"}, STRONG):  # with no more, it leads to the page and not round and round
        oidc.knows("ada", "stewards", **claims)
        form = client.get(step).headers["location"]
        done = client.get(httpx.post(form, data={"sub": "ada"}).headers["location"])
        assert done.headers["location"] == "/data"
        assert is_in(client) is (claims == STRONG)
    assert client.cookies[COOKIE] != weak


@pytest.mark.attack(
    "restricted figures", "a sign-in with a password alone, or a claim of another shape, passes for a strong one"
)
@pytest.mark.parametrize("said", WEAK)
def test_less_than_is_asked_opens_nothing(demanding, said):
    access = demanding.settings.access
    assert not strong_enough(access, Role.STEWARD, proof_of(said, dt.datetime.now(dt.UTC)))
    assert strong_enough(access, Role.STEWARD, proof_of(STRONG, dt.datetime.now(dt.UTC)))


@pytest.mark.usefixtures("demanding")
@pytest.mark.attack("restricted figures", "somebody claims a strong sign-in in an address, a header or a cookie")
def test_the_address_proves_nothing(client, sign_in, oidc, tries):
    oidc.knows("ada", "stewards", acr="pwd")
    sign_in("ada")
    for path in ("?strong=1", "?acr=mfa&amr=hwk", "?acr_values=mfa", "?again=1"):
        tries.add()
        assert client.get(f"{PROOF}{path}").status_code == 401
        assert client.get(f"/drift-report/x{path}", headers={"acr": "mfa", "cookie": "acr=mfa"}).status_code == 401


@pytest.mark.usefixtures("demanding")
@pytest.mark.attack("restricted figures", "a session that a password opened goes on with a stronger role")
def test_a_role_that_grows_asks_for_a_stronger_sign_in(client, sign_in, oidc):
    oidc.knows("ada", "all")
    sign_in("ada")
    assert client.get(PROOF).status_code != 401
    oidc.knows("ada", "stewards", **STRONG)  # what the provider says now is not how they signed in then
    assert client.get(PROOF).status_code == 401
    assert client.get(PROOF, headers={"accept": "text/html"}).headers["location"].endswith("&strong=1")
    oidc.knows("ada", "all")
    assert client.get(PROOF).status_code != 401, "the session is not over: it opens what it opened before"


@pytest.mark.usefixtures("demanding")
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_says_why_and_leads_to_more(client, sign_in, oidc, monkeypatch, lang):
    monkeypatch.setattr(context, "language", lambda: lang)
    oidc.knows("ada", "stewards", acr="pwd")
    sign_in("ada")
    monkeypatch.setattr(sessions, "cookie", dict(client.cookies).get)
    shown = re.sub(r"</?span[^>]*>", "", " ".join(look("data")))  # around words that stay on one line
    told = {"fr": "Votre rôle demande une connexion plus forte", "en": "Your role asks for a stronger sign-in"}[lang]
    assert told in shown
    assert "/access/sign-in?to=%2Fdata&amp;strong=1" in shown


SEALED = "/committee-act/adopt/external?spoken=en"


@pytest.mark.costly
@pytest.mark.usefixtures("demanding")
@pytest.mark.attack("votes and publications", "an act is sealed in an open session, by whoever sits there or stole it")
def test_an_act_that_seals_asks_for_a_sign_in_of_late(client, sign_in, oidc, asked, tries):
    oidc.knows("ada", "ethics-secretary", auth_time=int(time.time()) - 16 * 60)
    sign_in("ada")
    sealing = [path for path, action in ROUTES.items() if action in SEALING and allowed(Role.SECRETARY, action)]
    assert len(sealing) > 15
    for path in sealing:
        tries.add()
        sent = {"rules": "what was written here is long enough to be shown"}
        done = client.post(re.sub(r"\{\w+\}", "1", path), data=sent, headers=BROWSER)
        assert done.status_code == 401, path
        assert fields(done.text) == sent
        assert 'href="/access/sign-in?to=%2F&amp;again=1"' in done.text
    request = asked("/access/sign-in?again=1")
    assert (request["max_age"], request["prompt"]) == ("0", "login")


@pytest.mark.usefixtures("demanding")
@pytest.mark.parametrize(("ago", "taken"), [(0, True), (14 * 60, True), (16 * 60, False), (-3600, True)])
def test_how_late_is_what_the_provider_signed(client, sign_in, oidc, ago, taken):
    oidc.knows("ada", "ethics-secretary", auth_time=int(time.time()) - ago)
    sign_in("ada")
    done = client.post(SEALED, data={"x": "y"}, headers=BROWSER)
    assert (done.status_code != 401) is taken
    assert client.get(PROOF).status_code != 401, "what seals nothing goes on"


def test_a_provider_that_does_not_say_when_leaves_it_unproved(demanding):
    me = Person(role=Role.SECRETARY, authenticated=True)
    with pytest.raises(SignedOutError, match="asks for a sign-in of late"):
        sessions.fresh(demanding, me)
    sessions.fresh(demanding, replace(me, authenticated=False))  # in local mode nobody signs in


@pytest.mark.parametrize("bad", [True, "now", None, [], -1, float("nan")])
def test_a_moment_that_is_none_is_none(bad):
    assert proof_of({"auth_time": bad}, dt.datetime.now(dt.UTC)).at is None


def test_nothing_is_asked_where_nothing_is_set(workspace, client, sign_in, oidc):
    oidc.knows("ada", "ethics-secretary")
    sign_in("ada")
    assert client.post(SEALED, data={"x": "y"}, headers=BROWSER).status_code != 401
    assert strong_enough(workspace.settings.access, Role.STEWARD, NONE)


def test_who_sees_what_is_sensitive_with_a_password_alone_is_told(demanding):
    assert [role.value for role in unprotected(demanding.settings.access)] == ["administrator"]
    every = AccessSettings(roles={role: role for role in SIGNED_IN})
    seeing = {"administrator", "steward", "data_scientist", "agent", "auditor"}
    assert {role.value for role in unprotected(every)} == seeing
    assert not unprotected(every.model_copy(update={"amr": {role: ["hwk"] for role in seeing}}))


def test_the_server_warns_when_it_starts(workspace, command, monkeypatch):
    monkeypatch.setattr("boussole.dashboard.app.server.run", lambda *_, **__: None)
    said = command("--workspace", workspace.home, "dashboard", "--headless").stderr
    assert "a password alone opens what concerns single people to: administrator, steward." in said
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('acr = {steward = ["mfa"], administrator = ["mfa"]}\n')
    assert "Warning" not in command("--workspace", workspace.home, "dashboard", "--headless").stderr


WRITTEN = '</textarea><script>alert(1)</script> & "what must not be lost", over more than one\nline'
DUE = (dt.datetime.now(dt.UTC).date() + dt.timedelta(30)).isoformat()
SENT = {"body": "CNIL", "text": WRITTEN, "addressee": "Direction", "due_on": DUE}
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


def test_a_link_leads_to_the_sign_in_and_back_and_a_program_is_told_in_a_line(client):
    done = client.get(PROOF, headers={"accept": "text/html"})
    assert (done.status_code, done.headers["location"]) == (303, "/access/sign-in?to=%2Fevidence%2Fcheckpoint")
    assert client.get(PROOF).text.startswith("access: nobody is signed in")


@pytest.fixture
def signed_in(ada, client, monkeypatch):
    """A steward's session, as the browser sends it with each rerun."""
    monkeypatch.setattr(sessions, "cookie", dict(client.cookies).get)
    return client.cookies[COOKIE]


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
