"""Sessions, kept on the server, where a browser holds a number; tokens; and who looks: by one of these, or locally."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.fernet import Fernet
from sqlalchemy import Row, insert, select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.server.access import log
from boussole.dashboard.server.access.database import (
    REFERENCE,
    end_own,
    end_where,
    moment,
    now,
    open_sessions,
    reading,
    session_table,
    stamp,
    token_table,
)
from boussole.dashboard.server.access.database import access as opened
from boussole.dashboard.server.access.identity import (
    NONE,
    SEATED,
    ProviderError,
    RevokedError,
    SignInProof,
    check_roles,
    email_of,
    member_of,
    role_of,
    secretary_of,
    sits,
    strong_enough,
    userinfo,
)
from boussole.dashboard.server.access.permissions import (
    COOKIE,
    OF_TOKENS,
    PROGRAM,
    SEEING,
    Person,
    Role,
    is_local,
    is_within,
    local,
    session_cookie,
)

# Sessions are kept on the server: a browser holds a number. Each look asks again whether it still counts, so that
# signing out, a role taken away and a mandate that ends count at once.


Reason = Literal["nobody", "ended", "expired", "revoked", "no_role", "no_mandate", "provider", "weak", "old"]
_SAID: dict[Reason, str] = {
    "nobody": "nobody is signed in, or the token is not known",
    "ended": "the session or token was ended",
    "expired": "the time of the session or token is over",
    "revoked": "the provider has ended this sign-in",
    "no_role": "the account has no role here",
    "no_mandate": "no mandate of this member lasts today",
    "provider": "the provider of sign-ins does not answer",
    "weak": "the role asks for a stronger sign-in than this session's, such as a second factor",
    "old": "what is done here asks for a sign-in of late, and this session's is older",
}
NOTED = dt.timedelta(minutes=1)
"""How exactly it is kept when somebody was last seen."""


def refusal_of(word: str, otherwise: Reason) -> Reason:
    """Why a sign-in failed, where the address of a page says so in a word that is known."""
    return next((reason for reason in ("no_role", "no_mandate", "provider") if reason == word), otherwise)


class SignedOutError(BoussoleError):
    """Nobody is signed in, or no longer; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        step = "Sign in, or give a token: `boussole access token new`."
        super().__init__(f"{_SAID[reason]}.", where="access", next_step=step)


def begin(
    workspace: Workspace, claims: Mapping[str, Any], *, token: str, proof: SignInProof = NONE, browser: str = ""
) -> str:
    """A new session for somebody whom the provider has just named; its id goes to the browser.

    Where `proof` of their sign-in is too weak for their role, it opens nothing yet. Raises SignedOutError when no role,
    or no mandate, goes with what the provider says.
    """
    settings, at, number = check_roles(workspace), now(), secrets.token_urlsafe(32)
    role, email = _role(claims, settings), email_of(claims)
    subject, name = str(claims["sub"]), str(claims.get("name") or claims.get("preferred_username") or "")
    _member(workspace, role, email)
    row = {
        "digest": digest(number),
        "subject": subject,
        "name": name,
        "role": role.value,
        "email": email,
        "token": _box(workspace).encrypt(token.encode()),
        "started_at": stamp(at),
        "expires_at": stamp(at + dt.timedelta(hours=settings.session_hours)),
        "seen_at": stamp(at),
        "checked_at": stamp(at),
        "acr": proof.acr,
        "amr": json.dumps(proof.amr),
        "signed_in_at": stamp(proof.at) if proof.at else None,
        "sid": proof.sid,
        "browser": browser,
    }
    with opened(workspace) as connection:
        connection.execute(insert(session_table).values(row))
    return number


def by_session(workspace: Workspace, number: str) -> Person:
    """Whose session it is. Raises SignedOutError when it is nobody's, or no longer."""
    settings, at = workspace.settings.access, now()
    row = _row(workspace, number)
    _alive(row, settings, at)
    if at - moment(row.checked_at) >= dt.timedelta(seconds=settings.recheck_seconds):
        row = _asked_again(workspace, row, settings, at)
    elif at - moment(row.seen_at) >= NOTED:
        _note(workspace, row.digest, seen_at=stamp(at))
    return _person(workspace, row, settings)


