"""What a provider says, of itself and of somebody, and who they are here, held to the rules."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.server.access.permissions import SEEING, SIGNED_IN, Role

if TYPE_CHECKING:
    from boussole.charter.committee.state import CommitteeState


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


# From what a provider says of somebody to who they are here: role by claim, member by address, mandate by day.


SEATED = frozenset({Role.MEMBER, Role.CHAIR})
"""Roles that last no longer than a mandate."""


def role_of(claims: Mapping[str, Any], access: AccessSettings) -> Role | None:
    """The role of the first line of `roles` whose value somebody has; None where they have none.

    >>> access = AccessSettings(roles={"ethics-chair": "chair", "staff": "reader"}, role_claim="realm.roles")
    >>> role_of({"realm": {"roles": ["staff", "ethics-chair"]}}, access).value, role_of({"realm": "x"}, access)
    ('chair', None)
    """
    found: Any = claims
    for key in access.role_claim.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    values = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return next((Role(role) for value, role in access.roles.items() if value in values), None)


def check_roles(workspace: Workspace) -> AccessSettings:
    """The settings of access; raises BoussoleError for a role that no sign-in can give, or an unknown committee."""
    access = workspace.settings.access
    named = [(f"roles.{value}", role) for value, role in access.roles.items()]
    named += [(f"{name}.{role}", role) for name in ("acr", "amr") for role in getattr(access, name)]
    for place, role in named:
        if role not in SIGNED_IN:
            raise BoussoleError(
                f"'{role}' is no role. {nearest(role, SIGNED_IN)}",
                where=f"{workspace.home / SETTINGS_FILE}, access.{place}",
                next_step="Name one of the roles.",
            )
    _check_secretaries(workspace, access)
    return access


def _check_secretaries(workspace: Workspace, access: AccessSettings) -> None:
    from boussole.charter.committee.rules import names

    for name in access.secretaries:
        if name not in (known := names(workspace)):
            raise BoussoleError(
                f"there is no committee '{name}' in this workspace. {nearest(name, known)}",
                where=f"{workspace.home / SETTINGS_FILE}, access.secretaries",
                next_step="Name a committee by the file of its rules: committees/ID.yaml.",
            )


def email_of(claims: Mapping[str, Any]) -> str:
    """The address that the provider vouches for; none where it does not say that it verified it.

    >>> email_of({"email": "Ada@example.org", "email_verified": True}), email_of({"email": "ada@example.org"})
    ('ada@example.org', '')
    """
    email, verified = claims.get("email"), claims.get("email_verified")
    return email.casefold() if isinstance(email, str) and (verified is True or verified == "true") else ""


def member_of(workspace: Workspace, email: str) -> str | None:
    """The number of the member who is reached at an address; None where nobody, or several, are."""
    from boussole.charter.committee.people.directory import directory

    found = [member for member, each in directory(workspace).items() if email and each.contact.casefold() == email]
    return found[0] if len(found) == 1 else None


def secretary_of(workspace: Workspace, email: str) -> frozenset[str]:
    """The committees beside which the settings name a secretary's address; where they name none, the only one."""
    from boussole.charter.committee.rules import names

    named, known = workspace.settings.access.secretaries, names(workspace)
    if not named:
        return frozenset(known) if len(known) == 1 else frozenset()
    return frozenset(each for each in known if email and email in map(str.casefold, named.get(each, ())))


def without_secretary(workspace: Workspace) -> list[str]:
    """The committees for which nobody acts who signs in as secretary, because the settings name none."""
    from boussole.charter.committee.rules import names

    access, known = workspace.settings.access, names(workspace)
    if Role.SECRETARY not in access.roles.values() or (not access.secretaries and len(known) == 1):
        return []
    return [each for each in known if each not in access.secretaries]


