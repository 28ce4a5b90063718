"""The dashboard's server, on the loopback address: Streamlit, all that is served beside it, and who may ask for it."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.bootstrap import load_config_options

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError, LostLedgerError
from boussole.audits.languages import LANGUAGES
from boussole.audits.lost import hold_ledger
from boussole.audits.workspace import Workspace
from boussole.dashboard.api.routing import is_api, problem, unforeseen
from boussole.dashboard.api.serving import api_routes
from boussole.dashboard.app.frame import OPTIONS
from boussole.dashboard.markup.templates import prepare
from boussole.dashboard.pages.answer.view import stating_routes
from boussole.dashboard.pages.article.view import ArticleQuery, kept_article
from boussole.dashboard.pages.ask.forms import ask_routes
from boussole.dashboard.pages.charter.forms import adoption_routes
from boussole.dashboard.pages.drift.view import detail_routes
from boussole.dashboard.pages.evidence.forms import evidence_routes
from boussole.dashboard.pages.evidence.withdrawing import withdrawing_routes
from boussole.dashboard.pages.explain.view import explain_routes
from boussole.dashboard.pages.incidents.view import incident_routes
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.pages.recommendations.view import followed_routes
from boussole.dashboard.pages.register.forms import stock_routes
from boussole.dashboard.pages.reports.forms import report_routes
from boussole.dashboard.pages.session.forms import act_routes, committee_routes, paper_routes
from boussole.dashboard.pages.system.view import system_page
from boussole.dashboard.pages.work.forms import work_routes
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.account import lapsed, role_route, sign_in_routes
from boussole.dashboard.server.access.back_channel import PATH as BACK_CHANNEL
from boussole.dashboard.server.access.back_channel import Failures
from boussole.dashboard.server.access.identity import check_roles, led_to
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import (
    BY_PROGRAMS,
    SEALING,
    STRANGERS,
    AccessError,
    Action,
    Person,
    address_of,
    demand,
    is_local,
    is_token,
)
from boussole.dashboard.server.access.sessions import SignedOutError, of_request, subject_of
from boussole.dashboard.server.process import Limiter
from boussole.dashboard.server.routes import ROUTES, Headers
from boussole.dashboard.views import store
from boussole.dashboard.views.parts.drafts import draft_routes

# What is taken from whoever may ask: content of the kinds that an address reads, and not too many forms a minute.


FORMS_EACH_MINUTE = 60
"""Forms of one person who signed in: more than anybody fills in."""
FORMS, TEXTS = ("application/x-www-form-urlencoded", "multipart/form-data"), ("text/plain",)
"""Kinds of content that forms and the API read."""


def kinds(action: Action) -> tuple[str, ...]:
    """The content types that an address takes."""
    return TEXTS if action in BY_PROGRAMS else FORMS


def is_read(request: Request, action: Action) -> bool:
    """Whether what is sent, if anything, is of a kind that its address reads."""
    length = request.headers.get("content-length", "0")
    empty = length == "0" and "transfer-encoding" not in request.headers
    if empty or request.method in ("GET", "HEAD") or (is_api(request.url.path) and action not in BY_PROGRAMS):
        return True
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in kinds(action)


def wait_for_form(forms: Limiter, request: Request) -> int:
    """0, or the seconds until the next form of the same person is taken. In local mode nobody is kept waiting."""
    person: Person | None = getattr(request.state, "person", None)
    if request.method in ("GET", "HEAD") or person is None or not person.authenticated or is_token(person):
        return 0
    return forms.wait(person.subject)


# Routes beside the app ask who is there and what they may do before they answer.


HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def guarded(routes: Sequence[Route], home: Path) -> list[Route]:
    """Routes that ask for their action before they answer. Raises KeyError for one that names none."""
    failures, forms = Failures(), Limiter(FORMS_EACH_MINUTE)
    return [
        Route(each.path, Guard(each.app, each.path, home, failures, forms), methods=list(each.methods or ()))
        for each in routes
    ]


class Guard:
    """Stands before what answers at a path, and lets through who may ask it."""

    def __init__(self, answer: ASGIApp, path: str, home: Path, failures: Failures, forms: Limiter) -> None:
        self.answer, self.path, self.action, self.home = answer, path, ROUTES[path], home
        self.failures, self.forms = failures, forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            refusal = await self.refusal(request)
        except Exception as error:
            if not is_api(request.url.path):
                raise
            refusal = unforeseen(error, self.path)
        await (refusal or self.answer)(scope, receive, send)

    async def refusal(self, request: Request) -> Response | None:
        """What somebody gets in place of an answer; None where they get one."""
        if self.action not in STRANGERS:
            error = await run_in_threadpool(_refusal, request, self.home, self.path)
            if error is not None:
                wait = await run_in_threadpool(_counted, request, error, self.home, self.path, self.failures)
                return _slowed(request, wait, "unknown tokens") if wait else await _told(request, error)
            if wait := wait_for_form(self.forms, request):
                return _slowed(request, wait, "forms")
        return None if is_read(request, self.action) else _unread(request, self.action)


class ReadOnlyError(BoussoleError):
    """A program that would act with a token: nobody answers for what it does."""

    def __init__(self) -> None:
        step = "Sign in, and do it in the browser."
        super().__init__("a token only reads: nothing is done with it.", where="access", next_step=step)


STATUS: dict[type[BoussoleError], int] = {
    SignedOutError: 401,
    AccessError: 403,
    ReadOnlyError: 403,
    LostLedgerError: 409,
}
"""Why somebody gets no answer, as a status; 503 where nobody can say now."""


def _refusal(request: Request, home: Path, path: str) -> BoussoleError | None:
    action = ROUTES[path]
    try:
        person = of_request(request, home)
        request.state.person = person
        look(Workspace(home), person, action, place=path)
        demand(person, action)
        if request.method not in ("GET", "HEAD"):
            if is_token(person) and action not in BY_PROGRAMS:
                raise ReadOnlyError
            if action in SEALING:
                sessions.fresh(Workspace(home), person)
        hold_ledger(Workspace(home))
    except BoussoleError as error:
        return error
    return None


def _counted(request: Request, refusal: BoussoleError, home: Path, path: str, failures: Failures) -> int:
    """Counts a token that is not, or no longer, known; 0, or the seconds to wait before the next is answered."""
    shown = request.headers.get("authorization")
    if shown is None or not isinstance(refusal, SignedOutError):
        return 0
    return failures.failed(
        Workspace(home),
        "token_refused",
        address=address_of(request),
        place=f"{refusal.reason} {path}",
        subject=subject_of(shown.partition(" ")[2]),
        guess=refusal.reason == "nobody",
    )


def _slowed(request: Request, wait: int, what: str) -> Response:
    error = BoussoleError(f"too many {what}.", where="access", next_step=f"Wait {wait} second(s).")
    return _said(request, error, 429, {"Retry-After": str(wait)})


def _unread(request: Request, action: Action) -> Response:
    read = ", ".join(kinds(action))
    error = BoussoleError("content of this kind is not read here.", where="content-type", next_step=f"Send {read}.")
    return _said(request, error, 415, {"Accept-Post": read})


def _said(request: Request, error: BoussoleError, status: int, more: dict[str, str]) -> Response:
    headers = {**HEADERS, **more}
    if is_api(request.url.path):
        return problem(error, status, headers=headers)
    return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)


async def _told(request: Request, error: BoussoleError) -> Response:
    """Why: as JSON to who asks the API, as a page to somebody whose session is over, else as text."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 503)
    page = not is_api(request.url.path) and "text/html" in request.headers.get("accept", "")
    if status == 401 and page:
        return await lapsed(request, error.reason if isinstance(error, SignedOutError) else "nobody")
    return _said(request, error, status, {"WWW-Authenticate": "Bearer"} if status == 401 else {})


