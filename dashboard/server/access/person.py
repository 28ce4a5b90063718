"""Who looks, asks or acts: their role, whether they signed in, and what pages say of roles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.permissions import SIGNED_IN, Role

if TYPE_CHECKING:
    import datetime as dt

    from starlette.requests import Request

    from boussole.charter.committee.acting import Who

# Who looks, asks or acts: their role, and whether they signed in.


COOKIE = "boussole_local"
"""What somebody chose to be, in local mode: `role` or `role.member`. It proves nothing, and is sealed as such."""
LOCAL = "local"
PROGRAM = "token/"
"""Begins the subject of a token."""
DEFAULT = Role.STEWARD
"""Who opens a local dashboard holds its files; this role sees every page."""


_started: dict[Path, bool] = {}
"""Whether a workspace was in local mode when its server started: a server that others reach never becomes local."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever looks or acts. `member` is their number in a committee, where they sit on one."""

    role: Role
    name: str = ""
    member: str | None = None
    authenticated: bool = False
    secretary_of: frozenset[str] = frozenset()
    """The committees whose secretary the settings name them, where they signed in as one."""
    subject: str = ""
    """What the access log calls them: the provider's number of somebody, or that of a token."""
    session: str = ""
    """By which digits they name the session in which they are, where they signed in; no secret."""
    signed_in_at: dt.datetime | None = None
    """When they last proved who they are, where the provider says so."""
    reader: str = ""
    """A digest of their address: under it what they have seen is remembered, where they are no member."""

    @property
    def remembered_as(self) -> str:
        """Under which name what they have seen is remembered; none for who sits nowhere and keeps nobody's papers."""
        unknown = LOCAL if self.role is Role.SECRETARY and not self.authenticated else ""
        return self.member or (self.reader if self.secretary_of else unknown)

    def who(self, on: dt.date) -> Who:
        """The person as the acts of a committee name them: a role, never a name; unauthenticated in local mode."""
        from boussole.charter.committee.acting import Who

        return Who(role=self.role.value, on=on, by=self.member, signed_in=self.authenticated)


def address_of(request: Request) -> str:
    """The address from which somebody asks; empty where it is not known."""
    return request.client.host if request.client else ""


def is_token(person: Person) -> bool:
    """Whether it is a program that asks, with a token."""
    return person.subject.startswith(PROGRAM)


def session_cookie(access: AccessSettings) -> str:
    """The name under which a browser keeps the number of its session; over https no other host can set it."""
    return "__Host-boussole" if access.address.startswith("https://") else "boussole_session"


def is_local(workspace: Workspace) -> bool:
    """Whether nobody signs in here. Raises BoussoleError when that was changed since the server started."""
    found = workspace.settings.access.local
    if _started.setdefault(workspace.home, found) != found:
        raise BoussoleError(
            "the way people sign in was changed while the dashboard runs.",
            where=str(workspace.home / SETTINGS_FILE),
            next_step="End the dashboard and start it again.",
        )
    return found


def local(chosen: str) -> Person:
    """Who somebody says they are, in local mode; the default for what is no role of a browser.

    >>> local("chair").role.value, local("operator").role.value, local("member.m_1").member
    ('chair', 'steward', None)
    """
    role, _, member = chosen.partition(".")
    if role not in SIGNED_IN:
        return Person(role=DEFAULT, subject=LOCAL)
    if not re.fullmatch(r"m_[0-9a-f]{8}", member):
        return Person(role=Role(role), subject=LOCAL)
    return Person(role=Role(role), name=_name(member), member=member, subject=f"{LOCAL}/{member}")


def _name(member: str) -> str:
    from boussole.charter.committee.people.directory import directory

    try:
        found = directory(Workspace.find()).get(member)
    except BoussoleError:
        return ""
    return found.name if found else ""


# What pages say of roles and of what is refused.


def role_title(role: Role, say: Say) -> str:
    """The name of a role."""
    return {
        Role.ADMINISTRATOR: say("Administrator"),
        Role.STEWARD: say("Data steward"),
        Role.DATA_SCIENTIST: say("Data scientist"),
        Role.MEMBER: say("Member of the committee"),
        Role.CHAIR: say("Chair"),
        Role.SECRETARY: say("Secretariat"),
        Role.FOLLOW_UP: say("Internal follow-up committee"),
        Role.AGENT: say("Agent who enters appeals"),
        Role.AUDITOR: say("Auditor"),
        Role.READER: say("Reader"),
        Role.WITNESS: say("Witness outside"),
        Role.OPERATOR: say("Operator"),
    }[role]


SAID_AS = " · "


def said_as(me: Person, typed: str, say: Say) -> str:
    """Who states something, as it is sealed: the function they speak for, and the role in which they act here."""
    known = {role_title(me.role, say), me.role.value, ""}
    return me.role.value if typed in known else f"{typed}{SAID_AS}{me.role.value}"


def who_words(role: str, say: Say) -> str:
    """Who stated something: the name of a role of this house, else the words in which it was given."""
    known = {each.value for each in Role}
    return SAID_AS.join(role_title(Role(part), say) if part in known else part for part in role.split(SAID_AS))
