"""The outbox: what is to be sent stands in governance.sqlite until everybody has it, and the letters of each reader.

A message is taken by one process at a time (a lease, which ends by itself), sent, and only then marked: whoever is
killed in between leaves it to the next one. So nothing is lost, and what is sent again bears the same number.

A letter is written down before it is sent and marked after it, as the outbox of alerts does: whoever is killed in
between leaves it to the next one, under the same number.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records
from boussole.charter.records.database import reading as reading_records
from boussole.charter.records.models import Alert, AlertItem, AlertMessage
from boussole.dashboard.alerts.messages import DROPPED, SENT, WAITING, Message, message_of
from boussole.dashboard.server.access.database import (
    KEPT,
    access,
    letter_item_table,
    letter_table,
    moment,
    reading,
    stamp,
)

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
    with reading_records(workspace) as seen:  # whoever finds nothing waits for no turn to write
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
    with reading_records(workspace) as connection:
        return [] if connection is None else [message_of(connection, row) for row in connection.execute(query).all()]


def forget(connection: Connection, *, before: dt.datetime) -> None:
    """Erases what was sent or dropped before a moment, and the changes that no message tells any more."""
    old = (AlertMessage.state != WAITING) & (AlertMessage.ended_at < stamp(before))
    gone = select(AlertMessage.id).where(old)
    connection.execute(delete(AlertItem).where(AlertItem.message.in_(gone)))
    connection.execute(delete(AlertMessage).where(old))
    untold = ~exists().where(AlertItem.alert == Alert.id)
    connection.execute(delete(Alert).where(untold, Alert.detected_at < stamp(before)))


letters, items = letter_table.c, letter_item_table.c


@dataclass(frozen=True, kw_only=True)
class PersonalLetter:
    """One letter to one reader: what it tells, by keys, and how often it was tried."""

    id: str
    reader: str
    urgent: bool
    keys: frozenset[str]
    created_at: str
    attempts: int
    problem: str | None = None
    try_at: str = ""


@dataclass(frozen=True, kw_only=True)
class OutboxRound:
    """One look at the letters: by whom, when, and in which time zone a day is a day.

    `at_once`: also what waits for its next try. `gathers`: the hour of the digest has come.
    """

    by: str
    now: dt.datetime
    zone: dt.tzinfo
    gathers: bool
    at_once: bool = False

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()


def taken(
    workspace: Workspace,
    reader: str,
    *,
    unseen: Collection[str],
    urgent: Collection[str],
    new: Collection[str],
    turn: OutboxRound,
) -> PersonalLetter | None:
    """The letter to send to a reader now; None where none is due.

    `unseen` are the keys of all that concerns them and that they have not seen, `new` those that a letter may begin
    with, `urgent` those of these that cannot wait. What waits and is not unseen was seen, or is over: it is not sent.
    """
    with access(workspace) as connection:
        waiting = _rows(connection, reader, WAITING)
        for row in waiting:
            if row.lease_until is not None and row.lease_until >= stamp(turn.now):
                return None  # somebody is sending to them
            if (turn.at_once or row.try_at <= stamp(turn.now)) and (again := _again(connection, row, unseen, turn)):
                return again
        told = _told(connection, reader)
        pressing = sorted(set(urgent) - told)
        if pressing:
            return _written(connection, reader, pressing, urgent=True, turn=turn)
        gathered = sorted(set(new) - told)
        digests = [row for row in _rows(connection, reader, WAITING) if not row.urgent]
        if not gathered or not turn.gathers or digests or _had_today(connection, reader, turn):
            return None
        return _written(connection, reader, gathered, urgent=False, turn=turn)


def _again(connection: Connection, row: Row[Any], unseen: Collection[str], turn: OutboxRound) -> PersonalLetter | None:
    """A letter that was not sent, with what of it is still to be told; dropped where that is nothing."""
    keys = frozenset(_keys(connection, row.id)) & frozenset(unseen)
    if not keys:
        _ended(connection, row.id, DROPPED, now=turn.now)
        return None
    if not row.urgent and _had_today(connection, row.reader, turn):
        return None
    values = {"lease": turn.by, "lease_until": stamp(turn.now + LEASE), "attempts": row.attempts + 1}
    connection.execute(update(letter_table).where(letters.id == row.id).values(values))
    return _letter(row, keys, attempts=row.attempts + 1)


def _written(
    connection: Connection, reader: str, keys: Sequence[str], *, urgent: bool, turn: OutboxRound
) -> PersonalLetter:
    number, now = uuid.uuid4().hex, stamp(turn.now)
    values = {"id": number, "reader": reader, "urgent": int(urgent), "created_at": now, "state": WAITING, "attempts": 1}
    values |= {"try_at": now, "lease": turn.by, "lease_until": stamp(turn.now + LEASE)}
    connection.execute(insert(letter_table).values(values))
    connection.execute(
        insert(letter_item_table), [{"reader": reader, "key": key, "letter": number, "at": now} for key in keys]
    )
    return PersonalLetter(
        id=number, reader=reader, urgent=urgent, keys=frozenset(keys), created_at=now, attempts=1, try_at=now
    )


def letter_sent(workspace: Workspace, letter: PersonalLetter, *, now: dt.datetime) -> None:
    """Marks a letter as sent."""
    with access(workspace) as connection:
        _ended(connection, letter.id, SENT, now=now)


def letter_failed(workspace: Workspace, letter: PersonalLetter, *, by: str, problem: str, now: dt.datetime) -> None:
    """Puts a letter off to its next try, later each time; one that another process took meanwhile is left to that."""
    pause = dt.timedelta(minutes=PAUSES[min(letter.attempts, len(PAUSES)) - 1])
    values = {"problem": problem, "try_at": stamp(now + pause), "lease": None, "lease_until": None}
    with access(workspace) as connection:
        mine = (letters.id == letter.id) & (letters.lease == by)
        connection.execute(update(letter_table).where(mine).values(values))


def tidied(workspace: Workspace, known: Collection[str], *, now: dt.datetime, keep: dt.timedelta) -> None:
    """Drops what waits for those who can, or want to, be written to no longer, and erases what is old.

    That something was told is kept for longer than anything is told, lest it be told again.
    """
    with access(workspace) as connection:
        mine = (letters.state == WAITING) & letters.reader.not_in(list(known))
        values = {"state": DROPPED, "ended_at": stamp(now), "lease": None, "lease_until": None}
        connection.execute(update(letter_table).where(mine).values(values))
        connection.execute(delete(letter_table).where(letters.state != WAITING, letters.ended_at < stamp(now - keep)))
        connection.execute(delete(letter_item_table).where(items.at < stamp(now - max(keep, KEPT))))


def stuck(workspace: Workspace) -> list[PersonalLetter]:
    """The letters that were tried and did not go, the oldest first."""
    query = select(letter_table).where(letters.state == WAITING, letters.problem.is_not(None))
    with reading(workspace) as connection:
        rows = connection.execute(query.order_by(letters.created_at)).all()
        return [_letter(row, frozenset(_keys(connection, row.id)), attempts=row.attempts) for row in rows]


def _ended(connection: Connection, number: str, state: str, *, now: dt.datetime) -> None:
    values: dict[str, Any] = {"state": state, "ended_at": stamp(now), "lease": None, "lease_until": None}
    if state == SENT:
        values["problem"] = None
    mine = (letters.id == number) & (letters.state == WAITING)
    connection.execute(update(letter_table).where(mine).values(values))


def _had_today(connection: Connection, reader: str, turn: OutboxRound) -> bool:
    """Whether a reader has had a digest today."""
    days = [moment(row.ended_at).astimezone(turn.zone).date() for row in _rows(connection, reader, SENT)
            if not row.urgent]  # fmt: skip
    return turn.today in days


def _rows(connection: Connection, reader: str, state: str) -> Sequence[Row[Any]]:
    query = select(letter_table).where(letters.reader == reader, letters.state == state)
    return connection.execute(query.order_by(letters.created_at, letters.id)).all()


def _told(connection: Connection, reader: str) -> set[str]:
    return set(connection.execute(select(items.key).where(items.reader == reader)).scalars())


def _keys(connection: Connection, number: str) -> set[str]:
    return set(connection.execute(select(items.key).where(items.letter == number)).scalars())


def _letter(row: Row[Any], keys: frozenset[str], *, attempts: int) -> PersonalLetter:
    return PersonalLetter(
        id=row.id,
        reader=row.reader,
        urgent=bool(row.urgent),
        keys=keys,
        created_at=row.created_at,
        attempts=attempts,
        problem=row.problem,
        try_at=row.try_at,
    )
