"""The routes of the API: limited, and read-only but for cosignatures; a tag spares an answer that has not changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from audits.errors import BoussoleError, nearest
from audits.hashing import canonical_json, sha256_hex
from audits.workspace import Workspace
from dashboard import store
from dashboard.access.person import Person, address_of
from dashboard.api.asking import asked_of
from dashboard.api.endpoints import ENDPOINTS, Endpoint
from dashboard.api.limits import Limiter
from dashboard.api.openapi import document
from dashboard.api.refusals import HEADERS, ForbiddenError, MissingError, UnknownError, problem

STATUS = {UnknownError: 400, ForbiddenError: 403, MissingError: 404}
"""Of refusals; of any other error, 409."""
TEXT = {**HEADERS, "Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="boussole.txt"'}
MOST_BYTES = 100_000
"""Of a text that is sent."""
OPENAPI = "/api/openapi.json"
NOWHERE = ("/api", "/api/{rest:path}")
"""Every other address below the API: nothing answers there, and no page is shown instead."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All methods are answered, so that a refusal is one of ours."""


def api_routes(home: Path) -> list[Route]:
    """The addresses of the API on a workspace."""
    limiter = Limiter(Workspace(home).settings.access.api_per_minute)
    described = json.dumps(document(), ensure_ascii=False)

    def openapi(_request: Request) -> Response:
        return Response(described, media_type="application/json", headers=HEADERS)

    return [
        _route(OPENAPI, openapi),
        *(_served(endpoint, _answer(home, endpoint, limiter)) for endpoint in ENDPOINTS),
        *(Route(path, _nowhere, methods=list(METHODS)) for path in NOWHERE),
    ]


def _route(path: str, answer: Callable[[Request], Response]) -> Route:
    """An address that is only read."""

    def only_read(request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return answer(request)
        error = BoussoleError(f"the API only reads: {request.method} is refused.", where=path, next_step="Use GET.")
        return problem(error, 405, headers={"Allow": "GET, HEAD"})

    return Route(path, only_read, methods=list(METHODS))


def _served(endpoint: Endpoint, answer: Callable[..., Response]) -> Route:
    """An address that is read, or one that takes a text."""
    return _route(endpoint.path, answer) if endpoint.method == "get" else _taking(endpoint.path, answer)


def _taking(path: str, answer: Callable[..., Response]) -> Route:
    """An address that takes a text of bounded length."""

    async def take(request: Request) -> Response:
        if request.method != "POST":
            error = BoussoleError(f"{request.method} is refused.", where=path, next_step="Use POST.")
            return problem(error, 405, headers={"Allow": "POST"})
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                step = f"Send at most {MOST_BYTES} bytes."
                return problem(BoussoleError("what was sent is too large.", where="body", next_step=step), 413)
        text = body.decode(errors="replace")
        return await run_in_threadpool(answer, request, text)

    return Route(path, take, methods=list(METHODS))


def _nowhere(request: Request) -> Response:
    path = request.url.path[:200]
    hint = nearest(path, [endpoint.path for endpoint in ENDPOINTS])
    return problem(BoussoleError(f"there is no '{path}'. {hint}", where="path", next_step=f"See {OPENAPI}."), 404)


def _answer(home: Path, endpoint: Endpoint, limiter: Limiter) -> Callable[..., Response]:
    def answer(request: Request, body: str = "") -> Response:
        wait = limiter.wait(_asker(request))
        if wait:
            error = BoussoleError("too many requests.", next_step=f"Wait {wait} second(s).")
            return problem(error, 429, headers={"Retry-After": str(wait)})
        try:
            return _answered(Workspace(home), endpoint, request, body)
        except BoussoleError as error:
            return problem(error, STATUS.get(type(error), 409))

    return answer


def _answered(workspace: Workspace, endpoint: Endpoint, request: Request, body: str) -> Response:
    try:
        given: dict[str, Any] = asked_of(endpoint, request.path_params, request.query_params.multi_items())
    except BoussoleError as error:
        raise UnknownError(error.what, where=error.where, next_step=error.next_step) from error
    if endpoint.shape is None:
        return PlainTextResponse(endpoint.answer(workspace, given), headers=TEXT)
    if not endpoint.lasts:
        answer: BaseModel = endpoint.answer(workspace, {**given, "body": body})
        return JSONResponse(answer.model_dump(mode="json"), headers={**HEADERS, "Cache-Control": "no-store"})
    tag = _tag(workspace, endpoint, given)
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={**HEADERS, "ETag": tag})
    found: Any = endpoint.answer(workspace, given)
    told = found.model_dump(mode="json") if isinstance(found, BaseModel) else found
    return JSONResponse(told, headers={**HEADERS, "ETag": tag})


def _tag(workspace: Workspace, endpoint: Endpoint, given: Mapping[str, Any]) -> str:
    """What an answer depends on: the address, what was asked, the files of the workspace, and the day."""
    read = [list(each) for each in (*store.stamp(workspace), *store.house_stamp(workspace))]
    asked = [endpoint.path, {key: str(value) for key, value in given.items()}, store.today().isoformat()]
    return f'"{sha256_hex(canonical_json([asked, str(read)]))[:32]}"'


def _asker(request: Request) -> str:
    """Whose requests are counted together: those of somebody signed in or of a token, else those of an address."""
    known: Person | None = getattr(request.state, "person", None)
    return known.subject if known else f"address/{address_of(request)}"