def role_here(workspace: Workspace, number: str) -> Role | None:
    """The role of an open session, however weak its sign-in was; None where it is nobody's."""
    try:
        row = _row(workspace, number)
        _alive(row, workspace.settings.access, now())
    except SignedOutError:
        return None
    return Role(row.role)


def fresh(workspace: Workspace, person: Person) -> None:
    """Checks that somebody who signed in did so lately enough to vote or publish. Raises SignedOutError where not."""
    minutes = workspace.settings.access.reauthenticate_minutes
    if minutes is None or not person.authenticated:
        return
    if person.signed_in_at is None or now() - person.signed_in_at > dt.timedelta(minutes=minutes):
        raise SignedOutError("old")


def end(workspace: Workspace, number: str) -> Row[Any] | None:
    """Ends a session: whoever shows its number again is nobody. Returns whose it was, where it was open."""
    try:
        row = _row(workspace, number)
    except SignedOutError:
        return None
    return row if end_where(workspace, session_table.c.digest == row.digest) else None


def digest(number: str) -> str:
    """What is kept of a session's number, or of a token: nobody can go back from it."""
    return hashlib.sha256(number.encode()).hexdigest()


def _row(workspace: Workspace, number: str) -> Row[Any]:
    with reading(workspace) as connection:
        row = connection.execute(select(session_table).where(session_table.c.digest == digest(number))).first()
    if row is None:
        raise SignedOutError("nobody")
    return row


def _alive(row: Row[Any], settings: AccessSettings, at: dt.datetime) -> None:
    if row.ended_at is not None:
        raise SignedOutError("ended")
    idle = moment(row.seen_at) + dt.timedelta(minutes=settings.idle_minutes)
    if at >= min(moment(row.expires_at), idle):
        raise SignedOutError("expired")


def _asked_again(workspace: Workspace, row: Row[Any], settings: AccessSettings, at: dt.datetime) -> Row[Any]:
    """The row with the role that the provider gives now; the session ends when it gives none."""
    try:
        claims = userinfo(settings, _box(workspace).decrypt(row.token).decode())
        if claims.get("sub") != row.subject:
            raise RevokedError("the provider names somebody else.")
        role = _role(claims, settings)
    except ProviderError as error:
        raise SignedOutError("provider") from error
    except (RevokedError, SignedOutError) as error:
        _note(workspace, row.digest, ended_at=stamp(at))
        raise SignedOutError("revoked" if isinstance(error, RevokedError) else error.reason) from error
    _note(workspace, row.digest, seen_at=stamp(at), checked_at=stamp(at), role=role.value, email=email_of(claims))
    with reading(workspace) as connection:
        return connection.execute(select(session_table).where(session_table.c.digest == row.digest)).one()


def _note(workspace: Workspace, which: str, **values: str) -> None:
    with opened(workspace) as connection:
        connection.execute(update(session_table).where(session_table.c.digest == which).values(values))


def _role(claims: Mapping[str, Any], settings: AccessSettings) -> Role:
    role = role_of(claims, settings)
    if role is None:
        raise SignedOutError("no_role")
    return role


def _person(workspace: Workspace, row: Row[Any], settings: AccessSettings) -> Person:
    """Who somebody is today; raises SignedOutError without the mandate or the strong sign-in that their role needs."""
    role = Role(row.role)
    member = _member(workspace, role, row.email)
    if not strong_enough(settings, role, SignInProof(acr=row.acr or "", amr=tuple(json.loads(row.amr or "[]")))):
        raise SignedOutError("weak")
    return Person(
        role=role,
        name=row.name,
        member=member,
        authenticated=True,
        secretary_of=secretary_of(workspace, row.email) if role is Role.SECRETARY else frozenset(),
        subject=row.subject,
        session=row.digest[:REFERENCE],
        signed_in_at=moment(row.signed_in_at) if row.signed_in_at else None,
    )