# Which requests are answered: in local mode those of this machine, with sign-in those under the dashboard's own names.


ADDRESS = "127.0.0.1"
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def is_foreign(
    headers: Mapping[str, str], names: frozenset[str], *, scheme: str = "", origin_needed: bool = False
) -> bool:
    """Whether a request asks for another host than ours (DNS rebinding), or comes from a page of another site.

    `scheme` is that of our pages, where it is known. Browsers state the origin of every form (`origin_needed`).

    >>> ours = frozenset({"boussole.example"})
    >>> is_foreign({"host": "boussole.example"}, ours), is_foreign({"host": "evil.example"}, ours)
    (False, True)
    >>> is_foreign({"host": "boussole.example", "origin": "https://evil.example"}, ours, origin_needed=True)
    True
    """
    host, origin = headers.get("host", ""), headers.get("origin")
    if host_name(host) not in names:
        return True
    if origin is None:
        return origin_needed
    return not _own(origin, host, names) or not origin.startswith(f"{scheme}://" if scheme else "")


def _own(origin: str, host: str, names: frozenset[str]) -> bool:
    """Whether a page is of this very server: another port is somebody else, though browsers send it our cookies."""
    place = origin.partition("://")[2]
    name, asked = host_name(place), host_name(host)
    return name in names and place[len(name) :] == host[len(asked) :]


def host_name(value: str) -> str:
    """The name without its port."""
    name, _, port = value.rpartition(":")
    return (name if port.isdigit() else value).lower()


# Pages drawn ahead, so that nobody waits for the first look.


def warm(workspace: Workspace) -> None:
    """Draw every page ahead, in both languages, so that nobody waits for the first look."""
    prepare()
    store.register(workspace, store.day_in(workspace))
    seen = store.scene(workspace)
    for lang in LANGUAGES:
        for each in seen.charter.articles:
            kept_article(workspace, ArticleQuery(article=each.id), lang)
        for name in seen.latest:
            system_page(workspace, name, lang)


