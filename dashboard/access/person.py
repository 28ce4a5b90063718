"""Who looks, asks or acts: their role, and whether they signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audits.errors import BoussoleError
from audits.workspace import Workspace
from dashboard.access.permissions import SIGNED_IN, Role

if TYPE_CHECKING:
    import datetime as dt

    from starlette.requests import Request

    from charter.committee.acting import Who

COOKIE = "boussole_local"
"""What somebody chose to be, in local mode: `role` or `role.member`. It proves nothing, and is sealed as such."""
DEFAULT = Role.STEWARD
"""Who opens a local dashboard holds its files; this role sees every page."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever looks or acts. `member` is their number in a committee, where they sit on one."""

    role: Role
    name: str = ""
    member: str | None = None
    authenticated: bool = False

    def who(self, on: dt.date) -> Who:
        """The same, as the acts of a committee say it: a role, never a name; unauthenticated in local mode."""
        from charter.committee.acting import Who

        return Who(role=self.role.value, on=on, by=self.member, signed_in=self.authenticated)


def here() -> Person:
    """Who looks at the page of the current rerun."""
    return local(cookie(COOKIE))


def cookie(name: str) -> str:
    """What the browser of the current rerun sends under a name; empty where it sends nothing."""
    import streamlit as st

    return st.context.cookies.get(name, "")


def of_request(request: Request) -> Person:
    """Who asks for something beside the app."""
    return local(request.cookies.get(COOKIE, ""))


def local(chosen: str) -> Person:
    """Who somebody says they are, in local mode; the default for what is no role of a browser.

    >>> local("chair").role.value, local("operator").role.value, local("member.m_1").member
    ('chair', 'steward', None)
    """
    role, _, member = chosen.partition(".")
    if role not in SIGNED_IN:
        return Person(role=DEFAULT)
    if not re.fullmatch(r"m_[0-9a-f]{8}", member):
        return Person(role=Role(role))
    return Person(role=Role(role), name=_name(member), member=member)


def _name(member: str) -> str:
    from charter.committee.directory import directory

    try:
        found = directory(Workspace.find()).get(member)
    except BoussoleError:
        return ""
    return found.name if found else ""
