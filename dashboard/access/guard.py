"""Routes beside the app ask the table of permissions before they answer."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.access.permissions import AccessError, demand
from dashboard.access.person import of_request
from dashboard.access.places import ROUTES


def guarded(routes: Sequence[Route]) -> list[Route]:
    """The same routes, each behind its action. Raises KeyError for one that names none."""
    return [_guarded(route) for route in routes]


def _guarded(route: Route) -> Route:
    action, answer = ROUTES[route.path], route.endpoint

    async def endpoint(request: Request) -> Response:
        try:
            demand(of_request(request), action)
        except AccessError as error:
            return PlainTextResponse(f"{error}\n", status_code=403)
        if inspect.iscoroutinefunction(answer):
            found: Response = await answer(request)
            return found
        return await run_in_threadpool(answer, request)

    return Route(route.path, endpoint, methods=list(route.methods or ()))
