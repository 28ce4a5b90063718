"""From what a provider says of somebody to who they are here: role by claim, member by address, mandate by day."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.access.people.permissions import SIGNED_IN, Role

if TYPE_CHECKING:
    from boussole.charter.committee.state import CommitteeState

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
    """The settings of access.

    Raises BoussoleError where a role in them is none that a sign-in can give, or a committee is none of this workspace.
    """
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
    """The committees that a secretary works for: those beside which the settings name their address.

    Where the settings name nobody, a house with one committee has no other that they could be meant for.
    """
    from boussole.charter.committee.rules import names

    named, known = workspace.settings.access.secretaries, names(workspace)
    if not named:
        return frozenset(known) if len(known) == 1 else frozenset()
    return frozenset(each for each in known if email and email in map(str.casefold, named.get(each, ())))


def reader_of(email: str) -> str:
    """Under which name is remembered what somebody at an address has seen: nothing from which it can be read.

    >>> reader_of(""), len(reader_of("ada@example.org"))
    ('', 18)
    """
    return f"a_{sha256_hex(f'boussole/reader/{email.casefold()}'.encode())[:16]}" if email else ""


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
    from boussole.dashboard.runtime.stamps import house_stamp

    houses = _houses(workspace.home, house_stamp(workspace))
    return any(member in sitting_on(house, here_and_now(house.rules).date()) for house in houses)


@lru_cache(maxsize=8)
def _houses(home: Path, _stamp: object) -> tuple[CommitteeState, ...]:
    from boussole.charter.committee.acting import committee_state
    from boussole.charter.committee.rules import committees

    workspace = Workspace(home)
    return tuple(committee_state(workspace, name) for name in committees(workspace))