APP = Path(__file__).with_name("app.py")
CLOSED = (
    "/_stcore/upload_file/",
    "/_stcore/metrics",
    "/_stcore/agent/",
    "/_stcore/bidi-components/",
    "/component/",
    "/auth/",
    "/oauth2callback",
)
"""Addresses of Streamlit that need no sign-in: uploads, its counts, programs, its own sign-in, unused components."""

REFUSALS = {
    True: (
        "Boussole is in local mode: it answers only this machine, at http://localhost.",
        "Ask from this machine, or set up sign-in: docs/access.md.",
    ),
    False: (
        "Boussole does not answer under this name, or to this site.",
        "Ask at the address that is set in [access], from its own pages.",
    ),
}
"""By whether the server is in local mode: what is wrong, and what to do."""


class KnownHosts:
    """Answers under the dashboard's own names only; with sign-in, takes forms and sockets from its own pages only."""

    def __init__(self, app: ASGIApp, access: AccessSettings) -> None:
        self.app, self.local = app, access.local
        signed_in = frozenset({host_name(access.host), *map(host_name, access.hosts)})
        self.names = LOCAL_NAMES if access.local else signed_in
        self.scheme = "" if access.local else access.address.partition("://")[0]

    def refuses(self, scope: Scope) -> bool:
        """Whether a request is not for this server, or not from a page of its own."""
        headers = HTTPConnection(scope).headers
        if self.local and any(name in headers for name in FORWARDED):
            return True
        acts = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        needed = acts and not self.local and scope["path"] != BACK_CHANNEL
        return is_foreign(headers, self.names, scheme=self.scheme, origin_needed=needed)

    def refused(self, path: str) -> Response:
        """Why, as JSON to who asks the API."""
        text, step = REFUSALS[self.local]
        if is_api(path):
            return problem(BoussoleError(text, where="access", next_step=step), 403)
        return PlainTextResponse(f"{text}\n", status_code=403)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self.refuses(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.refused(scope["path"])(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await PlainTextResponse("There is nothing of this name.\n", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def routes(home: Path) -> list[Route]:
    """What is served beside the app, each behind its action (`guarded`)."""

    workspace = Workspace(home)
    access = check_roles(workspace)
    entering = [role_route()] if is_local(workspace) else sign_in_routes(workspace, access)
    files = [
        *detail_routes(home),
        *evidence_routes(home),
        *committee_routes(home),
        *paper_routes(home),
    ]
    forms = [
        *act_routes(home),
        *incident_routes(home),
        *explain_routes(home),
        *followed_routes(home),
        *stating_routes(home),
        *stock_routes(home),
        *adoption_routes(home),
        *withdrawing_routes(home),
        *ask_routes(home),
        *question_routes(home),
        *draft_routes(home),
        *work_routes(home),
        *report_routes(home),
    ]
    return guarded([*files, *forms, *entering, *api_routes(home)], home)


def run(workspace_home: Path, port: int, headless: bool) -> None:
    """Serve the dashboard of a workspace until interrupted; opens a browser unless `headless`."""
    import streamlit as st

    home = workspace_home.resolve()
    os.environ["BOUSSOLE_HOME"] = str(home)
    access = Workspace(home).settings.access
    address = ADDRESS if access.local else access.listen
    quiet = headless or not access.local  # a browser here would ask for another name than the dashboard's
    options: dict[str, Any] = {**OPTIONS, "server.address": address, "server.port": port, "server.headless": quiet}
    load_config_options(options)
    app = st.App(APP, routes=routes(home), middleware=[Middleware(KnownHosts, access=access)], lifespan=_warming(home))
    serve(Headers(app, access, leads=lambda: led_to(access)), address, port)


LARGEST_MESSAGE = 1024 * 1024
"""Bytes of one message of a web socket: what a page sends when somebody touches it."""
PING_SECONDS, KEEP_ALIVE_SECONDS, ENDING_SECONDS = 30, 75, 5


def serve(app: ASGIApp, address: str, port: int) -> None:
    """Serve an app at an address until interrupted. Raises BoussoleError when the port is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listening = socket.create_server((address, port), family=family, backlog=2048)
    except OSError as error:
        raise BoussoleError(
            f"the server cannot listen at {address}, port {port}: {error.strerror}.",
            next_step="End what listens there, or choose another port with --port.",
        ) from error
    with listening:
        web_server(app).run(sockets=[listening])


def web_server(app: ASGIApp) -> uvicorn.Server:
    """The server of an app. What clients may take of time, size and connections is the proxy's: deploy/nginx.conf."""
    settings = uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=ENDING_SECONDS,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        use_colors=False,
        log_level="warning",
    )
    return uvicorn.Server(settings)


def _warming(home: Path) -> Callable[[Any], AbstractAsyncContextManager[None]]:

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        threading.Thread(target=_warm, args=(home,), daemon=True).start()
        yield

    return lifespan


def _warm(home: Path) -> None:
    """What goes wrong here is told by the page itself. What is held from then on is no garbage: nobody looks for it."""
    with suppress(BoussoleError):
        warm(Workspace(home))
    gc.collect()
    gc.freeze()
