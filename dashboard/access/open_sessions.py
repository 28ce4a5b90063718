"""The sessions that are open, and their end: by those whose they are, by an administrator, by the provider."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from boussole.audits.workspace import Workspace
from boussole.dashboard.access.database import access as opened
from boussole.dashboard.access.database import now, reading, session_table, stamp
from boussole.dashboard.access.people.person import Person

REFERENCE = 16
"""Digits of a session's digest by which its owner names it: they open nothing."""


def revoke(workspace: Workspace, word: str) -> int:
    """Ends the sessions whose number starts with a word, or of a subject; returns how many there were."""
    return end_where(
        workspace, (session_table.c.subject == word) | session_table.c.digest.startswith(word, autoescape=True)
    )


def end_own(workspace: Workspace, me: Person, reference: str | None = None) -> int:
    """Ends a session of somebody's own, or all but the one in which they ask; returns how many there were.

    A reference to anybody else's, or to none, ends nothing.
    """
    theirs = session_table.c.subject == me.subject
    reference_of = func.substr(session_table.c.digest, 1, REFERENCE)
    chosen = reference_of != me.session if reference is None else reference_of == reference
    return end_where(workspace, theirs & chosen)


def end_at_provider(workspace: Workspace, *, subject: str | None, sid: str | None) -> list[Row[Any]]:
    """Ends what the provider says is over: one of its sessions, or all of somebody's. Returns whose they were."""
    columns = session_table.c
    if sid is None and subject is None:
        return []
    query = select(session_table).where(still_open())
    query = query if subject is None else query.where(columns.subject == subject)
    query = query if sid is None else query.where(columns.sid == sid)
    with reading(workspace) as connection:
        found = list(connection.execute(query))
    return [row for row in found if end_where(workspace, columns.digest == row.digest)]


def open_sessions(workspace: Workspace, *, subject: str | None = None) -> list[Row[Any]]:
    """The sessions that nobody has ended and whose time is not over, the latest first; of one person, or all."""
    table = session_table
    query = select(table).where(still_open())
    if subject is not None:
        query = query.where(table.c.subject == subject)
    with reading(workspace) as connection:
        return list(connection.execute(query.order_by(table.c.started_at.desc(), table.c.digest)))


def forget(workspace: Workspace, *, before: dt.datetime) -> int:
    """Erases the sessions that ended, or ran out, before a moment."""
    table, limit = session_table, stamp(before)
    over = (table.c.ended_at < limit) | (table.c.expires_at < limit)
    with opened(workspace) as connection:
        return int(connection.execute(delete(table).where(over)).rowcount)


def still_open() -> ColumnElement[bool]:
    """What holds of a session that nobody has ended and whose time is not over."""
    return session_table.c.ended_at.is_(None) & (session_table.c.expires_at > stamp(now()))


def end_where(workspace: Workspace, which: ColumnElement[bool]) -> int:
    """Ends the open ones among some sessions; returns how many there were."""
    with opened(workspace) as connection:
        ended = update(session_table).where(still_open() & which).values(ended_at=stamp(now()))
        return int(connection.execute(ended).rowcount)
