"""What is true of every route of the server: which action it is, and the headers that each of its answers bears."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boussole.audits.access_settings import AccessSettings
from boussole.charter.record_types.inputs import path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.dashboard.markup.elements import SCRIPT, STYLE, source
from boussole.dashboard.server.access.account import sign_in_cookie
from boussole.dashboard.server.access.permissions import COOKIE, Action, session_cookie

# Where each action is done over HTTP: every route names one; those of records say it in their models.


def record_actions() -> dict[str, Action]:
    """The actions of the forms of records."""
    return {path_of(form): Action[form.action] for model in KINDS.values() for form in model.forms}


def record_address(kind: str) -> str:
    """Where the API lists the records of a kind."""
    return f"/api/records/{kind}"


def record_addresses() -> dict[str, Action]:
    """The actions of these addresses: who may see records of a kind, as their models say."""
    return {record_address(kind): Action[model.read_action] for kind, model in KINDS.items()}


ROUTES: dict[str, Action] = {
    "/drift-report/{system}": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}/page": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}/json": Action.SEE_DRIFT_REPORT,
    "/report-file/{name}": Action.SEE_REPORTS,
    "/report-make": Action.MAKE_REPORT,
    "/explain/open": Action.OPEN_SHEET,
    "/explain/confirm/{of}": Action.CONFIRM_SHEET,
    "/explain/issue/{of}": Action.ENTER_APPEAL,
    "/explain-file/{of}": Action.SEE_SHEET,
    "/evidence/checkpoint": Action.TAKE_CHECKPOINTS,
    "/evidence/proof/{number}": Action.TAKE_PROOFS,
    "/evidence/check": Action.CHECK_FILES,
    "/session-minutes/{entry:int}.{lang}.md": Action.SEE_COMMITTEE,
    "/session-minutes/{entry:int}.json": Action.SEE_COMMITTEE,
    "/session-paper/file/{of}": Action.CONVENE,
    "/session-paper/minutes/{of}": Action.CONVENE,
    "/session-paper-file/{entry:int}/{name}": Action.SEE_COMMITTEE,
    "/drafts/new/{of}": Action.DRAFT,
    "/drafts/write/{of}": Action.DRAFT,
    "/drafts/save/{of}": Action.DRAFT,
    "/drafts/comment/{of}": Action.DRAFT,
    "/drafts/erase/{of}": Action.DRAFT,
    "/drafts/discard/{of}": Action.DRAFT,
    "/committee-act/convene/{of}": Action.CONVENE,
    "/session-act/amend/{of}": Action.CONVENE,
    "/session-act/again/{of}": Action.CONVENE,
    "/session-act/point/{of}": Action.CONVENE,
    "/session-act/cast/{of}": Action.TAKE_PART,
    "/access/role": Action.CHOOSE_ROLE,
    "/access/sign-in": Action.SIGN_IN,
    "/access/callback": Action.SIGN_IN,
    "/access/sign-out": Action.SIGN_IN,
    "/access/back-channel-logout": Action.SIGN_IN,
    "/access/sessions/end": Action.OWN_SESSIONS,
    "/api/openapi.json": Action.ASK_HEALTH,
    "/api/systems": Action.SEE_REGISTER,
    "/api/systems/{system}": Action.SEE_REGISTER,
    "/api/systems/{system}/audits": Action.SEE_SYSTEM,
    "/api/systems/{system}/measures": Action.SEE_SYSTEM,
    "/api/verdicts": Action.SEE_SYSTEM,
    "/api/audits/{entry}": Action.SEE_SYSTEM,
    "/api/charter": Action.SEE_CHARTER,
    "/api/ledger": Action.SEE_EVIDENCE,
    "/api/ledger/checkpoint": Action.TAKE_CHECKPOINTS,
    "/api/ledger/key": Action.TAKE_CHECKPOINTS,
    "/api/ledger/outside": Action.SEE_EVIDENCE,
    "/api/ledger/cosignatures": Action.COSIGN,
    "/api/ledger/{entry}": Action.SEE_EVIDENCE,
    "/api/ledger/{entry}/proof": Action.TAKE_PROOFS,
    "/api/texts/check": Action.CHECK_TEXTS,
    "/api": Action.ASK_HEALTH,
    "/api/{rest:path}": Action.ASK_HEALTH,
    "/healthz": Action.ASK_HEALTH,
    **record_addresses(),
    **record_actions(),
}
"""By the path of the route."""


# What a browser may load, run and send for an answer of the dashboard.


BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whatever is no page: files, answers of the API, refusals."""
FIXED = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
}
"""Borne by every answer that does not say otherwise itself."""
WASM = "'wasm-unsafe-eval'"
"""Streamlit's reader of messages counts with WebAssembly. It makes no script of a text, as 'unsafe-eval' would."""
PRESSED = "@layer {\n  [data-react-aria-pressable] {\n    touch-action: pan-x pan-y pinch-zoom;\n  }\n}"
"""What Streamlit's fields put into a page so that they can be pressed with a finger: this style, and no other."""
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def page_policy(sent_to: Iterable[str] = ()) -> str:
    """For the pages: what is ours, and the scripts and styles whose hash is known; forms may lead on to `sent_to`.

    >>> "unsafe-inline" in page_policy(), "form-action 'self' https://id.example;" in page_policy(["https://id.example"])
    (False, True)
    """
    forms = " ".join(["'self'", *sorted(sent_to)])
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", WASM, source(SCRIPT), *_of_streamlit()]),
        "style-src": f"'self' {source(STYLE)} {source('')} {source(PRESSED)}",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "form-action": forms,
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


