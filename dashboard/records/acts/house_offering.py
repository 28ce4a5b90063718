"""Which forms the page of a committee shows to whom, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.charter.committee.people.members import sitting_on
from boussole.dashboard.access.people.permissions import allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.access.people.routes import ROUTES
from boussole.dashboard.records.acts.convening import CONVENE
from boussole.dashboard.records.acts.offering import FormOffer
from boussole.dashboard.records.routes import forms_on, offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.chamber import Chamber, leads
from boussole.dashboard.words.say import Say

SESSIONS, MATTERS, MEMBERS = "sessions", "matters", "members"
PARTS: Mapping[str, tuple[str, ...]] = {
    SESSIONS: (CONVENE.name,),
    MATTERS: ("refer", "refer-ourselves"),
    MEMBERS: ("interest", "seat", "end-mandate", "office", "adopt"),
}
"""What can be done on the page of a committee, by the part of it; what is new stands with its members."""
OF_MEMBERS = ("refer-ourselves", "interest")
WITH_MEMBERS = ("end-mandate", "office")


def offered_by(chamber: Chamber, me: Person, say: Say) -> Mapping[str, Sequence[FormOffer]]:
    """The forms on the page of a committee, by the part that shows them."""
    found: dict[str, list[FormOffer]] = {}
    at = Setting(person=me, say=say, of=chamber.id, chamber=chamber)
    if leads(me, chamber) and allowed(me.role, ROUTES[CONVENE.path]):
        form = CONVENE.form(chamber, me, say)
        found[SESSIONS] = [FormOffer(title=CONVENE.title(say), form=form)]
    placed = [name for names in PARTS.values() for name in names]
    made = [form.name for _, form in forms_on("committee")]
    for name in sorted(made, key=lambda name: placed.index(name) if name in placed else len(placed)):
        if _fits(name, at):
            for title, form in offered("committee", at, name):
                found.setdefault(house_part(name), []).append(FormOffer(title=title, form=form))
    return found


def _fits(name: str, at: Setting) -> bool:
    """Whether there is anybody to do it, and anything to do."""
    chamber = at.house
    seated = sitting_on(chamber.house, chamber.today)
    fits = (at.person.member in seated or name not in OF_MEMBERS) and (bool(seated) or name not in WITH_MEMBERS)
    fits = fits and (name != "adopt" or adoptable(chamber))
    return fits and (name == "refer" or leads(at.person, chamber))


def adoptable(chamber: Chamber) -> bool:
    """Whether its file states rules that are not in force."""
    adopted = chamber.house.adopted
    return adopted is None or adopted.rules != chamber.house.text


def house_part(name: str) -> str:
    """The part of the page of a committee that says what was just done by a form of this name."""
    return next((part for part, names in PARTS.items() if name in names), MEMBERS)
