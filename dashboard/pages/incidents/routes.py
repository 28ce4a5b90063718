"""Where the forms of incidents and appeals are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.charter.deadlines.incidents import incidents
from boussole.charter.record_types.inputs import WebForm
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words.addresses import incidents_href


def _setting(desk: Desk, of: str, form: WebForm) -> Setting | None:
    """The incident of an entry, where a form is about one."""
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    known = not form.about or any(str(each.entry) == of for each in incidents(at.facts))
    return at if known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: incidents_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: incidents_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def incident_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "incidents", PAGE)
