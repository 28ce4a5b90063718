"""The one table of permissions: which role may do what, and what pages say of roles; who looks, asks or acts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from boussole.audits.errors import BoussoleError

if TYPE_CHECKING:
    import datetime as dt

    from starlette.requests import Request

    from boussole.audits.access_settings import AccessSettings
    from boussole.audits.workspace import Workspace
    from boussole.charter.committee.acting import Who
    from boussole.dashboard.markup.words import Say


# The one table of permissions: which role may do what. A new page, command or route gets an Action here and its line in
# `places`.


class Role(StrEnum):
    """What somebody is to the house; everybody has exactly one."""

    ADMINISTRATOR = "administrator"
    """Runs the server, its sign-ins and its tokens."""
    STEWARD = "steward"
    """Data protection officer, steward: register, privacy rules, ingestion."""
    DATA_SCIENTIST = "data_scientist"
    MEMBER = "member"
    CHAIR = "chair"
    SECRETARY = "secretary"
    """The committee's secretariat, and its rapporteur's pen."""
    FOLLOW_UP = "follow_up"
    """Sits on the internal follow-up committee: social partners, management."""
    AGENT = "agent"
    """Enters the appeals of job seekers."""
    AUDITOR = "auditor"
    READER = "reader"
    """Anybody of the house who may look."""
    WITNESS = "witness"
    """A program of somebody outside that checks the ledger; a token has it, and no sign-in does."""
    OPERATOR = "operator"
    """Holds the workspace's files, at the command line; no sign-in and no browser ever gets it."""


SIGNED_IN = tuple(role for role in Role if role not in (Role.WITNESS, Role.OPERATOR))
"""The roles that a browser can have."""
OF_TOKENS = (*SIGNED_IN, Role.WITNESS)
"""The roles that a token can have."""
COMMITTEE = frozenset({Role.MEMBER, Role.CHAIR, Role.SECRETARY, Role.FOLLOW_UP})
"""The committees: they never see single decisions."""


class Action(StrEnum):
    """What can be done; the words go on after "may not"."""

    SEE_COMPASS = "see the compass"
    SEE_ARTICLE = "see an article"
    SEE_SYSTEM = "see a system"
    SEE_REGISTER = "see the register"
    SEE_CHARTER = "see the charter"
    SEE_LAW = "see the law"
    SEE_EVIDENCE = "see the evidence"
    SEE_DATA = "see the state of the data"
    SEE_DRIFT = "see how a system drifts from month to month"
    SEE_DRIFT_REPORT = "see a drift report, and drift by week or day"
    SEE_COMMITTEE = "see the committee's work"
    SEE_INCIDENTS = "see incidents and how many appeals there are"
    SEE_APPEALS = "see single appeals"
    SEE_ROWS = "see single rows"
    SEE_SHEET = "see the sheet of one decision, after a steward and a case handler agreed to it"
    SEE_ACCESS = "see who signed in and who looked"
    SEE_REPORTS = "read reports and take them away"
    SEE_ALERTS = "see who is told of changes, and what was sent"

    SIGN_IN = "sign in and out"
    OWN_SESSIONS = "see and end one's own sessions"
    ASK_HEALTH = "ask whether the server answers, and what its API is"
    CHOOSE_ROLE = "choose a role"
    TAKE_CHECKPOINTS = "take checkpoints away"
    COSIGN = "send the cosignature of a witness"
    TAKE_PROOFS = "take proofs away"
    CHECK_FILES = "check files against the ledger"
    CHECK_TEXTS = "have the wording of texts checked"
    EXPORT = "export verdicts and measures"
    EXPORT_RESTRICTED = "export the counts of hidden groups"
    MAKE_REPORT = "make a report"
    LEARN = "read what Boussole knows by itself"

    TAKE_PART = "take part: ask, declare an interest, stand aside, vote, dissent"
    DRAFT = "write drafts of opinions"
    REFER = "put a matter to the committee"
    ANSWER = "answer the committee"
    CONVENE = "prepare a session: agenda, convocation, pack, minutes"
    PRESIDE = "preside over a session and its votes"
    SEAT = "keep the list of members"
    SET_RULES = "adopt rules or a charter"
    ISSUE = "issue and publish opinions and recommendations"

    STATE = "record attestations, cases, inspections and reviews"
    FOLLOW = "record findings, recommendations and what became of them"
    TELL_INCIDENT = "record an incident"
    FOLLOW_INCIDENT = "record what became of an incident"
    ENTER_APPEAL = "enter appeals and what was decided on them"
    OPEN_SHEET = "ask to see the sheet of one decision"
    EXPLAIN_ALONE = "explain one decision alone, at the command line"
    CONFIRM_SHEET = "agree that a steward sees the sheet of one decision"
    REGISTER = "change the register"
    IMPORT = "bring decisions in"
    MEND = "mend rows that were set aside"
    AUDIT = "audit, compare and measure drift"
    WRITE_CHARTER = "write a charter"
    PURGE = "remove rows for good"
    KEEP_KEYS = "make and change keys"
    KEEP_HOUSE = "set up a workspace and run the server"
    MANAGE_ACCESS = "end sessions and purge the access log"
    SEND_ALERTS = "send alerts, try channels out and drop messages"


