"""Who asked to see the sheet of one decision, and who agreed: two people, for a reason, for some hours.

A row is erased once its time is over, and the access log keeps that there was one, never of which decision.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.personal import traces
from boussole.dashboard.server.access.database import access, moment, now, sheet_table, stamp
from boussole.dashboard.server.access.log import note, note_once
from boussole.dashboard.server.access.permissions import Action, Role, demand
from boussole.dashboard.server.access.person import Person

WAITING = dt.timedelta(days=7)
"""How long a request waits for a case handler."""
SHOWN = dt.timedelta(hours=8)
"""How long a sheet can be seen once it was agreed to: a day of work."""
AGAIN = "Ask for it anew on the page of explanations."


@dataclass(frozen=True, kw_only=True)
class SheetRequest:
    """A request to see one decision. `confirmed`: a case handler agreed. `entry`: where the answer is sealed."""

    id: str
    system: str
    decision: tuple[str, ...]
    request: str
    reason: str
    opened_by: str
    opened_at: dt.datetime
    confirmed_by: str | None
    expires_at: dt.datetime
    number: str
    lang: str | None
    issued_on: dt.date | None
    entry: int | None

    @property
    def confirmed(self) -> bool:
        return self.confirmed_by is not None


def open_sheet(
    workspace: Workspace, me: Person, *, system: str, decision: Sequence[str], request: str, reason: str
) -> SheetRequest:
    """Asks to see a decision; nothing is read yet.

    Raises AccessError for a role that may not ask, UnexplainedError for a reason that seems to lead to a person.
    """
    demand(me, Action.OPEN_SHEET)
    if traces(reason):
        raise UnexplainedError(
            "personal",
            "the reason seems to name somebody, or to hold a number or an address that leads to a person.",
            next_step="The access log keeps it: say in roles what it is needed for.",
        )
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
        "number": f"f_{secrets.token_hex(16)}",
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
        raise UnexplainedError(
            "two_people",
            "whoever asked cannot agree: it takes two people.",
            next_step="Have a colleague who handles cases look at it.",
        )
    with access(workspace) as connection:
        mine = (sheet_table.c.id == id_) & sheet_table.c.confirmed_by.is_(None)
        values = {"confirmed_by": me.subject, "expires_at": stamp(now() + SHOWN)}
        done = connection.execute(
            update(sheet_table).where(mine).values(values) if agreed else delete(sheet_table).where(mine)
        )
        if done.rowcount != 1:
            raise UnexplainedError(
                "settled", "this request was agreed to already.", next_step="See the sheets that are open."
            )
    _noted(workspace, me, f"{'agreed' if agreed else 'turned down'}, {id_[:8]}: {found.reason}")
    return _at(workspace, id_) if agreed else None


def shown_sheet(workspace: Workspace, me: Person, id_: str) -> SheetRequest:
    """A sheet that whoever looks may see now; the look is noted.

    Raises AccessError for a role that may not, UnexplainedError where it was not agreed to, is over, or is open to
    others only.
    """
    demand(me, Action.SEE_SHEET)
    found = _at(workspace, id_)
    if not found.confirmed:
        _refused(workspace, me, "not agreed", id_)
        raise UnexplainedError(
            "not_agreed", "nobody has agreed to this request yet.", next_step="A case handler must look at it first."
        )
    if not takes_part(found, me):
        _refused(workspace, me, "of others", id_)
        raise UnexplainedError("others", "this sheet is open to the two people who agreed to it only.", next_step=AGAIN)
    note_once(workspace, "look", me, f"/explain saw, {id_[:8]}: {found.reason}")
    return found


def takes_part(found: SheetRequest, me: Person) -> bool:
    """Whether somebody asked or agreed. In local mode nobody proves who they are: the role is all there is."""
    return me.subject in (found.opened_by, found.confirmed_by) or not me.authenticated


def issued(workspace: Workspace, me: Person, id_: str, *, entry: int, lang: str, on: dt.date) -> None:
    """Notes and keeps that the sheet was handed out, so that the very same can be taken once more while it is open."""
    with access(workspace) as connection:
        values = {"entry": entry, "lang": lang, "issued_on": on.isoformat()}
        connection.execute(update(sheet_table).where(sheet_table.c.id == id_).values(values))
    _noted(workspace, me, f"handed out, {id_[:8]}: entry {entry}")


def sheet_requests(workspace: Workspace, me: Person) -> list[SheetRequest]:
    """What concerns somebody: all that wait for a case handler; of the rest and of a steward, their own."""
    with access(workspace) as connection:
        _forget(connection)
        rows = connection.execute(select(sheet_table).order_by(sheet_table.c.opened_at, sheet_table.c.id)).all()
    waits = me.role is Role.AGENT
    return [each for each in map(_read, rows) if takes_part(each, me) or (waits and not each.confirmed)]


def _at(workspace: Workspace, id_: str) -> SheetRequest:
    with access(workspace) as connection:
        _forget(connection)
        row = connection.execute(select(sheet_table).where(sheet_table.c.id == id_)).one_or_none()
    if row is None:
        raise UnexplainedError("over", "there is no such request, or its time is over.", next_step=AGAIN)
    return _read(row)


def _forget(connection: Connection) -> None:
    """Erases what is over."""
    connection.execute(delete(sheet_table).where(sheet_table.c.expires_at <= stamp(now())))


def _read(row: Row[Any]) -> SheetRequest:
    return SheetRequest(
        id=row.id,
        system=row.system,
        decision=tuple(json.loads(row.decision)),
        request=row.request,
        reason=row.reason,
        opened_by=row.opened_by,
        opened_at=moment(row.opened_at),
        confirmed_by=row.confirmed_by,
        expires_at=moment(row.expires_at),
        number=row.number,
        lang=row.lang,
        issued_on=dt.date.fromisoformat(row.issued_on) if row.issued_on else None,
        entry=row.entry,
    )


def _refused(workspace: Workspace, me: Person, why: str, id_: str) -> None:
    note_once(workspace, "refused", me, f"/explain {why}, {id_[:8]}")


def _noted(workspace: Workspace, me: Person, what: str) -> None:
    note(workspace, "look", subject=me.subject, role=me.role, place=f"/explain {what}")