def sits(workspace: Workspace, member: str) -> bool:
    """Whether a member has a mandate in a committee at this moment: as the records stand, by that committee's clock."""
    from boussole.charter.committee.acting import here_and_now
    from boussole.charter.committee.people.members import sitting_on
    from boussole.dashboard.server.process import house_stamp

    houses = _houses(workspace.home, house_stamp(workspace))
    return any(member in sitting_on(house, here_and_now(house.rules).date()) for house in houses)


@lru_cache(maxsize=8)
def _houses(home: Path, _stamp: object) -> tuple[CommitteeState, ...]:
    from boussole.charter.committee.acting import committee_state
    from boussole.charter.committee.rules import committees

    workspace = Workspace(home)
    return tuple(committee_state(workspace, name) for name in committees(workspace))


# How somebody signed in, as the provider's signed word tells it, held to what their role and their act ask for.


@dataclass(frozen=True, kw_only=True)
class SignInProof:
    """What an id_token says of a sign-in: its strength (`acr`), means (`amr`), moment and session at the provider."""

    acr: str = ""
    amr: tuple[str, ...] = ()
    at: dt.datetime | None = None
    sid: str = ""


NONE = SignInProof()


def proof_of(claims: Mapping[str, Any], now: dt.datetime) -> SignInProof:
    """What the claims of an id_token prove; a sign-in that lies in the future happened now.

    >>> proof_of({"acr": "mfa", "amr": ["pwd", 7], "auth_time": True}, dt.datetime.now(dt.UTC))
    SignInProof(acr='mfa', amr=('pwd',), at=None, sid='')
    """
    acr, amr, at, sid = (claims.get(name) for name in ("acr", "amr", "auth_time", "sid"))
    seconds = min(at, now.timestamp()) if isinstance(at, int | float) and not isinstance(at, bool) and at > 0 else None
    return SignInProof(
        acr=acr if isinstance(acr, str) else "",
        amr=tuple(each for each in amr if isinstance(each, str)) if isinstance(amr, list) else (),
        at=None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC),
        sid=sid if isinstance(sid, str) else "",
    )


def strong_enough(access: AccessSettings, role: Role, proof: SignInProof) -> bool:
    """Whether a sign-in is as strong as `acr` and `amr` ask for a role; where they ask for nothing, any is.

    >>> asked = AccessSettings(acr={"steward": ["mfa", "phr"]})
    >>> [strong_enough(asked, Role.STEWARD, SignInProof(acr=each)) for each in ("phr", "pwd", "")]
    [True, False, False]
    >>> strong_enough(asked, Role.READER, SignInProof())
    True
    """
    acr, amr = access.acr.get(role), access.amr.get(role)
    return (acr is None or proof.acr in acr) and (amr is None or bool({*amr} & {*proof.amr}))


def asked_of_provider(access: AccessSettings, role: Role | None) -> dict[str, str]:
    """What a request for a stronger sign-in adds for a role: the `acr` and `amr` that it needs, as essential.

    >>> asked_of_provider(AccessSettings(acr={"steward": ["mfa"]}), Role.STEWARD)["acr_values"]
    'mfa'
    """
    needed = {name: values[role] for name, values in (("acr", access.acr), ("amr", access.amr)) if role in values}
    if role is None or not needed:
        return {}
    claims = {"id_token": {name: {"essential": True, "values": values} for name, values in needed.items()}}
    asked = {"claims": json.dumps(claims)}
    return {**asked, "acr_values": " ".join(needed["acr"])} if "acr" in needed else asked


def unprotected(access: AccessSettings) -> list[Role]:
    """The roles that the settings give, that see what is sensitive, and of which no strong sign-in is demanded.

    >>> given = AccessSettings(roles={"dpo": "steward", "staff": "reader"})
    >>> [role.value for role in unprotected(given)]
    ['steward']
    """
    given = set(access.roles.values())
    demanded = {*access.acr, *access.amr}
    return [role for role in Role if role in SEEING and role in given and role not in demanded]
