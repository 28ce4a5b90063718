"""In local mode nobody else gets an answer, and documents of others run in no origin of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from audits.workspace import Workspace
from dashboard.local import foreign, refusal
from dashboard.server import KnownHosts, LocalOnly, drift_report, routes


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ([("Host", "localhost")], None),
        ([("host", "127.0.0.1:8501"), ("origin", "http://localhost:8501")], None),
        ([("Host", "[::1]:8501")], None),
        ([], "host"),
        ([("Host", "rebound.example:8501")], "host"),
        ([("Host", "localhost.example")], "host"),
        ([("Host", "localhost"), ("Origin", "https://elsewhere.example")], "host"),
        ([("Host", "localhost"), ("Origin", "null")], "host"),
        ([("Host", "localhost:8501"), ("Origin", "http://localhost:5000")], "host"),
        ([("Host", "localhost:8501"), ("Origin", "http://localhost")], "host"),
        ([("Host", "localhost"), ("X-Forwarded-Host", "localhost")], "forwarded"),
        ([("Host", "localhost"), ("Forwarded", "for=10.0.0.7")], "forwarded"),
    ],
)
def test_who_is_refused(headers: list[tuple[str, str]], why: str | None) -> None:
    assert refusal(headers) == why


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        ("https://boussole.example", False),
        ("https://boussole.example:8443", True),
        ("http://boussole.example", True),
        ("https://other.example", True),
        ("null", True),
        (None, True),
    ],
)
def test_a_form_comes_from_our_own_pages_and_not_from_what_is_sent_in_clear(origin, refused):
    sent = [("Host", "boussole.example"), *([("Origin", origin)] if origin else [])]
    assert foreign(sent, frozenset({"boussole.example"}), origin_needed=True, scheme="https") == refused


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    Workspace.create(tmp_path)
    folder = tmp_path / "reports" / "drift"
    folder.mkdir(parents=True)
    (folder / "matchft.html").write_text("<h1>drift</h1>", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    app = Starlette(routes=routes(tmp_path), middleware=[Middleware(LocalOnly)])
    return TestClient(app, base_url="http://localhost")


def test_a_drift_report_is_sandboxed(client: TestClient) -> None:
    answer = client.get("/drift/matchft")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_no_other_site_can_put_a_page_in_a_frame(client: TestClient) -> None:
    for path in ("/drift/matchft", "/healthz", "/nothing"):
        headers = client.get(path).headers
        assert (headers["x-frame-options"], headers["referrer-policy"]) == ("SAMEORIGIN", "same-origin")


@pytest.mark.parametrize("name", ["chatft", "..%2F..%2Fsecret", "Matchft", "matchft.html"])
def test_nothing_else_of_the_workspace_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/drift/{name}").status_code == 404


def test_strangers_get_neither_pages_nor_sockets(client: TestClient) -> None:
    assert client.get("/drift/matchft", headers={"host": "rebound.example"}).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/", headers={"host": "rebound.example"}):
        pass


@pytest.mark.parametrize("path", ["/_stcore/upload_file/session/file", "/_stcore/metrics"])
def test_nobody_fills_the_memory_of_the_server_with_files(path: str) -> None:
    everything = Route("/{path:path}", lambda _: PlainTextResponse("taken"), methods=["GET", "PUT", "DELETE"])
    for door in (Middleware(LocalOnly), Middleware(KnownHosts, names=frozenset({"localhost"}), scheme="http")):
        behind = TestClient(Starlette(routes=[everything], middleware=[door]), base_url="http://localhost")
        behind.headers["origin"] = "http://localhost"
        assert behind.get("/_stcore/health").text == "taken"
        for method in ("GET", "PUT", "DELETE"):
            assert behind.request(method, path).status_code == 404


def test_a_report_is_found_by_a_plain_id_only(tmp_path: Path) -> None:
    assert drift_report(tmp_path, "../x") is None
    assert drift_report(tmp_path, "") is None
