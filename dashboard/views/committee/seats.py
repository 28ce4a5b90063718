"""Who belongs to a committee: by a mandate that lasts today, or as the secretary that the settings name.

Whoever signed in leads a committee, and reads what it writes, from a place in that very one; their role alone opens
none. In local mode nobody is known, and nobody is held to it.
"""

from __future__ import annotations

from boussole.charter.committee.people.members import needs_mandate, sitting_on
from boussole.dashboard.access.people.permissions import Action, Role, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.reading import UnfitError
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.say import Say

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
