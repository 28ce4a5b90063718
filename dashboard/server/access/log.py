"""The access log, its days closed in the ledger, checked and erased, and who asked to see one sheet and agreed."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.personal import traces
from boussole.charter.incidents.refusals import UnexplainedError
from boussole.charter.records import open_records
from boussole.charter.records.database import reading as reading_records
from boussole.dashboard.server.access import database
from boussole.dashboard.server.access.database import (
    access,
    day_table,
    look_table,
    moment,
    now,
    reading,
    sheet_table,
    stamp,
)
from boussole.dashboard.server.access.permissions import RESTRICTED, Action, Person, Role, allowed, demand

# Days of the access log: closed with a digest in the ledger, checked against it, erased when their time is over.


DAY, PURGE = "access_day", "access_purge"


@dataclass(frozen=True, kw_only=True)
class PurgedDays:
    """What a purge removed: notes and sessions of the days before one."""

    before: dt.date
    looks: int
    sessions: int


def new_day(workspace: Workspace, today: dt.date) -> None:
    """Closes the days before today, and erases those whose time is over."""
    close_days(workspace, today)
    purge(workspace, before=today - dt.timedelta(days=workspace.settings.access.log_days))


def close_days(workspace: Workspace, today: dt.date) -> int:
    """Seals the digest of every day before today that is not sealed yet; returns how many there were."""
    with access(workspace) as connection:
        days = func.substr(look_table.c.at, 1, 10)
        found = connection.execute(select(days).where(days < today.isoformat()).distinct().order_by(days)).scalars()
        sealed = set(connection.execute(select(day_table.c.day)).scalars())
        missing = [day for day in found if day not in sealed]
        for day in missing:
            salt, rows = secrets.token_hex(16), _looks(connection, day)
            payload = {"day": day, "looks": len(rows), "sha256": _digest(salt, rows)}
            with open_records(workspace).begin() as records:
                entry = ledger.append(records, kind=DAY, payload=payload)
            values = {"day": day, "salt": salt, "looks": len(rows), "digest": payload["sha256"], "entry": entry.index}
            connection.execute(insert(day_table).values(values))
    return len(missing)


def changed_days(workspace: Workspace) -> list[str]:
    """The days whose notes are not those that the ledger sealed, or are gone without a purge that it holds."""
    with reading_records(workspace) as records:
        found = [] if records is None else list(ledger.payloads(records, kinds=(DAY, PURGE)))
    purged = max((str(payload["before"]) for _, kind, payload in found if kind == PURGE), default="")
    sealed = {index: payload for index, kind, payload in found if kind == DAY}
    with access(workspace) as connection:
        noted = {row.day: row for row in connection.execute(select(day_table))}
        wrong = {day for day, row in noted.items() if not _holds(connection, row, sealed.get(row.entry))}
    kept = {str(payload["day"]) for payload in sealed.values() if str(payload["day"]) >= purged}
    return sorted(wrong | (kept - set(noted)))


def purge(workspace: Workspace, *, before: dt.date) -> PurgedDays:
    """Erases the closed days before one, and the sessions that were over by then; their digests stay in the ledger."""
    limit = before.isoformat()
    with access(workspace) as connection:
        closed = select(day_table.c.day).where(day_table.c.day < limit)
        looks = connection.execute(delete(look_table).where(func.substr(look_table.c.at, 1, 10).in_(closed))).rowcount
        days = connection.execute(delete(day_table).where(day_table.c.day < limit)).rowcount
        if days:
            with open_records(workspace).begin() as records:
                ledger.append(records, kind=PURGE, payload={"before": limit, "looks": looks, "days": days})
    midnight = dt.datetime.combine(before, dt.time(), tzinfo=dt.UTC)
    ended = database.forget_sessions(workspace, before=midnight)
    if looks or ended:
        _empty_journal(workspace)
    return PurgedDays(before=before, looks=looks, sessions=ended)


def _looks(connection: Connection, day: str) -> list[Row[Any]]:
    of_day = func.substr(look_table.c.at, 1, 10) == day
    return list(connection.execute(select(look_table).where(of_day).order_by(look_table.c.id)))


def _digest(salt: str, rows: list[Row[Any]]) -> str:
    return sha256_hex(canonical_json({"salt": salt, "looks": [list(row) for row in rows]}))


def _holds(connection: Connection, row: Row[Any], payload: ledger.Payload | None) -> bool:
    rows = _looks(connection, row.day)
    return payload == {"day": row.day, "looks": len(rows), "sha256": _digest(row.salt, rows)}


def _empty_journal(workspace: Workspace) -> None:
    """What was overwritten still lies in the journal, until it is taken over and cut off."""
    import sqlite3

    connection = sqlite3.connect(workspace.access, isolation_level=None, timeout=60)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


# The access log: each sign-in, restricted look and refusal, erased when its time is over (`log_days`). The ledger holds
# only a digest of each day, made with a salt that goes with the day.


Event = Literal["sign_in", "sign_in_refused", "sign_out", "look", "refused", "token", "token_refused", "logout_refused"]
AGAIN_SECONDS = 300
"""A page is drawn anew with every click: a look at the same place within five minutes is the same look."""
_MOST = 5000

_lately: OrderedDict[tuple[str, ...], float] = OrderedDict()
_closed: dict[str, dt.date] = {}
"""The day on which this process last closed those before it."""


def look(workspace: Workspace, person: Person, action: Action, *, place: str) -> None:
    """Notes that somebody looks at what is restricted, or was refused what is not theirs."""
    if not allowed(person.role, action):
        note_once(workspace, "refused", person, place)
    elif action in RESTRICTED:
        note_once(workspace, "look", person, place)


def note(workspace: Workspace, event: Event, *, subject: str, role: Role | None = None, place: str = "") -> None:
    """Notes what happened. The first note of a day closes those before it; requests of sheets that are over go."""
    at = now()
    row = {"at": stamp(at), "event": event, "subject": subject, "role": role or "", "place": place[:200]}
    with access(workspace) as connection:
        connection.execute(insert(look_table).values(row))
        connection.execute(delete(sheet_table).where(sheet_table.c.expires_at <= row["at"]))
    if _closed.get(str(workspace.home)) != at.date():
        _closed[str(workspace.home)] = at.date()
        # A ledger that can't be written now is tried again with the next server, or by `boussole access log`.
        with suppress(BoussoleError):
            new_day(workspace, at.date())


def entries(workspace: Workspace, *, start: dt.date | None = None, end: dt.date | None = None) -> list[Row[Any]]:
    """What is noted from one day to another, both included, the oldest first."""
    query = select(look_table).order_by(look_table.c.id)
    if start is not None:
        query = query.where(look_table.c.at >= start.isoformat())
    if end is not None:
        query = query.where(look_table.c.at < (end + dt.timedelta(days=1)).isoformat())
    with reading(workspace) as connection:
        return list(connection.execute(query))


def note_once(workspace: Workspace, event: Event, person: Person, place: str) -> None:
    """Notes it, unless it was within five minutes: the same look."""
    key, at = (str(workspace.home), event, person.subject, person.role, place), time.monotonic()
    if _lately.get(key, -AGAIN_SECONDS) + AGAIN_SECONDS > at:
        return
    note(workspace, event, subject=person.subject, role=person.role, place=place)
    _lately[key] = at  # only once it is noted: what could not be is noted with the next look, or nobody looks
    while len(_lately) > _MOST:
        _lately.popitem(last=False)


WAITING = dt.timedelta(days=7)
"""How long a request waits for a case handler."""
SHOWN = dt.timedelta(hours=8)
"""How long a sheet can be seen once it was agreed to: a day of work."""


@dataclass(frozen=True, kw_only=True)
class SheetRequest:
    """A request to see one decision. `confirmed_by`: who agreed; `number`: of the sheet."""

    id: str
    system: str
    decision: Sequence[str]
    request: str
    reason: str
    opened_by: str
    opened_at: dt.datetime
    confirmed_by: str | None
    expires_at: dt.datetime
    number: str


def new_sheet_number() -> str:
    """The number of a sheet, drawn by chance: without the sheet nobody finds its hash by trying contents."""
    return f"f_{secrets.token_hex(16)}"


def open_sheet(
    workspace: Workspace, me: Person, *, system: str, decision: Sequence[str], request: str, reason: str
) -> SheetRequest:
    """Asks to see a decision; nothing is read yet.

    Raises AccessError for a role that may not ask, UnexplainedError for a reason that seems to lead to a person.
    """
    demand(me, Action.OPEN_SHEET)
    if traces(reason):
        raise UnexplainedError("personal").about("reason")
    at = now()
    row = {
        "id": secrets.token_hex(16),
        "system": system,
        "decision": json.dumps(list(decision)),
        "request": request,
        "reason": reason,
        "opened_by": me.subject,
        "opened_at": stamp(at),
        "expires_at": stamp(at + WAITING),
        "number": new_sheet_number(),
    }
    with access(workspace) as connection:
        _forget(connection)
        connection.execute(insert(sheet_table).values(row))
    _noted(workspace, me, f"asked, {row['id'][:8]}: {reason}")
    return _at(workspace, str(row["id"]))


def settle_sheet(workspace: Workspace, me: Person, id_: str, *, agreed: bool) -> SheetRequest | None:
    """Agrees to a request, or turns it down; then it is gone. Once for each request.

    Raises AccessError for a role that may not, UnexplainedError for the person who asked, and for a request that is
    over or was agreed to already.
    """
    demand(me, Action.CONFIRM_SHEET)
    found = _at(workspace, id_)
    if found.opened_by == me.subject and me.authenticated:
        _refused(workspace, me, "agreed alone", id_)
        raise UnexplainedError("two_people")
    with access(workspace) as connection:
        mine = (sheet_table.c.id == id_) & sheet_table.c.confirmed_by.is_(None)
        values = {"confirmed_by": me.subject, "expires_at": stamp(now() + SHOWN)}
        done = connection.execute(
            update(sheet_table).where(mine).values(values) if agreed else delete(sheet_table).where(mine)
        )
        if done.rowcount != 1:
            raise UnexplainedError("settled")
    _noted(workspace, me, f"{'agreed' if agreed else 'turned down'}, {id_[:8]}: {found.reason}")
    return _at(workspace, id_) if agreed else None


def shown_sheet(workspace: Workspace, me: Person, id_: str) -> SheetRequest:
    """A sheet that whoever looks may see now; the look is noted.

    Raises AccessError for a role that may not, UnexplainedError where it was not agreed to, is over, or is open to
    others only.
    """
    demand(me, Action.SEE_SHEET)
    found = _at(workspace, id_)
    if found.confirmed_by is None:
        _refused(workspace, me, "not agreed", id_)
        raise UnexplainedError("not_agreed")
    if not takes_part(found, me):
        _refused(workspace, me, "of others", id_)
        raise UnexplainedError("others")
    note_once(workspace, "look", me, f"/explain saw, {id_[:8]}: {found.reason}")
    return found


def takes_part(found: SheetRequest, me: Person) -> bool:
    """Whether somebody asked or agreed. In local mode nobody proves who they are: the role is all there is."""
    return me.subject in (found.opened_by, found.confirmed_by) or not me.authenticated


def note_issued(workspace: Workspace, me: Person, id_: str, *, entry: int) -> None:
    """Notes that a sheet was handed out, and where the answer is sealed."""
    _noted(workspace, me, f"handed out, {id_[:8]}: entry {entry}")


def sheet_requests(workspace: Workspace, me: Person) -> list[SheetRequest]:
    """What concerns somebody: all that wait for a case handler; of the rest and of a steward, their own."""
    with access(workspace) as connection:
        _forget(connection)
        rows = connection.execute(select(sheet_table).order_by(sheet_table.c.opened_at, sheet_table.c.id)).all()
    waits = me.role is Role.AGENT
    return [each for each in map(_read, rows) if takes_part(each, me) or (waits and each.confirmed_by is None)]


def _at(workspace: Workspace, id_: str) -> SheetRequest:
    with access(workspace) as connection:
        _forget(connection)
        row = connection.execute(select(sheet_table).where(sheet_table.c.id == id_)).one_or_none()
    if row is None:
        raise UnexplainedError("over")
    return _read(row)


def _forget(connection: Connection) -> None:
    connection.execute(delete(sheet_table).where(sheet_table.c.expires_at <= stamp(now())))


def _read(row: Row[Any]) -> SheetRequest:
    return SheetRequest(
        **{
            **row._mapping,
            "decision": json.loads(row.decision),
            "opened_at": moment(row.opened_at),
            "expires_at": moment(row.expires_at),
        }
    )


def _refused(workspace: Workspace, me: Person, why: str, id_: str) -> None:
    note_once(workspace, "refused", me, f"/explain {why}, {id_[:8]}")


def _noted(workspace: Workspace, me: Person, what: str) -> None:
    note(workspace, "look", subject=me.subject, role=me.role, place=f"/explain {what}")
