"""Which forms the page of incidents and appeals shows to whom."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.charter.incidents.appeals import appeals
from boussole.charter.records.incidents import Appeal
from boussole.dashboard.access.permissions import Action, Role, allowed
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.incidents import forms
from boussole.dashboard.scene import Scene
from boussole.dashboard.words import Say


@dataclass(frozen=True, kw_only=True)
class IncidentForms:
    """The forms of one look at the page."""

    scene: Scene
    role: Role
    say: Say

    @property
    def opening(self) -> list[Titled]:
        if not (allowed(self.role, Action.TELL_INCIDENT) and self.scene.systems):
            return []
        form = forms.opening(
            dict(self.scene.systems), forms.articles_of(self.scene.charter, self.say),
            forms.questions_of(self.scene.charter, self.say), self.say
        )  # fmt: skip
        return [(self.say("Record an incident"), form)]

    @property
    def entering(self) -> list[Titled]:
        if not (allowed(self.role, Action.ENTER_APPEAL) and self.scene.systems):
            return []
        return [(self.say("Enter an appeal"), forms.entering(dict(self.scene.systems), self.say))]

    def of_incident(self, entry: int) -> list[Titled]:
        """What can be said of an incident that is open."""
        if not allowed(self.role, Action.FOLLOW_INCIDENT):
            return []
        return [
            (self.say("Add news, or a report to an authority"), forms.news(entry, self.say)),
            (self.say("Close this incident"), forms.closing(entry, self.say)),
        ]

    @property
    def deciding(self) -> list[Titled]:
        waiting = [each for each in appeals(self.scene.facts) if each.decision is None]
        if not (waiting and allowed(self.role, Action.ENTER_APPEAL)):
            return []
        return [(self.say("Record what was decided on an appeal"), forms.deciding(waiting, self.say))]

    def appeal_number(self, entry: int | None) -> str:
        """What to say of an appeal that was just recorded: its number, which the person is given; nothing of others."""
        made = next((each.statement for each in self.scene.facts.sealed if each.entry == entry), None)
        if isinstance(made, Appeal) and allowed(self.role, Action.SEE_APPEALS):
            return self.say("The appeal is recorded. Its number: {number}.", number=made.number)
        return ""


def asked(scene: Scene, role: Role, say: Say) -> IncidentForms:
    """The forms that a role may fill in."""
    return IncidentForms(scene=scene, role=role, say=say)
