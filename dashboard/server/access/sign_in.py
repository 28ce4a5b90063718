"""The routes by which people sign in and out, through their organisation's provider."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.access_settings import AccessSettings
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.back_channel import Failures, back_channel_route
from boussole.dashboard.server.access.database import now
from boussole.dashboard.server.access.identity import asked_of_provider, proof_of, strong_enough
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.server.access.person import address_of, session_cookie
from boussole.dashboard.server.access.provider import CALLBACK, ProviderError, RevokedError, client, metadata, userinfo
from boussole.dashboard.server.access.sessions import Reason, SignedOutError, browser_of, own_route

# What a sign-in that is under way needs until it comes back: state, nonce, the verifier of PKCE, and where to go
# then.
#
# The browser keeps it for ten minutes, in a cookie that only this server can read, and it is gone once the sign-in
# came
# back, well or not. The server keeps nothing, so that nobody fills it by beginning sign-ins.


SECONDS = 600
LONGEST = 3_800
"""Characters of a cookie's value that every browser keeps."""
Endpoint = Callable[[Request], Awaitable[Response]]


class Handshake:
    """The sign-ins under way of one server: after a restart people begin anew."""

    def __init__(self, access: AccessSettings) -> None:
        self.name, self.secure = sign_in_cookie(access), access.address.startswith("https://")
        self.key = Fernet(Fernet.generate_key())

    def begins(self, endpoint: Endpoint) -> Endpoint:
        """The same endpoint; what it puts into the request's session is in the cookie of its answer."""

        async def answered(request: Request) -> Response:
            kept: dict[str, Any] = {}
            answer = await endpoint(_with(request, kept))
            value = self._sealed(kept)
            if len(value) > LONGEST:
                value = self._sealed({name: each for name, each in kept.items() if name != "to"})
            answer.set_cookie(
                self.name, value, max_age=SECONDS, secure=self.secure, httponly=True, samesite="lax", path="/"
            )
            return answer

        return answered

    def ends(self, endpoint: Endpoint) -> Endpoint:
        """The same endpoint, with what was kept as the request's session; the cookie is gone after its answer."""

        async def answered(request: Request) -> Response:
            answer = await endpoint(_with(request, self._kept(request)))
            answer.delete_cookie(self.name, secure=self.secure, httponly=True, samesite="lax", path="/")
            return answer

        return answered

    def _sealed(self, kept: dict[str, Any]) -> str:
        return self.key.encrypt(json.dumps(kept, ensure_ascii=False).encode()).decode()

    def _kept(self, request: Request) -> dict[str, Any]:
        """What the cookie holds; nothing where it is missing, too old, or not of this server."""
        try:
            kept: dict[str, Any] = json.loads(self.key.decrypt(request.cookies.get(self.name, ""), ttl=SECONDS))
        except InvalidToken:
            return {}
        return kept


def sign_in_cookie(access: AccessSettings) -> str:
    """The name of the cookie; over https no other host can set it."""
    return "__Host-boussole-sign-in" if access.address.startswith("https://") else "boussole_sign_in"


def _with(request: Request, session: dict[str, Any]) -> Request:
    """The same request with a session of ours: the framework's would be kept for fourteen days, in clear."""
    return Request({**request.scope, "session": session}, request.receive)


# The routes by which people sign in and out, through their organisation's provider.
#
# Streamlit's own sign-in would leave a cookie with identity and tokens in the browser for thirty days, after signing
# out
# as well. Here the browser gets the number of a session, and all else stays on the server.


LOG = logging.getLogger("boussole.access")
SIGN_IN, SIGN_OUT = "/access/sign-in", "/access/sign-out"


def inside(to: str) -> str:
    """An address of this app, or its first page for any other.

    >>> inside("/data?lang=en"), inside("//evil.example"), inside("https://evil.example")
    ('/data?lang=en', '/', '/')
    """
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and len(to) < 2000
    return to if plain else "/"


def way_in(*, to: str, reason: Reason | None = None) -> str:
    """Where somebody signs in who is led back to `to`: more strongly, or anew, where that is why they are sent."""
    more = {"weak": {"strong": "1"}, "old": {"again": "1"}}.get(reason or "", {})
    return f"{SIGN_IN}?{urlencode({'to': to, **more})}"


def sign_in_routes(workspace: Workspace, access: AccessSettings) -> list[Route]:
    """Where people are sent to sign in, where they come back, where they and the provider end it."""
    back, failures = access.address.rstrip("/") + CALLBACK, Failures()

    async def begin(request: Request) -> Response:
        request.session["to"] = inside(request.query_params.get("to", "/"))
        try:
            more = await run_in_threadpool(_asked, request, workspace, access)
        except ProviderError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        request.session["strong"] = "acr_values" in more or "claims" in more
        sent: Response = await client(workspace, access).authorize_redirect(request, back, **more)
        return sent

    async def come_back(request: Request) -> Response:
        return await _come_back(request, workspace, access, failures)

    async def sign_out(request: Request) -> Response:
        number = request.cookies.get(session_cookie(access), "")
        gone = RedirectResponse(await run_in_threadpool(_signed_out, workspace, access, number), status_code=303)
        gone.delete_cookie(session_cookie(access), secure=_secure(access), httponly=True, samesite="lax")
        return gone

    under_way = Handshake(access)
    return [
        Route(SIGN_IN, under_way.begins(begin)),
        Route(CALLBACK, under_way.ends(come_back)),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
        back_channel_route(workspace, access, failures),
        own_route(workspace),
    ]


