"""What FastAPI raises, told as every refusal is: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.api.refusals import OPENAPI, problem

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
    """What cannot be asked, as the types of an address say it."""
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
