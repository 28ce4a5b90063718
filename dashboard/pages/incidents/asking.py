"""Which forms the page of incidents and appeals shows to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boussole.charter.record_types.incidents import Appeal
from boussole.dashboard.access.people.permissions import Action, Role, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.records.lists import LISTS
from boussole.dashboard.records.routes import offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say

PAGE = "incidents"


@dataclass(frozen=True, kw_only=True)
class IncidentForms:
    """The forms of one look at the page."""

    at: Setting

    @property
    def opening(self) -> list[Titled]:
        return offered(PAGE, self.at, "open") if self.at.systems else []

    @property
    def entering(self) -> list[Titled]:
        return offered(PAGE, self.at, "appeal") if self.at.systems else []

    def of_incident(self, entry: int) -> list[Titled]:
        """What can be said of an incident that is open."""
        return offered(PAGE, replace(self.at, of=str(entry)), "news", "close")

    @property
    def deciding(self) -> list[Titled]:
        return offered(PAGE, self.at, "decide") if LISTS["appeals"](self.at) else []

    def appeal_number(self, entry: int | None) -> str:
        """What to say of an appeal that was just recorded: its number, which the person is given; nothing of others."""
        made = next((each.statement for each in self.at.facts.sealed if each.entry == entry), None)
        if isinstance(made, Appeal) and allowed(self.at.person.role, Action.SEE_APPEALS):
            return self.at.say("The appeal is recorded. Its number: {number}.", number=made.number)
        return ""


def forms_for(scene: Scene, role: Role, say: Say) -> IncidentForms:
    """The forms that a role may fill in."""
    return IncidentForms(at=Setting(person=Person(role=role), say=say, scene=scene))
