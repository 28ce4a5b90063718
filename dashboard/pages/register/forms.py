"""The form by which stock is taken: to whom the register shows it, and where it is sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import register_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import Titled
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting

NAME = "register"


def taking_stock(workspace: Workspace, me: Person, say: Say) -> list[Titled]:
    """The form, for whoever may, where there is a registry of models to count."""
    from boussole.experiments.store import store_missing  # late: few pages need it

    if store_missing(workspace):
        return []
    return offered(NAME, Setting(person=me, say=say, workspace=workspace))


PAGE = FormPage(
    setting=lambda desk, _, __: Setting(person=desk.person, say=desk.say, workspace=desk.workspace),
    back=lambda desk, _, token: register_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: register_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def stock_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, NAME, PAGE)