def _asked(request: Request, workspace: Workspace, access: AccessSettings) -> dict[str, str]:
    """What is asked of the provider beyond a sign-in: as strong a one as the role of the session needs, or a new one.

    Raises ProviderError where it does not answer.
    """
    metadata(str(access.issuer))
    more = {"max_age": "0", "prompt": "login"} if "again" in request.query_params else {}
    if "strong" in request.query_params:
        role = sessions.role_here(workspace, request.cookies.get(session_cookie(access), ""))
        more |= asked_of_provider(access, role)
    return more


async def _come_back(request: Request, workspace: Workspace, access: AccessSettings, failures: Failures) -> Response:
    """Takes what the provider says of somebody, and gives them a session if it gives them a role."""
    from authlib.common.errors import AuthlibBaseError
    from httpx import HTTPError
    from joserfc.errors import JoseError

    to, strong = inside(str(request.session.pop("to", "/"))), bool(request.session.pop("strong", False))
    try:
        token = await client(workspace, access).authorize_access_token(request)
        number, weak = await run_in_threadpool(_session, workspace, access, token, request)
    except (AuthlibBaseError, JoseError, HTTPError, ProviderError, RevokedError, KeyError) as error:
        return await run_in_threadpool(_failed, workspace, failures, request, error)
    except SignedOutError as error:
        return _refused(error.reason)
    request.session.clear()
    answer = RedirectResponse(way_in(to=to, reason="weak") if weak and not strong else to, status_code=303)
    answer.set_cookie(session_cookie(access), number, httponly=True, samesite="lax", secure=_secure(access), path="/")
    return answer


def _failed(workspace: Workspace, failures: Failures, request: Request, error: Exception) -> Response:
    """What is said of an answer that signs nobody in; the logs name the kind of failure, and nothing that was sent."""
    kind = type(error).__name__
    wait = failures.failed(workspace, "sign_in_refused", address=address_of(request), place=kind)
    if wait:
        text = f"Too many sign-ins failed. Wait {wait} second(s), then try again.\n"
        return PlainTextResponse(text, status_code=429, headers={"Retry-After": str(wait)})
    LOG.warning("A sign-in failed: %s", kind)
    return _refused("provider")


def _signed_out(workspace: Workspace, access: AccessSettings, number: str) -> str:
    """Ends a session, notes whose it was, where it was somebody's, and returns where they are led."""
    row = sessions.end(workspace, number)
    if row is not None:
        log.note(workspace, "sign_out", subject=row.subject, role=Role(row.role))
    return _after(access, sid=row.sid if row is not None else None)


def _session(
    workspace: Workspace, access: AccessSettings, token: dict[str, object], request: Request
) -> tuple[str, bool]:
    """The number of a new session, for whom token and provider both name, and whether it is too weak for their role.

    The session that the browser had until now ends, whoever's it was: nobody goes on as somebody else.
    """
    named, given = token["userinfo"], str(token["access_token"])
    claims = userinfo(access, given)
    if not isinstance(named, dict) or claims.get("sub") != named["sub"]:
        raise ProviderError("the provider names two different people.", next_step="Tell your administrator.")
    before = sessions.end(workspace, request.cookies.get(session_cookie(access), ""))
    if before is not None:
        log.note(workspace, "sign_out", subject=before.subject, role=Role(before.role), place="signed in anew")
    proof, browser = proof_of(named, now()), browser_of(request.headers.get("user-agent", ""))
    subject = str(claims["sub"])
    try:
        number = sessions.begin(workspace, claims, token=given, proof=proof, browser=browser)
    except SignedOutError as error:
        log.note(workspace, "sign_in_refused", subject=subject, place=error.reason)
        raise
    role = sessions.role_here(workspace, number)
    weak = role is not None and not strong_enough(access, role, proof)
    log.note(workspace, "sign_in_refused" if weak else "sign_in", subject=subject, role=role, place="weak" * weak)
    return number, weak


def _refused(reason: Reason) -> Response:
    return RedirectResponse(f"/?{urlencode({'refused': reason})}", status_code=303)


def _after(access: AccessSettings, *, sid: str | None) -> str:
    """Where somebody is led who signs out: the provider ends its own session too, where it can.

    It is told which by its own number of it. An id_token as the hint would put a name into addresses and their logs.
    """
    try:
        end = metadata(str(access.issuer)).get("end_session_endpoint")
    except ProviderError:
        end = None
    if not end:
        return "/"
    asked = {"client_id": access.client_id, "post_logout_redirect_uri": access.address}
    asked |= {"logout_hint": sid} if sid else {}
    return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(asked)}"


def _secure(access: AccessSettings) -> bool:
    return access.address.startswith("https://")
