"""Routes beside the app ask who is there and what they may do before they answer."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from audits.errors import BoussoleError, LostLedgerError
from audits.lost import hold_ledger
from audits.workspace import Workspace
from dashboard.access.lapsed import lapsed
from dashboard.access.log import look
from dashboard.access.permissions import STRANGERS, AccessError, demand
from dashboard.access.person import is_token, of_request
from dashboard.access.places import ROUTES
from dashboard.access.sessions import SignedOutError
from dashboard.api.refusals import is_api, problem, unforeseen

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def guarded(routes: Sequence[Route], home: Path) -> list[Route]:
    """The same routes, each behind its action. Raises KeyError for one that names none."""
    return [_guarded(route, home) for route in routes]


def _guarded(route: Route, home: Path) -> Route:
    answer, action = route.endpoint, ROUTES[route.path]

    async def endpoint(request: Request) -> Response:
        try:
            return await answered(request)
        except Exception as error:
            if not is_api(request.url.path):
                raise
            return unforeseen(error, route.path)

    async def answered(request: Request) -> Response:
        if action not in STRANGERS:
            refusal = await run_in_threadpool(_refusal, request, home, route.path)
            if refusal is not None:
                return await _told(request, refusal)
        if inspect.iscoroutinefunction(answer):
            found: Response = await answer(request)
            return found
        return await run_in_threadpool(answer, request)

    return Route(route.path, endpoint, methods=list(route.methods or ()))


class ReadOnlyError(BoussoleError):
    """A program that would act with a token: nobody answers for what it does."""

    def __init__(self) -> None:
        step = "Sign in, and do it in the browser."
        super().__init__("a token only reads: nothing is done with it.", where="access", next_step=step)


STATUS: dict[type[BoussoleError], int] = {
    SignedOutError: 401,
    AccessError: 403,
    ReadOnlyError: 403,
    LostLedgerError: 409,
}
"""Why somebody gets no answer, as a status; 503 where nobody can say now."""


def _refusal(request: Request, home: Path, path: str) -> BoussoleError | None:
    """Why somebody gets no answer; None where they do."""
    action = ROUTES[path]
    try:
        person = of_request(request, home)
        request.state.person = person
        look(Workspace(home), person, action, place=path)
        demand(person, action)
        if is_token(person) and request.method not in ("GET", "HEAD"):
            raise ReadOnlyError
        hold_ledger(Workspace(home))
    except BoussoleError as error:
        return error
    return None


async def _told(request: Request, error: BoussoleError) -> Response:
    """Why: as JSON to who asks the API, as a page to somebody whose session is over, else as text."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 503)
    headers = {**HEADERS, "WWW-Authenticate": "Bearer"} if status == 401 else HEADERS
    if is_api(request.url.path):
        return problem(error, status, headers=headers)
    if status == 401 and "text/html" in request.headers.get("accept", ""):
        return await lapsed(request)
    return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)
