"""What the evidence page hands out and takes in, beside the app: checkpoints, proofs, and files to check.

Plain links and a plain form: they speak the language of the page, and work with every browser and screen reader. Of a
file that was checked only the answer stays, in memory, until other answers push it out.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.ledger.checkpoint import parse_checkpoint
from boussole.audits.workspace import Workspace
from boussole.charter.records import prove_entry
from boussole.dashboard.markup.words.addresses import evidence_href, number_of
from boussole.dashboard.markup.words.say import chosen_language, speaker_for
from boussole.dashboard.pages.evidence.check import EvidenceQuery, FileAnswer, examine, too_large
from boussole.dashboard.pages.evidence.view import CHECK, CHECKPOINT, LARGEST, PROOF
from boussole.dashboard.views import store

MOST_ANSWERS = 200
ENVELOPE = 10_000
"""Bytes around the file in a request."""

_answers: OrderedDict[str, tuple[str, FileAnswer]] = OrderedDict()


def answer_of(token: str) -> tuple[str, FileAnswer] | None:
    """The name of a file that was checked, and what it is; None when that is no longer known."""
    return _answers.get(token)


def evidence_routes(home: Path) -> list[Route]:
    """The addresses of the evidence of a workspace."""

    def checkpoint(_request: Request) -> Response:
        return _file(lambda: _checkpoint(Workspace(home)))

    def proof(request: Request) -> Response:
        number = number_of(request.path_params["number"])
        if number is None:
            return PlainTextResponse("There is no such entry.\n", status_code=404)
        return _file(lambda: _proof(Workspace(home), number))

    async def check(request: Request) -> Response:
        return await _check(request, Workspace(home))

    return [
        Route(CHECKPOINT, checkpoint),
        Route(PROOF + "/{number}", proof),
        Route(CHECK, check, methods=["POST"]),
    ]


async def _check(request: Request, workspace: Workspace) -> Response:
    """Reads the file of the form, and leads to the page that says what it is."""
    lang = chosen_language(request)
    asking = EvidenceQuery(workspace=workspace, say=speaker_for(request, workspace), query=lang)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST + ENVELOPE:
        return _see("", too_large(asking.say), lang)
    async with request.form(max_files=1, max_fields=1) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile) or not given.filename:
            return RedirectResponse(f"{evidence_href(query=lang)}#check", status_code=303)
        name, content = given.filename, await given.read()
    return _see(name, await run_in_threadpool(_examined, name, content, asking), lang)


def _see(name: str, answer: FileAnswer, lang: dict[str, str]) -> Response:
    """Back to the page, with the answer: reloading it checks nothing again."""
    token = secrets.token_urlsafe(12)
    _answers[token] = (name[-200:], answer)
    while len(_answers) > MOST_ANSWERS:
        _answers.popitem(last=False)
    return RedirectResponse(f"{evidence_href(query=lang, checked=token)}#answer", status_code=303)


def _examined(name: str, content: bytes, asking: EvidenceQuery) -> FileAnswer:
    try:
        return examine(name, content, asking)
    except BoussoleError as error:
        return FileAnswer(tone="broken", headline=error.what, details=[error.next_step])


def _checkpoint(workspace: Workspace) -> tuple[str, str]:
    text = str(store.checkpoint(workspace))
    return f"ledger-{parse_checkpoint(text)[1].size}.checkpoint", text


def _proof(workspace: Workspace, number: int) -> tuple[str, str]:
    return f"entry-{number}.tlog-proof", str(prove_entry(workspace, number, store.checkpoint(workspace)))


def _file(make: Callable[[], tuple[str, str]]) -> Response:
    """A file to take away, or why there is none."""
    try:
        name, text = make()
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, headers={**headers, "X-Content-Type-Options": "nosniff"})
