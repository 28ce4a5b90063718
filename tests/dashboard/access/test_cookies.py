"""The cookies of every address: which there are, what they may do, and how long they last."""

from __future__ import annotations

import base64
import re
import time
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from cryptography.fernet import Fernet
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.server.access import account
from boussole.dashboard.server.routes import ROUTES, Headers
from tests.attacks import Tries

OURS = "https://boussole.example"
SESSION, UNDER_WAY = "__Host-boussole", "__Host-boussole-sign-in"


@pytest.fixture
def browser(workspace: Workspace) -> TestClient:
    """A browser at a dashboard that stands behind TLS."""
    settings = workspace.home / "boussole.toml"
    text = re.sub(r'^address = ".*"', f'address = "{OURS}"', settings.read_text("utf-8"), flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    access = Workspace(workspace.home).settings.access
    app = Starlette(routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=access)])
    return TestClient(Headers(app, access), base_url=OURS, follow_redirects=False)


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


def _through(browser: TestClient, *, subject: str = "ada") -> tuple[httpx.Response, httpx.Response]:
    """The answers when a sign-in begins and when it comes back."""
    begun = browser.get("/access/sign-in", params={"to": "/register"})
    back = httpx.post(begun.headers["location"], data={"sub": subject}).headers["location"]
    return begun, browser.get(back)


@pytest.mark.costly
@pytest.mark.attack("a session", "cookies that scripts read, that go in clear or last too long")
def test_each_cookie_of_every_address_is_sound(browser: TestClient, oidc, tries: Tries) -> None:
    oidc.knows("ada", "stewards")
    begun, come = _through(browser)
    answers = [begun, come]
    for path in ROUTES:
        for method in ("GET", "POST"):
            tries.add()
            answers.append(browser.request(method, re.sub(r"\{.*?\}", "x", path), headers={"origin": OURS}))
    cookies = [cookie for answer in answers for cookie in _set(answer).values()]
    assert {cookie.key for cookie in cookies} == {SESSION, UNDER_WAY}
    for cookie in cookies:
        _sound(cookie)


def test_what_a_sign_in_needs_is_gone_with_it(browser: TestClient, oidc) -> None:
    oidc.knows("ada", "stewards")
    begun, come = _through(browser)
    assert _set(begun)[UNDER_WAY]["max-age"] == "600"
    assert come.headers["location"] == "/register"
    assert SESSION in _set(come)
    assert (_set(come)[UNDER_WAY].value, _set(come)[UNDER_WAY]["max-age"]) == ("", "0")
    assert UNDER_WAY not in browser.cookies
    refused = browser.get("/access/callback?state=x&code=y")
    assert (refused.headers["location"], _set(refused)[UNDER_WAY].value) == ("/?refused=provider", "")


@pytest.mark.attack("a session", "the verifier of a sign-in read from the browser, kept, or made up")
def test_nobody_reads_prolongs_or_makes_up_what_a_sign_in_needs(
    browser: TestClient, oidc, monkeypatch: pytest.MonkeyPatch, tries: Tries
) -> None:
    oidc.knows("ada", "stewards")
    begun = browser.get("/access/sign-in")
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
        browser.cookies.set(UNDER_WAY, made_up)
        assert browser.get(back).headers["location"] == "/?refused=provider"
        browser.cookies.clear()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + account.SECONDS + 1)
    browser.cookies.set(UNDER_WAY, value)
    assert browser.get(back).headers["location"] == "/?refused=provider"


def test_a_long_way_back_does_not_keep_anybody_out(browser: TestClient, oidc) -> None:
    oidc.knows("ada", "stewards")
    begun = browser.get("/access/sign-in", params={"to": "/search?asked=" + "é" * 1900})
    assert len(begun.headers["set-cookie"]) < 4096
    back = httpx.post(begun.headers["location"], data={"sub": "ada"}).headers["location"]
    come = browser.get(back)
    assert (come.headers["location"], SESSION in _set(come)) == ("/", True)