_ALL = frozenset(SIGNED_IN)
_INSIDE = _ALL - {Role.READER, Role.AGENT}
_DATA = frozenset({Role.STEWARD, Role.DATA_SCIENTIST})
_BUREAU = frozenset({Role.CHAIR, Role.SECRETARY})

TABLE: dict[Action, frozenset[Role]] = {
    Action.SEE_COMPASS: _ALL,
    Action.SEE_ARTICLE: _ALL,
    Action.SEE_SYSTEM: _ALL,
    Action.SEE_REGISTER: _ALL,
    Action.SEE_CHARTER: _ALL,
    Action.SEE_LAW: _ALL,
    Action.SEE_EVIDENCE: _ALL,
    Action.SEE_DATA: _INSIDE,
    Action.SEE_DRIFT: _ALL,
    Action.SEE_DRIFT_REPORT: _DATA | {Role.AUDITOR},
    Action.SEE_COMMITTEE: _INSIDE - {Role.DATA_SCIENTIST},
    Action.SEE_INCIDENTS: _INSIDE | {Role.AGENT},
    Action.SEE_APPEALS: frozenset({Role.STEWARD, Role.AGENT}),
    Action.SEE_ROWS: _DATA,
    Action.SEE_SHEET: frozenset({Role.STEWARD, Role.AGENT}),
    Action.SEE_ACCESS: frozenset({Role.ADMINISTRATOR, Role.STEWARD, Role.AUDITOR}),
    Action.SEE_REPORTS: _ALL,
    Action.SEE_ALERTS: _DATA | {Role.ADMINISTRATOR, Role.AUDITOR},
    Action.SIGN_IN: _ALL,
    Action.OWN_SESSIONS: _ALL,
    Action.ASK_HEALTH: _ALL,
    Action.CHOOSE_ROLE: _ALL,
    Action.TAKE_CHECKPOINTS: _ALL | {Role.WITNESS},
    Action.COSIGN: frozenset({Role.WITNESS}),
    Action.TAKE_PROOFS: _ALL,
    Action.CHECK_FILES: _ALL,
    Action.CHECK_TEXTS: _ALL,
    Action.EXPORT: _INSIDE,
    Action.EXPORT_RESTRICTED: _DATA | {Role.AUDITOR},
    Action.MAKE_REPORT: _BUREAU | _DATA | {Role.AUDITOR},
    Action.LEARN: _ALL,
    Action.TAKE_PART: frozenset({Role.MEMBER, Role.CHAIR, Role.FOLLOW_UP}),
    Action.DRAFT: COMMITTEE,
    Action.REFER: frozenset({Role.STEWARD, Role.MEMBER}) | _BUREAU,
    Action.ANSWER: _DATA | {Role.FOLLOW_UP},
    Action.CONVENE: _BUREAU,
    Action.PRESIDE: _BUREAU,
    Action.SEAT: _BUREAU,
    Action.SET_RULES: _BUREAU,
    Action.ISSUE: _BUREAU,
    Action.STATE: frozenset({Role.STEWARD, Role.FOLLOW_UP}),
    Action.FOLLOW: _BUREAU | {Role.STEWARD, Role.FOLLOW_UP},
    Action.TELL_INCIDENT: _DATA | {Role.AGENT, Role.FOLLOW_UP},
    Action.FOLLOW_INCIDENT: frozenset({Role.STEWARD}),
    Action.ENTER_APPEAL: frozenset({Role.STEWARD, Role.AGENT}),
    Action.OPEN_SHEET: frozenset({Role.STEWARD}),
    Action.CONFIRM_SHEET: frozenset({Role.AGENT}),
    Action.EXPLAIN_ALONE: frozenset(),  # the operator alone
    Action.REGISTER: frozenset({Role.STEWARD}),
    Action.IMPORT: _DATA,
    Action.MEND: _DATA,
    Action.AUDIT: _DATA,
    Action.WRITE_CHARTER: _BUREAU | {Role.STEWARD},
    Action.PURGE: frozenset({Role.STEWARD}),
    Action.KEEP_KEYS: frozenset({Role.ADMINISTRATOR}),
    Action.KEEP_HOUSE: frozenset({Role.ADMINISTRATOR}),
    Action.MANAGE_ACCESS: frozenset({Role.ADMINISTRATOR}),
    Action.SEND_ALERTS: _DATA | {Role.ADMINISTRATOR},
}

