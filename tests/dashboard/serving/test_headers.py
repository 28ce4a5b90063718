"""What every answer says to the browser, whoever made it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import re
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from boussole.audits.access_settings import AccessSettings
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.pages.drift.view import AROUND, around
from boussole.dashboard.server.access import account
from boussole.dashboard.server.routes import BARE, Headers, page_policy
from boussole.dashboard.views.records.taking_part import receipt_page
from tests.attacks import Tries

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SENSORS = ("camera", "display-capture", "geolocation", "microphone", "midi", "usb")
SIGNED = {"issuer": "https://id.example", "client_id": "b", "roles": {"a": "reader"}}
OF_STREAMLIT = [
    "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/stream",
    "/_stcore/upload_file/a/b", "/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/_stcore/bidi-components/a",
    "/component/a/b", "/auth/login", "/auth/logout", "/oauth2callback", "/media/none.png", "/favicon.png",
    "/manifest.json", "/static/none.js", "/app/static/style.css", "/app/static/icon.svg", "/app/static/none.css",
]  # fmt: skip
OURS = ["/healthz", "/api/openapi.json", "/api/none", "/evidence/none", "/access/role", "/drift-report/a/b/page"]
STRANGE = [
    "/app/static/../app.py", "/app/static/..%2fapp.py", "/app/static/%2e%2e/app.py", "/app/static/..%5capp.py",
    "/app/static/%00", "/app/static/icon.svg%00.png", "/static/../../../../etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd", "/static//etc/passwd", "//etc/passwd", "//evil.example/..", "/%00",
    "/drift-report/%00/%00/page", "/drift-report/..%2f..%2fboussole.toml/a/page", "/reports/..%2fboussole.toml",
    "/media/..%2f..%2fboussole.toml", "/%ff%fe", "/a%0d%0aSet-Cookie:x=y", "/?a=%0d%0aSet-Cookie:x=y", "/.git/config",
    "/boussole.toml", "/governance.sqlite", "/app/static/", "/static/", "/app/static/fonts/", "/.DS_Store",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
UNUSED = METHODS[3:6] + METHODS[7:]
attack = pytest.mark.attack


def test_a_page_that_a_browser_has_kept_is_sent_whole_with_its_policy(address: str) -> None:
    page = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in (each.path for each in pages(speaker("en"))):
        first = httpx.get(address + path, headers=page)
        kept = {"If-None-Match": first.headers.get("etag", "*"), "If-Modified-Since": first.headers["last-modified"]}
        again = httpx.get(address + path, headers={**page, **kept})
        assert (again.status_code, again.text) == (200, first.text), path
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"] == page_policy()
    script = re.search(r'src="\.?(/static/js/[^"]+)"', first.text)
    assert script is not None
    first = httpx.get(address + script[1])
    assert httpx.get(address + script[1], headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def _answers(address: str, paths: list[str], methods: list[str]) -> Iterator[tuple[str, http.client.HTTPResponse]]:
    """What a server says, without a client that mends paths."""
    place = urlsplit(address).netloc
    for path, method in itertools.product(paths, methods):
        made = http.client.HTTPConnection(place, timeout=30)
        made.putrequest(method, path, skip_host=True)
        made.putheader("Host", place)
        made.putheader("Origin", address)
        made.putheader("Content-Length", "0")
        made.endheaders()
        yield f"{method} {path}", made.getresponse()
        made.close()


@attack("a reader's browser", "answers without a policy, of any address and method, and addresses that lead elsewhere")
def test_every_answer_says_what_a_browser_may_do(address: str, tries: Tries) -> None:
    own = [page.path for page in pages(speaker("en"))]
    for asked, answer in _answers(address, [*own, *OF_STREAMLIT, *OURS, *STRANGE], METHODS):
        tries.add()
        body, said = answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        assert {name: said.get(name) for name in ALWAYS} == ALWAYS, asked
        policy = said["content-security-policy"]
        page = said.get("content-type", "").startswith("text/html")
        assert policy == (page_policy() if page else BARE), asked
        assert "cache-control" in said, asked
        assert all(f"{name}=()" in said["permissions-policy"] for name in SENSORS), asked
        assert not page or said["cache-control"] in ("no-store", "no-cache"), asked
        kind = said.get("content-type", "")
        assert kind or answer.status in (204, 304), asked
        assert "charset=utf-8" in kind or not (kind.startswith("text/") or "xml" in kind), asked
        assert {"server", "access-control-allow-origin", "x-powered-by"}.isdisjoint(said), asked
        assert said.get("set-cookie") in (None, "boussole_local=steward; HttpOnly; Path=/; SameSite=strict"), asked
        assert answer.status < 500, asked
        assert b"root:" not in body, asked
        assert b"organisation = " not in body, asked  # a line of the settings
        assert b"import streamlit" not in body, asked
        assert b"Index of" not in body, asked
        assert answer.status >= 300 or asked.partition(" ")[0] not in UNUSED, asked


@attack("a reader's browser", "scripts, styles and places of others in a page")
def test_the_policy_of_pages_lets_nothing_in_that_is_not_ours() -> None:
    policy = dict(part.split(" ", 1) for part in page_policy().split("; "))
    for name in ("default-src", "base-uri", "object-src"):
        assert policy[name] == "'none'"
    for name in ("connect-src", "frame-src", "form-action", "manifest-src", "frame-ancestors"):
        assert policy[name] == "'self'"
    assert "unsafe-inline" not in page_policy()
    assert "'unsafe-eval'" not in page_policy()
    assert "http" not in page_policy()
    assert policy["script-src"].count("'sha256-") == 2  # ours, and the one in Streamlit's page


def _fails(_: Request) -> Response:
    raise RuntimeError("of the program")


def _of_the_framework(_: Request) -> Response:
    answer = PlainTextResponse("x", headers={"Access-Control-Allow-Origin": "*", "Server": "uvicorn"})
    answer.set_cookie("_streamlit_session", "verifier", max_age=14 * 24 * 3600)
    answer.set_cookie("_streamlit_xsrf", "token")
    answer.set_cookie("__Host-boussole", "number", secure=True, httponly=True)
    return answer


def _own(_: Request) -> Response:
    return HTMLResponse(
        "x", headers={"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"}
    )


def _asked(path: str, access: AccessSettings) -> Response:
    routes = [Route("/fails", _fails), Route("/framework", _of_the_framework), Route("/own", _own)]
    return TestClient(Headers(Starlette(routes=routes), access), raise_server_exceptions=False).get(path)  # type: ignore[return-value]


def test_a_fault_bears_them_too() -> None:
    answer = _asked("/fails", AccessSettings())
    assert (answer.status_code, answer.headers["content-security-policy"]) == (500, BARE)
    assert answer.headers["cache-control"] == "no-store"


def test_an_answer_may_be_stricter_by_itself() -> None:
    headers = _asked("/own", AccessSettings()).headers
    assert (headers["content-security-policy"], headers["referrer-policy"]) == ("default-src 'none'", "no-referrer")


@attack("a session", "cookies of the framework, which hold more than they should for longer than they should")
def test_no_cookie_leaves_but_ours() -> None:
    answer = _asked("/framework", AccessSettings(**SIGNED, address="https://b.example"))
    assert answer.headers["set-cookie"].startswith("__Host-boussole=number;")
    assert "_streamlit" not in answer.headers["set-cookie"]
    assert {"server", "access-control-allow-origin"}.isdisjoint(answer.headers)


@attack("a session", "pages in clear after a first visit over https")
@pytest.mark.parametrize(
    ("address", "told"), [("https://b.example", "max-age=31536000; includeSubDomains"), ("http://localhost:8501", None)]
)
def test_only_https_is_said_to_stay_so(address: str, told: str | None) -> None:
    for path in ("/own", "/fails", "/none"):
        found = _asked(path, AccessSettings(**SIGNED, address=address)).headers
        assert found.get("strict-transport-security") == told
    assert "strict-transport-security" not in _asked("/own", AccessSettings()).headers


def _alone() -> list[tuple[str, str]]:
    """The pages that stand by themselves, beside the app, and their policies."""
    place = SimpleNamespace(found=SimpleNamespace(entry=1))
    receipt = receipt_page(place, SimpleNamespace(entry=2), "n", speaker("fr"), query={})  # type: ignore[arg-type]
    report = SimpleNamespace(system="x", name="y")
    return [
        (account.page([("a", "b")], speaker("fr"), to="/", reason="nobody"), account.POLICY),
        (bytes(receipt.body).decode(), receipt.headers["content-security-policy"]),
        (around(report), AROUND),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(("page", "policy"), _alone(), ids=["lapsed", "receipt", "report"])
def test_a_page_by_itself_has_the_one_style_that_its_policy_names(page: str, policy: str) -> None:
    assert page.lower().startswith("<!doctype html><html ")
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert [f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in styles] == (
        re.findall(r"'sha256-[^']+'", policy)
    )
    assert ("unsafe" in policy, "style=" in page, "<script" in page) == (False, False, False)
