"""Routes beside the app ask who is there and what they may do before they answer."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from audits.errors import BoussoleError
from audits.workspace import Workspace
from dashboard.access.log import look
from dashboard.access.permissions import STRANGERS, AccessError, Action, demand
from dashboard.access.person import of_request
from dashboard.access.places import ROUTES
from dashboard.access.sessions import SignedOutError

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def guarded(routes: Sequence[Route], home: Path) -> list[Route]:
    """The same routes, each behind its action. Raises KeyError for one that names none."""
    return [_guarded(route, ROUTES[route.path], home) for route in routes]


def _guarded(route: Route, action: Action, home: Path) -> Route:
    answer = route.endpoint

    async def endpoint(request: Request) -> Response:
        refused = None if action in STRANGERS else await run_in_threadpool(_refusal, request, home, action)
        if refused is not None:
            return refused
        if inspect.iscoroutinefunction(answer):
            found: Response = await answer(request)
            return found
        return await run_in_threadpool(answer, request)

    return Route(route.path, endpoint, methods=list(route.methods or ()))


def _refusal(request: Request, home: Path, action: Action) -> Response | None:
    """Why somebody gets no answer; None where they do."""
    try:
        person = of_request(request, home)
        look(Workspace(home), person, action, place=request.url.path)
        demand(person, action)
    except SignedOutError as error:
        return PlainTextResponse(f"{error}\n", status_code=401, headers=HEADERS)
    except AccessError as error:
        return PlainTextResponse(f"{error}\n", status_code=403, headers=HEADERS)
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=503, headers=HEADERS)
    return None