def _member(workspace: Workspace, role: Role, email: str) -> str | None:
    """The number under which somebody sits today; raises SignedOutError without the mandate that their role needs."""
    member = member_of(workspace, email)
    seated = member is not None and sits(workspace, member)
    if role in SEATED and not seated:
        raise SignedOutError("no_mandate")
    return member if seated else None


def _box(workspace: Workspace) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.ensure(workspace.keys, "access")[-1]))


# Somebody's own sessions: in which browsers they are signed in, and the end of those that they do not know.


PATH = "/access/sessions/end"
PAGE = "/settings"
ANCHOR = "sessions"
OTHERS = "others"
"""Asks for the end of all but the session in which somebody asks."""
LARGEST = 2000
"""Bytes of the form."""
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """One session of somebody: its reference, the kind of browser, since when, last used, until when; `here`: this."""

    reference: str
    browser: str
    started: dt.datetime
    seen: dt.datetime
    until: dt.datetime
    here: bool


def own_sessions(workspace: Workspace, me: Person) -> list[OwnSession]:
    """The sessions in which somebody is signed in, the latest first; none in local mode, and none of a token."""
    if not me.session:
        return []
    idle = dt.timedelta(minutes=workspace.settings.access.idle_minutes)
    found = [
        OwnSession(
            reference=row.digest[:REFERENCE],
            browser=row.browser or "",
            started=moment(row.started_at),
            seen=moment(row.seen_at),
            until=min(moment(row.expires_at), moment(row.seen_at) + idle),
            here=row.digest[:REFERENCE] == me.session,
        )
        for row in open_sessions(workspace, subject=me.subject)
    ]
    return [each for each in found if each.until > now()]


