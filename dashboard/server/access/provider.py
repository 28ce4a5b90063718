"""The OpenID Connect provider: what it says of itself, of somebody, and the client that sends people there."""

from __future__ import annotations

import os
import time
import warnings
from typing import Any
from urllib.parse import urlsplit

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace

CALLBACK = "/access/callback"
SECRET, SECRET_FILE = "BOUSSOLE_CLIENT_SECRET", "oidc.secret"
WAIT_SECONDS = 5
KEEP_SECONDS = 600

ANEW_SECONDS = 60
"""How soon its keys are asked for again: a message that names a made-up key cannot have us ask without end."""

_known: dict[str, tuple[float, dict[str, Any]]] = {}
_keys: dict[str, tuple[float, dict[str, Any]]] = {}


class ProviderError(BoussoleError):
    """The provider does not answer, or not as it should."""


class RevokedError(BoussoleError):
    """The provider no longer knows the token of a session: it was revoked, or its time is over."""


def metadata(issuer: str) -> dict[str, Any]:
    """What the provider says of itself; kept ten minutes. Raises ProviderError when it does not answer."""
    kept = _known.get(issuer)
    if kept is None or kept[0] < time.monotonic():
        kept = time.monotonic() + KEEP_SECONDS, _asked(_discovery(issuer))
        if "userinfo_endpoint" not in kept[1]:
            raise ProviderError(
                "the provider says nobody's roles after their sign-in: it has no userinfo endpoint.",
                where=issuer,
                next_step="Choose a provider that has one, so that a role that is taken away ends here too.",
            )
        if str(kept[1].get("issuer", issuer)).rstrip("/") != issuer.rstrip("/"):
            raise ProviderError(
                "the provider says that it is another one.", where=issuer, next_step="Set issuer to its own address."
            )
        _known[issuer] = kept
    return kept[1]


def signing_keys(issuer: str, *, anew: bool = False) -> dict[str, Any]:
    """The keys with which the provider signs (a JWK set); kept ten minutes, or asked for `anew`: once a minute."""
    address = str(metadata(issuer).get("jwks_uri", ""))
    asked_at, found = _keys.get(address, (0.0, {}))
    age = time.monotonic() - asked_at
    if not found or age > KEEP_SECONDS or (anew and age > ANEW_SECONDS):
        found = _asked(address)
        _keys[address] = time.monotonic(), found
    return found


def userinfo(access: AccessSettings, token: str) -> dict[str, Any]:
    """What the provider says of somebody now. Raises RevokedError where it no longer knows their token."""
    return _asked(str(metadata(str(access.issuer))["userinfo_endpoint"]), token=token)


def led_to(access: AccessSettings) -> set[str]:
    """The origins to which signing out leads: of the provider, and of where it ends its own sessions."""
    said = _known[str(access.issuer)][1] if str(access.issuer) in _known else {}
    addresses = [urlsplit(str(each)) for each in (access.issuer, said.get("end_session_endpoint")) if each]
    return {f"{parts.scheme}://{parts.netloc}" for parts in addresses}


def client(workspace: Workspace, access: AccessSettings) -> Any:
    """The client that sends people to the provider and takes them back: state, nonce and PKCE are Authlib's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Authlib's own: it prefers another httpx
        from authlib.integrations.starlette_client import OAuth

    oauth = OAuth()
    oauth.register(
        "provider",
        client_id=access.client_id,
        client_secret=_secret(workspace),
        server_metadata_url=_discovery(str(access.issuer)),
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": WAIT_SECONDS},
    )
    return oauth.create_client("provider")


def _discovery(issuer: str) -> str:
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def _secret(workspace: Workspace) -> str | None:
    """The client's secret: of the environment, else of its file; none for a public client, whom PKCE protects."""
    path = workspace.keys / SECRET_FILE
    return os.environ.get(SECRET) or (path.read_text(encoding="utf-8").strip() if path.is_file() else None)


def _asked(address: str, *, token: str | None = None) -> dict[str, Any]:
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(address, headers=headers, timeout=WAIT_SECONDS)
        if token and answer.status_code in (400, 401, 403):
            raise RevokedError("the provider no longer knows this sign-in.", next_step="Sign in again.")
        found = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderError(
            f"the provider of sign-ins does not answer: {type(error).__name__}.",
            where=address,
            next_step="Wait a moment and try again; if it lasts, tell your administrator.",
        ) from error
    return dict(found)
