"""Addresses of the API and what they share: who may ask how often, what has not changed, refusals as JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.dashboard.api.shapes import Problem
from boussole.dashboard.server.access.permissions import Person, address_of
from boussole.dashboard.server.process import house_stamp, noted
from boussole.dashboard.views import store

# Refusals of the API: always JSON, whether the guard or the answer itself refuses.


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


class RefusedRequestError(BoussoleError):
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


# Addresses of the API, and what each of them shares: who may ask how often, and an answer that has not changed.


MOST_BYTES = 100_000
"""Of a text that is sent."""


class ApiAddress(APIRoute):
    """One address of the API: found by its path alone, as its permission is, and never shown as a page."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """A method that is not answered is refused by this address; no other one is tried."""
        match, found = super().matches(scope)
        return (Match.FULL if match is Match.PARTIAL else match), found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HEAD is answered as GET; the server leaves the body out."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await super().handle({**scope, "method": method}, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The answer with the headers of every answer; what nobody foresaw is told in JSON."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                response = await answer(request)
            except Exception as error:
                if isinstance(error, (BoussoleError, HTTPException, RequestValidationError)):
                    raise
                return unforeseen(error, self.path)
            kind = "txt" if response.media_type == "text/plain" else "json"
            kept = HEADERS["Cache-Control"] if "ETag" in response.headers else "no-store"
            more = {"Cache-Control": kept, "Content-Disposition": f'attachment; filename="boussole.{kind}"'}
            for name, value in {**HEADERS, **more}.items():
                response.headers.setdefault(name, value)
            return response

        return answered


async def _limited(request: Request) -> None:
    """That somebody (signed in, a token, or else an address) asks no more often than is allowed, and nothing twice."""
    known: Person | None = getattr(request.state, "person", None)
    if wait := request.app.state.limiter.wait(known.subject if known else f"address/{address_of(request)}"):
        more = {"Retry-After": str(wait)}
        raise RefusedRequestError(429, "too many requests.", next_step=f"Wait {wait} second(s).", headers=more)
    if len(request.query_params.multi_items()) != len(request.query_params):
        raise RefusedRequestError(400, "something is asked twice.", where="query", next_step="Ask each thing once.")


async def _workspace(request: Request) -> Workspace:
    return Workspace(request.app.state.home)


Here = Annotated[Workspace, Depends(_workspace)]
"""The workspace that is served."""


async def _asker(request: Request) -> Person:
    person: Person = request.state.person
    return person


Asker = Annotated[Person, Depends(_asker)]
"""Who asks, as the guard has found out."""


def _unchanged(request: Request, response: Response) -> Workspace:
    """The workspace, unless who asks has the answer already; it rests on the address, the files and the day."""
    workspace = Workspace(request.app.state.home)
    asked = [request.url.path, sorted(request.query_params.items())]
    rests_on = [*asked, store.day_in(workspace).isoformat(), str(house_stamp(workspace))]
    tag = f'"{sha256_hex(canonical_json(rests_on))[:32]}"'
    if tag in request.headers.get("if-none-match", ""):
        raise HTTPException(304, headers={**HEADERS, "ETag": tag})
    response.headers["ETag"] = tag
    return workspace


Lasting = Annotated[Workspace, Depends(_unchanged)]
"""The workspace, where an answer stays the same as long as its files and the day do."""


async def _sent(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            step = f"Send at most {MOST_BYTES} bytes."
            raise RefusedRequestError(413, "what was sent is too large.", where="body", next_step=step)
    return body.decode(errors="replace")


DeliveryReport = Annotated[str, Depends(_sent)]


def new_router() -> APIRouter:
    """Where addresses are declared: what is answered first is looked for first."""
    return APIRouter(
        route_class=ApiAddress,
        dependencies=[Depends(_limited)],
        generate_unique_id_function=lambda route: route.name,
    )
