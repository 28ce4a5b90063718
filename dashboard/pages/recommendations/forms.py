"""The forms of the page of recommendations: to whom it shows which, and where they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from starlette.routing import Route

from boussole.charter.committee.advising.advice import State, recommended
from boussole.charter.committee.advising.opinions import fates
from boussole.charter.record_types.acts import Opinion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records import statements
from boussole.dashboard.markup.words.addresses import recommendations_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.form_routes import Desk
from boussole.dashboard.server.forms import Titled
from boussole.dashboard.views.chamber import Chamber, leads
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.scene import Scene

NAME = "recommendations"
OVER = ("done", "dropped")


@dataclass(frozen=True, kw_only=True)
class FollowedForms:
    """The forms of one look at the page."""

    scene: Scene
    chambers: Mapping[str, Chamber]
    me: Person
    say: Say

    def of_entry(self, entry: int) -> list[Titled]:
        """The forms that go with a recommendation or an opinion: its answer, and what became of it."""
        found = self._states.get(entry)
        if found is None:
            return []
        state, addressee = found
        at = self._at(of=str(entry), proposed={"role": addressee})
        answers = offered(NAME, at, "reply") if state not in OVER else []
        if state not in ("overdue", "waiting"):
            return [*((self.say("Answer anew"), form) for _, form in answers), *offered(NAME, at, "follow")]
        return answers

    @property
    def recommending(self) -> Sequence[Titled]:
        """New recommendations: of a committee, of an outside authority."""
        led = {name: each for name, each in self.chambers.items() if leads(self.me, each)}
        own = offered(NAME, replace(self._at(), known=led), "own") if led else []
        return [*own, *offered(NAME, self._at(), "outside")]

    def _at(self, *, of: str = "", proposed: Mapping[str, str] | None = None) -> Setting:
        return Setting(
            person=self.me, say=self.say, scene=self.scene, known=self.chambers, of=of, proposed=proposed or {}
        )

    @cached_property
    def _states(self) -> dict[int, tuple[State, str]]:
        """How far each recommendation and opinion is, and who must answer it."""
        found = {each.entry: (each.state, each.said.addressee) for each in recommended(self.scene.facts)}
        for chamber in self.chambers.values():
            for fate in fates(chamber.house, chamber.facts):
                state: State = fate.follow_up[1].state if fate.follow_up else "answered" if fate.reply else "waiting"
                found[fate.entry] = (state, "")
        return found


def _setting(desk: Desk, of: str, form: WebForm) -> Setting | None:
    """The recommendation or opinion of an entry, where a form is about one, and who must answer it."""
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    opinions = statements(desk.workspace, kinds=[Opinion.kind]) if form.about else []
    known = {str(entry) for entry, _ in at.facts.standing(Recommendation)} | {str(each.entry) for each in opinions}
    return at if not form.about or of in known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: recommendations_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: recommendations_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def followed_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "recommendations", PAGE)
