"""The outbox: what is to be sent stands in governance.sqlite until everybody has it, whatever stops or dies meanwhile.

A message is taken by one process at a time (a lease, which ends by itself), sent, and only then marked: whoever is
killed in between leaves it to the next one. So nothing is lost, and what is sent again bears the same number.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select, update

from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import Alert, AlertItem, AlertMessage
from boussole.dashboard.alerts.messages import DROPPED, SENT, WAITING, Message, message_of
from boussole.dashboard.server.access.database import stamp

LEASE = dt.timedelta(minutes=5)
"""Longer than a message may take to be sent."""
PAUSES = (1, 5, 30, 120, 360)
"""Minutes until the next try, by how many have failed; the last one from then on."""


def claim(
    workspace: Workspace,
    *,
    by: str,
    now: dt.datetime,
    without: Collection[str] = (),
    at_once: bool = False,
) -> Message | None:
    """Takes the next message that is due, for as long as a lease; None where there is none.

    `without`: on other channels; `at_once`: also one that waits for its next try.
    """
    query = _next(now=now, without=without, at_once=at_once)
    with reading(workspace) as seen:  # whoever finds nothing waits for no turn to write
        if seen is None or seen.execute(query).first() is None:
            return None
    with open_records(workspace).begin() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        taken = {"lease": by, "lease_until": stamp(now + LEASE), "attempts": row.attempts + 1}
        connection.execute(update(AlertMessage).where(AlertMessage.id == row.id).values(taken))
        return message_of(connection, row, attempts=row.attempts + 1)


def _next(*, now: dt.datetime, without: Collection[str], at_once: bool) -> Any:
    moment = stamp(now)
    query = select(AlertMessage.__table__).where(
        AlertMessage.state == WAITING,
        AlertMessage.due_at <= moment,
        or_(AlertMessage.lease_until.is_(None), AlertMessage.lease_until < moment),
        AlertMessage.channel.not_in(list(without)),
    )
    if not at_once:
        query = query.where(AlertMessage.try_at <= moment)
    return query.order_by(AlertMessage.due_at, AlertMessage.created_at, AlertMessage.id).limit(1)


def accepted(workspace: Workspace, message: str, who: Iterable[str]) -> None:
    """Notes who has a message, before the next one is served."""
    with open_records(workspace).begin() as connection:
        values = {"accepted": json.dumps(sorted(who))}
        connection.execute(update(AlertMessage).where(AlertMessage.id == message).values(values))


def sent(workspace: Workspace, message: str, *, now: dt.datetime) -> None:
    """Marks a message as sent to everybody."""
    _end(workspace, message, SENT, now=now)


def drop(workspace: Workspace, message: str, *, now: dt.datetime) -> None:
    """Marks a message that somebody decided not to send any more."""
    _end(workspace, message, DROPPED, now=now)


def _end(workspace: Workspace, message: str, state: str, *, now: dt.datetime) -> None:
    values: dict[str, Any] = {"state": state, "ended_at": stamp(now), "lease": None, "lease_until": None}
    if state == SENT:
        values |= {"problem": None, "accepted": "[]"}
    with open_records(workspace).begin() as connection:
        mine = (AlertMessage.id == message) & (AlertMessage.state == WAITING)
        connection.execute(update(AlertMessage).where(mine).values(values))


def failed(workspace: Workspace, message: Message, *, by: str, problem: str, now: dt.datetime) -> None:
    """Puts a message off to its next try, later each time; one that another process took meanwhile is left to that."""
    pause = dt.timedelta(minutes=PAUSES[min(message.attempts, len(PAUSES)) - 1])
    values = {"problem": problem, "try_at": stamp(now + pause), "lease": None, "lease_until": None}
    with open_records(workspace).begin() as connection:
        mine = (AlertMessage.id == message.id) & (AlertMessage.lease == by)
        connection.execute(update(AlertMessage).where(mine).values(values))


def messages(workspace: Workspace, *, state: str | None = None, limit: int | None = None) -> list[Message]:
    """The messages that wait, were sent or dropped, the newest first, with their changes."""
    query = select(AlertMessage.__table__).order_by(AlertMessage.created_at.desc(), AlertMessage.id)
    if state is not None:
        query = query.where(AlertMessage.state == state)
    if limit is not None:
        query = query.limit(limit)
    with reading(workspace) as connection:
        return [] if connection is None else [message_of(connection, row) for row in connection.execute(query).all()]


def forget(connection: Connection, *, before: dt.datetime) -> None:
    """Erases what was sent or dropped before a moment, and the changes that no message tells any more."""
    old = (AlertMessage.state != WAITING) & (AlertMessage.ended_at < stamp(before))
    gone = select(AlertMessage.id).where(old)
    connection.execute(delete(AlertItem).where(AlertItem.message.in_(gone)))
    connection.execute(delete(AlertMessage).where(old))
    untold = ~exists().where(AlertItem.alert == Alert.id)
    connection.execute(delete(Alert).where(untold, Alert.detected_at < stamp(before)))
