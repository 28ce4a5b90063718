"""The API as an app of its own, behind the addresses that the guard lets somebody through to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Response
from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.dashboard.api.handlers import HANDLERS
from boussole.dashboard.api.openapi import ADDRESSES, document
from boussole.dashboard.api.refusals import HEADERS, OPENAPI
from boussole.dashboard.api.routing import Address
from boussole.dashboard.server.trouble import Limiter

NOWHERE = ("/api", "/api/{rest:path}")
"""Every other address below the API: nothing answers there, and no page is shown instead."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All methods are answered, so that a refusal is one of ours."""


def api_routes(home: Path) -> list[Route]:
    """The addresses of the API on a workspace, in the order in which the app looks for them."""
    app = FastAPI(
        routes=[Address(OPENAPI, openapi), *ADDRESSES],
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