@cache
def _of_streamlit() -> list[str]:
    import streamlit

    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return [source(script) for script in _INLINE.findall(page.read_text(encoding="utf-8"))]


# The headers that every answer bears, whoever made it: a page, a file, a refusal, a fault.


YEAR = 365 * 24 * 3600
OWN_FILES, KEPT = "/app/static/", "public, max-age=3600"
"""Fonts and marks, the same for everybody; whatever else says nothing of it is kept by no browser."""
WITHOUT_CONTENT = (204, 304)
_OF_NOBODY = ("access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers", "server")
"""What Streamlit would tell pages of other sites, and what would tell of the server: left out."""
_UNLESS_CHANGED = (b"if-none-match", b"if-modified-since")


def _asked_whole(scope: Scope) -> Scope:
    """The request of a page without its conditions: an answer 304 would bring the policy of a file."""
    headers = dict(scope["headers"])
    if b"text/html" not in headers.get(b"accept", b""):
        return scope
    return {**scope, "headers": [each for each in scope["headers"] if each[0].lower() not in _UNLESS_CHANGED]}


class Headers:
    """Puts them on every answer, and lets no cookie out but ours; forms may lead to the origins of `leads`."""

    def __init__(
        self, app: ASGIApp, access: AccessSettings, *, leads: Callable[[], Iterable[str]] = lambda: ()
    ) -> None:
        self.app, self.leads = app, leads
        self.cookies = tuple(f"{name}=" for name in (COOKIE, session_cookie(access), sign_in_cookie(access)))
        self.fixed = dict(FIXED)
        if access.address.startswith("https://"):
            self.fixed["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] not in WITHOUT_CONTENT:
                    headers["Content-Type"] = _kind(headers.get("content-type", "text/plain"))
                self._put(headers, scope["path"])
            await send(message)

        if scope["type"] == "http":
            await self.app(_asked_whole(scope), receive, sent)
        else:
            await self.app(scope, receive, send)

    def _put(self, headers: MutableHeaders, path: str) -> None:
        cookies = [each for each in headers.getlist("set-cookie") if each.startswith(self.cookies)]
        for name in ("set-cookie", *_OF_NOBODY):
            del headers[name]
        for cookie in cookies:
            headers.append("set-cookie", cookie)
        for name, value in self.fixed.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", KEPT if path.startswith(OWN_FILES) else "no-store")
        if "content-security-policy" not in headers:
            page = headers.get("content-type", "").startswith("text/html")
            headers["Content-Security-Policy"] = page_policy(self.leads()) if page else BARE


def _kind(said: str) -> str:
    """The kind of an answer, with its character set where it is a text.

    >>> _kind("image/svg+xml"), _kind("text/plain"), _kind("text/html; charset=utf-8"), _kind("font/woff2")
    ('image/svg+xml; charset=utf-8', 'text/plain; charset=utf-8', 'text/html; charset=utf-8', 'font/woff2')
    """
    text = said.startswith("text/") or said.endswith("xml")
    return f"{said}; charset=utf-8" if text and "charset" not in said else said
