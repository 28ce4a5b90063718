"""Where figures are taken along, beside the app: one address for each page, which asks for what its page asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.access.people.routes import figure_path
from boussole.dashboard.access.visitor import looking, of_request
from boussole.dashboard.parts.taking.figure import Figure, Figures, Wanted, file_name
from boussole.dashboard.parts.taking.files import csv_file, png_file, svg_file
from boussole.dashboard.words.say import speaker

KINDS: dict[str, tuple[Callable[..., bytes], str]] = {
    "png": (png_file, "image/png"),
    "svg": (svg_file, "image/svg+xml"),
    "csv": (csv_file, "text/csv; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:",
}


def file_href(page: str, name: str, kind: str, figure: Figure, lang: str) -> str:
    """The address of a file of a figure: that of its view, with what the view asks for.

    >>> from boussole.dashboard.parts.taking.figure import Source
    >>> source = Source(organisation="", about="", period="", charter="", seal=None)
    >>> shown = Figure(title="", source=source, href="/article?article=equite&lang=fr#trend", fill=list)
    >>> file_href("article", "trend", "png", shown, "fr")
    '/figure-file/article/trend/fr.png?article=equite&lang=fr'
    """
    asked = urlsplit(figure.href).query
    return f"/figure-file/{page}/{quote(name, safe='')}/{lang}.{kind}" + (f"?{asked}" if asked else "")


def figure_routes(home: Path, page: str, figures: Figures) -> list[Route]:
    """The address of the figures of a page of a workspace."""

    async def file(request: Request) -> Response:
        return await run_in_threadpool(_file, request, home, figures)

    return [Route(figure_path(page), file)]


def _file(request: Request, home: Path, figures: Figures) -> Response:
    asked = request.path_params
    lang, _, kind = asked["file"].partition(".")
    if lang not in LANGUAGES or kind not in KINDS:
        return _none()
    make, media = KINDS[kind]
    workspace = Workspace(home)
    try:
        person: Person = getattr(request.state, "person", None) or of_request(request, home)
        settings = workspace.settings
        say = speaker(lang, settings.zone, settings.language)
        query = {**request.query_params, "lang": lang}
        with looking(person):
            found = figures(Wanted(workspace=workspace, query=query, say=say, person=person))
            figure = found.get(asked["figure"])
            content = make(figure, say, workspace.today()) if figure else b""
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409, headers=_HEADERS)
    if figure is None:
        return _none()
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{file_name(figure, kind)}"'}
    return Response(content, media_type=media, headers=headers)


def _none() -> Response:
    return PlainTextResponse("There is no such figure.\n", status_code=404, headers=_HEADERS)
