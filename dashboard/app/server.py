"""The dashboard's server: Streamlit as it is set up, on the loopback address, and all that is served beside it."""

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
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.api.routing import is_api, problem
from boussole.dashboard.api.serving import api_routes
from boussole.dashboard.app.guard import ADDRESS, foreign, guarded, host_name, refusal
from boussole.dashboard.markup.elements import INK, LINE, LINK, NEEDLE, PAPER, SANS, SERIF, SIDE
from boussole.dashboard.markup.templates import prepare
from boussole.dashboard.pages.answer import view as answer
from boussole.dashboard.pages.article import view as article
from boussole.dashboard.pages.article.view import ArticleQuery, kept_article
from boussole.dashboard.pages.ask.forms import ask_routes
from boussole.dashboard.pages.compass import view as compass
from boussole.dashboard.pages.concerns.view import letter_routes
from boussole.dashboard.pages.data import view as data
from boussole.dashboard.pages.drift import view as drift
from boussole.dashboard.pages.drift.view import detail_routes
from boussole.dashboard.pages.evidence.forms import evidence_routes
from boussole.dashboard.pages.explain.view import explain_routes
from boussole.dashboard.pages.fairness import view as fairness
from boussole.dashboard.pages.incidents.view import incident_routes
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.pages.recommendations.view import followed_routes
from boussole.dashboard.pages.register import view as register
from boussole.dashboard.pages.reports.forms import report_routes
from boussole.dashboard.pages.session.forms import act_routes, committee_routes, paper_routes
from boussole.dashboard.pages.system import view as system
from boussole.dashboard.pages.system.view import system_page
from boussole.dashboard.pages.work import forms as work
from boussole.dashboard.pages.work.forms import work_routes
from boussole.dashboard.server.access.account import role_route, sign_in_routes
from boussole.dashboard.server.access.back_channel import PATH as BACK_CHANNEL
from boussole.dashboard.server.access.identity import check_roles, led_to
from boussole.dashboard.server.access.permissions import is_local
from boussole.dashboard.server.protocol import limits_of, serve
from boussole.dashboard.server.routes import Headers
from boussole.dashboard.views import store
from boussole.dashboard.views.parts.drafts import draft_routes
from boussole.dashboard.views.parts.margin_routes import margin_routes
from boussole.dashboard.views.parts.taking import Figures, figure_routes
from boussole.dashboard.views.records.entering import attachment_routes

# Where the figures of every page are taken along.


FIGURES: dict[str, Figures] = {
    "answer": answer.figures,
    "article": article.figures,
    "compass": compass.figures,
    "data": data.figures,
    "drift": drift.figures,
    "fairness": fairness.figures,
    "register": register.figures,
    "system": system.figures,
    "work": work.figures,
}
"""What each page gives, by the name of its folder: those that `server.routes` says have figures."""


def taking_routes(home: Path) -> list[Route]:
    """The address of the figures of each page."""
    return [route for page, figures in FIGURES.items() for route in figure_routes(home, page, figures)]


# How Streamlit is set up: the look, and nothing sent anywhere. The fonts themselves are in static/style.css.


LIGHT = (PAPER, SIDE, INK, LINK, NEEDLE, LINE)
DARK = ("#15191f", "#1c2129", "#ece9e2", "#93bdf5", "#ff9a94", "#363d47")
"""Paper, side, ink, link, needle and line, as in static/style.css; the browser's wish decides which."""


def _theme(name: str, colours: tuple[str, str, str, str, str, str]) -> dict[str, str]:
    paper, side, ink, link, needle, line = colours
    return {
        f"theme.{name}.backgroundColor": paper,
        f"theme.{name}.secondaryBackgroundColor": side,
        f"theme.{name}.textColor": ink,
        f"theme.{name}.linkColor": link,
        f"theme.{name}.primaryColor": needle,
        f"theme.{name}.borderColor": line,
        f"theme.{name}.sidebar.backgroundColor": side,
    }


OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "runner.magicEnabled": False,  # pages show what they put, not what stands alone in their scripts
    "logger.hideWelcomeMessage": True,  # also keeps its offers to developers out of the pages
    "runner.postScriptGC": False,  # a whole collection after every look takes longer than the look
    "server.enableAgentApi": False,  # it would run pages for programs that sign in nowhere
    "server.enableStaticServing": True,
    "server.enableWebsocketCompression": True,  # pages are a tenth of their size on a slow line
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 1,  # megabytes: files come by forms of our own, which ask who sends them
    "server.runOnSave": False,
    "theme.font": f"'{SANS}', sans-serif",
    "theme.headingFont": f"'{SERIF}', serif",
    "theme.baseFontSize": 17,
    **_theme("light", LIGHT),
    **_theme("dark", DARK),
}


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


# The dashboard's server: Streamlit on the loopback address, and what is served beside the app.


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
