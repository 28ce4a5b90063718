"""What concerns whoever looks: their committees, and the duties that their role can do something about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.charter.committee.people.members import sitting_on
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.access.people.places import PAGES
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.menu import FIRST

ACTIONS: Mapping[str, frozenset[Action]] = {
    "session": frozenset({Action.TAKE_PART, Action.CONVENE}),
    "lapsed": frozenset({Action.CONVENE}),
    "unclosed": frozenset({Action.PRESIDE}),
    "pack": frozenset({Action.CONVENE}),
    "second_call": frozenset({Action.CONVENE}),
    "minutes": frozenset({Action.CONVENE}),
    "approval": frozenset({Action.TAKE_PART, Action.PRESIDE}),
    "question": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "answer": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "recommendation": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "reply": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "referral": frozenset({Action.TAKE_PART, Action.CONVENE}),
    "publication": frozenset({Action.ISSUE}),
    "mandate": frozenset({Action.SEAT}),
    "audit": frozenset({Action.AUDIT}),
    "attestation": frozenset({Action.STATE}),
    "case": frozenset({Action.STATE}),
    "incident": frozenset({Action.TELL_INCIDENT}),
    "appeal": frozenset({Action.ENTER_APPEAL}),
    "review": frozenset({Action.REGISTER}),
}
"""By kind of duty, what somebody must be allowed to do for it to be theirs: to do it, or to wait for it."""


def for_everybody(me: Person) -> bool:
    """Whether the page speaks to the whole organisation: nobody is signed in, nor has said which member they are."""
    return not me.authenticated and me.member is None


def own_chambers(chambers: Mapping[str, Chamber], me: Person) -> Sequence[Chamber]:
    """The committees of whoever looks: where they sit or keep the pen, else all whose work their role sees."""
    if not allowed(me.role, Action.SEE_COMMITTEE):
        return ()
    mine = [each for each in chambers.values() if _belongs(me, each)]
    return mine or list(chambers.values())


def concerns(me: Person, kind: str) -> bool:
    """Whether a duty of a kind is for whoever looks; everybody's are for the whole organisation."""
    return for_everybody(me) or any(allowed(me.role, action) for action in ACTIONS[kind])


def opens(me: Person, href: str) -> bool:
    """Whether whoever looks may open the page of an address."""
    name = href.partition("?")[0].partition("#")[0].strip("/") or FIRST
    return allowed(me.role, PAGES[name])


def _belongs(me: Person, chamber: Chamber) -> bool:
    sits = me.member is not None and me.member in sitting_on(chamber.house, chamber.now.date())
    return sits or chamber.id in me.secretary_of
