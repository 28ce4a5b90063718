"""Which forms the page of a committee shows to whom, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.committee.members import sitting_on
from dashboard.access.permissions import allowed
from dashboard.access.person import Person
from dashboard.access.routes import ROUTES
from dashboard.committee.acts import seating
from dashboard.committee.acts.convening import CONVENE
from dashboard.committee.acts.house_doing import HouseDoing
from dashboard.committee.acts.offering import Offered
from dashboard.committee.chamber import Chamber
from dashboard.committee.seats import leads
from dashboard.words import Say

SESSIONS, MATTERS, MEMBERS = "sessions", "matters", "members"
ON_PAGE: tuple[tuple[str, HouseDoing], ...] = (
    (SESSIONS, CONVENE),
    (MATTERS, seating.REFER),
    (MATTERS, seating.OURSELVES),
    (MEMBERS, seating.INTEREST),
    (MEMBERS, seating.SEAT),
    (MEMBERS, seating.END),
    (MEMBERS, seating.OFFICE),
    (MEMBERS, seating.ADOPT),
)
"""What can be done on the page of a committee, and in which part of it."""
OF_MEMBERS = (seating.OURSELVES, seating.INTEREST)
WITH_MEMBERS = (seating.END, seating.OFFICE)


def offered_by(chamber: Chamber, me: Person, say: Say) -> Mapping[str, Sequence[Offered]]:
    """The forms on the page of a committee, by the part that shows them."""
    found: dict[str, list[Offered]] = {}
    seated = sitting_on(chamber.house, chamber.today)
    for part, doing in ON_PAGE:
        fits = (me.member in seated or doing not in OF_MEMBERS) and (seated or doing not in WITH_MEMBERS)
        fits = fits and (doing is not seating.ADOPT or seating.adoptable(chamber))
        fits = fits and (doing is seating.REFER or leads(me, chamber))
        if fits and allowed(me.role, ROUTES[doing.path]):
            found.setdefault(part, []).append(Offered(title=doing.title(say), form=doing.form(chamber, me, say)))
    return found


def house_part(name: str) -> str:
    """The part of the page of a committee that says what was just done by a form of this name."""
    return next((part for part, doing in ON_PAGE if doing.name == name), MEMBERS)
