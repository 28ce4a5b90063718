"""The forms of the page of incidents and appeals: to whom it shows which, and where they are sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.deadlines.incidents import incidents as incidents_of
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.record_types.inputs import WebForm
from boussole.dashboard.markup.words.addresses import incidents_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.form_routes import Desk
from boussole.dashboard.server.forms import Titled
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.form import LISTS
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.scene import Scene

NAME = "incidents"


@dataclass(frozen=True, kw_only=True)
class IncidentForms:
    """The forms of one look at the page."""

    at: Setting

    @property
    def opening(self) -> list[Titled]:
        return offered(NAME, self.at, "open") if self.at.systems else []

    @property
    def entering(self) -> list[Titled]:
        return offered(NAME, self.at, "appeal") if self.at.systems else []

    def of_incident(self, entry: int) -> list[Titled]:
        """What can be said of an incident that is open."""
        return offered(NAME, replace(self.at, of=str(entry)), "news", "close")

    @property
    def deciding(self) -> list[Titled]:
        return offered(NAME, self.at, "decide") if LISTS["appeals"](self.at) else []

    def appeal_number(self, entry: int | None) -> str:
        """What to say of an appeal that was just recorded: its number, which the person is given; nothing of others."""
        made = next((each.statement for each in self.at.facts.sealed if each.entry == entry), None)
        if isinstance(made, Appeal) and allowed(self.at.person.role, Action.SEE_APPEALS):
            return self.at.say("The appeal is recorded. Its number: {number}.", number=made.number)
        return ""


def forms_for(scene: Scene, role: Role, say: Say) -> IncidentForms:
    """The forms that a role may fill in."""
    return IncidentForms(at=Setting(person=Person(role=role), say=say, scene=scene))


def _setting(desk: Desk, of: str, form: WebForm) -> Setting | None:
    """The incident of an entry, where a form is about one."""
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    known = not form.about or any(str(each.entry) == of for each in incidents_of(at.facts))
    return at if known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: incidents_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: incidents_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def incident_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "incidents", PAGE)
