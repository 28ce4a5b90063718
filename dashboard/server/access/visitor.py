"""Who looks at a page, or asks for something beside it: by their session, a token, or a role in local mode."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.database import access, moment, now, reading, stamp, token_table
from boussole.dashboard.server.access.permissions import OF_TOKENS, SEEING, Role
from boussole.dashboard.server.access.person import COOKIE, PROGRAM, Person, is_local, local, session_cookie
from boussole.dashboard.server.access.sessions import SignedOutError, digest

if TYPE_CHECKING:
    from starlette.requests import Request

# Tokens: for programs that read the API. Shown once, kept as a digest, with a role and an end.


LONGEST_DAYS = 366
_FORM = re.compile(r"boussole_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


def new_token(workspace: Workspace, *, role: str, label: str, days: int, reason: str = "") -> str:
    """A new token. `reason`: why a program needs a role that sees what is sensitive; the access log keeps it.

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
    with access(workspace) as connection:
        connection.execute(insert(token_table).values(row))
    log.note(
        workspace, "token", subject=f"token/{number}", role=Role(role), place=f"new: {reason}" if reason else "new"
    )
    return token


def person(workspace: Workspace, token: str) -> Person:
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
    with access(workspace) as connection:
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
        return person(Workspace(home), token if scheme.lower() == "bearer" else "")
    return _who(Workspace(home), lambda name: request.cookies.get(name, ""))


def _who(workspace: Workspace, sent: Callable[[str], str]) -> Person:
    if is_local(workspace):
        return local(sent(COOKIE))
    return sessions.person(workspace, sent(session_cookie(workspace.settings.access)))


def cookie(name: str) -> str:
    """What the browser of the current rerun sends under a name; empty where it sends nothing."""
    import streamlit as st

    return st.context.cookies.get(name, "")