def browser_of(agent: str) -> str:
    """The kind of browser, from what it says of itself; nothing more of that is kept.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), browser_of("curl/8")
    ('Firefox, Linux', '')
    """
    names = (next((name for word, name in known.items() if word in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in names if name)


def own_route(workspace: Workspace) -> Route:
    """Where somebody ends sessions of their own; a reference to anybody else's ends nothing."""

    async def endpoint(request: Request) -> Response:
        if not is_within(request, LARGEST):
            return PlainTextResponse("What was sent is too long.\n", status_code=413)
        async with request.form(max_files=0, max_fields=3) as form:
            reference = str(form.get(PREFIX + "session", ""))
        await run_in_threadpool(_end, workspace, request.state.person, reference)
        return RedirectResponse(f"{PAGE}#{ANCHOR}", status_code=303)

    return Route(PATH, endpoint, methods=["POST"])


def _end(workspace: Workspace, me: Person, reference: str) -> None:
    ended = end_own(workspace, me, None if reference == OTHERS else reference)
    for _ in range(ended):
        log.note(workspace, "sign_out", subject=me.subject, role=me.role, place="another session of theirs")


# Tokens: for programs that read the API. Shown once, kept as a digest, with a role and an end.


LONGEST_DAYS = 366
_FORM = re.compile(r"boussole_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


def new_token(workspace: Workspace, *, role: str, label: str, days: int, reason: str = "") -> str:
    """A new token; `reason`: why a program needs a role that sees what is sensitive.

    Raises BoussoleError for a role that no token has, or has without a reason, an empty label, or a time that is too
    long.
    """
    if role not in OF_TOKENS:
        raise BoussoleError(
            f"'{role}' is no role of a token. {nearest(role, OF_TOKENS)}", next_step="Give one of them."
        )
    if role in SEEING and not reason:
        raise BoussoleError(
            f"a token of the role '{role}' opens what concerns single people, and has no second factor.",
            next_step=f"Give it another role ({', '.join(each for each in OF_TOKENS if each not in SEEING)}), or say "
            "with --restricted why a program needs this one.",
        )
    if not 0 < len(label.strip()) <= 100 or not label.isprintable():
        raise BoussoleError("a label has 1 to 100 characters.", next_step="Say which program uses the token.")
    if not 1 <= days <= LONGEST_DAYS:
        raise BoussoleError(f"a token lasts 1 to {LONGEST_DAYS} days.", next_step="Give fewer days.")
    number, at = secrets.token_hex(4), now()
    token = f"boussole_{number}_{secrets.token_urlsafe(32)}"
    row = {
        "id": number,
        "digest": digest(token),
        "label": label.strip(),
        "role": role,
        "created_at": stamp(at),
        "expires_at": stamp(at + dt.timedelta(days=days)),
    }
    with opened(workspace) as connection:
        connection.execute(insert(token_table).values(row))
    log.note(
        workspace, "token", subject=f"token/{number}", role=Role(role), place=f"new: {reason}" if reason else "new"
    )
    return token


def by_token(workspace: Workspace, token: str) -> Person:
    """Who a token stands for. Raises SignedOutError when it is not known, was revoked, or its time is over."""
    found = _FORM.fullmatch(token)
    if found is None or not workspace.access.exists():
        raise SignedOutError("nobody")
    with reading(workspace) as connection:
        row = connection.execute(select(token_table).where(token_table.c.id == found[1])).first()
    if row is None or not secrets.compare_digest(row.digest, digest(token)):
        raise SignedOutError("nobody")
    if row.ended_at is not None:
        raise SignedOutError("ended")
    if now() >= moment(row.expires_at):
        raise SignedOutError("expired")
    return Person(role=Role(row.role), name=row.label, authenticated=True, subject=f"token/{row.id}")


def subject_of(token: str) -> str:
    """What the access log calls a token, from what was shown; empty where that is not of the form of one.

    >>> subject_of(f"boussole_0123abcd_{'x' * 43}"), subject_of("a password")
    ('token/0123abcd', '')
    """
    found = _FORM.fullmatch(token)
    return f"{PROGRAM}{found[1]}" if found else ""


def tokens(workspace: Workspace) -> list[Row[Any]]:
    """All tokens, the latest first; nothing of what was shown once."""
    query = select(token_table).order_by(token_table.c.created_at.desc(), token_table.c.id)
    with reading(workspace) as connection:
        return list(connection.execute(query))


def revoke_token(workspace: Workspace, number: str) -> None:
    """Ends a token at once. Raises BoussoleError when there is none of this number."""
    known = [row.id for row in tokens(workspace) if row.ended_at is None]
    if number not in known:
        hint = nearest(number, known) if known else "There is none."
        raise BoussoleError(f"no token is '{number}'. {hint}", next_step="See `boussole access token list`.")
    with opened(workspace) as connection:
        connection.execute(update(token_table).where(token_table.c.id == number).values(ended_at=stamp(now())))
    log.note(workspace, "token", subject=f"token/{number}", place="revoked")


# Who looks at a page, or asks for something beside it: by their session, a token, or what they chose in local mode.


_known: ContextVar[Person | None] = ContextVar("known", default=None)
"""Who looks, while a page is drawn for them."""


def here() -> Person:
    """Who looks at the page of the current rerun. Raises SignedOutError when nobody is signed in, or no longer."""
    return _known.get() or _who(Workspace.find(), cookie)


@contextmanager
def looking(me: Person) -> Iterator[None]:
    """Draws a page for somebody: whatever it shows asks nobody else who they are, and shows all to the same person."""
    before = _known.set(me)
    try:
        yield
    finally:
        _known.reset(before)


def of_request(request: Request, home: Path) -> Person:
    """Who asks for something beside the app: a token where one is shown, else as `here` does.

    Raises SignedOutError when nobody is signed in, and for a token that is not, or no longer, known.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return by_token(Workspace(home), token if scheme.lower() == "bearer" else "")
    return _who(Workspace(home), lambda name: request.cookies.get(name, ""))


def _who(workspace: Workspace, sent: Callable[[str], str]) -> Person:
    if is_local(workspace):
        return local(sent(COOKIE))
    return by_session(workspace, sent(session_cookie(workspace.settings.access)))


def cookie(name: str) -> str:
    """What the browser of the current rerun sends under a name; empty where it sends nothing."""
    import streamlit as st

    return st.context.cookies.get(name, "")
