"""How somebody signed in, as the provider's signed word tells it, held to what their role and their act ask for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boussole.audits.access_settings import AccessSettings
from boussole.dashboard.access.people.permissions import SEEING, Role


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What an id_token says of a sign-in: how strong it was (`acr`), with what (`amr`), when, and in which session of
    the provider's. What it does not say is empty, and suffices for nothing."""

    acr: str = ""
    amr: tuple[str, ...] = ()
    at: dt.datetime | None = None
    sid: str = ""


NONE = Proof()


def proof_of(claims: Mapping[str, Any], now: dt.datetime) -> Proof:
    """What the claims of an id_token prove; a sign-in that lies in the future happened now.

    >>> proof_of({"acr": "mfa", "amr": ["pwd", 7], "auth_time": True}, dt.datetime.now(dt.UTC))
    Proof(acr='mfa', amr=('pwd',), at=None, sid='')
    """
    acr, amr, at, sid = (claims.get(name) for name in ("acr", "amr", "auth_time", "sid"))
    seconds = min(at, now.timestamp()) if isinstance(at, int | float) and not isinstance(at, bool) and at > 0 else None
    return Proof(
        acr=acr if isinstance(acr, str) else "",
        amr=tuple(each for each in amr if isinstance(each, str)) if isinstance(amr, list) else (),
        at=None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC),
        sid=sid if isinstance(sid, str) else "",
    )


def strong_enough(access: AccessSettings, role: Role, proof: Proof) -> bool:
    """Whether a sign-in is as strong as `acr` and `amr` ask for a role; where they ask for nothing, any is.

    >>> asked = AccessSettings(acr={"steward": ["mfa", "phr"]})
    >>> [strong_enough(asked, Role.STEWARD, Proof(acr=each)) for each in ("phr", "pwd", "")]
    [True, False, False]
    >>> strong_enough(asked, Role.READER, Proof())
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
