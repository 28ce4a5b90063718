"""access.sqlite: sessions, tokens, the access log, and what people have seen. All of it must be erasable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    delete,
    func,
    select,
    update,
)

from boussole.audits.ledger.database import reader, writer
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.access.permissions import Person

# access.sqlite: sessions, tokens, the access log, and what people have seen. All of it must be erasable.


metadata = MetaData()

session_table = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # of the id, which only the browser holds
    Column("subject", String, nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("email", String, nullable=False),
    Column("token", LargeBinary, nullable=False),  # of the provider, encrypted
    Column("started_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("checked_at", String, nullable=False),
    Column("ended_at", String),
    Column("acr", String),  # how they signed in, as the provider's id_token said
    Column("amr", String),
    Column("signed_in_at", String),
    Column("sid", String),  # the provider's session
    Column("browser", String),
)

token_table = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("label", String, nullable=False),
    Column("role", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("ended_at", String),
)

look_table = Table(
    "looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("role", String, nullable=False),
    Column("place", String, nullable=False),
    Index("ix_looks_at", "at"),
)

logout_table = Table(
    "logouts",
    metadata,
    Column("digest", String(64), primary_key=True),  # of a message of the provider's that was acted on
    Column("at", String, nullable=False),
)

day_table = Table(
    "days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("salt", String(32), nullable=False),  # gone with the day: its digest then tells nothing of anybody
    Column("looks", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("entry", Integer, nullable=False),  # of the ledger
)

sheet_table = Table(
    "sheet_requests",  # to see the sheet of one decision; a row is erased once its time is over
    metadata,
    Column("id", String(32), primary_key=True),
    Column("system", String, nullable=False),
    Column("decision", String, nullable=False),  # its id, as JSON: the values of the columns that identify it
    Column("request", String, nullable=False),  # the number of the request that it is to answer; empty: none
    Column("reason", String, nullable=False),
    Column("opened_by", String, nullable=False),
    Column("opened_at", String, nullable=False),
    Column("confirmed_by", String),
    Column("expires_at", String, nullable=False),
    Column("number", String, nullable=False),  # of the sheet
)


@contextmanager
def access(workspace: Workspace) -> Iterator[Connection]:
    """A transaction on it that writes; the file is made when it is missing. What is deleted is overwritten."""
    _made(workspace.access)
    with _engine(workspace.access).begin() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        yield connection


@contextmanager
def reading(workspace: Workspace) -> Iterator[Connection]:
    """A transaction on it that only reads: it waits for nobody."""
    _made(workspace.access)
    with reader(workspace.access).begin() as connection:
        yield connection


def stamp(moment: dt.datetime) -> str:
    """A moment as it is stored: UTC, to the second, so that texts sort as moments do.

    >>> stamp(dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC))
    '2026-11-27T09:05:00Z'
    """
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> dt.datetime:
    """The moment of a stored text."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


def now() -> dt.datetime:
    """This moment."""
    return dt.datetime.now(dt.UTC)


_ready: set[Path] = set()
"""Files whose tables this process has made, or found there."""


@lru_cache(maxsize=8)
def _engine(path: Path) -> Engine:
    return writer(path)


def _made(path: Path) -> None:
    """Two processes can make it at once: it is made in the turn of one of them."""
    if path in _ready and path.exists():
        return
    with _engine(path).begin() as connection:
        metadata.create_all(connection)
    _ready.add(path)


# The sessions that are open, and their end: by those whose they are, by an administrator, by the provider.


REFERENCE = 16
"""Digits of a session's digest by which its owner names it: they open nothing."""


def revoke(workspace: Workspace, word: str) -> int:
    """Ends the sessions whose number starts with a word, or of a subject; returns how many there were."""
    return end_where(
        workspace, (session_table.c.subject == word) | session_table.c.digest.startswith(word, autoescape=True)
    )


def end_own(workspace: Workspace, me: Person, reference: str | None = None) -> int:
    """Ends a session of somebody's own, or all but the one in which they ask; returns how many there were."""
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


def forget_sessions(workspace: Workspace, *, before: dt.datetime) -> int:
    """Erases the sessions that ended, or ran out, before a moment."""
    table, limit = session_table, stamp(before)
    over = (table.c.ended_at < limit) | (table.c.expires_at < limit)
    with access(workspace) as connection:
        return int(connection.execute(delete(table).where(over)).rowcount)


def still_open() -> ColumnElement[bool]:
    """What holds of a session that nobody has ended and whose time is not over."""
    return session_table.c.ended_at.is_(None) & (session_table.c.expires_at > stamp(now()))


def end_where(workspace: Workspace, which: ColumnElement[bool]) -> int:
    """Ends the open ones among some sessions; returns how many there were."""
    with access(workspace) as connection:
        ended = update(session_table).where(still_open() & which).values(ended_at=stamp(now()))
        return int(connection.execute(ended).rowcount)
