"""The access log: each sign-in, each restricted look, each refusal. It is erased when its time is over (`log_days`).

The ledger, which can't be erased, holds only a digest of each day, made with a salt that goes with the day.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any, Literal

from sqlalchemy import Row, delete, insert, select

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.database import access, look_table, now, reading, sheet_table, stamp
from boussole.dashboard.access.log_days import new_day
from boussole.dashboard.access.people.permissions import RESTRICTED, Action, Role, allowed
from boussole.dashboard.access.people.person import Person

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
