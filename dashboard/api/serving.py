"""The API as an app of its own, behind the guard: its OpenAPI document, and how what is asked wrongly is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.dashboard.api import answers
from boussole.dashboard.api.routing import HEADERS, OPENAPI, TOLD, ApiAddress, problem
from boussole.dashboard.api.shapes import AUDIT, REF, Problem
from boussole.dashboard.server.access.permissions import STRANGERS
from boussole.dashboard.server.process import Limiter
from boussole.dashboard.server.routes import ROUTES

# What FastAPI raises, told as every refusal is: what is wrong, where, and what to do.


FAULTS = {
    "greater_than_equal": "is at least {ge}",
    "less_than_equal": "is at most {le}",
    "enum": "is one of {expected}",
    "literal_error": "is one of {expected}",
    "string_too_long": "has at most {max_length} characters",
}
"""What is wrong with a value, by pydantic's name of it; what our own types say they say in full."""


async def _refused(_request: Request, error: BoussoleError) -> Response:
    """What an answer refuses, or runs into: the ledger does not hold, or something cannot be read."""
    return problem(error, getattr(error, "status", 409), headers=getattr(error, "headers", None))


async def _misasked(_request: Request, error: RequestValidationError) -> Response:
    fault = error.errors()[0]
    place, *names = fault["loc"]
    told = fault["msg"].removeprefix("Value error, ")
    if fault["type"] in FAULTS:
        told = FAULTS[fault["type"]].format(**fault["ctx"]).replace("'", "")
    what = f"{names[0]} {told}." if names else told
    return problem(BoussoleError(what, where=place, next_step=f"See {OPENAPI}."), 400)


async def _elsewhere(request: Request, error: HTTPException) -> Response:
    """An answer that has not changed, a method that is not answered, or an address that there is not."""
    if error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    if error.status_code == 405:
        route = request.scope["route"]
        reads = "GET" in route.methods
        what = f"{'the API only reads: ' if reads else ''}{request.method} is refused."
        step, allow = ("Use GET.", "GET, HEAD") if reads else ("Use POST.", "POST")
        return problem(BoussoleError(what, where=route.path, next_step=step), 405, headers={"Allow": allow})
    path = request.url.path[:200]
    hint = nearest(path, [each.path for each in request.app.routes])
    return problem(BoussoleError(f"there is no '{path}'. {hint}", where="path", next_step=f"See {OPENAPI}."), 404)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    BoussoleError: _refused,
    RequestValidationError: _misasked,
    HTTPException: _elsewhere,
}


# The OpenAPI 3.1 document: made by FastAPI from the addresses and their types.


ADDRESSES = [each for each in answers.router.routes if isinstance(each, ApiAddress)]
"""In the order in which they are looked for."""
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "boussole access token new"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-boussole"},
}


@cache
def document() -> dict[str, Any]:
    """What the API is, for programs and people: with the one error model, who may ask, and parts of audit documents."""
    found = get_openapi(
        title="Boussole",
        version=answers.VERSION,
        summary="Whether AI systems keep the promises of a charter: read-only.",
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": "/"}],
        routes=ADDRESSES,
    )
    problem = {"application/json": {"schema": {"$ref": f"{REF}Problem"}}}
    refusals = {code: {"description": told, "content": problem} for code, told in TOLD.items()}
    for path, item in found["paths"].items():
        for operation in item.values():
            told = operation["summary"] = operation.pop("description")
            operation["responses"] = {"200": {**operation["responses"]["200"], "description": told}, **refusals}
            operation["security"] = [] if ROUTES[path] in STRANGERS else [{name: []} for name in _SCHEMES]
    made = found["components"]["schemas"]
    audit = {name: value for name, value in AUDIT.items() if name not in ("$schema", "$defs")}
    parts = {"Problem": Problem.model_json_schema(), **AUDIT["$defs"], "audit": audit}
    schemas = {name: schema for name, schema in {**made, **parts}.items() if "ValidationError" not in name}
    return {**found, "components": {"schemas": schemas, "securitySchemes": _SCHEMES}}


# The API as an app of its own, behind the addresses that the guard lets somebody through to.


NOWHERE = ("/api", "/api/{rest:path}")
"""Every other address below the API: nothing answers there, and no page is shown instead."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All methods are answered, so that a refusal is one of ours."""


def api_routes(home: Path) -> list[Route]:
    """The addresses of the API on a workspace, in the order in which the app looks for them."""
    app = FastAPI(
        routes=[ApiAddress(OPENAPI, openapi), *ADDRESSES],
        exception_handlers=HANDLERS,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.home, app.state.limiter = home, Limiter(Workspace(home).settings.access.api_per_minute)
    paths = [OPENAPI, *(each.path for each in ADDRESSES), *NOWHERE]
    return [Route(path, app, methods=list(METHODS)) for path in paths]


@cache
def _described() -> str:
    return json.dumps(document(), ensure_ascii=False)


async def openapi() -> Response:
    """What the API is."""
    return Response(_described(), media_type="application/json", headers=HEADERS)
