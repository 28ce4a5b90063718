"""Withdrawing a record at its entry: who may, of what still stands, and where the form is sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Withdrawal
from boussole.charter.records.readable import Readable
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href, number_of
from boussole.dashboard.server.access.permissions import Person, allowed
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views import store
from boussole.dashboard.views.records.entering import FormPage, actions_of, offered, record_routes
from boussole.dashboard.views.records.setting import Setting

NAME = "evidence"


def withdrawing(workspace: Workspace, entry: int, me: Person, say: Say) -> list[Titled]:
    """The form that withdraws the record of an entry, for whoever may read and withdraw it while it stands."""
    found = store.records(workspace).at(entry)
    if found is None or not _withdrawable(found, me):
        return []
    return offered(NAME, Setting(person=me, say=say, of=str(entry), workspace=workspace))


def _withdrawable(found: Readable, me: Person) -> bool:
    kind = found.sealed.statement.kind
    return kind in Withdrawal.about and all(allowed(me.role, action) for action in actions_of(found))


def _setting(desk: FormDesk, of: str, _: WebForm) -> Setting | None:
    """The record of an entry, even one that was withdrawn since the form was shown: sent twice, it says so once."""
    records, entry = store.records(desk.workspace), number_of(of)
    each = records.sealed.get(entry) if entry is not None else None
    if each is None:
        return None
    found = Readable(
        sealed=each, about=frozenset(records.sealed[above].statement.kind for above in records.above(each))
    )
    at = Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace)
    return at if _withdrawable(found, desk.person) else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, of, token: evidence_href(query=desk.query, entry=of, sent=token),
    done=lambda desk, at, _, done: evidence_href(query=desk.query, entry=at.of, done=str(done.entry)),
)


def withdrawing_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, NAME, PAGE)
