"""A committee as pages see it, on a day: its acts, its members and who belongs to it, its frozen evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.acts.packs import PackChanges, pack_changes, pack_now, standing
from boussole.charter.committee.duties import Duty, duties
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.people.members import needs_mandate, sitting_on
from boussole.charter.committee.rules import committees
from boussole.charter.committee.state import CommitteeState
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import Act, Convocation, FrozenPack
from boussole.charter.records.facts import Facts, facts_of
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.model import UnfitError

# A committee as pages see it, on a day: its acts, the names of its members, what people have stated.


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


# Who belongs to a committee: by a mandate that lasts today, or as the secretary that the settings name.
#
# Whoever signed in leads a committee, and reads what it writes, from a place in that very one; their role alone opens
# none. In local mode nobody is known, and nobody is held to it.


LEADING = frozenset({Role.CHAIR, Role.SECRETARY})
"""Roles that act for a committee, and so need a place in it."""


def leads(me: Person, chamber: Chamber) -> bool:
    """Whether somebody may act for a committee, as far as that is a matter of which committee it is."""
    if not me.authenticated or me.role not in LEADING:
        return True
    return chamber.id in me.secretary_of if me.role is Role.SECRETARY else _sits(me, chamber)


def reads_drafts(me: Person, chamber: Chamber) -> bool:
    """Whether somebody may read what a committee is writing: its members, and its secretary."""
    belongs = not me.authenticated or chamber.id in me.secretary_of or _sits(me, chamber)
    return belongs and allowed(me.role, Action.DRAFT)


def needs_lead(me: Person, chamber: Chamber, say: Say) -> None:
    """Checks that somebody may act for a committee. Raises UnfitError, or RefusedError where their mandate is over."""
    if leads(me, chamber):
        return
    if me.role is Role.SECRETARY:
        raise UnfitError(say("The settings do not name you as a secretary of this committee. Ask your administrator."))
    needs_mandate(chamber.house, member_of(me, say), chamber.now.date())


def needs_pen(me: Person, chamber: Chamber, say: Say) -> None:
    """Checks that somebody may write the drafts of a committee. Raises UnfitError or RefusedError."""
    if me.role is Role.SECRETARY:
        needs_lead(me, chamber, say)
    else:
        needs_mandate(chamber.house, member_of(me, say), chamber.now.date())


def member_of(me: Person, say: Say) -> str:
    """The member who acts. Raises UnfitError for somebody who sits nowhere, or has not said who they are."""
    if me.member is not None:
        return me.member
    if me.authenticated:
        raise UnfitError(say("Your account names no member: only members can do this. Ask the secretariat."))
    raise UnfitError(say("Say first which member you are: at the foot of the menu."))


def _sits(me: Person, chamber: Chamber) -> bool:
    return me.member is not None and me.member in sitting_on(chamber.house, chamber.now.date())


# The frozen pack of a session as it is read: what its audits found, and what has changed before and since.


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`before`: what changed from the pack it replaces to it; None where it replaces none. `since`: from it to today.

    `standing` are its audits by system, with what people had stated by then.
    """

    entry: int
    pack: FrozenPack
    standing: Mapping[str, AuditDocument]
    before: PackChanges | None
    since: PackChanges


def evidence_of(workspace: Workspace, house: CommitteeState, session: int, *, today: dt.date) -> Evidence | None:
    """The pack that a session works on, as it stands today; None while there is none."""
    last = house.last(FrozenPack, session)
    if last is None:
        return None
    entry, pack = last
    replaced = house.get(FrozenPack, pack.replaces) if pack.replaces is not None else None
    return Evidence(
        entry=entry,
        pack=pack,
        standing=standing(workspace, pack),
        before=pack_changes(workspace, replaced, pack) if replaced is not None else None,
        since=pack_changes(workspace, pack, pack_now(workspace, pack, on=today)),
    )
