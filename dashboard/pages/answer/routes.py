"""Where an answer is taken away: as a picture (SVG, PNG) and as a table (CSV), beside the app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.answer.cache import answer_page
from boussole.dashboard.pages.answer.done import Reader
from boussole.dashboard.pages.answer.files import csv_file, png_file, svg_file
from boussole.dashboard.pages.answer.view import AnswerPage
from boussole.dashboard.words.say import Say, speaker

FILE = "/answer-file/{system}/{question}/{file}"
MAKERS: dict[str, tuple[Callable[[AnswerPage, Say], bytes], str]] = {
    "svg": (svg_file, "image/svg+xml"),
    "png": (png_file, "image/png"),
    "csv": (csv_file, "text/csv; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:",
}
NOTHING_ELSE = Reader(committee=False, incidents=False)
"""A file tells nothing of what only some may see."""


def file_href(system: str, question: str, kind: str, lang: str) -> str:
    """The address of a file of an answer.

    >>> file_href("matchft", "impact_ratio_gender", "png", "fr")
    '/answer-file/matchft/impact_ratio_gender/fr.png'
    """
    return f"/answer-file/{quote(system, safe='')}/{quote(question, safe='')}/{lang}.{kind}"


def answer_routes(home: Path) -> list[Route]:
    """The addresses of the files of answers of a workspace."""

    async def file(request: Request) -> Response:
        asked = request.path_params
        lang, _, kind = asked["file"].partition(".")
        if lang not in LANGUAGES or kind not in MAKERS:
            return _none()
        return await run_in_threadpool(_file, home, asked["system"], asked["question"], lang, kind)

    return [Route(FILE, file)]


def _file(home: Path, system: str, question: str, lang: str, kind: str) -> Response:
    make, media = MAKERS[kind]
    try:
        page = answer_page(Workspace(home), system, question, lang, reader=NOTHING_ELSE)
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409, headers=_HEADERS)
    if page is None:
        return _none()
    name = f"{page.system}_{page.key}.{kind}"
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(make(page, speaker(lang)), media_type=media, headers=headers)


def _none() -> Response:
    return PlainTextResponse("There is no such answer.\n", status_code=404, headers=_HEADERS)
