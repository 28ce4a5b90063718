"""The dashboard's server: Streamlit on the loopback address, and what is served beside the app."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.bootstrap import load_config_options

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.back_channel import PATH as BACK_CHANNEL
from boussole.dashboard.access.local_role import role_route
from boussole.dashboard.access.people.identity import check_roles
from boussole.dashboard.access.people.person import is_local
from boussole.dashboard.access.people.provider import led_to
from boussole.dashboard.access.sign_in import sign_in_routes
from boussole.dashboard.api.refusals import is_api, problem
from boussole.dashboard.api.serving import api_routes
from boussole.dashboard.pages.ask.forms import ask_routes
from boussole.dashboard.pages.concerns.view import letter_routes
from boussole.dashboard.pages.drift.detail_html import detail_routes
from boussole.dashboard.pages.evidence.routes import evidence_routes
from boussole.dashboard.pages.explain.forms import explain_routes
from boussole.dashboard.pages.incidents.incidents_html import incident_routes
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.pages.recommendations.view import followed_routes
from boussole.dashboard.pages.reports.reports_html import report_routes
from boussole.dashboard.pages.session.files import committee_routes, paper_routes
from boussole.dashboard.pages.work.work_html import work_routes
from boussole.dashboard.server.guard import guarded
from boussole.dashboard.server.local import ADDRESS, foreign, host_name, refusal
from boussole.dashboard.server.serving.headers import Headers
from boussole.dashboard.server.serving.limits import limits_of
from boussole.dashboard.server.serving.listening import serve
from boussole.dashboard.server.taking import taking_routes
from boussole.dashboard.server.theme import OPTIONS
from boussole.dashboard.server.warming import warm
from boussole.dashboard.views.parts.draft_forms import draft_routes
from boussole.dashboard.views.parts.margin_routes import margin_routes
from boussole.dashboard.views.records.act_routes import act_routes
from boussole.dashboard.views.records.entering import attachment_routes

APP = Path(__file__).parents[1] / "app" / "app.py"
CLOSED = (
    "/_stcore/upload_file/",
    "/_stcore/metrics",
    "/_stcore/agent/",
    "/_stcore/bidi-components/",
    "/component/",
    "/auth/",
    "/oauth2callback",
)
"""What Streamlit would give to whoever has a socket, signed in or not: room for files without end, its counts, a way in
for programs, a sign-in of its own, and components that no page has."""


class LocalOnly:
    """Refuses what does not come from this machine, pages and web sockets alike."""

    text = "Boussole is in local mode: it answers only this machine, at http://localhost.\n"
    step = "Ask from this machine, or set up sign-in: docs/access.md."

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def refuses(self, scope: Scope, headers: list[tuple[str, str]]) -> bool:
        return scope["type"] in ("http", "websocket") and refusal(headers) is not None

    def refused(self, path: str) -> Response:
        """Why, as JSON to who asks the API."""
        if is_api(path):
            return problem(BoussoleError(self.text.strip(), where="access", next_step=self.step), 403)
        return PlainTextResponse(self.text, status_code=403)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope.get("headers", [])]
        if self.refuses(scope, headers):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.refused(scope["path"])(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await PlainTextResponse("There is nothing of this name.\n", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class KnownHosts(LocalOnly):
    """With sign-in: answers under its own names only, and takes forms and web sockets from its own pages only."""

    text = "Boussole does not answer under this name, or to this site.\n"
    step = "Ask at the address that is set in [access], from its own pages."

    def __init__(self, app: ASGIApp, names: frozenset[str], scheme: str) -> None:
        super().__init__(app)
        self.names, self.scheme = names, scheme

    def refuses(self, scope: Scope, headers: list[tuple[str, str]]) -> bool:
        if scope["type"] not in ("http", "websocket"):
            return False
        own = scope["type"] == "websocket" or (scope["method"] not in ("GET", "HEAD") and scope["path"] != BACK_CHANNEL)
        return foreign(headers, self.names, origin_needed=own, scheme=self.scheme)


def routes(home: Path) -> list[Route]:
    """What is served beside the app, each behind its action (`guard`)."""

    workspace = Workspace(home)
    access = check_roles(workspace)
    entering = [role_route()] if is_local(workspace) else sign_in_routes(workspace, access)
    files = [
        *taking_routes(home),
        *detail_routes(home),
        *evidence_routes(home),
        *committee_routes(home),
        *paper_routes(home),
        *attachment_routes(home),
    ]
    forms = [
        *act_routes(home),
        *incident_routes(home),
        *explain_routes(home),
        *followed_routes(home),
        *ask_routes(home),
        *question_routes(home),
        *draft_routes(home),
        *letter_routes(home),
        *margin_routes(home),
        *work_routes(home),
        *report_routes(home),
    ]
    return guarded([*files, *forms, *entering, *api_routes(home)], home)


def doors(access: AccessSettings) -> Middleware:
    """What stands before everything: this machine only, or the names under which the dashboard is known."""
    if access.local:
        return Middleware(LocalOnly)
    names = frozenset({host_name(access.host), *map(host_name, access.hosts)})
    return Middleware(KnownHosts, names=names, scheme=access.address.partition("://")[0])


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
    app = st.App(APP, routes=routes(home), middleware=[doors(access)], lifespan=_warming(home))
    serve(Headers(app, access, leads=lambda: led_to(access)), address, port, limits_of(access))


def _warming(home: Path) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Draws the pages ahead while the first visitor arrives."""

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
