"""Refusals of the API: always JSON, whether the guard or the answer itself refuses."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from boussole.audits.errors import BoussoleError
from boussole.dashboard.api.shapes import Problem
from boussole.dashboard.server.trouble import noted

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'attachment; filename="boussole.json"',
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer: whatever the address says, a browser keeps it as a file of this name and shows nothing."""
OPENAPI = "/api/openapi.json"
TOLD: Mapping[str, str] = {
    "400": "Something cannot be asked: a name that nobody knows (the nearest is told), a number out of range",
    "401": "Nobody is signed in, or the token is not known",
    "403": "The role may not see it, or the request comes from elsewhere",
    "404": "It is not there",
    "405": "It is not asked in this way",
    "413": "What was sent is too large",
    "415": "What was sent is of a kind that is not read",
    "409": "What would answer does not hold, or cannot be read",
    "429": "Too many requests: wait as long as Retry-After says",
    "500": "Something that nobody foresaw: the server has noted it under a number",
    "503": "Nobody can say now who may ask",
}
"""Every refusal, as the OpenAPI document tells it."""


class RefusedError(BoussoleError):
    """What an answer refuses by itself, with its status."""

    def __init__(
        self, status: int, what: str, *, where: str = "", next_step: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.headers = status, headers
        super().__init__(what, where=where, next_step=next_step)


def is_api(path: str) -> bool:
    """Whether an address is one of the API, or would be.

    >>> is_api("/api"), is_api("/api/none"), is_api("/healthz"), is_api("/apis")
    (True, True, True, False)
    """
    return path in ("/api", "/healthz") or path.startswith("/api/")


def problem(error: BoussoleError, status: int, *, headers: Mapping[str, str] | None = None) -> Response:
    """The response that says why there is no answer."""
    body = Problem(error=error.what, where=error.where, next_step=error.next_step)
    return JSONResponse(body.model_dump(), status_code=status, headers={**HEADERS, **(headers or {})})


def unforeseen(error: Exception, path: str) -> Response:
    """The response to an error that nobody foresaw: its number, and nothing of what failed."""
    number = noted(error, f"the address {path}")
    step = f"Ask again. If it happens again, tell your administrator this number: {number}."
    return problem(BoussoleError("something went wrong that nobody foresaw.", next_step=step), 500)
