"""The form by which the adoption of a charter is recorded: to whom its page shows it, and where it is sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.audits.errors import CharterError
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records.in_force import to_adopt
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import charter_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views import store
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting

NAME = "charter"


def adopting(workspace: Workspace, me: Person, say: Say) -> list[Titled]:
    """The form, for whoever may, where the text of the workspace is not in force and has no fault."""
    try:
        text = to_adopt(workspace)
    except CharterError:
        return []
    return offered(NAME, _at(workspace, me, say)) if text else []


def _at(workspace: Workspace, me: Person, say: Say) -> Setting:
    chambers = list(store.chambers(workspace).values())
    proposed = {"role": chambers[0].title(say)} if chambers else {}
    return Setting(person=me, say=say, workspace=workspace, proposed=proposed)


def _setting(desk: FormDesk, _: str, __: WebForm) -> Setting:
    """The text of the workspace, even where it was adopted since: sent twice, it is adopted once."""
    return _at(desk.workspace, desk.person, desk.say)


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: charter_href(query={**desk.query, "sent": token}),
    done=lambda desk, _, __, done: charter_href(query={**desk.query, "done": str(done.entry)}, anchor="done"),
)


def adoption_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, NAME, PAGE)
