"""Which forms the page of recommendations shows to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from boussole.charter.committee.advising.advice import State, recommended
from boussole.charter.committee.advising.opinions import fates
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.records.routes import offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.seats import leads
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say

PAGE = "recommendations"
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
        answers = offered(PAGE, at, "reply") if state not in OVER else []
        if state not in ("overdue", "waiting"):
            return [*((self.say("Answer anew"), form) for _, form in answers), *offered(PAGE, at, "follow")]
        return answers

    @property
    def recommending(self) -> Sequence[Titled]:
        """New recommendations: of a committee, of an outside authority."""
        led = {name: each for name, each in self.chambers.items() if leads(self.me, each)}
        own = offered(PAGE, replace(self._at(), known=led), "own") if led else []
        return [*own, *offered(PAGE, self._at(), "outside")]

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
