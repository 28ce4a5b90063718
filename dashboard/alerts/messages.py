"""Changes and messages as the outbox keeps them: what is noted of a change, and which message tells it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from boussole.audits.hashing import sha256_hex
from boussole.charter.records.models import Alert, AlertItem, AlertMessage
from boussole.dashboard.alerts.changes import About
from boussole.dashboard.server.access.database import stamp

WAITING, SENT, DROPPED = "waiting", "sent", "dropped"


@dataclass(frozen=True, kw_only=True)
class ChangeMessage(About):
    """One change as it is told."""

    number: int
    before: str | None
    after: str
    direction: str
    detected_at: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message on one channel. `accepted`: which of its recipients have it, as hashes; `problem`: what kept it."""

    id: str
    channel: str
    digest: str
    created_at: str
    due_at: str
    state: str
    attempts: int
    try_at: str
    problem: str | None
    accepted: frozenset[str]
    ended_at: str | None
    items: Sequence[ChangeMessage] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that is to be queued: the changes of one system of the workspace at `home`, on one channel."""

    home: str
    channel: str
    digest: str
    system: str
    now: dt.datetime
    due: dt.datetime
    items: Sequence[ChangeMessage]

    def number(self, keys: Mapping[int, str]) -> str:
        """The number of the message: that of the digest, else of what was found together."""
        if self.digest == "off":
            return self.apart(keys)
        return _number(self.home, self.channel, self.digest, stamp(self.due))

    def apart(self, keys: Mapping[int, str]) -> str:
        """The number of a message that tells these changes alone."""
        return _number(self.channel, self.system, *(keys[each.number] for each in self.items))

    def message(self, number: str) -> Message:
        """The message with these changes alone."""
        return Message(
            id=number,
            channel=self.channel,
            digest=self.digest,
            created_at=stamp(self.now),
            due_at=stamp(self.due),
            state=WAITING,
            attempts=0,
            try_at=stamp(self.due),
            problem=None,
            accepted=frozenset(),
            ended_at=None,
            items=self.items,
        )


def _number(*what: str) -> str:
    return sha256_hex(json.dumps(what).encode())[:32]


def keep(connection: Connection, told: ChangeMessage, key: str) -> int:
    """Notes a change, in the caller's transaction; its number."""
    values = {
        "key": key,
        "system": told.system,
        "subject": told.subject,
        "before": told.before,
        "after": told.after,
        "direction": told.direction,
        "detected_at": told.detected_at,
        "facts": json.dumps(told.facts, ensure_ascii=False),
    }
    number: int = connection.execute(insert(Alert).values(values).returning(Alert.id)).scalar_one()
    return number


def queue(connection: Connection, draft: Draft, keys: Mapping[int, str]) -> Message:
    """Puts a draft into the outbox, in the caller's transaction; `keys`: of its changes, by number.

    One digest is one message, to which other changes are added until somebody begins to send it, or drops it.
    """
    number = draft.number(keys)
    begun = connection.execute(
        select(AlertMessage.state, AlertMessage.attempts).where(AlertMessage.id == number)
    ).first()
    if begun is not None and tuple(begun) != (WAITING, 0):
        number, begun = draft.apart(keys), None
    if begun is None:
        due = stamp(draft.due)
        values = {
            "id": number,
            "channel": draft.channel,
            "digest": draft.digest,
            "created_at": stamp(draft.now),
            "due_at": due,
            "state": WAITING,
            "attempts": 0,
            "try_at": due,
            "accepted": "[]",
        }
        connection.execute(insert(AlertMessage).values(values))
    connection.execute(insert(AlertItem), [{"message": number, "alert": each.number} for each in draft.items])
    return draft.message(number)


def message_of(connection: Connection, row: Row[Any], *, attempts: int | None = None) -> Message:
    items = (
        select(Alert.__table__)
        .join(AlertItem, AlertItem.alert == Alert.id)
        .where(AlertItem.message == row.id)
        .order_by(Alert.id)
    )
    return Message(
        id=row.id,
        channel=row.channel,
        digest=row.digest,
        created_at=row.created_at,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts if attempts is None else attempts,
        try_at=row.try_at,
        problem=row.problem,
        accepted=frozenset(json.loads(row.accepted)),
        ended_at=row.ended_at,
        items=[_told(each) for each in connection.execute(items)],
    )


def _told(row: Row[Any]) -> ChangeMessage:
    """A change from its row."""
    return ChangeMessage(
        number=row.id,
        system=row.system,
        subject=row.subject,
        before=row.before,
        after=row.after,
        direction=row.direction,
        detected_at=row.detected_at,
        facts=json.loads(row.facts),
    )
