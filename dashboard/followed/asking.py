"""Which forms the page of recommendations shows to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from boussole.charter.committee.advice import State, recommended
from boussole.charter.committee.opinions import fates
from boussole.dashboard.access.permissions import Action, allowed
from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.committee.seats import leads
from boussole.dashboard.followed import forms
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.scene import Scene
from boussole.dashboard.words import Say

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
        say, shown = self.say, []
        if allowed(self.me.role, Action.ANSWER) and state not in OVER:
            title = say("Answer") if state in ("overdue", "waiting") else say("Answer anew")
            shown.append((title, forms.replying(entry, addressee, say)))
        if allowed(self.me.role, Action.FOLLOW) and state not in ("overdue", "waiting"):
            shown.append((say("Say what became of it"), forms.following(entry, say)))
        return shown

    @property
    def recommending(self) -> Sequence[Titled]:
        """New recommendations: of a committee, of an outside authority."""
        say, shown = self.say, []
        systems = [(name, self.scene.title(name, say)) for name in self.scene.systems]
        articles = list(self.scene.articles(say).items())
        led = {name: each for name, each in self.chambers.items() if leads(self.me, each)}
        committees = [(name, chamber.title(say)) for name, chamber in led.items()]
        if allowed(self.me.role, Action.ISSUE) and committees:
            form = forms.recommending(systems, articles, say, committees=committees)
            shown.append((say("Record a recommendation of a committee"), form))
        if allowed(self.me.role, Action.FOLLOW):
            form = forms.recommending(systems, articles, say)
            shown.append((say("Record a recommendation of an outside authority"), form))
        return shown

    @cached_property
    def _states(self) -> dict[int, tuple[State, str]]:
        """How far each recommendation and opinion is, and who must answer it."""
        found = {each.entry: (each.state, each.said.addressee) for each in recommended(self.scene.facts)}
        for chamber in self.chambers.values():
            for fate in fates(chamber.house, chamber.facts):
                state: State = fate.follow_up[1].state if fate.follow_up else "answered" if fate.reply else "waiting"
                found[fate.entry] = (state, "")
        return found