STRANGERS = frozenset({Action.SIGN_IN, Action.ASK_HEALTH})
"""What can be asked for before anybody is signed in."""

BY_PROGRAMS = frozenset({Action.COSIGN, Action.CHECK_TEXTS})
"""What is done with a token; all else is only read with one."""

RESTRICTED = frozenset(
    {
        *(Action.SEE_ROWS, Action.SEE_APPEALS, Action.SEE_SHEET, Action.EXPLAIN_ALONE),
        *(Action.SEE_ACCESS, Action.EXPORT_RESTRICTED),
    }
)
"""Looks that the access log notes: at what is about single people or a few, and at who looked."""

SENSITIVE = RESTRICTED | {Action.SEE_DRIFT_REPORT}
"""What nobody should see with a password alone: single people, who looked, and figures that no threshold hides."""

SEALING = frozenset({Action.TAKE_PART, Action.PRESIDE, Action.ISSUE, Action.SET_RULES, Action.SEAT})
"""Acts for which `reauthenticate_minutes` asks that somebody has signed in lately."""

SEEING = frozenset(role for action in SENSITIVE for role in TABLE[action])
"""Roles that see what is sensitive: a second factor is asked of them, and no token has one without a reason."""


class Somebody(Protocol):
    """Whoever has a role."""

    @property
    def role(self) -> Role: ...


class AccessError(BoussoleError):
    """A role that may not do something."""

    def __init__(self, role: Role, action: Action) -> None:
        self.role, self.action = role, action
        may = ", ".join(sorted(TABLE[action])) or Role.OPERATOR
        super().__init__(
            f"the role '{role}' may not {action}.",
            where="access",
            next_step=f"Those who may: {may}. Ask your administrator for that role if it is yours.",
        )


def allowed(role: Role, action: Action) -> bool:
    """Whether a role may do something. Whoever holds the files at the command line could do it without us.

    >>> allowed(Role.MEMBER, Action.TAKE_PART), allowed(Role.MEMBER, Action.SEE_ROWS)
    (True, False)
    """
    return role is Role.OPERATOR or role in TABLE[action]


def demand(person: Somebody, action: Action) -> None:
    """Checks that somebody may do something. Raises AccessError, which says who may."""
    if not allowed(person.role, action):
        raise AccessError(person.role, action)


# Which pages a role needs first: the menu lists them at the top, and the others below in their groups.


FIRST_PAGES: Mapping[Role, Sequence[str]] = {
    Role.ADMINISTRATOR: ("settings", "data", "evidence"),
    Role.STEWARD: ("register", "incidents", "data", "questions"),
    Role.DATA_SCIENTIST: ("system", "fairness", "drift", "data"),
    Role.MEMBER: ("committee", "article", "questions", "recommendations"),
    Role.CHAIR: ("committee", "drafts", "questions", "recommendations"),
    Role.SECRETARY: ("committee", "drafts", "questions", "recommendations"),
    Role.FOLLOW_UP: ("work", "committee", "incidents", "recommendations"),
    Role.AGENT: ("incidents", "register", "glossary"),
    Role.AUDITOR: ("evidence", "law", "reports", "register"),
    Role.READER: ("article", "register", "reports", "glossary"),
}
"""By role of a sign-in, in the order of the menu, after the compass."""


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

    def who(self, on: dt.date) -> Who:
        """The person as the acts of a committee name them: a role, never a name; unauthenticated in local mode."""
        from boussole.charter.committee.acting import Who

        return Who(role=self.role.value, on=on, by=self.member, signed_in=self.authenticated)


LARGEST_FORM = 2_000_000
"""Bytes of everything that a form without files sends."""


def is_within(request: Request, most: int = LARGEST_FORM) -> bool:
    """Whether a request says how long its body is, and the body is no longer than that."""
    length = request.headers.get("content-length", "")
    return length.isdigit() and int(length) <= most


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
    from boussole.audits.workspace import SETTINGS_FILE

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
    from boussole.audits.workspace import Workspace
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
