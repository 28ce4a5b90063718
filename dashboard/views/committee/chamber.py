"""A committee as pages see it, on a day: its acts, the names of its members, what people have stated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.duties import Duty, duties
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.rules import committees
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Act, Convocation
from boussole.charter.records.facts import Facts, facts_of
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Chamber:
    """One committee. `names` are those of its members by number, as far as they are known."""

    house: CommitteeState
    names: Mapping[str, str]
    facts: Facts
    systems: Mapping[str, System] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.house.committee

    @property
    def today(self) -> dt.date:
        return self.facts.as_of

    @property
    def now(self) -> dt.datetime:
        """The moment on the committee's own clock, to the minute."""
        return acting.here_and_now(self.house.rules)

    def at_its_hour(self) -> Chamber:
        """The same committee on its own day: past midnight there, what it did since stands already."""
        its_day = self.now.date()
        return replace(self, facts=replace(self.facts, as_of=its_day)) if its_day > self.today else self

    @cached_property
    def duties(self) -> Sequence[Duty]:
        """What is due, by day."""
        return duties(self.house, self.facts)

    def act(self, entry: int | None) -> Act | None:
        """The act that an entry seals; None where it seals none of this committee."""
        found = next((each.statement for each in self.house.acts if each.entry == entry), None)
        return found if isinstance(found, Act) else None

    def title(self, say: Say) -> str:
        return say.text(self.house.rules.title)

    def system(self, system: str, say: Say) -> str:
        """The name of a system; its id when its file is gone."""
        known = self.systems.get(system)
        return say.text(known.title, system) if known else system

    def name(self, member: str, say: Say) -> str:
        """A member's name; their number where no name is kept any more."""
        return self.names.get(member) or say("member {number}", number=member)

    def college(self, college: str, say: Say) -> str:
        """The name of a college; its id where the rules know it no more."""
        titles = {each.id: each.title for each in self.house.rules.colleges}
        return say.text(titles.get(college), college)


def chambers(workspace: Workspace, *, today: dt.date) -> dict[str, Chamber]:
    """The committees of a workspace by id, on the day of the machine."""
    names = {member: each.name for member, each in directory(workspace).items()}
    facts, systems = facts_of(workspace, as_of=today), workspace.deciding
    return {
        name: Chamber(house=committee_state(workspace, name), names=names, facts=facts, systems=systems)
        for name in committees(workspace)
    }


def chamber_of(known: Mapping[str, Chamber], entry: int) -> Chamber | None:
    """The committee that called a session by an entry; None where the entry is no convocation."""
    for chamber in known.values():
        if any(at == entry for at, _ in chamber.house.standing(Convocation)):
            return chamber
    return None
