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

from boussole.audits.access_settings import AccessSettings
from boussole.audits.drift import stored
from boussole.audits.workspace import Workspace
from boussole.dashboard.app.frame import OPTIONS
from boussole.dashboard.app.server import CLOSED, KnownHosts, is_foreign, routes

EVERYTHING = Route("/{path:path}", lambda _: PlainTextResponse("taken"), methods=["GET", "PUT", "DELETE"])
SIGNED = {"issuer": "https://id.example", "client_id": "b", "roles": {"a": "reader"}, "address": "http://localhost"}
REPORT = "2026-03-01_2026-03-31_vs_2026-02-01_2026-02-28"


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"Host": "localhost"}, False),
        ({"host": "127.0.0.1:8501", "origin": "http://localhost:8501"}, False),
        ({"Host": "[::1]:8501"}, False),
        ({"Host": ""}, True),
        ({"Host": "rebound.example:8501"}, True),
        ({"Host": "localhost.example"}, True),
        ({"Host": "localhost", "Origin": "https://elsewhere.example"}, True),
        ({"Host": "localhost", "Origin": "null"}, True),
        ({"Host": "localhost:8501", "Origin": "http://localhost:5000"}, True),
        ({"Host": "localhost:8501", "Origin": "http://localhost"}, True),
        ({"Host": "localhost", "X-Forwarded-Host": "localhost"}, True),
        ({"Host": "localhost", "Forwarded": "for=10.0.0.7"}, True),
    ],
)
def test_who_is_refused(headers: dict[str, str], refused: bool) -> None:
    behind = TestClient(Starlette(routes=[EVERYTHING], middleware=[Middleware(KnownHosts, access=AccessSettings())]))
    assert (behind.get("/", headers=headers).status_code == 403) == refused


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
    sent = {"host": "boussole.example", **({"origin": origin} if origin else {})}
    assert is_foreign(sent, frozenset({"boussole.example"}), origin_needed=True, scheme="https") == refused


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    Workspace.create(tmp_path)
    folder = tmp_path / "reports" / "drift" / "matchft"
    folder.mkdir(parents=True)
    (folder / f"{REPORT}.html").write_text("<h1>drift</h1>", encoding="utf-8")
    (folder / f"{REPORT}.json").write_text("{}", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    app = Starlette(routes=routes(tmp_path), middleware=[Middleware(KnownHosts, access=AccessSettings())])
    return TestClient(app, base_url="http://localhost")


def test_a_drift_report_is_sandboxed(client: TestClient) -> None:
    answer = client.get(f"/drift-report/matchft/{REPORT}/page", headers={"sec-fetch-dest": "iframe"})
    assert (answer.status_code, answer.text) == (200, "<h1>drift</h1>")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "allow-same-origin" not in policy
    for part in ("default-src", "connect-src", "frame-src", "worker-src", "form-action", "base-uri"):
        assert f"{part} 'none';" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_drift_report_by_itself_stands_in_a_frame_that_leads_nowhere_else(client: TestClient) -> None:
    for asked in ("matchft", f"matchft/{REPORT}", f"matchft/{REPORT}/page"):
        answer = client.get(f"/drift-report/{asked}", headers={"sec-fetch-dest": "document"})
        assert answer.url.path == f"/drift-report/matchft/{REPORT}"
        assert answer.text.count('<iframe src="/drift-report/matchft/') == 1
        assert 'sandbox="allow-scripts"' in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        assert "script-src" not in policy
        assert "frame-src 'self'" in policy
    taken = client.get(f"/drift-report/matchft/{REPORT}/json")
    assert (taken.json(), "attachment" in taken.headers["content-disposition"]) == ({}, True)


@pytest.mark.parametrize("name", ["chatft", "..%2F..%2Fsecret", "Matchft", "matchft.html"])
def test_nothing_else_of_the_workspace_is_served(client: TestClient, name: str) -> None:
    for path in (name, f"{name}/{REPORT}", f"{name}/{REPORT}/page", f"matchft/{name}/page", f"matchft/{name}/json"):
        assert client.get(f"/drift-report/{path}").status_code == 404


def test_strangers_get_neither_pages_nor_sockets(client: TestClient) -> None:
    assert client.get("/drift-report/matchft", headers={"host": "rebound.example"}).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/", headers={"host": "rebound.example"}):
        pass


@pytest.mark.parametrize(
    "path", ["/_stcore/upload_file/session/file", *(f"{each}/x".replace("//", "/") for each in CLOSED)]
)
def test_nobody_fills_the_memory_of_the_server_with_files(path: str) -> None:
    for access in (AccessSettings(), AccessSettings(**SIGNED)):
        door = Middleware(KnownHosts, access=access)
        behind = TestClient(Starlette(routes=[EVERYTHING], middleware=[door]), base_url="http://localhost")
        behind.headers["origin"] = "http://localhost"
        assert behind.get("/_stcore/health").text == "taken"
        for method in ("GET", "PUT", "DELETE"):
            assert behind.request(method, path).status_code == 404


def test_a_report_is_found_by_a_plain_id_only(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "drift" / "x"
    folder.mkdir(parents=True)
    for name in (REPORT, "secret"):
        (folder / f"{name}.html").touch()
    assert stored.newest(tmp_path, "../x") is None
    assert stored.newest(tmp_path, "") is None
    assert stored.stored(tmp_path, "x", "../x/" + REPORT) is None
    assert stored.stored(tmp_path, "x", "secret") is None
    assert stored.stored(tmp_path, "x", REPORT.replace("02-28", "02-30")) is None
    found = stored.stored(tmp_path, "x", REPORT)
    assert found is not None
    assert (found.name, found == stored.newest(tmp_path, "x")) == (REPORT, True)


def test_nothing_for_developers_is_on() -> None:
    wanted = {
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "runner.magicEnabled": False,
        "server.enableAgentApi": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "browser.gatherUsageStats": False,
    }
    assert {name: OPTIONS.get(name) for name in wanted} == wanted
    assert not Starlette().debug
