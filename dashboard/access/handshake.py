"""What a sign-in that is under way needs until it comes back: state, nonce, the verifier of PKCE, and where to go then.

The browser keeps it for ten minutes, in a cookie that only this server can read, and it is gone once the sign-in came
back, well or not. The server keeps nothing, so that nobody fills it by beginning sign-ins.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import Response

from boussole.audits.access_settings import AccessSettings

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
