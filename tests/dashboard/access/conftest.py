"""A real provider of sign-ins, a dashboard that asks it, and somebody who signs in."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.server.access import identity, permissions

ADDRESS = "http://localhost:8501"
SETTINGS = """
[access]
issuer = "{issuer}"
client_id = "boussole"
address = "{address}"
recheck_seconds = 0
roles = {{ethics-chair = "chair", ethics-secretary = "secretary", ethics-member = "member", partners = "follow_up", \
stewards = "steward", it = "administrator", all = "reader"}}
"""
HERE = {"origin": ADDRESS}
BROWSER = {**HERE, "accept": "text/html"}
COOKIE = "boussole_session"
PROOF = "/evidence/checkpoint"
"""Open to a steward who is signed in; there is no ledger yet, which is the answer that they get."""


def is_in(client: TestClient) -> bool:
    return bool(client.get(PROOF).status_code == 409)


class Provider:
    """A provider in a thread of its own, asked over HTTP: who there is, and what it says of them."""

    def __init__(self, address: str) -> None:
        self.address = address

    def knows(self, subject: str, *roles: str, **claims: object) -> None:
        """Somebody with roles, from now on."""
        said = {"roles": list(roles), "name": subject.title(), "email": f"{subject}@example.org"}
        said |= {"email_verified": True, **claims}
        assert httpx.put(f"{self.address}/users/{subject}", json=said).status_code == 204

    def revokes(self, subject: str) -> None:
        """All that it gave out for somebody."""
        assert httpx.post(f"{self.address}/users/{subject}/revoke-tokens").is_success


@pytest.fixture(scope="session")
def oidc() -> Iterator[Provider]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread

        with run_server_in_thread() as server:
            yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture
def workspace(tmp_path: Path, oidc: Provider, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose people sign in."""
    made = Workspace.create(tmp_path / "w")
    with (made.home / "boussole.toml").open("a") as file:
        file.write(SETTINGS.format(issuer=oidc.address, address=ADDRESS))
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    monkeypatch.setenv("BOUSSOLE_CLIENT_SECRET", "of the client")
    monkeypatch.setattr(identity, "_known", {})
    monkeypatch.setattr(permissions, "_started", {})
    return Workspace(made.home)


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    """A browser, before anybody signs in."""
    return browser(workspace)


def browser(workspace: Workspace) -> TestClient:
    """A browser with no cookies, on what is served beside the app."""
    app = Starlette(
        routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=workspace.settings.access)]
    )
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def sign_in(client: TestClient) -> Callable[..., httpx.Response]:
    """Goes through the provider's form as a browser does; the answer is the one that comes back to the dashboard."""

    def through(subject: str, *, to: str = "/", by: TestClient = client) -> httpx.Response:
        form = by.get("/access/sign-in", params={"to": to}).headers["location"]
        back = httpx.post(form, data={"sub": subject}).headers["location"]
        assert back.startswith(f"{ADDRESS}/access/callback?")
        return by.get(back)

    return through


@pytest.fixture
def ada(client: TestClient, sign_in: Callable[..., httpx.Response], oidc: Provider) -> TestClient:
    """The browser of a steward who is signed in, in a session of the provider's that has a name."""
    oidc.knows("ada", "stewards", sid="08a5019c")
    sign_in("ada")
    assert is_in(client)
    return client


@pytest.fixture
def at(workspace: Workspace, sign_in: Callable[..., httpx.Response]) -> Callable[[str], TestClient]:
    """Somebody's browser, signed in."""

    def somebody(name: str) -> TestClient:
        opened = browser(workspace)
        sign_in(name, by=opened)
        opened.headers.update(BROWSER)
        return opened

    return somebody
