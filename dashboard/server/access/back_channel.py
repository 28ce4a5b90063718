"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0), and what failed of sign-ins, tokens and messages."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import delete, insert, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.access import log
from boussole.dashboard.server.access.database import access as opened
from boussole.dashboard.server.access.database import end_at_provider, logout_table, now, stamp
from boussole.dashboard.server.access.identity import ProviderError, metadata, signing_keys
from boussole.dashboard.server.access.log import Event
from boussole.dashboard.server.access.permissions import Role, address_of
from boussole.dashboard.server.access.sessions import digest
from boussole.dashboard.server.process import Limiter, seconds

# Sign-ins, tokens and messages of the provider that failed: noted without what is secret in them, and slowed down.
# Who shows what is right is let in whatever others tried before, so that nobody is locked out by somebody else.


EACH_MINUTE = 10
"""Failures of one address, or under the number of one token, that are answered each minute."""
NOTED_EACH_MINUTE = 60
"""Failures that the access log names each minute, whoever fails; the next that it names says how many it left out."""


class Failures:
    """What has failed lately."""

    def __init__(self, clock: Callable[[], float] = seconds) -> None:
        self._addresses, self._names = Limiter(EACH_MINUTE, clock), Limiter(EACH_MINUTE, clock)
        self._noted, self._turn = Limiter(NOTED_EACH_MINUTE, clock), threading.Lock()
        self._left_out = 0

    def failed(
        self, workspace: Workspace, event: Event, *, address: str, place: str, subject: str = "", guess: bool = True
    ) -> int:
        """Counts and notes a failure, as a `guess` or not; 0, or the seconds to wait before the next is answered."""
        waits = [self._addresses.wait(_network(address)) if guess else 0, self._names.wait(subject) if subject else 0]
        with self._turn:
            if any(waits) or self._noted.wait("all"):
                self._left_out += 1
                return max(waits)
            before, self._left_out = self._left_out, 0
        more = f" (+{before})" if before else ""
        log.note(workspace, event, subject=subject or f"address/{address}", place=f"{place} {address}{more}".strip())
        return 0


def _network(address: str) -> str:
    """Whose address it is: under IPv6 somebody has 2⁶⁴ of them.

    >>> _network("2001:db8::1") == _network("2001:db8::ffff"), _network("10.0.0.1"), _network("testclient")
    (True, '10.0.0.1', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


# The provider says by a signed token that a sign-in is over (OpenID Connect Back-Channel Logout 1.0).


PATH = "/access/back-channel-logout"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only the provider can make: none with a secret that is shared, and never `none`."""
TYPES = ("jwt", "logout+jwt", "application/logout+jwt")
LARGEST = 20_000
"""Bytes of a message."""
OLDEST = dt.timedelta(minutes=5)
SKEW = dt.timedelta(minutes=1)
"""How far the provider's clock may be from ours."""
HEADERS = {"Cache-Control": "no-store"}


class LogoutError(BoussoleError):
    """A message that is not a logout token of the provider's for us."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}.", where="logout_token", next_step="Nothing was ended.")


def back_channel_route(workspace: Workspace, access: AccessSettings, failures: Failures) -> Route:
    """Where the provider sends its logout tokens."""

    async def endpoint(request: Request) -> Response:
        sent = await _sent(request)
        return await run_in_threadpool(_answer, workspace, access, failures, sent, address_of(request))

    return Route(PATH, endpoint, methods=["POST"])


async def _sent(request: Request) -> str:
    """The one token of the form; empty where there is none, or more, or too much."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return ""
    given = parse_qs(body.decode("latin-1"), max_num_fields=20).get("logout_token", [])
    return given[0] if len(given) == 1 else ""


def _answer(workspace: Workspace, access: AccessSettings, failures: Failures, sent: str, address: str) -> Response:
    try:
        claims = logout_of(sent, access, at=now())
        _count_once(workspace, claims, now())
    except LogoutError as error:
        wait = failures.failed(workspace, "logout_refused", address=address, place=error.what)
        headers = {**HEADERS, **({"Retry-After": str(wait)} if wait else {})}
        body = {"error": "invalid_request", "error_description": error.what}
        return JSONResponse(body, status_code=429 if wait else 400, headers=headers)
    except ProviderError as error:
        return JSONResponse({"error": "temporarily_unavailable", "error_description": error.what}, 503, HEADERS)
    for row in end_at_provider(workspace, subject=claims.get("sub"), sid=claims.get("sid")):
        log.note(workspace, "sign_out", subject=row.subject, role=Role(row.role), place="provider")
    return Response(status_code=200, headers=HEADERS)


def logout_of(token: str, access: AccessSettings, *, at: dt.datetime) -> dict[str, Any]:
    """The claims of a logout token; raises LogoutError where it is none, or not of our provider, for us and of now."""
    issuer = str(access.issuer)
    header, claims = _signed(token, issuer)
    if str(header.get("typ", TYPES[0])).lower() not in TYPES:
        raise LogoutError("it is a token of another type")
    _check_address(claims, issuer=str(metadata(issuer).get("issuer", issuer)), client=access.client_id)
    _check_time(claims, at)
    _check_event(claims)
    return claims


def _signed(token: str, issuer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that the provider signed; its keys are asked for anew where it names another."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)

    def decoded(*, anew: bool) -> jwt.Token:
        keys = KeySet.import_key_set(signing_keys(issuer, anew=anew))  # type: ignore[arg-type]
        return jwt.decode(token, keys, registry=registry)

    try:
        try:
            found = decoded(anew=False)
        except InvalidKeyIdError:
            found = decoded(anew=True)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise LogoutError("it is not signed by the provider") from error
    if "crit" in found.header or not isinstance(found.claims, dict):
        raise LogoutError("it asks for what is not understood")
    return dict(found.header), dict(found.claims)


def _check_address(claims: Mapping[str, Any], *, issuer: str, client: str) -> None:
    if claims.get("iss") != issuer:
        raise LogoutError("iss is not the provider")
    if claims.get("aud") not in (client, [client]):
        raise LogoutError("aud is not this client")


def _check_time(claims: Mapping[str, Any], at: dt.datetime) -> None:
    made, over = (_seconds(claims.get(name)) for name in ("iat", "exp"))
    if made is None or not at - OLDEST <= made <= at + SKEW:
        raise LogoutError("iat is not of the last minutes")
    if over is None or over + SKEW <= at:
        raise LogoutError("exp is over, or absent")


def _seconds(value: object) -> dt.datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        return None
    return dt.datetime.fromtimestamp(value, dt.UTC)


def _check_event(claims: Mapping[str, Any]) -> None:
    """A logout and nothing else: an id_token, which has a nonce, is none."""
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise LogoutError("events does not say that somebody was logged out")
    if "nonce" in claims:
        raise LogoutError("nonce is not for a logout token")
    named = [claims[name] for name in ("sub", "sid") if name in claims]
    if not named or not all(isinstance(each, str) and each for each in named):
        raise LogoutError("neither sub nor sid says whose sign-in is over")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise LogoutError("jti is absent")


def _count_once(workspace: Workspace, claims: Mapping[str, Any], at: dt.datetime) -> None:
    """That a token is new here; those that are too old to be taken again are forgotten."""
    which = digest(f"{claims['iss']} {claims['jti']}")
    with opened(workspace) as connection:
        connection.execute(delete(logout_table).where(logout_table.c.at < stamp(at - OLDEST - SKEW - SKEW)))
        if connection.execute(select(logout_table).where(logout_table.c.digest == which)).first():
            raise LogoutError("jti was used before")
        connection.execute(insert(logout_table).values(digest=which, at=stamp(at)))
