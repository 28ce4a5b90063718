"""Addresses of the API, and what each of them shares: who may ask how often, and an answer that has not changed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.dashboard.api.refusals import HEADERS, RefusedError, unforeseen
from boussole.dashboard.server.access.person import Person, address_of
from boussole.dashboard.server.cache import house_stamp
from boussole.dashboard.views import store

MOST_BYTES = 100_000
"""Of a text that is sent."""


class Address(APIRoute):
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
        raise RefusedError(429, "too many requests.", next_step=f"Wait {wait} second(s).", headers=more)
    if len(request.query_params.multi_items()) != len(request.query_params):
        raise RefusedError(400, "something is asked twice.", where="query", next_step="Ask each thing once.")


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
    """The text that is sent, of bounded length."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            step = f"Send at most {MOST_BYTES} bytes."
            raise RefusedError(413, "what was sent is too large.", where="body", next_step=step)
    return body.decode(errors="replace")


Sent = Annotated[str, Depends(_sent)]


def new_router() -> APIRouter:
    """Where addresses are declared: what is answered first is looked for first."""
    return APIRouter(
        route_class=Address,
        dependencies=[Depends(_limited)],
        generate_unique_id_function=lambda route: route.name,
    )
