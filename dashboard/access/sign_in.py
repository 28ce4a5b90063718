"""The routes by which people sign in and out, through their organisation's provider.

Streamlit's own sign-in would leave a cookie with identity and tokens in the browser for thirty days, after signing out
as well. Here the browser gets the number of a session, and all else stays on the server.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from audits.access_settings import AccessSettings
from audits.errors import reason_of
from audits.workspace import Workspace
from dashboard.access import log, sessions
from dashboard.access.handshake import Handshake
from dashboard.access.local_role import inside
from dashboard.access.person import session_cookie
from dashboard.access.provider import CALLBACK, ProviderError, RevokedError, client, metadata, userinfo
from dashboard.access.sessions import Reason, SignedOutError

LOG = logging.getLogger("boussole.access")
SIGN_IN, SIGN_OUT = "/access/sign-in", "/access/sign-out"


def sign_in_routes(workspace: Workspace, access: AccessSettings) -> list[Route]:
    """Where people are sent to sign in, where they come back, and where they sign out."""
    back = access.address.rstrip("/") + CALLBACK

    async def begin(request: Request) -> Response:
        request.session["to"] = inside(request.query_params.get("to", "/"))
        try:
            await run_in_threadpool(metadata, str(access.issuer))
        except ProviderError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        sent: Response = await client(workspace, access).authorize_redirect(request, back)
        return sent

    async def come_back(request: Request) -> Response:
        return await _come_back(request, workspace, access)

    async def sign_out(request: Request) -> Response:
        await run_in_threadpool(_end, workspace, request.cookies.get(session_cookie(access), ""))
        gone = RedirectResponse(await run_in_threadpool(_after, access), status_code=303)
        gone.delete_cookie(session_cookie(access), secure=_secure(access), httponly=True, samesite="lax")
        return gone

    under_way = Handshake(access)
    return [
        Route(SIGN_IN, under_way.begins(begin)),
        Route(CALLBACK, under_way.ends(come_back)),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
    ]


async def _come_back(request: Request, workspace: Workspace, access: AccessSettings) -> Response:
    """Takes what the provider says of somebody, and gives them a session if it gives them a role."""
    from authlib.common.errors import AuthlibBaseError
    from httpx import HTTPError
    from joserfc.errors import JoseError

    to = str(request.session.pop("to", "/"))
    try:
        token = await client(workspace, access).authorize_access_token(request)
        number = await run_in_threadpool(_session, workspace, access, token)
    except (AuthlibBaseError, JoseError, HTTPError, ProviderError, RevokedError, KeyError) as error:
        LOG.warning("A sign-in failed: %s", reason_of(error))
        return _refused("provider")
    except SignedOutError as error:
        return _refused(error.reason)
    answer = RedirectResponse(inside(to), status_code=303)
    answer.set_cookie(session_cookie(access), number, httponly=True, samesite="lax", secure=_secure(access), path="/")
    return answer


def _end(workspace: Workspace, number: str) -> None:
    """Ends a session, and notes whose it was, where it was somebody's."""
    try:
        me = sessions.person(workspace, number)
    except SignedOutError:
        me = None
    sessions.end(workspace, number)
    if me is not None:
        log.note(workspace, "sign_out", subject=me.subject, role=me.role)


def _session(workspace: Workspace, access: AccessSettings, token: dict[str, object]) -> str:
    """The number of a new session, for whom token and provider both name."""
    named, given = token["userinfo"], str(token["access_token"])
    claims = userinfo(access, given)
    if not isinstance(named, dict) or claims.get("sub") != named["sub"]:
        raise ProviderError("the provider names two different people.", next_step="Tell your administrator.")
    subject = str(claims["sub"])
    try:
        number = sessions.begin(workspace, claims, token=given)
    except SignedOutError as error:
        log.note(workspace, "sign_in_refused", subject=subject, place=error.reason)
        raise
    log.note(workspace, "sign_in", subject=subject, role=sessions.person(workspace, number).role)
    return number


def _refused(reason: Reason) -> Response:
    return RedirectResponse(f"/?{urlencode({'refused': reason})}", status_code=303)


def _after(access: AccessSettings) -> str:
    """Where somebody is led who signs out: the provider ends its own session too, where it can."""
    try:
        end = metadata(str(access.issuer)).get("end_session_endpoint")
    except ProviderError:
        end = None
    if not end:
        return "/"
    asked = {"client_id": access.client_id, "post_logout_redirect_uri": access.address}
    return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(asked)}"


def _secure(access: AccessSettings) -> bool:
    return access.address.startswith("https://")
