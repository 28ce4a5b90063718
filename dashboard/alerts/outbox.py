"""The outbox: one row of governance.sqlite for each change and channel, which one transaction claims to send it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import AlertOutbox
from boussole.dashboard.server.access.database import stamp

WAITING, SENDING, SENT = "waiting", "sending", "sent"
INTERRUPTED_AFTER = dt.timedelta(minutes=10)
"""Longer than a message may take to be sent: what a process began and never ended is then sent by another run."""
KEPT = dt.timedelta(days=365)
"""How long an alert is kept: what was sent, to be shown; what a channel that is gone left, in case it returns."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One change on one channel. `texts`: by language, its title, its paragraphs and the path of its page."""

    id: int
    channel: str
    system: str
    subject: str
    direction: str
    texts: Mapping[str, Mapping[str, Any]]
    found_at: str
    due_at: str
    state: str
    changed_at: str
    attempts: int
    problem: str | None


def queue(connection: Connection, rows: Sequence[Mapping[str, Any]], *, now: dt.datetime) -> None:
    """Puts changes into the outbox, in the caller's transaction, and erases what lies there for long."""
    connection.execute(delete(AlertOutbox).where(AlertOutbox.changed_at < stamp(now - KEPT)))
    for row in rows:
        values = {**row, "texts": json.dumps(row["texts"], ensure_ascii=False)}
        values |= {"found_at": stamp(now), "state": WAITING, "changed_at": stamp(now), "attempts": 0}
        connection.execute(insert(AlertOutbox).values(values))


def claim(workspace: Workspace, channel: str, *, now: dt.datetime) -> list[Alert]:
    """Takes what is due on a channel, in one transaction, and what a process began and never ended."""
    due = (AlertOutbox.state == WAITING) & (AlertOutbox.due_at <= stamp(now))
    due |= (AlertOutbox.state == SENDING) & (AlertOutbox.changed_at < stamp(now - INTERRUPTED_AFTER))
    values = {"state": SENDING, "changed_at": stamp(now), "attempts": AlertOutbox.attempts + 1}
    taken = update(AlertOutbox).where(AlertOutbox.channel == channel, due).values(values)
    with open_records(workspace).begin() as connection:
        rows = connection.execute(taken.returning(*AlertOutbox.__table__.c)).all()
    return sorted(map(_alert, rows), key=lambda each: each.id)


def finish(workspace: Workspace, alerts: Collection[Alert], *, problem: str, now: dt.datetime) -> None:
    """Notes that claimed alerts were sent, or what the problem was: they then wait for the next run."""
    values = {"state": WAITING if problem else SENT, "problem": problem or None, "changed_at": stamp(now)}
    with open_records(workspace).begin() as connection:
        mine = AlertOutbox.id.in_([each.id for each in alerts])
        connection.execute(update(AlertOutbox).where(mine).values(values))


def alerts(workspace: Workspace) -> list[Alert]:
    """All that is kept, the latest first."""
    query = select(AlertOutbox.__table__).order_by(AlertOutbox.id.desc())
    with reading(workspace) as connection:
        return [] if connection is None else [_alert(row) for row in connection.execute(query)]


def _alert(row: Row[Any]) -> Alert:
    return Alert(**{**row._mapping, "texts": json.loads(row.texts)})
